"""Looking: the state, the chats, the files, and the stream of what changes."""

import asyncio
import json
import math
import time
from contextlib import suppress
from typing import Any

from aiohttp import web
from aiohttp.client_exceptions import ClientConnectionResetError

from bot.playground.sim import views
from bot.playground.sim.feed import Feed
from bot.playground.sim.find import chat_of, played
from bot.playground.sim.playground import JSON
from bot.playground.sim.refusal import SimError
from bot.playground.telegram import Chat

LONGEST_WAIT = 60.0
TICK_SECONDS = 1.0  # what fades by itself is noticed within
BREATH_SECONDS = 0.02  # changes that come together are told together
LOOKING_SHARE = 0.2  # of the time, at most, goes into looking for what has changed, however long the chats are


async def state(request: web.Request) -> web.Response:
    return web.json_response(views.state(played(request)))


async def calls(request: web.Request) -> web.Response:
    return web.json_response(views.calls(played(request)))


async def violations(request: web.Request) -> web.Response:
    server = played(request).provider.server
    told = {"telegram": played(request).telegram.violations, "speech": server.violations if server else []}
    return web.json_response(told)


async def chat(request: web.Request) -> web.Response:
    return web.json_response(views.whole_chat(played(request), chat_of(request)))


async def messages(request: web.Request) -> web.Response:
    """The messages of a chat; with `contains` the bot's that say so, with `wait` as soon as there is one."""
    looked_at, words = chat_of(request), request.query.get("contains")
    seconds = _wait(request)
    if words is None:
        return web.json_response(views.messages(looked_at))
    if not seconds:
        return web.json_response(_saying(looked_at, words))
    try:
        async with asyncio.timeout(seconds):
            return web.json_response(await played(request).notifier.wait_for(lambda: _saying(looked_at, words)))
    except TimeoutError:
        raise SimError(408, f"The bot has not said that within {seconds:g} seconds.") from None


def _wait(request: web.Request) -> float:
    asked = request.query.get("wait", "0")
    try:
        seconds = float(asked)
    except ValueError:
        seconds = math.nan
    if math.isnan(seconds):
        raise SimError(400, "wait: a number of seconds is expected")
    return min(max(seconds, 0.0), LONGEST_WAIT)


def _saying(looked_at: Chat, words: str) -> list[JSON]:
    said = [views.message_view(looked_at, message) for message in looked_at.bot_messages]
    return [message for message in said if words in str(message.get("text", message.get("caption", "")))]


async def file(request: web.Request) -> web.Response:
    """Always as a download of no particular type: what a stranger sent is never shown as a page of ours."""
    try:
        data = played(request).telegram.file_bytes(request.match_info["file_id"])
    except LookupError:
        raise SimError(404, "There is no such file.") from None
    return web.Response(
        body=data,
        content_type="application/octet-stream",
        headers={"Content-Disposition": "attachment", "Accept-Ranges": "none"},
    )


async def events(request: web.Request) -> web.StreamResponse:
    """Server-sent events until the looker goes or the playground closes."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    await response.prepare(request)
    with suppress(ClientConnectionResetError):
        await _tell(request, response)
    return response


async def _tell(request: web.Request, response: web.StreamResponse) -> None:
    notifier, feed = played(request).notifier, Feed(played(request))
    count = notifier.count
    breath = BREATH_SECONDS
    await response.write(_event("state", feed.first()))
    while not played(request).closing:
        with suppress(TimeoutError):
            async with asyncio.timeout(TICK_SECONDS):
                await notifier.wait_past(count)
        await asyncio.sleep(breath)
        count = notifier.count
        began = time.perf_counter()
        told = b"".join(_event(name, data) for name, data in feed.news())
        breath = max(BREATH_SECONDS, (time.perf_counter() - began) / LOOKING_SHARE)
        await response.write(told or b":\n\n")  # a comment finds out who has gone


def _event(name: str, data: Any) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data, allow_nan=False)}\n\n".encode()
