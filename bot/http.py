"""`/healthz` and `/metrics`: is the bot receiving, is it writing, and what has it done."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from bot.metrics import Metrics

RECEIVED_WITHIN = 120.0  # seconds; a long poll returns after 50
WRITTEN_WITHIN = 120.0  # seconds; a proof is written every 20

Age = Callable[[], float]


@asynccontextmanager
async def serving(host: str, port: int, metrics: Metrics, received: Age, written: Age) -> AsyncIterator[int]:
    """Serve while the context lasts; yields the port. `received` and `written` give ages in seconds."""

    async def healthz(_request: web.Request) -> web.Response:
        ages = {"seconds_since_update_poll": round(received(), 1), "seconds_since_store_write": round(written(), 1)}
        well = received() <= RECEIVED_WITHIN and written() <= WRITTEN_WITHIN
        return web.json_response({"ok": well, **ages}, status=200 if well else 503)

    async def render(_request: web.Request) -> web.Response:
        return web.Response(body=metrics.render(), content_type="text/plain", charset="utf-8")

    application = web.Application()
    application.add_routes([web.get("/healthz", healthz), web.get("/metrics", render)])
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()
