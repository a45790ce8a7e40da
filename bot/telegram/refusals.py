"""What Telegram refuses, and what that means: one table, by the words that the Bot API server sends.

The server makes `400 Bad Request: CODE` of most code names of Telegram's, and writes sentences of its own (TDLib's
`MessagesManager` and `DialogParticipant`, the server's `Client.cpp`). Many of them come as 400 or as 403, so both are
looked up here. A row is found anywhere in what was said, in any case, and the first one counts.
"""

import re
from enum import Enum, auto

from bot.errors import (
    ChatRefusesError,
    FormRefusedError,
    MessageGoneError,
    OperatorError,
    PermanentError,
    PlaceholderGoneError,
    RateLimitedError,
    TemporaryError,
    UndeliverableError,
    VerbatimError,
)
from bot.outgoing.waits import asked_wait
from storage.apology import Reason

LONGEST = 200  # characters of the server's own words that are repeated in the log


class NotModifiedError(VerbatimError):
    """The message says that already: for an edit this is success."""


class ThreadGoneError(ChatRefusesError):
    """The topic was deleted or closed; the chat itself may take messages."""


class Meaning(Enum):
    """What is refused."""

    NOTHING = auto()  # it is as it shall be
    FORM = auto()  # this form of message in this chat: the next form may be allowed
    GONE = auto()  # this message, which is not there: a new one may be sent
    MESSAGE = auto()  # this message, although it may be there: a new one may be sent
    TOPIC = auto()  # this topic: the chat itself may be written to
    SOON = auto()  # this chat for the seconds that are said
    FOR_NOW = auto()  # this chat until somebody changes something in it
    FOR_GOOD = auto()  # this chat
    BOT = auto()  # everything that this bot asks for
    FILE = auto()  # a file that it does not find
    TOO_BIG = auto()  # a file that it does not hand out


# "Seen" in public trackers, "read" in the source of TDLib or of the Bot API server.
TABLE: tuple[tuple[str, Meaning], ...] = (
    ("message is not modified", Meaning.NOTHING),
    ("message_not_modified", Meaning.NOTHING),
    ("there is no text in the message to edit", Meaning.NOTHING),  # the answer stands there already, as a file
    ("file is too big", Meaning.TOO_BIG),
    ("slowmode_wait_", Meaning.SOON),  # seen; mostly it comes as 429
    ("flood_wait_", Meaning.SOON),
    ("message thread not found", Meaning.TOPIC),  # seen
    ("topic_closed", Meaning.TOPIC),  # seen
    ("topic_deleted", Meaning.TOPIC),  # seen
    ("topic_id_invalid", Meaning.TOPIC),
    ("chat is not an administered channel direct messages chat", Meaning.TOPIC),  # read
    ("message to edit not found", Meaning.GONE),  # seen
    ("message can't be edited", Meaning.MESSAGE),  # seen
    ("message_edit_time_expired", Meaning.MESSAGE),  # seen
    ("message_author_required", Meaning.MESSAGE),
    ("message_id_invalid", Meaning.GONE),  # seen
    ("chat_forwards_restricted", Meaning.MESSAGE),  # which nothing in another chat may reply to
    ("message to delete not found", Meaning.GONE),  # read
    ("message can't be deleted", Meaning.MESSAGE),  # read: whether it is too old or a right is missing
    ("message_delete_forbidden", Meaning.MESSAGE),  # seen
    ("query is too old", Meaning.MESSAGE),  # read
    ("not enough rights to send", Meaning.FORM),  # read: "… text messages", "… documents to the chat"
    ("chat_send_plain_forbidden", Meaning.FORM),  # seen, and so is the same with docs, media, voices, audios, …
    ("voice_messages_forbidden", Meaning.FORM),  # seen
    ("message is too long", Meaning.FORM),  # read
    ("message_too_long", Meaning.FORM),
    ("caption is too long", Meaning.FORM),  # read
    ("media_caption_too_long", Meaning.FORM),
    ("bot was blocked by the user", Meaning.FOR_GOOD),  # read
    ("user_is_blocked", Meaning.FOR_GOOD),
    ("user is deactivated", Meaning.FOR_GOOD),  # read
    ("input_user_deactivated", Meaning.FOR_GOOD),
    ("bot was kicked from", Meaning.FOR_GOOD),  # read
    ("bot is not a member of", Meaning.FOR_GOOD),  # read
    ("bot can't initiate conversation", Meaning.FOR_GOOD),  # read
    ("bot can't send messages to", Meaning.FOR_GOOD),  # read
    ("bots can't send messages to bots", Meaning.FOR_GOOD),  # read
    ("chat not found", Meaning.FOR_GOOD),  # read
    ("user not found", Meaning.FOR_GOOD),
    ("group chat was deleted", Meaning.FOR_GOOD),  # read
    ("group chat was deactivated", Meaning.FOR_GOOD),  # read
    ("peer_id_invalid", Meaning.FOR_GOOD),
    ("have no rights to send", Meaning.FOR_NOW),  # seen
    ("have no write access", Meaning.FOR_NOW),  # read
    ("need administrator rights in the channel chat", Meaning.FOR_NOW),  # read
    ("chat_restricted", Meaning.FOR_NOW),  # seen, and so are the following
    ("chat_write_forbidden", Meaning.FOR_NOW),
    ("chat_guest_send_forbidden", Meaning.FOR_NOW),
    ("user_banned_in_channel", Meaning.FOR_NOW),
    ("channel_private", Meaning.FOR_NOW),
    ("chat_admin_required", Meaning.FOR_NOW),
    ("chat_forbidden", Meaning.FOR_NOW),
    ("privacy_premium_required", Meaning.FOR_NOW),
    ("allow_payment_required", Meaning.FOR_NOW),
    ("direct messages topic must be specified", Meaning.FOR_NOW),  # read
    ("frozen_method_invalid", Meaning.BOT),
    ("logged out", Meaning.BOT),  # read
    ("file_id", Meaning.FILE),  # read: "wrong file_id or the file is temporarily unavailable"
    ("file id", Meaning.FILE),
    ("temporarily unavailable", Meaning.FILE),
)
_FORMS = re.compile(r"chat_send_\w+_forbidden")
_SECONDS = re.compile(r"_wait_(\d{1,9})")
_TOKENS = re.compile(r"\d{5,}:[\w-]*")  # also one that was cut, which the log would not know for a secret


