"""The places for runs of ffmpeg: long ones never take all, and a small file does not wait for large ones."""

import asyncio
import heapq
import itertools
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

_BYTES_PER_SECOND = 1_000_000  # a file waits as if it had come so much later: 20 MB let pass what comes within 20 s


class Places:
    """As many places for long runs as there are processors, and one more, which only short runs take.

    Who waits gets a place in the order of coming, but a large file as if it had come later. So it waits longer, but
    not for ever. `now` is a steady clock in seconds.
    """

    def __init__(self, processors: int | None = None, now: Callable[[], float] = time.monotonic) -> None:
        processors = processors or os.cpu_count() or 1
        self._now = now
        self._for_long = asyncio.Semaphore(processors)
        self._free = processors + 1
        self._numbers = itertools.count()
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []

    @asynccontextmanager
    async def taken(self, size: int, *, long: bool) -> AsyncIterator[None]:
        """Wait for a place and keep it; `size` is that of the file in bytes.

        A long run waits for a place of its kind first, so it keeps none meanwhile.
        """
        if long:
            async with self._for_long, self._one(size):
                yield
            return
        async with self._one(size):
            yield

    @asynccontextmanager
    async def _one(self, size: int) -> AsyncIterator[None]:
        if self._free > 0:
            self._free -= 1
        else:
            await self._wait(self._now() + size / _BYTES_PER_SECOND)
        try:
            yield
        finally:
            self._give_back()

    async def _wait(self, moment: float) -> None:
        """Wait until a place is handed over."""
        handed_over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (moment, next(self._numbers), handed_over))
        try:
            await handed_over
        except asyncio.CancelledError:
            if handed_over.done() and not handed_over.cancelled():  # it came too late to be used
                self._give_back()
            raise

    def _give_back(self) -> None:
        """Hand the place over to the first that still waits."""
        while self._waiting:
            _, _, handed_over = heapq.heappop(self._waiting)
            if not handed_over.done():
                handed_over.set_result(None)
                return
        self._free += 1
