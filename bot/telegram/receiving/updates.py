"""Updates as they come, from anybody and from servers of any age: of each what handlers use, and nothing else of it.

A part that is not used is not looked at. A part that a message can do without counts as missing where it has another
form than the Bot API describes, so that none of them can cost a recording. Only without its chat, its number, or the
name of the file that it brings is a message unreadable.

Clients can send any data as that of a pressed button. What arrives at the handlers is the data of a button that the
message has, or of a message that is too old to be shown; `is_accessible` tells these two apart.
"""

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any

from telegram import Bot, Update

HIGHEST = 2**31 - 1  # the Bot API marks the numbers that may need more than 32 bits, and update_id is none of them
LONGEST_ID = 512  # characters of a file's id; about 100 are usual
SOME_DATE = 1  # of a message that does not say when it was sent; 0 says that it is too old to be shown
LONGEST_NAME = 64  # characters of a first or a last name, by Telegram's own rule
LONGEST_TAG = 35  # characters of a language tag, by RFC 5646
NOBODY = {"is_bot": False, "first_name": "-"}
UNMEASURED = {"duration": 0, "width": 0, "height": 0, "length": 0}  # the library wants them, and they are only claims

UNKNOWN_ORIGIN = {"type": "hidden_user", "sender_user_name": "-", "date": SOME_DATE}

SOMEBODY = {"is_bot": False, "first_name": "", "id": 0}
LEFT = {"status": "left", "user": SOMEBODY}
# The library wants each right; of them the bot asks for none but the one to write.
ADMINISTRATOR = {"status": "administrator"} | dict.fromkeys(
    """
    can_be_edited is_anonymous can_manage_chat can_delete_messages can_manage_video_chats can_restrict_members
    can_promote_members can_change_info can_invite_users can_post_stories can_edit_stories can_delete_stories
    """.split(),  # noqa: SIM905 - a list of names reads best as one
    False,
)
RESTRICTED = {"status": "restricted", "is_member": True, "until_date": 0} | dict.fromkeys(
    """
    can_change_info can_invite_users can_pin_messages can_send_messages can_send_polls can_send_other_messages
    can_add_web_page_previews can_manage_topics can_send_audios can_send_documents can_send_photos can_send_videos
    can_send_video_notes can_send_voice_notes can_edit_tag can_react_to_messages
    """.split(),  # noqa: SIM905 - a list of names reads best as one
    False,
)

# What people send that is neither a text nor a file with sound; a venue comes with a location. Of these only the name
# is kept, in `api_kwargs` of the library's message, under OTHER.
OTHER_CONTENTS = tuple(
    """
    animation photo live_photo paid_media sticker venue location contact poll dice game story checklist rich_message
    invoice
    """.split()  # noqa: SIM905 - a list of names reads best as one
)
OTHER = "other_content"

JSON = dict[str, Any]


class UnreadableUpdateError(Exception):
    """An update is not what the Bot API describes."""


def number_of(raw: Any) -> int | None:
    """Return the update's id; None for something that has none."""
    number = _number(raw.get("update_id")) if isinstance(raw, dict) else None
    return number if number is not None and 0 < number <= HIGHEST else None


def read(raw: Any, bot: Bot) -> Update:
    """Read what is needed of an update, and nothing else of it; UnreadableUpdateError if that is not possible."""
    number = number_of(raw)
    if number is None:
        raise UnreadableUpdateError("update_id")
    try:
        contents = {kind: reader(raw[kind], kind) for kind, reader in _KINDS.items() if raw.get(kind) is not None}
        return Update.de_json({"update_id": number, **contents}, bot)
    except UnreadableUpdateError:
        raise
    except Exception as error:
        raise UnreadableUpdateError(type(error).__name__) from error


def _message(content: Any, kind: str) -> JSON:
    message = _head(content, kind) | _other_content(content)
    parts = {name: reader(content.get(name)) for name, reader in _PARTS.items()}
    parts["forward_origin"] = _origin(content)
    media = {name: _media(content.get(name)) for name in MEDIA}
    if not any(media.values()) and any(content.get(name) is not None for name in MEDIA):
        raise UnreadableUpdateError("file_id")
    if any(media.values()):
        del parts["migrate_to_chat_id"], parts["migrate_from_chat_id"]  # Telegram's own messages bring nothing
    parts |= {name: reader(content[name]) for name, reader in _REPLIED.items() if content.get(name) is not None}
    return message | _with_media(parts, media)


def _other_content(content: JSON) -> JSON:
    found = next((name for name in OTHER_CONTENTS if content.get(name) is not None), None)
    return {} if found is None else {OTHER: found}


def _with_media(parts: JSON, media: JSON) -> JSON:
    if any(media[name] for name in MEDIA if name != "document"):
        del parts["animation"]  # which comes with a document only
    return {name: part for name, part in (parts | media).items() if part is not None}