def meaning_of(text: str) -> Meaning | None:
    """Look up what the server said; None for what nobody knows."""
    said = text.lower()
    for wording, meaning in TABLE:
        if wording in said:
            return meaning
    return Meaning.FORM if _FORMS.search(said) else None


def refusal_of(text: str) -> VerbatimError:
    """Return what a refusal means for the job. What nobody knows is told by its name, and means this chat for now."""
    said, meaning = _printable(text), meaning_of(text)
    match meaning:
        case None:
            return ChatRefusesError(f"unknown refusal: {said}", known=False)
        case Meaning.SOON:
            return RateLimitedError(said, retry_after=_seconds_of(text))
        case Meaning.BOT:
            return OperatorError(f"Telegram refuses everything that this bot asks for: {said}")
        case Meaning.FILE:
            return TemporaryError("Telegram has no such file just now", reason=Reason.FILE_GONE)
        case Meaning.TOO_BIG:
            return PermanentError(Reason.TOO_BIG)
        case _:
            return _FOR_THE_ANSWER[meaning](said)


_FOR_THE_ANSWER: dict[Meaning, type[VerbatimError]] = {
    Meaning.NOTHING: NotModifiedError,
    Meaning.FORM: FormRefusedError,
    Meaning.GONE: MessageGoneError,
    Meaning.MESSAGE: PlaceholderGoneError,
    Meaning.TOPIC: ThreadGoneError,
    Meaning.FOR_NOW: ChatRefusesError,
    Meaning.FOR_GOOD: UndeliverableError,
}


def _seconds_of(text: str) -> float | None:
    found = _SECONDS.search(text.lower())
    return asked_wait(int(found[1])) if found else None


def _printable(text: str) -> str:
    """Return the server's own words as far as a log takes them."""
    return "".join(letter if letter.isprintable() else "?" for letter in _TOKENS.sub("[redacted]", text))[:LONGEST]
