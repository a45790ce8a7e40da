"""A notifier: it wakes the tasks that wait for a change, so that nobody polls."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


class Notifier:
    """A condition variable that needs no lock; `count` is the number of notifications so far."""

    def __init__(self) -> None:
        self.count = 0
        self._notified = asyncio.Event()

    def notify(self) -> None:
        """Wake every task that waits; call it after each change."""
        self.count += 1
        notified, self._notified = self._notified, asyncio.Event()
        notified.set()

    async def wait_next(self) -> None:
        """Wait for the next notification."""
        await self._notified.wait()

    async def wait_past(self, count: int) -> int:
        """Wait until there have been more than `count` notifications, and return their number.

        A notification that came before the call is not missed.
        """
        while self.count <= count:
            await self.wait_next()
        return self.count

    async def wait_for(self, predicate: Callable[[], Found]) -> Found:
        """Return the first true value of `predicate`, which is called again after every notification."""
        while not (value := predicate()):
            await self.wait_next()
        return value
