"""A hand on the clock."""

import asyncio
import itertools
from collections.abc import Coroutine, Iterable
from heapq import heappop, heappush
from typing import Any

from bot.activity import resting

TURNS = 4  # of the loop, in which all that goes on at a moment has gone on


class Clock:
    """Wall seconds that pass only when a test says so."""

    def __init__(self) -> None:
        self._seconds = 1_800_000_000.0
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()

    def __call__(self) -> float:
        return self._seconds

    @property
    def seconds(self) -> float:
        return self._seconds

    @seconds.setter
    def seconds(self, moment: float) -> None:
        self._seconds = moment
        while self._waiting and self._waiting[0][0] <= moment:
            _, _, waiting = heappop(self._waiting)
            if not waiting.done():
                waiting.set_result(None)

    def pass_(self, seconds: float) -> None:
        self.seconds += seconds

    async def until(self, moment: float) -> None:
        """Wait until a test has let the moment come."""
        if moment <= self._seconds:
            await asyncio.sleep(0)
            return
        waiting = asyncio.get_running_loop().create_future()
        heappush(self._waiting, (moment, next(self._numbers), waiting))
        with resting():
            await waiting

    @property
    def next_at(self) -> float | None:
        """The moment that is waited for first."""
        while self._waiting and self._waiting[0][2].done():
            heappop(self._waiting)
        return self._waiting[0][0] if self._waiting else None


async def passing(clock: Clock, waiting: Iterable[Coroutine[Any, Any, Any]]) -> None:
    """Run them side by side to their ends, and let each moment come that they wait for."""
    running = asyncio.gather(*waiting)
    while not running.done():
        for _ in range(TURNS):
            await asyncio.sleep(0)
        if clock.next_at is not None:
            clock.seconds = clock.next_at
    await running
