"""Requests about people and chats: to add them, and to change what the bot is in a chat."""

from collections.abc import Callable

from aiohttp import web

from bot.playground.sim import bodies, views
from bot.playground.sim.find import chat_of, chat_with, person, person_in, playground_of
from bot.playground.sim.refusal import SimError
from bot.playground.telegram import Chat
from bot.playground.telegram.membership import By

IN_PRIVATE = {"block", "unblock"}
OF_MEMBERS = {"text", "documents", "other_media", "general_closed", "slow_mode", "closed_topics"}


async def add_person(request: web.Request) -> web.Response:
    wanted = await bodies.read(request, bodies.NewPerson)
    user = playground_of(request).telegram.user(
        wanted.first_name,
        last_name=wanted.last_name,
        username=wanted.username,
        language_code=wanted.language_code,
    )
    playground_of(request).notifier.notify()
    return web.json_response(user.as_json())


async def add_chat(request: web.Request) -> web.Response:
    wanted = await bodies.read(request, bodies.NewChat)
    chat = _create_chat(request, wanted)
    playground_of(request).notifier.notify()
    return web.json_response(views.whole_chat(playground_of(request), chat))


def _create_chat(request: web.Request, wanted: bodies.NewChat) -> Chat:
    telegram = playground_of(request).telegram
    if wanted.type == "private":
        if wanted.user is None:
            raise SimError(400, "user: a private chat is somebody's")
        return telegram.private(person(request, wanted.user))
    if wanted.type == "channel":
        return telegram.channel(wanted.title, bot_admin=wanted.bot_admin)
    members = [person(request, one) for one in wanted.members]
    admins = [person(request, one) for one in wanted.admins]
    if wanted.type == "group":
        return telegram.group(wanted.title, members, admins, privacy=wanted.privacy, bot_admin=wanted.bot_admin)
    return telegram.supergroup(
        wanted.title, members, admins, privacy=wanted.privacy, bot_admin=wanted.bot_admin, topics=wanted.topics
    )


async def add_topic(request: web.Request) -> web.Response:
    wanted = await bodies.read(request, bodies.NewTopic)
    chat = chat_of(request)
    if not chat.is_forum:
        raise SimError(409, "This chat has no topics.")
    return web.json_response({"id": chat.topic(wanted.name), "name": wanted.name})


async def change_bot(request: web.Request) -> web.Response:
    chat, change = chat_of(request), await bodies.read(request, bodies.BotChange)
    by, wanted = None if change.sender is None else person_in(request, chat, change.sender), change.do
    if (wanted in IN_PRIVATE) != (chat.type == "private"):
        raise SimError(409, f"Nobody can {wanted} a bot in a {chat.type} chat.")
    try:
        _changes_of(chat)[wanted](by)
    except ValueError as error:
        raise SimError(409, f"That does not go: {error}.") from None
    playground_of(request).notifier.notify()
    return web.json_response(views.whole_chat(playground_of(request), chat))


def _changes_of(chat: Chat) -> dict[str, Callable[[By], None]]:
    return {
        "block": lambda _: chat.block(),
        "unblock": lambda _: chat.unblock(),
        "kick": chat.kick_bot,
        "add": chat.add_bot,
        "promote": chat.promote_bot,
        "demote": chat.demote_bot,
        "mute": chat.mute_bot,
    }


async def change_permissions(request: web.Request) -> web.Response:
    chat, wanted = chat_of(request), await bodies.read(request, bodies.PermissionsChange)
    changes = wanted.model_dump(exclude_unset=True)
    if chat.type in {"private", "channel"} and (of_members := OF_MEMBERS & changes.keys()):
        raise SimError(409, f"In a {chat.type} chat nobody is asked for {min(of_members)}.")
    if "closed_topics" in changes:
        topics = set(changes.pop("closed_topics"))
        if unknown := topics - chat.topics.keys():
            raise SimError(404, f"There is no topic {min(unknown)} in this chat.")
        chat.closed_topics = topics
    chat.permit(**changes)
    return web.json_response(views.whole_chat(playground_of(request), chat))


async def change_mode(request: web.Request) -> web.Response:
    wanted = await bodies.read(request, bodies.BotMode)
    playground_of(request).telegram.set_privacy(on=wanted.privacy)
    return web.json_response({"privacy": wanted.privacy})


async def open_link(request: web.Request) -> web.Response:
    """Open a link to the bot as a person, and answer with the chat to which it leads."""
    wanted, playground = await bodies.read(request, bodies.OpenLink), playground_of(request)
    user = person(request, wanted.sender)
    to = None if wanted.to is None else chat_with(request, wanted.to)
    try:
        playground.telegram.open_link(user, wanted.url, to)
    except ValueError as error:
        raise SimError(409, f"That link leads nowhere: {error}.") from None
    return web.json_response(views.whole_chat(playground, to or playground.telegram.private(user)))
