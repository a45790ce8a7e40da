"""What the tests of the fake Bot API share: a bare client that hides nothing."""

import json
from dataclasses import dataclass

import aiohttp


@dataclass
class Answer:
    status: int
    body: dict

    @property
    def result(self):
        assert self.status == 200, self.body
        return self.body["result"]

    @property
    def refusal(self):
        assert self.body["error_code"] == self.status
        return self.status, self.body["description"]


class Client:
    """Calls methods by their name: `await client.sendMessage(chat_id=1, text="Hi")`."""

    def __init__(self, telegram, session):
        self.telegram = telegram
        self.session = session

    def __getattr__(self, method):
        async def call(**parameters):
            fields = {
                name: value if isinstance(value, (str, int)) else json.dumps(value)
                for name, value in parameters.items()
            }
            return await self.post(method, data=fields)

        return call

    async def post(self, method, **request):
        url = f"{self.telegram.url}/bot{self.telegram.state.token}/{method}"
        async with self.session.post(url, **request) as answer:
            return Answer(answer.status, await answer.json())

    async def upload(self, method, files, **parameters):
        form = aiohttp.FormData()
        for name, value in parameters.items():
            form.add_field(name, value if isinstance(value, str) else json.dumps(value))
        for name, (file_name, data) in files.items():
            form.add_field(name, data, filename=file_name)
        return await self.post(method, data=form)

    async def download(self, path):
        url = f"{self.telegram.url}/file/bot{self.telegram.state.token}/{path}"
        async with self.session.get(url) as answer:
            return answer.status, await answer.read()

    async def updates(self, **parameters):
        return (await self.getUpdates(**parameters)).result
