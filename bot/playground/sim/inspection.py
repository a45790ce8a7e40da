"""Requests that change nothing: the state, the chats, the files, and the stream of events."""

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
from bot.playground.sim.find import chat_of, playground_of
from bot.playground.sim.playground import JSON
from bot.playground.sim.refusal import SimError
from bot.playground.telegram import Chat

LONGEST_WAIT = 60.0
TICK_SECONDS = 1.0  # what changes without a notification, such as typing, is noticed within this time
BATCH_SECONDS = 0.02  # changes within this time are sent together
COMPARING_SHARE = 0.2  # at most this share of the time is spent on comparing, however long the chats are


async def state(request: web.Request) -> web.Response:
    return web.json_response(views.state(playground_of(request)))


async def calls(request: web.Request) -> web.Response:
    return web.json_response(views.calls(playground_of(request)))


async def violations(request: web.Request) -> web.Response:
    server = playground_of(request).provider.server
    found = {"telegram": playground_of(request).telegram.violations, "speech": server.violations if server else []}
    return web.json_response(found)


async def chat(request: web.Request) -> web.Response:
    return web.json_response(views.whole_chat(playground_of(request), chat_of(request)))


async def messages(request: web.Request) -> web.Response:
    """Answer with the messages of a chat.

    With `contains` only those of the bot that contain it, and with `wait` not before there is one.
    """
    inspected, words = chat_of(request), request.query.get("contains")
    seconds = _wait(request)
    if words is None:
        return web.json_response(views.messages(inspected))
    if not seconds:
        return web.json_response(_bot_messages_with(inspected, words))
    try:
        async with asyncio.timeout(seconds):
            return web.json_response(
                await playground_of(request).notifier.wait_for(lambda: _bot_messages_with(inspected, words))
            )
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


def _bot_messages_with(inspected: Chat, words: str) -> list[JSON]:
    said = [views.message_view(inspected, message) for message in inspected.bot_messages]
    return [message for message in said if words in str(message.get("text", message.get("caption", "")))]


async def file(request: web.Request) -> web.Response:
    """Answer with a file as a download without a particular type, so that a browser never shows it as a page."""
    try:
        data = playground_of(request).telegram.file_bytes(request.match_info["file_id"])
    except LookupError:
        raise SimError(404, "There is no such file.") from None
    return web.Response(
        body=data,
        content_type="application/octet-stream",
        headers={"Content-Disposition": "attachment", "Accept-Ranges": "none"},
    )


async def events(request: web.Request) -> web.StreamResponse:
    """Send server-sent events until the client disconnects or the playground closes."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    await response.prepare(request)
    with suppress(ClientConnectionResetError):
        await _send_changes(request, response)
    return response


async def _send_changes(request: web.Request, response: web.StreamResponse) -> None:
    notifier, feed = playground_of(request).notifier, Feed(playground_of(request))
    count = notifier.count
    pause = BATCH_SECONDS
    await response.write(_event("state", feed.snapshot()))
    while not playground_of(request).closing:
        with suppress(TimeoutError):
            async with asyncio.timeout(TICK_SECONDS):
                await notifier.wait_past(count)
        await asyncio.sleep(pause)
        count = notifier.count
        began = time.perf_counter()
        changed = b"".join(_event(name, data) for name, data in feed.changes())
        pause = max(BATCH_SECONDS, (time.perf_counter() - began) / COMPARING_SHARE)
        await response.write(changed or b":\n\n")  # a comment fails if the client has disconnected


def _event(name: str, data: Any) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data, allow_nan=False)}\n\n".encode()
