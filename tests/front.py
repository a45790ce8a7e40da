"""A server in front of another one: it hands on what it is asked, but for what a test wants answered otherwise."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
LARGEST_BODY = 2**30
PASSED_ON = ("Authorization", "Content-Type", "User-Agent")


class Front:
    """Answers in place of the server at `behind`, wherever a part of the path says so."""

    def __init__(self, behind: str) -> None:
        self.url = ""
        self._behind = urlsplit(behind)
        self._instead: list[tuple[str, Answer]] = []
        self.replaced = 0

    def replace(self, part: str, answer: Answer, times: int = 1) -> None:
        """Answer the next requests with `part` in their path so, and do not hand them on."""
        self._instead += [(part, answer)] * times

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["Front"]:
        application = web.Application(client_max_size=LARGEST_BODY)
        application.router.add_route("*", "/{path:.*}", self._answer)
        async with aiohttp.ClientSession() as self._session, TestServer(application, shutdown_timeout=0.1) as server:
            self.url = str(server.make_url(self._behind.path)).rstrip("/")
            yield self

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        for instead in self._instead:
            if instead[0] in request.path:
                self._instead.remove(instead)
                self.replaced += 1
                await request.read()
                return await instead[1](request)
        return await self._hand_on(request)

    async def _hand_on(self, request: web.Request) -> web.Response:
        url = f"{self._behind.scheme}://{self._behind.netloc}{request.rel_url}"
        headers = {name: request.headers[name] for name in PASSED_ON if name in request.headers}
        async with self._session.request(request.method, url, headers=headers, data=await request.read()) as answer:
            content_type = answer.headers.get("Content-Type", "application/octet-stream")
            headers = {"Content-Type": content_type}
            return web.Response(status=answer.status, body=await answer.read(), headers=headers)
