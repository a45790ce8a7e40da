"""Purging what is old or to be forgotten in short pieces with pauses between them: others need the connection."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.engine import patience
from storage.store import Store


@dataclass(slots=True)
class Purge:
    """Fits the rows of a piece to the time that the last one took. `stopwatch` tells seconds from any start."""

    store: Store
    now: Callable[[], float]
    stopwatch: Callable[[], float] = time.perf_counter
    pause: Callable[[float], Awaitable[object]] = asyncio.sleep
    erased: Callable[[], None] = lambda: None  # jobs may have been cancelled by it
    _rows: int = field(default=patience.PURGE_FEWEST, init=False)

    async def run(self, most_seconds: float = patience.MAINTENANCE_EVERY) -> int:
        """Purge until nothing is left or the time is over, and return how many rows are gone."""
        ends, purged = self.stopwatch() + most_seconds, 0
        while gone := await self._piece():
            purged += gone
            if self.stopwatch() >= ends:
                break
        return purged

    async def _piece(self) -> int:
        """Delete as many rows as fit into a piece, and let others have their share of the time afterwards."""
        began, rows = self.stopwatch(), self._rows
        gone = await self.store.erase(self.now(), rows)
        if gone:
            self.erased()
        else:
            gone = await self.store.purge(self.now(), self.now() - patience.JOBS_KEPT_FOR, rows)
        took = self.stopwatch() - began
        if gone:
            self._fit(took, was_full=gone >= rows)
            await self.pause(took / patience.PURGE_SHARE - took)
        return gone

    def _fit(self, took: float, *, was_full: bool) -> None:
        """Grow by steps, as the next rows may be heavier, and shrink at once; a piece with few rows tells little."""
        fitting = patience.PURGE_PIECE / max(took, patience.PURGE_PIECE / 100)
        most = patience.PURGE_GROWTH if was_full else 1.0
        rows = round(self._rows * min(fitting, most))
        self._rows = min(max(rows, patience.PURGE_FEWEST), patience.PURGE_MOST)