def _replied(value: Any) -> JSON | None:
    """Read the message that is replied to, which may carry a recording; not that with which a topic began."""
    if not isinstance(value, dict) or value.get("forum_topic_created") is not None:
        return None
    chat, number = _chat(value.get("chat")), _number(value.get("message_id"))
    if chat is None or number is None:
        return None
    parts = {name: _PARTS[name](value.get(name)) for name in _OF_REPLIED} | {"forward_origin": _origin(value)}
    media = {name: _media(value.get(name)) for name in MEDIA}
    return {"chat": chat, "message_id": number, "date": SOME_DATE} | _with_media(parts, media)


def _quoted_from_elsewhere(value: Any) -> JSON | None:
    """Read the message of another chat, or of another topic, that is replied to."""
    if not isinstance(value, dict):
        return None
    origin = _origin({"forward_origin": value.get("origin")})
    parts: JSON = {"origin": origin or UNKNOWN_ORIGIN, "animation": _animation(value.get("animation"))}
    parts |= {"chat": _chat(value.get("chat")), "message_id": _number(value.get("message_id"))}
    return _with_media(parts, {name: _media(value.get(name)) for name in MEDIA})


def _head(content: Any, kind: str) -> JSON:
    """Read what no message can do without."""
    if not isinstance(content, dict):
        raise UnreadableUpdateError(kind)
    chat, number = _chat(content.get("chat")), _number(content.get("message_id"))
    if chat is None or number is None:
        raise UnreadableUpdateError("chat" if chat is None else "message_id")
    return {"chat": chat, "message_id": number, "date": _seconds(content.get("date")) or SOME_DATE}


def _query(content: Any, kind: str) -> JSON:
    """Leave out the data of a press on a button that is not there, and most of its message: such ones cost little."""
    if not isinstance(content, dict):
        raise UnreadableUpdateError(kind)
    number, person, data = _text(content.get("id")), _person(content.get("from")), content.get("data")
    if number is None or person is None or (data is not None and _text(data) is None):
        raise UnreadableUpdateError(kind)
    query = {"id": number, "from": person, "chat_instance": "-"}
    message = content.get("message")
    if message is None:
        return query | {"data": data}
    head = _head(message, "message")
    if message.get("date") == 0:
        return query | {"data": data, "message": head | {"date": 0}}
    if _has_button(message, data):
        return query | {"data": data, "message": head | _around_button(message)}
    return query | {"message": head | {"date": 0}}


def _around_button(message: Mapping[str, Any]) -> JSON:
    """Read where a message with a button stands, and the recording that it may reply to."""
    parts = {name: _PARTS[name](message.get(name)) for name in _PLACES}
    parts |= {"reply_to_message": _replied(message.get("reply_to_message"))}
    return {name: part for name, part in parts.items() if part is not None}


def _membership(content: Any, kind: str) -> JSON:
    """Read what the bot is in a chat now, and what it was before; without anything it was in no chat."""
    if not isinstance(content, dict):
        raise UnreadableUpdateError(kind)
    chat, now = _chat(content.get("chat")), _member(content.get("new_chat_member"))
    if chat is None or now is None:
        raise UnreadableUpdateError("chat" if chat is None else "new_chat_member")
    before, person = _member(content.get("old_chat_member")) or LEFT, _named(content.get("from")) or SOMEBODY
    return {"chat": chat, "from": person, "date": SOME_DATE, "old_chat_member": before, "new_chat_member": now}


def _member(value: Any) -> JSON | None:
    """Read a status, and of its rights the one to send texts."""
    status = _text(value.get("status")) if isinstance(value, dict) else None
    if status == "restricted":
        if value.get("is_member") is not True:
            return LEFT
        return LEFT | RESTRICTED | {"can_send_messages": value.get("can_send_messages") is True}
    if status in {"creator", "administrator"}:
        return LEFT | ADMINISTRATOR
    return LEFT | {"status": status} if status in {"member", "left"} else LEFT if status == "kicked" else None


def _has_button(message: Mapping[str, Any], data: object) -> bool:
    markup = message.get("reply_markup")
    rows = markup.get("inline_keyboard") if isinstance(markup, dict) else None
    buttons = [button for row in _list(rows) for button in _list(row)]
    return data is not None and any(isinstance(each, dict) and each.get("callback_data") == data for each in buttons)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _chat(value: Any) -> JSON | None:
    if not isinstance(value, dict):
        return None
    number, kind = _number(value.get("id")), _text(value.get("type"))
    return None if number is None or kind is None else {"id": number, "type": kind}


def _person(value: Any) -> JSON | None:
    number = _number(value.get("id")) if isinstance(value, dict) else None
    if number is None:
        return None
    language = _text(value.get("language_code"))
    known = {"language_code": language} if language and len(language) <= LONGEST_TAG else {}
    return NOBODY | known | {"id": number}


