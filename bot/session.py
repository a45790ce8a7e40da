"""The way out: every request to another server. None follows a redirect, and no answer is read without an end."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from typing import Any

import aiohttp

from bot.proxies import Proxy

CHUNK = 64 * 1024  # bytes of an answer in memory at once, beside those that were kept


class TooLargeError(aiohttp.ClientPayloadError):
    """An answer is larger than this program reads."""


@dataclass(frozen=True, slots=True)
class Session:
    """Makes requests, through `proxy` if there is one. The session below belongs to its maker."""

    below: aiohttp.ClientSession
    proxy: Proxy | None = None

    def through(self, proxy: Proxy | None) -> "Session":
        """Return a session for a server that is reached through this proxy, or directly."""
        return replace(self, proxy=proxy)

    def request(self, method: str, url: str, **options: Any) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        """Make one request. A redirect is an answer as any other: what was sent is for the server that was asked."""
        return self.below.request(method, url, allow_redirects=False, **self._proxy_options(), **options)

    def _proxy_options(self) -> dict[str, Any]:
        if self.proxy is None:
            return {}
        login = aiohttp.BasicAuth(self.proxy.user, self.proxy.password, "utf-8") if self.proxy.user else None
        return {"proxy": self.proxy.address, "proxy_auth": login}


async def read_at_most(answer: aiohttp.ClientResponse, limit: int) -> bytes:
    """Read a whole body, measured as it unfolds: a small compressed one can be a large one."""
    body = bytearray()
    async for chunk in answer.content.iter_chunked(CHUNK):
        body += chunk
        if len(body) > limit:
            raise TooLargeError
    return bytes(body)
