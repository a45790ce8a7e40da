"""Methods that edit and delete messages."""

from typing import Any

from bot.playground.telegram.conversation import FILES, JSON, Conversation
from bot.playground.telegram.methods.rights import Form, check_delete, check_edit
from bot.playground.telegram.methods.sending import file_of
from bot.playground.telegram.methods.targets import (
    editable_message_of,
    message_id_of,
    open_chat_of,
)
from bot.playground.telegram.parameters import Parameters
from bot.playground.telegram.privacy import SERVICE
from bot.playground.telegram.refusal import bad_request
from bot.playground.telegram.rules import read_caption, read_inline_keyboard, read_text
from bot.playground.telegram.state import State

DELETABLE_FOR = 48 * 60 * 60
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
SHOWN = ("text", "entities", "caption", "caption_entities", "reply_markup", *FILES)


def edit_message_text(state: State, parameters: Parameters) -> JSON:
    content = read_text(parameters)
    chat, message = _target(state, parameters)
    if "text" not in message:
        raise bad_request("there is no text in the message to edit")
    return _change(state, chat, message, "editMessageText", content | read_inline_keyboard(parameters))


def edit_message_caption(state: State, parameters: Parameters) -> JSON:
    content = read_caption(parameters)
    chat, message = _target(state, parameters)
    if "text" in message:
        raise bad_request("there is no caption in the message to edit")
    content |= {kind: message[kind] for kind in FILES if kind in message}
    return _change(state, chat, message, "editMessageCaption", content | read_inline_keyboard(parameters))


def edit_message_media(state: State, parameters: Parameters) -> JSON:
    """Replace the document of a message, or its text by a document."""
    media = parameters.parsed("media", "input media")
    if not isinstance(media, dict):
        raise bad_request("media not found")
    if media.get("type") != "document":
        parameters.complaints.append(f"the playground edits documents in, not {media.get('type')!r}")
        raise bad_request("wrong type of the web page content")
    caption = read_caption(_caption_parameters(media, parameters))
    file = file_of(state, parameters, "media", str(media.get("media", "")))
    chat, message = _target(state, parameters)
    content = caption | state.attach(file) | read_inline_keyboard(parameters)
    return _change(state, chat, message, "editMessageMedia", content)


def edit_message_reply_markup(state: State, parameters: Parameters) -> JSON:
    chat, message = _target(state, parameters)
    content = {key: message[key] for key in SHOWN if key in message and key != "reply_markup"}
    return _change(state, chat, message, "editMessageReplyMarkup", content | read_inline_keyboard(parameters))


def _target(state: State, parameters: Parameters) -> tuple[Conversation, JSON]:
    if parameters.text("inline_message_id"):
        raise bad_request("MESSAGE_ID_INVALID")
    message_id_of(parameters)
    chat = open_chat_of(state, parameters)
    return chat, editable_message_of(state, chat, parameters)


FORMS: dict[str, Form] = {"editMessageText": "text", "editMessageMedia": "document"}


def _change(state: State, chat: Conversation, message: JSON, method: str, content: JSON) -> JSON:
    check_edit(chat, FORMS.get(method))
    if _comparable(content) == _comparable(message):
        raise bad_request(NOT_MODIFIED)
    for key in SHOWN:
        message.pop(key, None)
    message |= content
    if method != "editMessageReplyMarkup":
        message["edit_date"] = int(state.clock())
    chat.note(method, message)
    return chat.message(message)


def _comparable(message: JSON) -> JSON:
    """Return the visible content of a message; another file_id of the same file is no difference."""
    shown = {key: message[key] for key in SHOWN if key in message}
    return {key: _file_in(value) if key in FILES else value for key, value in shown.items()}


def _file_in(part: JSON | list[JSON]) -> str:
    return str((part[-1] if isinstance(part, list) else part)["file_unique_id"])


def _caption_parameters(media: dict[str, Any], parameters: Parameters) -> Parameters:
    """Return the parameters of the caption in an InputMedia, to be read as those of a message."""
    inner = Parameters({key: str(media[key]) for key in ("caption", "parse_mode") if key in media})
    inner.complaints = parameters.complaints
    if "caption_entities" in media:
        inner.objects["caption_entities"] = media["caption_entities"]
    return inner


def delete_message(state: State, parameters: Parameters) -> bool:
    message_id = message_id_of(parameters)
    chat = open_chat_of(state, parameters)
    message = chat.find(message_id)
    if message is None:
        raise bad_request("message to delete not found")
    if not _may_delete(state, chat, message):
        raise bad_request("message can't be deleted for everyone")
    check_delete(chat)
    chat.remove(message_id)
    chat.note("deleteMessage", {"message_id": message_id})
    return True


def _may_delete(state: State, chat: Conversation, message: JSON) -> bool:
    """Say whether the bot may delete a message.

    As an admin with that right it may delete all messages. Otherwise its own, or all in a private chat, for two days.
    """
    if chat.bot_status == "administrator" and "can_delete_messages" in chat.bot_rights:
        return True
    young = state.clock() - message["date"] < DELETABLE_FOR
    return young and not SERVICE & message.keys() and (chat.type == "private" or chat.is_by(state.bot, message))
