"""A client of the server-sent events of /sim/events, which remembers all of them."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Self

import aiohttp

from bot.playground.notifier import Notifier
from tests.patience import until


class EventStream:
    """`told` are the events in order, each with its data; `ended` once the server has closed the stream."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.told: list[tuple[str, Any]] = []
        self.ended = False
        self.headers = response.headers
        self._response = response
        self.notifier = Notifier()

    @classmethod
    @asynccontextmanager
    async def at(cls, session: aiohttp.ClientSession, address: str = "/sim/events") -> AsyncIterator[Self]:
        """Looks until left; has seen the state when it begins."""
        timeout = aiohttp.ClientTimeout(total=None)
        async with session.get(address, timeout=timeout) as response:
            stream = cls(response)
            listening = asyncio.create_task(stream._listen())
            try:
                await stream.sees("state")
                yield stream
            finally:
                listening.cancel()
                await asyncio.gather(listening, return_exceptions=True)

    async def _listen(self) -> None:
        event = ""
        async for line in self._response.content:
            field, _, value = line.decode().rstrip("\n").partition(": ")
            if field == "event":
                event = value
            elif field == "data":
                self.told.append((event, json.loads(value)))
                self.notifier.notify()
        self.ended = True
        self.notifier.notify()

    @property
    def state(self) -> Any:
        """What was told first."""
        event, data = self.told[0]
        assert event == "state"
        return data

    def all(self, event: str) -> list[Any]:
        return [data for name, data in self.told if name == event]

    async def sees(self, event: str, like: Callable[[Any], object] = lambda _: True) -> Any:
        """The first such event, which may have come already."""
        (found,) = await self.until(lambda: [data for data in self.all(event) if like(data)][:1])
        return found

    async def menu(self) -> None:
        """Wait until somebody is offered commands."""
        await self.until(lambda: any(any(chat["menus"].values()) for chat in [*self.state["chats"], *self.all("chat")]))

    async def until(self, predicate: Callable[[], Any]) -> Any:
        """Asked again after every event."""
        return await until(self, predicate)

    def describe(self) -> str:
        return f"told was {self.told}"
