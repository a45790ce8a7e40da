"""The way out: every request to another server. None follows a redirect, and no answer is read without an end."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import aiohttp

from bot.outgoing.moving import Limits, Moving, moving
from bot.outgoing.proxies import Proxy

CHUNK = 64 * 1024  # bytes of an answer in memory at once, beside those that were kept
BEGINNING = 1024  # bytes of an answer that is too large, in which its first update's number stands
MOST_VALUES = 2_000_000  # in JSON; the words of ten hours of speech, with all their times, are a third of it


class TooLargeError(aiohttp.ClientPayloadError):
    """An answer is larger than this program reads; `beginning` is what it begins with."""

    def __init__(self, beginning: bytes = b"") -> None:
        super().__init__()
        self.beginning = beginning


@dataclass(frozen=True, slots=True)
class Session:
    """Makes requests, through `proxy` if there is one. The session below belongs to its maker."""

    below: aiohttp.ClientSession
    proxy: Proxy | None = None

    def through(self, proxy: Proxy | None) -> "Session":
        """Return a session for a server that is reached through this proxy, or directly."""
        return replace(self, proxy=proxy)

    def request(
        self, method: str, url: str, headers: Mapping[str, str] = MappingProxyType({}), **options: Any
    ) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        """Make one request. A redirect is an answer as any other: what was sent is for the server that was asked."""
        proxy: dict[str, Any] = {}
        if self.proxy is not None:
            login = _login(self.proxy)
            proxy = {"proxy": self.proxy.address, "proxy_headers": login}  # which are those of a tunnel
            headers = {**headers, **login} if url[:5].lower() == "http:" else headers
        return self.below.request(method, url, allow_redirects=False, headers=headers, **proxy, **options)

    @asynccontextmanager
    async def transfer(
        self, method: str, url: str, limits: Limits, *, sent: "Sent | None" = None, **options: Any
    ) -> AsyncIterator[tuple[aiohttp.ClientResponse, Moving]]:
        """Make one request that may take as long as it moves. Whoever reads the answer tells what has `passed`."""
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=limits.connect)
        async with moving(limits, limits.answer) as transfer:
            if sent is not None:
                options |= {"data": sent.body, "upload_tracker": sent.tracker}
            with nullcontext() if sent is None else transfer.sending(lambda: sent.tracker.bytes_written, sent.size):
                async with self.request(method, url, timeout=timeout, **options) as answer:
                    transfer.passed(0)
                    yield answer, transfer


class Sent:
    """A body with files of `size` bytes in it, on its way once. Must be made in a running event loop."""

    def __init__(self, body: aiohttp.Payload, size: int) -> None:
        self.body = body
        self.size = size
        self.tracker = aiohttp.UploadTracker()

    @property
    def has_left(self) -> bool:
        """Whether all of it has been sent."""
        upload = self.tracker.upload_complete
        return upload.done() and upload.exception() is None


def _login(proxy: Proxy) -> dict[str, str]:
    return {"Proxy-Authorization": aiohttp.encode_basic_auth(proxy.user, proxy.password)} if proxy.user else {}


async def _at_once(_size: int) -> None:
    """Wait for nothing."""


async def read_at_most(
    answer: aiohttp.ClientResponse, limit: int, grown_to: Callable[[int], Awaitable[None]] = _at_once
) -> bytes:
    """Read a whole body, measured as it unfolds: a small compressed one can be a large one.

    `grown_to` is told its bytes so far, and more is read when it returns.
    """
    body = bytearray()
    async for chunk in answer.content.iter_chunked(CHUNK):
        body += chunk
        if len(body) > limit:
            raise TooLargeError(bytes(body[:BEGINNING]))
        await grown_to(len(body))
    return bytes(body)


def read_json(body: bytes) -> object:
    """Read JSON, unless it has more values than an answer can have: each takes thirty times its bytes in memory.

    Raises ValueError, or RecursionError for what is nested too deeply.
    """
    if sum(map(body.count, (b",", b"[", b"{"))) > MOST_VALUES:
        raise ValueError("too many values")
    value: object = json.loads(body)
    return value
