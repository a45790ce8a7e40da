"""The rights of the bot in a chat, checked for each kind of call; the refusals are those of TDLib and Telegram.

TDLib knows the rights of members and refuses in a sentence before it asks Telegram. Telegram refuses by a code name
where TDLib lets a call pass: it never looks at rights before it edits a text.
"""

import math
from typing import Literal

from bot.playground.telegram.conversation import GENERAL_TOPIC, JSON, Conversation
from bot.playground.telegram.refusal import bad_request, too_many_requests

Form = Literal["text", "document", "photo"]
CLOSED_TO_DELETES = ("CHANNEL_PRIVATE", "CHAT_ADMIN_REQUIRED", "USER_BANNED_IN_CHANNEL")


def check_send(chat: Conversation, form: Form, where: JSON, now: float) -> None:
    """Refuse a new message of this form if the bot may not send it to this place, the topic in `where`."""
    _check_channel(chat)
    _check_form(chat, form)
    _check_shut(chat)
    _check_topic(chat, where.get("message_thread_id", GENERAL_TOPIC))
    wait = (chat.sent_at or 0.0) + chat.rights.slow_mode - now
    if wait > 0:
        raise too_many_requests(math.ceil(wait))


def check_action(chat: Conversation, thread: int | None) -> None:
    """Refuse a chat action where nothing may be sent."""
    _check_channel(chat)
    rights = chat.rights
    if not (rights.text or rights.documents or rights.other_media):
        raise bad_request("have no rights to send a message")
    _check_shut(chat)
    _check_topic(chat, thread or GENERAL_TOPIC)


def check_edit(chat: Conversation, form: Form | None) -> None:
    """Refuse an edit into this form; None: one that leaves text and media as they are."""
    _check_channel(chat)
    if form == "document":
        _check_form(chat, form)
    _check_shut(chat)
    if form == "text" and not chat.rights.text:
        raise bad_request("CHAT_WRITE_FORBIDDEN")
    if not chat.rights.edits:
        raise bad_request("MESSAGE_EDIT_TIME_EXPIRED")


def check_delete(chat: Conversation) -> None:
    """Refuse to delete where the bot may not act at all; rights to send are not needed for this."""
    if chat.rights.shut in CLOSED_TO_DELETES:
        _check_shut(chat)


def check_reaction(chat: Conversation, emoji: list[str]) -> None:
    """Refuse a reaction that the chat does not have; one is taken back wherever the bot may act at all."""
    _check_shut(chat)
    if chat.available_reactions is not None and not set(emoji) <= set(chat.available_reactions):
        raise bad_request("REACTION_INVALID")


def _check_channel(chat: Conversation) -> None:
    if chat.type == "channel" and chat.bot_status != "administrator":
        raise bad_request("need administrator rights in the channel chat")


def _check_form(chat: Conversation, form: Form) -> None:
    if form == "text" and not chat.rights.text:
        raise bad_request("not enough rights to send text messages to the chat")
    if form == "document" and not chat.rights.documents:
        raise bad_request("not enough rights to send documents to the chat")
    if form == "photo" and not chat.rights.other_media:
        raise bad_request("not enough rights to send photos to the chat")


def _check_shut(chat: Conversation) -> None:
    if chat.rights.shut is not None:
        raise bad_request(chat.rights.shut)


def _check_topic(chat: Conversation, thread: int) -> None:
    """Refuse to write to a topic that is closed; administrators may."""
    if not chat.is_forum or chat.bot_status == "administrator":
        return
    if thread in chat.closed_topics or (thread == GENERAL_TOPIC and chat.rights.general_closed):
        raise bad_request("TOPIC_CLOSED")
