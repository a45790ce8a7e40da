"""The playground, chat, message or person that a request names, or a refusal that says what is missing."""

from aiohttp import web

from bot.playground.sim.bodies import Around
from bot.playground.sim.playground import JSON, Playground, Process
from bot.playground.sim.refusal import SimError
from bot.playground.telegram import Chat, User

PLAYGROUND = web.AppKey("playground", Playground)


def playground_of(request: web.Request) -> Playground:
    return request.app[PLAYGROUND]


def process_of(request: web.Request) -> Process:
    process = playground_of(request).process
    if process is None:
        raise SimError(409, "The bot was not started here, so it cannot be killed from here.")
    return process


def chat_of(request: web.Request) -> Chat:
    return chat_with(request, _number(request, "chat"))


def chat_with(request: web.Request, chat_id: int) -> Chat:
    chat = playground_of(request).telegram.state.chats.get(chat_id)
    if not isinstance(chat, Chat):
        raise SimError(404, f"There is no chat {chat_id}.")
    return chat


def message_of(request: web.Request) -> JSON:
    message_id = _number(request, "message")
    return message_in(chat_of(request), message_id)


def message_in(chat: Chat, message_id: int) -> JSON:
    try:
        return chat.message(message_id)
    except LookupError:
        raise SimError(404, f"There is no message {message_id} in this chat.") from None


def person(request: web.Request, user_id: int) -> User:
    user = playground_of(request).telegram.state.users.get(user_id)
    if user is None:
        raise SimError(404, f"There is no person {user_id}.")
    return user


def person_in(request: web.Request, chat: Chat, user_id: int) -> User:
    """Return the person, who must be in the chat unless it is a channel."""
    user = person(request, user_id)
    if chat.type != "channel" and user.id not in chat.people:
        raise SimError(409, f"{user.first_name} is not in this chat.")
    return user


def sender_in(request: web.Request, chat: Chat, user_id: int) -> User | None:
    """Return the sender of a message; None in a channel, where the channel itself is the sender."""
    user = person_in(request, chat, user_id)
    return None if chat.type == "channel" else user


def replied_to(request: web.Request, chat: Chat, wanted: Around) -> JSON | None:
    """Return the message that a new one replies to, which its sender must be able to see; None if it is no reply."""
    if wanted.reply_to is None:
        return None
    if wanted.reply_chat is None:
        return message_in(chat, wanted.reply_to)
    source = chat_with(request, wanted.reply_chat)
    person_in(request, source, wanted.sender)
    return message_in(source, wanted.reply_to)


def check_topic(chat: Chat, thread: int | None) -> None:
    if thread is not None and thread not in chat.topics:
        raise SimError(404, f"There is no topic {thread} in this chat.")


def _number(request: web.Request, name: str) -> int:
    return int(request.match_info[name])
