"""Updates as they come, from anybody: which one it is, and whether what this program reads of it has the right form.

Clients can send any data as that of a pressed button. What arrives at the handlers is the data of a button that the
message has, or of a message that is too old to be shown; `is_accessible` tells these two apart.
"""

from collections.abc import Mapping
from itertools import islice
from typing import Any

from telegram import Bot, CallbackQuery, Chat, Message, Update

HIGHEST = 2**31 - 1  # the Bot API marks the numbers that may need more than 32 bits, and update_id is none of them
LONGEST_ID = 512  # characters of a file's id; about 100 are usual

KINDS = ("message", "channel_post", "callback_query")
MEDIA = ("voice", "audio", "video_note", "video", "document")
_OF_MEDIA = frozenset(
    {"file_id", "file_unique_id", "file_size", "mime_type", "file_name", "duration", "width", "height", "length"}
)
_OF_MESSAGE = frozenset(
    {
        *("message_id", "date", "chat", "from", "sender_chat", "message_thread_id", "is_topic_message"),
        *("is_automatic_forward", "text", "entities", "animation", "reply_markup"),
        *("migrate_to_chat_id", "migrate_from_chat_id", *MEDIA),
    }
)
_OF_QUERY = frozenset({"id", "from", "message", "chat_instance", "data"})
_OF_UNSEEN = frozenset({"chat", "message_id"})


class UnreadableUpdateError(Exception):
    """An update is not what the Bot API describes."""


def number_of(raw: Any) -> int | None:
    """Return the update's id; None for something that has none."""
    number = raw.get("update_id") if isinstance(raw, dict) else None
    return number if isinstance(number, int) and _is_number(number) and 0 < number <= HIGHEST else None


def read(raw: Any, bot: Bot) -> Update:
    """Read what is needed of an update, and nothing else of it; UnreadableUpdateError if that is not possible."""
    if number_of(raw) is None:
        raise UnreadableUpdateError("update_id")
    try:
        return _read(raw, bot)
    except UnreadableUpdateError:
        raise
    except Exception as error:
        raise UnreadableUpdateError(type(error).__name__) from error


def _read(raw: Mapping[str, Any], bot: Bot) -> Update:
    needed = {"update_id": raw["update_id"]}
    needed |= {kind: _needed(kind, raw[kind]) for kind in KINDS if raw.get(kind) is not None}
    update = Update.de_json(needed, bot)
    _check(update)
    return update


def _needed(kind: str, content: Any) -> Any:
    if not isinstance(content, dict):
        raise UnreadableUpdateError(kind)
    return _query(content) if kind == "callback_query" else _message(content)


def _query(content: dict[str, Any]) -> dict[str, Any]:
    """Leave out the data of a press on a button that is not there, and most of its message: such ones cost little."""
    query = _only(content, _OF_QUERY)
    message = query.get("message")
    if message is None:
        return query
    if not isinstance(message, dict):
        raise UnreadableUpdateError("message")
    if message.get("date") == 0 or _has_button(message, query.get("data")):
        return query | {"message": _message(message)}
    invented = _only(query, _OF_QUERY - {"data"})
    return invented | {"message": _only(message, _OF_UNSEEN) | {"date": 0}}


def _has_button(message: Mapping[str, Any], data: object) -> bool:
    markup = message.get("reply_markup")
    rows = markup.get("inline_keyboard") if isinstance(markup, dict) else None
    buttons = [button for row in _list(rows) for button in _list(row)]
    return data is not None and any(isinstance(each, dict) and each.get("callback_data") == data for each in buttons)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _message(content: Any) -> dict[str, Any]:
    if not isinstance(content, dict):
        raise UnreadableUpdateError("message")
    message = _only(content, _OF_MESSAGE)
    for media in MEDIA:
        if isinstance(message.get(media), dict):
            message[media] = _only(message[media], _OF_MEDIA)
    if isinstance(message.get("entities"), list):
        message["entities"] = _entities(message["entities"])
    return message


def _entities(found: list[Any]) -> list[Any]:
    """Keep the first one, which may be a command, and one that tells of a text that leads elsewhere."""
    elsewhere = (each for each in found[1:] if isinstance(each, dict) and each.get("type") == "text_link")
    return [*found[:1], *islice(elsewhere, 1)]


def _only(content: Mapping[str, Any], names: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if name in names}


def _check(update: Update) -> None:
    """Raise UnreadableUpdateError unless everything that handlers use has its type: the library checks none."""
    if update.callback_query is not None:
        _check_query(update.callback_query)
    elif update.effective_message is not None:
        _check_message(update.effective_message)


def _check_query(query: CallbackQuery) -> None:
    _require(_is_text(query.id) and _is_number(query.from_user.id), "callback_query")
    _require(query.data is None or _is_text(query.data), "data")
    if query.message is not None:
        _check_chat(query.message.chat)
        _require(_is_number(query.message.message_id), "message_id")


def _check_message(message: Message) -> None:
    _check_chat(message.chat)
    _require(_is_number(message.message_id), "message_id")
    _require(message.from_user is None or _is_number(message.from_user.id), "from")
    for number in (message.message_thread_id, message.migrate_to_chat_id, message.migrate_from_chat_id):
        _require(number is None or _is_number(number), "number")
    _require(message.text is None or _is_text(message.text), "text")
    for name in MEDIA:
        if (media := getattr(message, name)) is not None:
            _check_media(media)


def _check_chat(chat: Chat) -> None:
    _require(_is_number(chat.id) and isinstance(chat.type, str), "chat")


def _check_media(media: Any) -> None:
    for name in ("file_id", "file_unique_id"):
        value = getattr(media, name)
        _require(_is_text(value) and 0 < len(value) <= LONGEST_ID, name)
    for name in ("mime_type", "file_name"):
        value = getattr(media, name, None)
        _require(value is None or _is_text(value), name)
    _require(media.file_size is None or _is_number(media.file_size), "file_size")


def _require(condition: bool, name: str) -> None:  # noqa: FBT001 - reads as the sentence it is
    if not condition:
        raise UnreadableUpdateError(name)


def _is_number(value: Any) -> bool:
    """Tell whether it is an integer that a database takes."""
    return isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63


def _is_text(value: Any) -> bool:
    """Tell whether it is a text that can be sent and stored: JSON can also write halves of characters."""
    return isinstance(value, str) and (value.isascii() or not any("\ud800" <= each <= "\udfff" for each in value))
