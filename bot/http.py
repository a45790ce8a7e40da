"""The routes `/healthz` (does the bot receive updates and write to its database?) and `/metrics`."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from bot.metrics import Metrics

RECEIVED_WITHIN = 120.0  # seconds: a long poll returns after 50, so one may fail without an alarm
WRITTEN_WITHIN = 120.0  # seconds: maintenance writes to the database every 20, also when there is no job

Age = Callable[[], float]  # the seconds since the last success


@asynccontextmanager
async def serving(host: str, port: int, metrics: Metrics, received: Age, written: Age) -> AsyncIterator[int]:
    """Serve while the context lasts, and yield the port. The functions give the ages of the last poll and write."""

    async def healthz(_request: web.Request) -> web.Response:
        ages = {"seconds_since_update_poll": round(received(), 1), "seconds_since_store_write": round(written(), 1)}
        healthy = received() <= RECEIVED_WITHIN and written() <= WRITTEN_WITHIN
        return web.json_response({"ok": healthy, **ages}, status=200 if healthy else 503)

    async def render_metrics(_request: web.Request) -> web.Response:
        return web.Response(body=metrics.render(), content_type="text/plain", charset="utf-8")

    application = web.Application()
    application.add_routes([web.get("/healthz", healthz), web.get("/metrics", render_metrics)])
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()
