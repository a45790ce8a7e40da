"""Somebody at the page: what a browser would ask /sim for."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self

import aiohttp

from bot.playground.samples import SAMPLES, Sample
from tests.patience import patience
from tests.sim.event_stream import EventStream

WAITED_IN_VAIN = 408


class Visit:
    """In the private chat of Alex."""

    def __init__(self, session: aiohttp.ClientSession, stream: EventStream) -> None:
        self.session = session
        self.stream = stream
        self.chat = next(chat["id"] for chat in stream.state["chats"] if chat["type"] == "private")

    @classmethod
    @asynccontextmanager
    async def at(cls, url: str) -> AsyncIterator[Self]:
        async with aiohttp.ClientSession(url) as session, EventStream.at(session) as stream:
            yield cls(session, stream)

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        async with self.session.request(method, path, json=body) as answer:
            told = await answer.json()
            assert answer.status == 200, told
            return told

    async def state(self) -> Any:
        return await self.ask("GET", "/sim/state")

    async def hears(self, words: str, latency: float = 0) -> None:
        """From now on, in everything."""
        await self.ask("PATCH", "/sim/speech", {"says": words, "latency": latency})

    async def speak(self, sample: Sample = SAMPLES[0]) -> None:
        """A voice note from Alex."""
        form = aiohttp.FormData({"from": str(self.chat), "kind": "voice"})
        form.add_field("file", sample.path.read_bytes(), filename=sample.file)
        async with self.session.post(f"/sim/chats/{self.chat}/files", data=form) as answer:
            assert answer.status == 200, await answer.text()

    async def reads(self, words: str) -> str:
        """What the bot has written with these words in it, once it has."""
        where = f"/sim/chats/{self.chat}/messages?contains={words}&wait=5"
        async with patience(20, happened=lambda: self.stream.notifier.count, describe=self.stream.describe):
            while True:
                async with self.session.get(where) as answer:
                    if answer.status != WAITED_IN_VAIN:
                        assert answer.status == 200, await answer.text()
                        return str((await answer.json())[-1]["text"])

    async def sees_call(self, name: str) -> Any:
        """The first answered call of this name."""
        return await self.stream.sees("call", lambda call: call["name"].startswith(name) and call["status"])

    async def until_logged(self, event: str) -> None:
        """Wait until the bot has logged such a line, or go on if it has."""
        stream = self.stream
        await stream.until(lambda: event in {line["event"] for line in [*stream.state["log"], *stream.all("log")]})

    async def uploads(self) -> int:
        """How often the provider was paid."""
        calls = await self.ask("GET", "/sim/calls")
        return sum((call["name"], call["status"]) == ("POST /v1/stt/create", 200) for call in calls)
