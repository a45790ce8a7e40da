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

    async def wait_or_fail(self, seconds: float, predicate: Callable[[], Found], describe: Callable[[], str]) -> Found:
        """Wait as `wait_for` does, but for so many seconds at most.

        Raises AssertionError with what `describe` returns when the time is over.
        """
        try:
            async with asyncio.timeout(seconds):
                return await self.wait_for(predicate)
        except TimeoutError:
            raise AssertionError(f"it did not happen within {seconds} s\n{describe()}") from None
