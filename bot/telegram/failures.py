"""Bot API failures, translated once: what happens to the job? (wordings as the server sends them)"""

from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.errors import (
    ChatMovedError,
    OperatorError,
    PermanentError,
    PlaceholderGoneError,
    RateLimitedError,
    TemporaryError,
    UndeliverableError,
    VerbatimError,
)
from bot.telegram.pace import seconds
from storage.apology import Reason


class NotModifiedError(VerbatimError):
    """The message says that already: for an edit this is success."""


class ThreadGoneError(VerbatimError):
    """The topic was deleted; the chat itself is still there."""


# Descriptions begin with these, in lower case; the library strips "Bad Request: ".
_BAD_REQUESTS: tuple[tuple[str, type[VerbatimError]], ...] = (
    ("message is not modified", NotModifiedError),
    ("there is no text in the message to edit", NotModifiedError),  # the answer stands there already, as a document
    ("message thread not found", ThreadGoneError),
    ("topic_deleted", ThreadGoneError),
    ("message to edit not found", PlaceholderGoneError),
    ("message can't be edited", PlaceholderGoneError),
    ("message_id_invalid", PlaceholderGoneError),
    ("chat not found", UndeliverableError),
    ("user is deactivated", UndeliverableError),
    ("group chat was deleted", UndeliverableError),
    ("group chat was deactivated", UndeliverableError),
    ("not enough rights to send", UndeliverableError),
    ("have no rights to send", UndeliverableError),
    ("need administrator rights in the channel chat", UndeliverableError),
    ("chat_write_forbidden", UndeliverableError),
    ("chat_restricted", UndeliverableError),
    ("topic_closed", UndeliverableError),
    ("peer_id_invalid", UndeliverableError),
)


@contextmanager
def translated() -> Iterator[None]:
    """Let no exception of the library, of the network below it or of this machine's disk past this point."""
    try:
        yield
    except TelegramError as error:
        raise failure(error) from None
    except (KeyError, TypeError, ValueError) as error:  # the library made nothing of an answer
        raise TemporaryError(
            f"an answer of Telegram's: {type(error).__name__}", reason=Reason.TELEGRAM_DOWN, sure=False
        ) from None
    except (aiohttp.ClientError, OSError) as error:  # a timeout is an OSError too
        raise TemporaryError(f"a file of Telegram's: {type(error).__name__}", reason=Reason.TELEGRAM_DOWN) from None


def failure(error: TelegramError) -> VerbatimError:  # noqa: PLR0911 - one line a kind: this is the table
    """Our word for the library's exception; its own text may hold the token and is not repeated."""
    match error:
        case RetryAfter():
            return RateLimitedError("Telegram asks for patience", retry_after=seconds(error))
        case ChatMigrated():
            return ChatMovedError(error.new_chat_id)
        case Forbidden():
            return UndeliverableError("the bot may not write there")
        case InvalidToken():
            return OperatorError("Telegram does not accept TELEGRAM_BOT_TOKEN")
        case Conflict():
            return OperatorError("another program receives this bot's updates")
        case BadRequest():
            return _bad_request(error.message)
        case NetworkError():
            return TemporaryError("Telegram did not answer", reason=Reason.TELEGRAM_DOWN, sure=False)
        case _:
            return TemporaryError(type(error).__name__, reason=Reason.TELEGRAM_DOWN)


def _bad_request(message: str) -> VerbatimError:
    text = message.lower()
    for beginning, kind in _BAD_REQUESTS:
        if text.startswith(beginning):
            return kind(beginning)
    if text.startswith("file is too big"):
        return PermanentError(Reason.TOO_BIG)
    if "file_id" in text or "file id" in text or "temporarily unavailable" in text:
        return TemporaryError("Telegram has no such file just now", reason=Reason.FILE_GONE)
    return TemporaryError(f"Telegram refused: {message[:80]}", reason=Reason.INTERNAL)
