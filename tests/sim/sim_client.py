"""A client of /sim with both fakes behind it, which can also call them as the bot would."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import aiohttp
from aiohttp.typedefs import LooseHeaders

from bot.playground.notifier import Notifier
from bot.playground.sim import Playground, Process, Provider, serving
from bot.playground.speech import FakeSpeech
from bot.playground.telegram import FakeTelegram
from tests.clock import Clock
from tests.sim.event_stream import EventStream

TOKEN = "123456:token-of-the-sim"
KEY = "key-of-the-sim"


@dataclass(frozen=True)
class Answer:
    status: int
    content: bytes
    headers: Any

    @property
    def body(self) -> Any:
        return json.loads(self.content)

    @property
    def refusal(self) -> tuple[int, str]:
        """Exactly what the documentation promises of a refusal."""
        assert self.body.keys() == {"error"}
        return self.status, self.body["error"]


class SimClient:
    """A client of a playground in which Alice has a private chat with the bot."""

    def __init__(self, playground: Playground, session: aiohttp.ClientSession) -> None:
        self.playground = playground
        self.telegram = playground.telegram
        self.session = session
        self.alice = playground.telegram.user("Alice", username="alice")
        self.chat = playground.telegram.private(self.alice)

    @property
    def speech(self) -> FakeSpeech:
        assert self.playground.provider.server is not None
        return self.playground.provider.server

    @property
    def clock(self) -> Clock:
        assert isinstance(self.playground.clock, Clock)
        return self.playground.clock

    async def ask(
        self, method: str, path: str, body: Any = None, *, data: Any = None, headers: LooseHeaders | None = None
    ) -> Answer:
        async with self.session.request(method, path, json=body, data=data, headers=headers) as answer:
            return Answer(answer.status, await answer.read(), answer.headers)

    async def get(self, path: str) -> Any:
        return await self._well("GET", path)

    async def post(self, path: str, body: Any) -> Any:
        return await self._well("POST", path, body)

    async def _well(self, method: str, path: str, body: Any = None) -> Any:
        answer = await self.ask(method, path, body)
        assert answer.status == 200, answer.content
        return answer.body

    async def send(self, data: bytes, name: str = "file", content_type: str | None = None, **fields: Any) -> Answer:
        """A file from Alice into her chat, unless the fields say otherwise."""
        chat = fields.pop("chat", self.chat.id)
        form = aiohttp.FormData({name: str(value) for name, value in ({"from": self.alice.id} | fields).items()})
        form.add_field("file", BytesIO(data), filename=name, content_type=content_type)
        return await self.ask("POST", f"/sim/chats/{chat}/files", data=form)

    async def bot(self, method: str, **parameters: Any) -> Answer:
        """The bot calls a method of the Bot API."""
        url = f"{self.telegram.url}/bot{self.telegram.state.token}/{method}"
        return await self.ask("POST", url, parameters)

    async def bot_says(self, text: str, chat: int | None = None, **parameters: Any) -> Any:
        """The message that the bot has sent, into Alice's chat unless told otherwise."""
        answer = await self.bot("sendMessage", chat_id=chat or self.chat.id, text=text, **parameters)
        assert answer.status == 200, answer.content
        return answer.body["result"]

    async def provider(self, method: str, path: str, **request: Any) -> Answer:
        """The bot calls the AI/ML API."""
        headers = {"Authorization": f"Bearer {self.speech.key}"}
        return await self.ask(method, self.speech.url + path, headers=headers, **request)

    async def upload(self, data: bytes) -> Answer:
        """The bot has a recording transcribed."""
        form = aiohttp.FormData({"model": "#g1_nova-2-general"})
        form.add_field("audio", data, filename="voice.ogg", content_type="audio/ogg")
        return await self.provider("POST", "/stt/create", data=form)

    @asynccontextmanager
    async def stream(self) -> AsyncIterator[EventStream]:
        async with EventStream.at(self.session) as stream:
            yield stream

    async def wait_until_told(self, *streams: EventStream) -> None:
        """Add a person, and wait until the streams have got that and so all that happened before."""
        person = await self.post("/sim/people", {"first_name": "Last"})
        for stream in streams:
            await stream.sees("people", lambda people: person in people)


@asynccontextmanager
async def open_sim(
    *, real: bool = False, secrets: Sequence[str] = (TOKEN, KEY), process: Process | None = None, **settings: Any
) -> AsyncIterator[SimClient]:
    """Serve a playground with both fakes, or, if `real`, without the fake AI/ML API."""
    notifier, clock = Notifier(), Clock()
    async with (
        FakeTelegram(TOKEN, clock=clock, notifier=notifier) as telegram,
        FakeSpeech(KEY, clock, notifier) as speech,
    ):
        provider = Provider("the real one") if real else Provider("script", speech)
        playground = Playground(telegram, provider, notifier, clock, secrets, process, **settings)
        async with (
            serving(playground, 0) as port,
            aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session,
        ):
            yield SimClient(playground, session)
