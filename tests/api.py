"""A server that answers as a test tells it to, and keeps what it was asked: for clients whose every byte matters."""

import gzip
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from types import MappingProxyType
from typing import NamedTuple

from aiohttp import BodyPartReader, web
from aiohttp.test_utils import TestServer

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
LARGEST_BODY = 2**30
GRACE_SECONDS = 0.1  # for requests that are still in hand when it stops


class Part(NamedTuple):
    """One field of a form, as it came."""

    name: str
    data: bytes
    file_name: str | None = None
    headers: Mapping[str, str] = MappingProxyType({})


class Api:
    """Answers every request with `answer`; the forms are those of POST requests."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.url = ""
        self.requests: list[web.Request] = []
        self.forms: list[list[Part]] = []

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        application = web.Application(client_max_size=LARGEST_BODY)
        application.router.add_route("*", "/{path:.*}", self._handle)
        async with TestServer(application, shutdown_timeout=GRACE_SECONDS) as server:
            self.url = str(server.make_url("/"))
            yield

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        if request.content_type == "multipart/form-data":
            self.forms.append([await _read(part) async for part in await request.multipart()])
        elif request.method == "POST":
            self.forms.append([Part(name, str(value).encode()) for name, value in (await request.post()).items()])
        return await self.answer(request)


async def cut(request: web.Request) -> web.StreamResponse:
    """Close the connection without an answer."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


def redirecting(status: int) -> Answer:
    async def elsewhere(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers={"Location": "/elsewhere"})

    return elsewhere


def unfolding(size: int) -> Answer:
    """Answer with so many bytes, which are few on their way."""

    async def answer(_request: web.Request) -> web.StreamResponse:
        packed = gzip.compress(b" " * size, compresslevel=1)
        return web.Response(body=packed, headers={"Content-Encoding": "gzip"})

    return answer


async def _read(part: object) -> Part:
    assert isinstance(part, BodyPartReader)
    return Part(part.name or "", bytes(await part.read()), part.filename, dict(part.headers))
