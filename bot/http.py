"""The routes `/healthz` (does the bot receive updates and write to its database?) and `/metrics`."""

import asyncio
import math
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from bot.metrics import Metrics

RECEIVED_WITHIN = 120.0  # seconds: a long poll returns after 50, so one may fail without an alarm
WRITTEN_WITHIN = 120.0  # seconds: maintenance writes to the database every 20, also when there is no job

MOST_CONNECTIONS = 256  # at once, far more than probes need and far fewer than there are descriptors
NEWEST_SPARED = 128  # connections taken in one go: with half of them left, a new one lives until it was read
LONGEST_CONNECTION = 5.0  # seconds, as an answer takes milliseconds; who keeps connections opens a new one
STOP_WITHIN = 0.5  # seconds for the answers that are being written at a stop

Age = Callable[[], float]  # the seconds since the last success


@asynccontextmanager
async def serving(host: str, port: int, metrics: Metrics, received: Age, written: Age) -> AsyncIterator[int]:
    """Serve while the context lasts, and yield the port. The functions give the ages of the last poll and write.

    An age is infinite where there can be no success any more.
    """

    async def healthz(_request: web.Request) -> web.Response:
        poll, write = received(), written()
        ages = {"seconds_since_update_poll": _seconds(poll), "seconds_since_store_write": _seconds(write)}
        healthy = poll <= RECEIVED_WITHIN and write <= WRITTEN_WITHIN
        return web.json_response({"ok": healthy, **ages}, status=200 if healthy else 503)

    async def render_metrics(_request: web.Request) -> web.Response:
        return web.Response(body=metrics.render(), content_type="text/plain", charset="utf-8")

    application = web.Application()
    application.add_routes([web.get("/healthz", healthz), web.get("/metrics", render_metrics)])
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=STOP_WITHIN, lingering_time=0.0)
    await runner.setup()
    try:
        assert runner.server is not None
        entrance = _Entrance(runner.server)
        server = await asyncio.get_running_loop().create_server(entrance.protocol, host, port, backlog=NEWEST_SPARED)
        try:
            yield int(server.sockets[0].getsockname()[1])
        finally:
            server.close()
    finally:
        await runner.cleanup()


def _seconds(age: float) -> float | None:
    """Return an age as JSON can tell it."""
    return round(age, 1) if math.isfinite(age) else None


class _Entrance:
    """Hands connections to aiohttp's server, which by itself would keep any number of idle ones for ever.

    One more than MOST_CONNECTIONS ends the oldest, and each ends LONGEST_CONNECTION after it was made, whatever was
    sent over it until then.
    """

    def __init__(self, server: web.Server) -> None:
        self._server = server
        self._open: list[asyncio.Transport] = []

    def protocol(self) -> asyncio.Protocol:
        return _Arrival(self._enter)

    def _enter(self, transport: asyncio.Transport) -> None:
        self._open = [one for one in self._open if not one.is_closing()]
        if len(self._open) >= MOST_CONNECTIONS:
            self._open.pop(0).abort()
        self._open.append(transport)
        asyncio.get_running_loop().call_later(LONGEST_CONNECTION, transport.abort)
        handler = self._server()
        transport.set_protocol(handler)
        handler.connection_made(transport)


class _Arrival(asyncio.Protocol):
    """The protocol of a connection until it is handed over, which is before anything is read from it."""

    def __init__(self, enter: Callable[[asyncio.Transport], None]) -> None:
        self._enter = enter

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._enter(transport)
