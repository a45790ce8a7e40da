"""A Bot API of another make: it answers as the npm package telegram-test-api does, which is not as Telegram does.

Parameters come back in the result as the texts that they were sent as, moments are in milliseconds, `getMe` leaves out
what Telegram always says, and most methods answer null. What it does not know, it answers with 500.
"""

import itertools
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.playground.notifier import Notifier

ME = {"username": "TestNameBot", "first_name": "Test First name", "id": 666}
PERSON = {"id": 1, "first_name": "TestName", "username": "testUserName", "is_bot": False}
CHAT = {"id": 1, "title": "Test Name", "first_name": "TestName", "username": "testUserName", "type": "private"}


class Emulator:
    """`sent` are the parameters of every message; `results` replaces the results of a method."""

    def __init__(self) -> None:
        self.url = ""
        self.sent: list[dict[str, Any]] = []
        self.results: dict[str, Any] = {}
        self.notifier = Notifier()
        self._updates: list[dict[str, Any]] = []
        self._numbers = itertools.count(1)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["Emulator"]:
        application = web.Application()
        application.router.add_post("/bot{token}/{method}", self._answer)
        async with TestServer(application, shutdown_timeout=0.1) as server:
            self.url = str(server.make_url("")).rstrip("/")
            yield self

    def command(self, text: str) -> None:
        """Somebody sends a command."""
        entity = {"offset": 0, "length": len(text.split(maxsplit=1)[0]), "type": "bot_command"}
        number = next(self._numbers)
        message = {"from": PERSON, "chat": CHAT, "botToken": "x", "date": int(time.time()), "text": text}
        self._updates.append(
            {"update_id": number, "message": message | {"entities": [entity], "message_id": number}},
        )

    def describe(self) -> str:
        return f"it was sent {self.sent}"

    async def _answer(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        known = getattr(self, f"_{method}", None)
        if known is None:
            return web.json_response({"message": f"API method '{method}' is not supported."}, status=500)
        posted = await request.json() if request.content_type == "application/json" else await request.post()
        answered = known(dict(posted))
        self.notifier.notify()
        return web.json_response({"ok": True, "result": self.results.get(method, answered)})

    def _getMe(self, _posted: dict[str, Any]) -> Any:  # noqa: N802 - the Bot API's names
        return ME

    def _deleteWebhook(self, _posted: dict[str, Any]) -> Any:  # noqa: N802
        return None

    def _getUpdates(self, _posted: dict[str, Any]) -> Any:  # noqa: N802 - it never waits for one
        updates, self._updates = self._updates, []
        return updates

    def _sendMessage(self, posted: dict[str, Any]) -> Any:  # noqa: N802
        self.sent.append(posted)
        chat = {"id": int(posted["chat_id"]), "first_name": "Bot", "type": "private"}
        return posted | {"message_id": next(self._numbers), "date": int(time.time() * 1000), "chat": chat}