def _named(value: Any) -> JSON | None:
    """Read a person with the name, which nothing stores or logs: the owner is asked to let a group of theirs in."""
    person = _person(value)
    if person is None:
        return None
    names = {name: text[:LONGEST_NAME] for name in ("first_name", "last_name") if (text := _text(value.get(name)))}
    return person | {"first_name": ""} | names


def _topic(value: Any) -> JSON | None:
    number = _number(value.get("topic_id")) if isinstance(value, dict) else None
    return None if number is None else {"topic_id": number}


def _animation(value: Any) -> JSON | None:
    """Read that there is one; it is silent."""
    return None if not isinstance(value, dict) else {"file_id": "-", "file_unique_id": "-"} | UNMEASURED


def _entities(value: Any) -> list[JSON]:
    """Read the first one, which may be a command, and one that tells of a text that leads elsewhere."""
    found = _list(value)
    elsewhere = (each for each in found[1:] if isinstance(each, dict) and each.get("type") == "text_link")
    entities = [_entity(each) for each in (*found[:1], *islice(elsewhere, 1))]
    return [each for each in entities if each is not None]


def _entity(value: Any) -> JSON | None:
    if not isinstance(value, dict):
        return None
    kind, at, length = _text(value.get("type")), _number(value.get("offset")), _number(value.get("length"))
    return None if kind is None or at is None or length is None else {"type": kind, "offset": at, "length": length}


def _media(value: Any) -> JSON | None:
    """Read a file, unless the name is missing by which it is asked for."""
    file_id = _name(value.get("file_id")) if isinstance(value, dict) else None
    if file_id is None:
        return None
    claims = {"mime_type": _text, "file_name": _text, "file_size": _number, "duration": _seconds}
    claimed = {name: claim for name, reader in claims.items() if (claim := reader(value.get(name))) is not None}
    # A file whose unique name is missing counts as one that was never sent before.
    return UNMEASURED | claimed | {"file_id": file_id, "file_unique_id": _name(value.get("file_unique_id")) or file_id}


def _name(value: Any) -> str | None:
    text = _text(value)
    return text if text and len(text) <= LONGEST_ID else None


def _origin(content: Mapping[str, Any]) -> JSON | None:
    """Read where a forwarded message comes from; servers before Bot API 7.0 said so of channels in two fields."""
    origin = content.get("forward_origin")
    if not isinstance(origin, dict):
        sent = {"chat": content.get("forward_from_chat"), "message_id": content.get("forward_from_message_id")}
        origin = {"type": "channel", "date": content.get("forward_date")} | sent
    kind = _text(origin.get("type"))
    parts = _ORIGINS.get(kind) if kind else None
    if parts is None:
        return None
    read_parts = {name: reader(origin.get(name)) for name, reader in parts.items()}
    if None in read_parts.values():
        return None
    return {"type": kind, "date": _seconds(origin.get("date")) or SOME_DATE} | read_parts


def _seconds(value: Any) -> int | None:
    """Return a span or a moment that the library can turn into one of Python's."""
    number = _number(value)
    return number if number is not None and 0 <= number <= HIGHEST else None


def _number(value: Any) -> int | None:
    """Return an integer that a database takes."""
    is_number = isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63
    return int(value) if is_number else None


def _text(value: Any) -> str | None:
    """Return a text that can be sent and stored: JSON can also write halves of characters."""
    if not isinstance(value, str):
        return None
    return value if value.isascii() or not any("\ud800" <= each <= "\udfff" for each in value) else None


def _flag(value: Any) -> bool | None:
    return True if value is True else None


MEDIA = ("voice", "audio", "video_note", "video", "document")
_KINDS: dict[str, Callable[[Any, str], JSON]] = {
    "message": _message,
    "channel_post": _message,
    "callback_query": _query,
    "my_chat_member": _membership,
}
_PARTS: dict[str, Callable[[Any], Any]] = {
    "from": _person,
    "sender_chat": _chat,
    "message_thread_id": _number,
    "is_topic_message": _flag,
    "direct_messages_topic": _topic,
    "is_automatic_forward": _flag,
    "migrate_to_chat_id": _number,
    "migrate_from_chat_id": _number,
    "text": _text,
    "entities": _entities,
    "animation": _animation,
}
_PLACES = ("message_thread_id", "is_topic_message", "direct_messages_topic")
_OF_REPLIED = (
    *("from", "sender_chat", "message_thread_id", "is_topic_message", "direct_messages_topic"),
    *("is_automatic_forward", "text", "entities", "animation"),
)
_REPLIED: dict[str, Callable[[Any], JSON | None]] = {
    "reply_to_message": _replied,
    "external_reply": _quoted_from_elsewhere,
}
_ORIGINS: dict[str, dict[str, Callable[[Any], Any]]] = {
    "user": {"sender_user": _person},
    "hidden_user": {"sender_user_name": _text},
    "chat": {"sender_chat": _chat},
    "channel": {"chat": _chat, "message_id": _number},
}
