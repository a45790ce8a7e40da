"""The state of a playground as JSON, in the shapes of docs/playground.md."""

import json
from dataclasses import asdict
from typing import Any

from bot.playground.sim.playground import JSON, Playground
from bot.playground.sim.redaction import readable
from bot.playground.speech.records import Call as SpeechCall
from bot.playground.telegram import Call as TelegramCall
from bot.playground.telegram import Chat

CALLS_SHOWN = 500
ADMINS = {"creator", "administrator"}
TYPING_SECONDS = 5.0  # as long as apps show a chat action


def state(playground: Playground) -> JSON:
    """Return the whole state."""
    return parts(playground) | {
        "run": playground.run,
        "bot": playground.telegram.state.bot.as_json(),
        "chats": [whole_chat(playground, chat) for chat in playground.telegram.chats],
        "samples": playground.samples,
        "calls": calls(playground),
        "log": list(playground.process.lines) if playground.process else [],
    }


def parts(playground: Playground) -> dict[str, Any]:
    """Return the parts of the state that are sent as a whole when they change."""
    return {
        "people": [user.as_json() for user in playground.telegram.state.users.values()],
        "privacy": playground.telegram.state.privacy,
        "speech": playground.provider.as_json(),
        "faults": playground.fault_switches.as_json(),
        "process": playground.process.as_json() if playground.process else None,
    }


def chat_head(playground: Playground, chat: Chat) -> JSON:
    """Return a chat without its messages."""
    return {
        "id": chat.id,
        "type": chat.type,
        "title": chat.name,
        "members": list(chat.people),
        "admins": [user_id for user_id in chat.people if chat.statuses.get(user_id) in ADMINS],
        "menus": {user.id: playground.telegram.menu(user, chat) for user in chat.people.values()},
        "topics": [{"id": thread, "name": name} for thread, name in chat.topics.items()],
        "bot": chat.bot_status,
        "privacy": chat.privacy,
        "permissions": asdict(chat.permissions) | {"closed_topics": sorted(chat.closed_topics)},
        "typing": _is_typing(playground, chat),
    }


def whole_chat(playground: Playground, chat: Chat) -> JSON:
    return chat_head(playground, chat) | {"messages": messages(chat)}


def messages(chat: Chat) -> list[JSON]:
    return [message_view(chat, message) for message in chat.messages]


def message_view(chat: Chat, message: JSON) -> JSON:
    reactions = [{"by": by, "emoji": emoji} for by, emoji in chat.reactions(message).items()]
    return message | {"reactions": reactions}


def _is_typing(playground: Playground, chat: Chat) -> bool:
    """Say whether the bot is typing: from its chat action until it writes, or for TYPING_SECONDS."""
    at = max((action.at for action in playground.telegram.chat_actions if action.chat_id == chat.id), default=None)
    wrote_at = chat.history[-1].at if chat.history else 0.0
    return at is not None and wrote_at < at and playground.clock() < at + TYPING_SECONDS


def calls(playground: Playground) -> list[JSON]:
    """Return the latest calls of both servers, oldest first."""
    telegram = playground.telegram.calls
    speech = playground.provider.server.calls if playground.provider.server is not None else []
    shown = [telegram_call(playground, place, telegram[place]) for place in _latest(len(telegram))]
    shown += [speech_call(playground, place, speech[place]) for place in _latest(len(speech))]
    return sorted(shown, key=lambda call: float(call["at"]))[-CALLS_SHOWN:]


def _latest(count: int) -> range:
    return range(max(0, count - CALLS_SHOWN), count)


def telegram_call(playground: Playground, place: int, call: TelegramCall) -> JSON:
    """Return a call of the Bot API; `place` is its index in the server's list.

    Its number is even, and that of a call of the AI/ML API is odd, so that all numbers differ.
    """
    return {
        "number": 2 * place,
        "server": "telegram",
        "name": call.method,
        "at": call.at,
        "status": call.status,
        "asked": readable(call.params, playground.secrets),
        "answered": readable(call.answer, playground.secrets),
    }


def speech_call(playground: Playground, place: int, call: SpeechCall) -> JSON:
    """Return a call of the AI/ML API; `place` is its index in the server's list."""
    return {
        "number": 2 * place + 1,
        "server": "speech",
        "name": readable(f"{call.method} {call.path}", playground.secrets),
        "at": call.at,
        "status": call.status,
        "asked": readable(call.asked, playground.secrets),
        "answered": readable(_body(call.answered), playground.secrets),
    }


def _body(text: str | None) -> Any:
    try:
        return json.loads(text or "null")
    except ValueError:
        return text
