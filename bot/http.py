"""The HTTP server: `/healthz` (does the bot work?), `/metrics`, and the webhook to which updates are brought."""

import asyncio
import hmac
import logging
import math
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from urllib.parse import unquote

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from bot.metrics import Metrics, status_label

RECEIVED_WITHIN = 120.0  # seconds: a long poll returns after 50, so one may fail without an alarm
WRITTEN_WITHIN = 120.0  # seconds: maintenance writes to the database every 20, also when there is no job

MOST_CONNECTIONS = 384  # at once, far more than Telegram and probes make and far fewer than there are descriptors
TAKEN_AT_ONCE = 128  # connections: with two thirds of them left, others are read before their turn to end comes
LONGEST_CONNECTION = 5.0  # seconds, as an answer takes milliseconds; who keeps connections opens a new one
STOP_WITHIN = 0.5  # seconds for the answers that are being written at a stop

SECRET = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of the header
LARGEST_UPDATE = 1_000_000  # bytes; the longest message with all that it replies to takes some ten thousand
BODY_WITHIN = 10.0  # seconds for an update to arrive, of which Telegram and a proxy beside the bot need milliseconds

Age = Callable[[], float | None]  # the seconds since the last success; None where none is to be expected
Tell = Callable[[], Mapping[str, object]]


Take = Callable[[bytes], Awaitable[tuple[int, int | None]]]  # from a body to a status and the seconds for Retry-After


def _is_ours(record: logging.LogRecord) -> bool:
    """Tell whether an error is of this program: what is no HTTP anybody may send, as often as they like."""
    return record.exc_info is None or not isinstance(record.exc_info[1], HttpProcessingError)


_LOG = logging.getLogger("aiohttp.server.verbatim")
_LOG.addFilter(_is_ours)


@asynccontextmanager
async def serving(host: str, port: int, routes: Iterable[web.AbstractRouteDef]) -> AsyncIterator[int]:
    """Serve the routes while the context lasts, and yield the port."""
    application = web.Application(client_max_size=LARGEST_UPDATE)
    application.add_routes(routes)
    runner = web.AppRunner(application, access_log=None, logger=_LOG, shutdown_timeout=STOP_WITHIN, lingering_time=0.0)
    entrance = application[_ENTRANCE] = _Entrance()
    await runner.setup()
    try:
        assert runner.server is not None
        entrance.server = runner.server
        server = await asyncio.get_running_loop().create_server(entrance.protocol, host, port, backlog=TAKEN_AT_ONCE)
        try:
            yield int(server.sockets[0].getsockname()[1])
        finally:
            server.close()
    finally:
        await runner.cleanup()


def health(
    written: Age, tell: Tell = dict, *, received: Age | None = None, takes_updates: Callable[[], bool] | None = None
) -> web.RouteDef:
    """Serve `/healthz`, from the age of the last write and, of a bot that polls, that of the last poll.

    An age is infinite where there can be no success any more. A bot to which updates are brought tells whether it
    takes them. What `tell` returns is told, too, and makes nothing ill.
    """

    async def healthz(_request: web.Request) -> web.Response:
        write = written()
        healthy = (write or 0.0) <= WRITTEN_WITHIN
        told: dict[str, object] = {}
        if received is not None:
            poll = received()
            healthy = healthy and (poll or 0.0) <= RECEIVED_WITHIN
            told["seconds_since_update_poll"] = _seconds(poll)
        if takes_updates is not None:
            takes = told["takes_updates"] = takes_updates()
            healthy = healthy and takes
        told["seconds_since_store_write"] = _seconds(write)
        return web.json_response({"ok": healthy, **told, **tell()}, status=200 if healthy else 503)

    return web.get("/healthz", healthz)


def rendered(metrics: Metrics) -> web.RouteDef:
    """Serve `/metrics`."""

    async def render(_request: web.Request) -> web.Response:
        return web.Response(body=metrics.render(), content_type="text/plain", charset="utf-8")

    return web.get("/metrics", render)


def webhook(path: str, secret: str, take: Take, metrics: Metrics, body_within: float = BODY_WITHIN) -> web.RouteDef:
    """Take updates at a path, each over a connection of its own. Without the secret nothing of one is read."""
    expected, place = secret.encode(), unquote(path)

    def refused(request: web.Request) -> int | None:
        """Return what is answered to a request from what stands before its body, unless that is as it should be."""
        if request.path != place:  # compared as it reads, as a proxy may spell it in another way
            return 404
        if request.method != "POST":
            return 405
        if not hmac.compare_digest(request.headers.get(SECRET, "").encode("utf-8", "surrogateescape"), expected):
            return 401
        return 413 if (request.content_length or 0) > LARGEST_UPDATE else None

    async def taken(request: web.Request) -> tuple[int, int | None]:
        if (status := refused(request)) is not None:
            return status, None
        request.app[_ENTRANCE].let_in(request.transport)
        try:
            async with asyncio.timeout(body_within):
                body = await request.read()
        except tuple(_UNREAD) as error:
            return _UNREAD[type(error)], None
        return await take(body)

    async def receive(request: web.Request) -> web.Response:
        status, again_after = await taken(request)
        metrics.webhook.labels(status_label(status)).inc()
        answer = web.Response(status=status, headers={} if again_after is None else {"Retry-After": str(again_after)})
        answer.force_close()
        return answer

    return web.route("*", "/{anything:.*}", receive)


_UNREAD: dict[type[Exception], int] = {
    TimeoutError: 408,
    web.RequestPayloadError: 400,
    web.HTTPRequestEntityTooLarge: 413,
}


def _seconds(age: float | None) -> float | None:
    """Return an age as JSON can tell it."""
    return round(age, 1) if age is not None and math.isfinite(age) else None


class _Entrance:
    """Hands connections to aiohttp's server, which by itself would keep any number of idle ones for ever.

    One more than MOST_CONNECTIONS ends the oldest, and each ends LONGEST_CONNECTION after it was made, whatever was
    sent over it until then. One that was let in ends by itself.
    """

    server: web.Server

    def __init__(self) -> None:
        self._open: dict[asyncio.BaseTransport, asyncio.TimerHandle] = {}  # the oldest first

    def protocol(self) -> asyncio.Protocol:
        return _Arrival(self._enter)

    def let_in(self, transport: asyncio.BaseTransport | None) -> None:
        """Count a connection no longer among those that anybody can make."""
        if transport is not None and (end := self._open.pop(transport, None)) is not None:
            end.cancel()

    def _enter(self, transport: asyncio.Transport) -> None:
        for one in [one for one in self._open if one.is_closing()]:
            self.let_in(one)
        if len(self._open) >= MOST_CONNECTIONS:
            oldest = next(iter(self._open))
            self.let_in(oldest)
            assert isinstance(oldest, asyncio.Transport)
            oldest.abort()
        self._open[transport] = asyncio.get_running_loop().call_later(LONGEST_CONNECTION, transport.abort)
        handler = self.server()
        transport.set_protocol(handler)
        handler.connection_made(transport)


class _Arrival(asyncio.Protocol):
    """The protocol of a connection until it is handed over, which is before anything is read from it."""

    def __init__(self, enter: Callable[[asyncio.Transport], None]) -> None:
        self._enter = enter

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._enter(transport)


_ENTRANCE = web.AppKey("_ENTRANCE", _Entrance)
