"""Waking whoever waits for a change, without anybody asking again and again."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

Seen = TypeVar("Seen")


class Bell:
    """Rung after every change; `until` looks again at each ring. `rings` counts them."""

    def __init__(self) -> None:
        self.rings = 0
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self.rings += 1
        rung, self._rung = self._rung, asyncio.Event()
        rung.set()

    async def next(self) -> None:
        await self._rung.wait()

    async def beyond(self, rings: int) -> int:
        """How often it has rung, once that is more than `rings`: a ring before the call is not missed."""
        while self.rings <= rings:
            await self.next()
        return self.rings

    async def until(self, predicate: Callable[[], Seen]) -> Seen:
        """The first true value of `predicate`."""
        while not (value := predicate()):
            await self.next()
        return value

    async def told_within(self, seconds: float, predicate: Callable[[], Seen], describe: Callable[[], str]) -> Seen:
        """Like `until`; an AssertionError with what `describe` says, if it does not happen in time."""
        try:
            async with asyncio.timeout(seconds):
                return await self.until(predicate)
        except TimeoutError:
            raise AssertionError(f"it did not happen within {seconds} s\n{describe()}") from None
