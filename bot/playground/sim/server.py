"""The HTTP server of the playground: the routes of /sim, the page, and the protection of both."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

from bot.playground.guard import HOST, Handler, page_guard
from bot.playground.samples import SAMPLES
from bot.playground.sim import faults, inspection, middle, people, talking
from bot.playground.sim.find import PLAYGROUND
from bot.playground.sim.playground import Playground
from bot.playground.sim.refusal import SimError
from bot.playground.sim.uploads import LARGEST_FILE, TOO_LARGE

ROOM_FOR_FIELDS = 64 * 1024
GRACE_SECONDS = 0.5
PACKAGE = Path(__file__).parent.parent
PAGE = PACKAGE / "page"
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; media-src 'self' blob:; img-src 'self' data: blob:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
CHAT = r"/sim/chats/{chat:-?\d{1,18}}"
MESSAGE = CHAT + r"/messages/{message:\d{1,18}}"

ROUTES = (
    web.get("/sim/state", inspection.state),
    web.get("/sim/events", inspection.events),
    web.get("/sim/calls", inspection.calls),
    web.get("/sim/violations", inspection.violations),
    web.get("/sim/files/{file_id}", inspection.file),
    web.get(CHAT, inspection.chat),
    web.get(CHAT + "/messages", inspection.messages),
    web.post("/sim/people", people.add_person),
    web.post("/sim/chats", people.add_chat),
    web.patch("/sim/bot", people.change_mode),
    web.post("/sim/links", people.open_link),
    web.post(CHAT + "/topics", people.add_topic),
    web.post(CHAT + "/bot", people.change_bot),
    web.patch(CHAT + "/permissions", people.change_permissions),
    web.post(CHAT + "/messages", talking.say),
    web.post(CHAT + "/files", talking.send_file),
    web.patch(MESSAGE, talking.edit),
    web.delete(MESSAGE, talking.delete),
    web.post(MESSAGE + "/forward", talking.forward),
    web.post(MESSAGE + "/press", talking.press),
    web.post(MESSAGE + "/reaction", talking.react),
    web.put("/sim/faults/{name}", faults.switch),
    web.post("/sim/telegram/faults", faults.add_telegram_fault),
    web.delete("/sim/telegram/faults", faults.clear_telegram_faults),
    web.post("/sim/speech/faults", faults.add_speech_fault),
    web.delete("/sim/speech/faults", faults.clear_speech_faults),
    web.patch("/sim/speech", faults.change_speech),
    web.put("/sim/speech/links", faults.add_link),
    web.post("/sim/process/kill", faults.kill),
    web.post("/sim/process/kill-in-the-middle", middle.kill_in_the_middle),
    web.static("/page", PAGE),
)


@asynccontextmanager
async def serving(playground: Playground, port: int) -> AsyncIterator[int]:
    """Serve the playground on 127.0.0.1 as long as the context lasts, which yields the port.

    With `port` 0 it is any free one. Raises OSError if the port is taken.
    """
    runner = web.AppRunner(_application(playground), access_log=None, shutdown_timeout=GRACE_SECONDS)
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, port).start()
        try:
            yield int(runner.addresses[0][1])
        finally:
            playground.close()
    finally:
        await runner.cleanup()


def _application(playground: Playground) -> web.Application:
    application = web.Application(middlewares=[page_guard, _explain], client_max_size=LARGEST_FILE + ROOM_FOR_FIELDS)
    application[PLAYGROUND] = playground
    application.add_routes([web.get("/", _page), web.get("/samples/{file}", _sample), *ROUTES])
    application.on_response_prepare.append(_add_headers)
    return application


async def _page(_: web.Request) -> web.FileResponse:
    return web.FileResponse(PAGE / "index.html")


async def _sample(request: web.Request) -> web.FileResponse:
    wanted = [sample.path for sample in SAMPLES if sample.file == request.match_info["file"]]
    if not wanted:
        raise SimError(404, "There is no such sample.")
    return web.FileResponse(wanted[0])


async def _add_headers(_: web.Request, response: web.StreamResponse) -> None:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)


@web.middleware
async def _explain(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every error of a request into a JSON answer."""
    try:
        return await handler(request)
    except SimError as error:
        return _refusal(error.status, str(error))
    except web.HTTPRequestEntityTooLarge:
        return _refusal(413, TOO_LARGE)
    except web.HTTPException as error:
        return _refusal(error.status, error.reason)


def _refusal(status: int, sentence: str) -> web.Response:
    return web.json_response({"error": sentence}, status=status)
