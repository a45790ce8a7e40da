"""Waiting for something to become true of the server, without asking again and again."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

Seen = TypeVar("Seen")


class Changes:
    """Wakes whoever waits for something to become true of a fake server."""

    def __init__(self) -> None:
        self._happened = asyncio.Event()

    def announce(self) -> None:
        self._happened.set()
        self._happened = asyncio.Event()

    async def wait_for(self, predicate: Callable[[], Seen], timeout: float, dump: Callable[[], str]) -> Seen:  # noqa: ASYNC109 - the failure tells what was seen
        """What `predicate` returned once it was true; it is asked again whenever something was announced."""
        try:
            async with asyncio.timeout(timeout):
                while not (seen := predicate()):
                    await self._happened.wait()
        except TimeoutError:
            raise AssertionError(f"still not true after {timeout} s\n{dump()}") from None
        return seen
