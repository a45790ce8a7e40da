"""Requests that cause failures: faults of both servers, settings of the fake AI/ML API, and killing the bot."""

from aiohttp import web

from bot.playground.sim import bodies
from bot.playground.sim.find import playground_of, process_of
from bot.playground.sim.refusal import SimError
from bot.playground.speech import FakeSpeech
from bot.playground.telegram.faults import FILE
from bot.playground.telegram.methods import METHODS

NOT_RUNNING = "The bot is not running at the moment."
KNOWN_METHODS = {"*", FILE, *(method.name for method in METHODS.values())}
REAL_PROVIDER = "The real AI/ML API hears here; nothing about it can be changed."


async def switch(request: web.Request) -> web.Response:
    wanted, name = await bodies.read(request, bodies.Switch), request.match_info["name"]
    try:
        playground_of(request).fault_switches.switch(name, on=wanted.on)
    except LookupError:
        raise SimError(404, f"There is no fault {name!r} here.") from None
    return web.json_response(playground_of(request).fault_switches.as_json())


async def add_telegram_fault(request: web.Request) -> web.Response:
    wanted = await bodies.read(request, bodies.TelegramFault)
    if wanted.method not in KNOWN_METHODS:
        raise SimError(404, f"The playground knows no method {wanted.method!r}.")
    fault = playground_of(request).telegram.fault(**wanted.model_dump())
    playground_of(request).telegram_faults.append(fault)
    return web.json_response({})


async def clear_telegram_faults(request: web.Request) -> web.Response:
    for fault in playground_of(request).telegram_faults:
        fault.clear()
    playground_of(request).telegram_faults.clear()
    return web.json_response({})


async def add_speech_fault(request: web.Request) -> web.Response:
    wanted = await bodies.read(request, bodies.SpeechFault)
    playground_of(request).speech_faults.append(_server(request).fault(**wanted.model_dump()))
    return web.json_response({})


async def clear_speech_faults(request: web.Request) -> web.Response:
    server = _server(request)
    for fault in playground_of(request).speech_faults:
        server.clear_faults(fault)
    playground_of(request).speech_faults.clear()
    return web.json_response({})


async def change_speech(request: web.Request) -> web.Response:
    wanted, server, provider = (
        await bodies.read(request, bodies.SpeechChange),
        _server(request),
        playground_of(request).provider,
    )
    if wanted.latency is not None:
        server.latency = wanted.latency
    if wanted.credits is not None:
        server.credits = wanted.credits
    if "says" in wanted.model_fields_set:
        provider.says = wanted.says
    playground_of(request).notifier.notify()
    return web.json_response(provider.as_json())


async def add_link(request: web.Request) -> web.Response:
    """Put a recording behind an address, for the fake AI/ML API alone, and return all addresses that it knows."""
    server, url, data = _server(request), request.query.get("url"), await request.read()
    if not url or not data:
        raise SimError(400, "An address as ?url= and the bytes of a recording as the body are expected.")
    server.links[url] = data
    return web.json_response(sorted(server.links))


async def kill(request: web.Request) -> web.Response:
    process = process_of(request)
    if not process.kill():
        raise SimError(409, NOT_RUNNING)
    return web.json_response(process.as_json())


def _server(request: web.Request) -> FakeSpeech:
    server = playground_of(request).provider.server
    if server is None:
        raise SimError(409, REAL_PROVIDER)
    return server
