"""Turns at a few places: chats get theirs in rotation, and within a turn a small file comes before large ones."""

import asyncio
import heapq
import itertools
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

_BYTES_PER_SECOND = 1_000_000  # a file waits as if it had come so much later: 20 MB let pass what comes within 20 s


class Turns:
    """Gives out `free` places. Each file that a chat has waiting belongs to a later turn than the one before it.

    A chat that has none waiting enters the turn that is on. So its file is not behind all those of another chat. Within
    a turn the order is that of coming, but a large file waits as if it had come later. So it waits longer, but not for
    ever. `now` is a steady clock in seconds.
    """

    def __init__(self, free: int, now: Callable[[], float] = time.monotonic) -> None:
        self.free = free
        self._now = now
        self._numbers = itertools.count()
        self._waiting: list[tuple[int, float, int, asyncio.Future[None]]] = []
        self._turn = 0  # that is on
        self._last: dict[int, int] = {}  # the last turn of each chat, where it is not over

    @asynccontextmanager
    async def taken(self, chat: int, size: int = 0) -> AsyncIterator[None]:
        """Wait for a place and keep it; `size` is that of the file in bytes."""
        if self.free > 0:
            self.free -= 1
        else:
            await self._wait(self._turn_of(chat), self._now() + size / _BYTES_PER_SECOND)
        try:
            yield
        finally:
            self._give_back()

    def _turn_of(self, chat: int) -> int:
        """Return the turn that the next file of a chat belongs to."""
        last = self._last.get(chat)
        self._last[chat] = turn = self._turn if last is None else last + 1
        return turn

    async def _wait(self, turn: int, moment: float) -> None:
        """Wait until a place is handed over."""
        handed_over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (turn, moment, next(self._numbers), handed_over))
        try:
            await handed_over
        except asyncio.CancelledError:
            if handed_over.done() and not handed_over.cancelled():  # it came too late to be used
                self._give_back()
            raise

    def _give_back(self) -> None:
        """Hand the place over to the first that still waits."""
        while self._waiting:
            turn, _, _, handed_over = heapq.heappop(self._waiting)
            if not handed_over.done():
                self._begin(turn)
                handed_over.set_result(None)
                return
        self._last.clear()
        self.free += 1

    def _begin(self, turn: int) -> None:
        if turn > self._turn:
            self._turn = turn
            self._last = {chat: last for chat, last in self._last.items() if last >= turn}
