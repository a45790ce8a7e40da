"""Waking whoever waits for a change, without anybody asking again and again."""

import asyncio
from collections.abc import Callable
from typing import Any


class Bell:
    """Rung after every change; `until` looks again at each ring."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        rung, self._rung = self._rung, asyncio.Event()
        rung.set()

    async def next(self) -> None:
        await self._rung.wait()

    async def until(self, predicate: Callable[[], Any]) -> Any:
        """The first true value of `predicate`."""
        while not (value := predicate()):
            await self.next()
        return value
