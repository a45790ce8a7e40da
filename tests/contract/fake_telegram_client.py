"""What the tests of the fake Bot API share: a bare client that hides nothing."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.playground.telegram import FakeTelegram


@dataclass
class Answer:
    status: int
    body: dict[str, Any]

    @property
    def result(self) -> Any:
        assert self.status == 200, self.body
        return self.body["result"]

    @property
    def refusal(self) -> tuple[int, str]:
        assert self.body["error_code"] == self.status
        return self.status, self.body["description"]


class Client:
    """Calls methods by their name: `await client.sendMessage(chat_id=1, text="Hi")`."""

    def __init__(self, telegram: FakeTelegram, session: aiohttp.ClientSession) -> None:
        self.telegram = telegram
        self.session = session

    def __getattr__(self, method: str) -> Callable[..., Awaitable[Answer]]:
        async def call(**parameters: Any) -> Answer:
            fields = {
                name: value if isinstance(value, (str, int)) else json.dumps(value)
                for name, value in parameters.items()
            }
            return await self.post(method, data=fields)

        return call

    async def post(self, method: str, **request: Any) -> Answer:
        url = f"{self.telegram.url}/bot{self.telegram.state.token}/{method}"
        async with self.session.post(url, **request) as answer:
            return Answer(answer.status, await answer.json())

    async def upload(self, method: str, files: Mapping[str, tuple[str, bytes]], **parameters: Any) -> Answer:
        form = aiohttp.FormData()
        for name, value in parameters.items():
            form.add_field(name, value if isinstance(value, str) else json.dumps(value))
        for name, (file_name, data) in files.items():
            form.add_field(name, data, filename=file_name)
        return await self.post(method, data=form)

    async def download(self, path: str) -> tuple[int, bytes]:
        url = f"{self.telegram.url}/file/bot{self.telegram.state.token}/{path}"
        async with self.session.get(url) as answer:
            return answer.status, await answer.read()

    async def updates(self, **parameters: Any) -> Any:
        return (await self.getUpdates(**parameters)).result
