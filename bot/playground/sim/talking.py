"""Requests about messages: to send, edit, delete and forward them, to react, and to press their buttons."""

from aiohttp import web

from bot.playground.sim import bodies, views
from bot.playground.sim.find import (
    chat_of,
    chat_with,
    check_topic,
    message_of,
    person_in,
    playground_of,
    replied_to,
    sender_in,
)
from bot.playground.sim.playground import JSON
from bot.playground.sim.refusal import SimError
from bot.playground.sim.uploads import read_upload, send
from bot.playground.telegram import Chat
from bot.playground.telegram.conversation import FILES
from bot.playground.telegram.posting import Around

NOT_TO_FORWARD = "Only messages with text or a file can be forwarded."


async def say(request: web.Request) -> web.Response:
    wanted, chat = await bodies.read(request, bodies.NewText), chat_of(request)
    sender = sender_in(request, chat, wanted.sender)
    check_topic(chat, wanted.thread)
    reply_to = replied_to(request, chat, wanted)
    return _shown(chat, chat.say(sender, wanted.text, reply_to=reply_to, thread=wanted.thread))


async def send_file(request: web.Request) -> web.Response:
    wanted, upload = await read_upload(request)
    chat = chat_of(request)
    sender = sender_in(request, chat, wanted.sender)
    check_topic(chat, wanted.thread)
    around: Around = {"reply_to": replied_to(request, chat, wanted), "thread": wanted.thread}
    return _shown(chat, await send(chat, sender, (wanted, upload), around))


async def edit(request: web.Request) -> web.Response:
    wanted, chat, message = await bodies.read(request, bodies.Edit), chat_of(request), message_of(request)
    if chat.is_by(playground_of(request).telegram.state.bot, message):
        raise SimError(409, "What the bot wrote is edited by nobody else.")
    if wanted.text is not None and "text" in message:
        return _shown(chat, chat.edit_text(message, wanted.text))
    if wanted.caption is not None and _has_file(message):
        return _shown(chat, chat.edit_caption(message, wanted.caption))
    raise SimError(409, "A text message has a text to edit, a file has a caption.")


async def delete(request: web.Request) -> web.Response:
    chat_of(request).delete(message_of(request))
    return web.json_response({})


async def forward(request: web.Request) -> web.Response:
    wanted, message = await bodies.read(request, bodies.Forward), message_of(request)
    chat = chat_with(request, wanted.to)
    sender = sender_in(request, chat, wanted.sender)
    check_topic(chat, wanted.thread)
    if "text" not in message and not _has_file(message):
        raise SimError(409, NOT_TO_FORWARD)
    return _shown(chat, chat.forward(sender, message, thread=wanted.thread))


async def press(request: web.Request) -> web.Response:
    wanted, chat, message = await bodies.read(request, bodies.Press), chat_of(request), message_of(request)
    person = person_in(request, chat, wanted.sender)
    try:
        chat.press(person, message, wanted.button)
    except LookupError as error:
        raise SimError(409, f"That button cannot be pressed: {error}.") from None
    return web.json_response({})


async def react(request: web.Request) -> web.Response:
    wanted, chat, message = await bodies.read(request, bodies.React), chat_of(request), message_of(request)
    chat.react(person_in(request, chat, wanted.sender), message, wanted.emoji)
    return _shown(chat, message)


def _has_file(message: JSON) -> bool:
    return any(kind in message for kind in FILES)


def _shown(chat: Chat, message: JSON) -> web.Response:
    return web.json_response(views.message_view(chat, message))
