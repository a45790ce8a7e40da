"""Bot API failures, translated once: what happens to the job? What refusals mean stands in `refusals`."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

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
    HardlyDoneError,
    OperatorError,
    OtherReceiverError,
    RateLimitedError,
    TemporaryError,
    UnknownMessageError,
    VerbatimError,
)
from bot.faults import TELEGRAM, fault_of
from bot.outgoing.waits import asked_wait
from bot.telegram.answers import (
    NamelessError,
    NoAnswerError,
    OutOfOrderError,
    RedirectedError,
    UnreadableAnswerError,
    out_of_order,
)
from bot.telegram.pace import seconds
from bot.telegram.refusals import refusal_of
from storage.apology import Reason


class AnswerError(Exception):
    """An answer of the Bot API that is no success, to `getUpdates` or a `file`; `answer` is its JSON, if it has any."""

    def __init__(self, call: str, status: int, answer: Mapping[str, Any]) -> None:
        super().__init__(call, status)
        self.call = call
        self.status = status
        self.answer = answer


LONGEST_PAUSE = 30.0  # seconds; a Telegram that is back is noticed after it
_UNREADABLE = (AttributeError, KeyError, TypeError, ValueError)  # the library's, for an answer of the wrong shape
_TRANSLATED = (TelegramError, AnswerError, aiohttp.ClientError, OSError, *_UNREADABLE)


@contextmanager
def translated() -> Iterator[None]:
    """Raise `failure_of` whatever the library, the network below it or this machine's disk raises."""
    try:
        yield
    except _TRANSLATED as error:
        raise failure_of(error) from None


def failure_of(error: Exception) -> VerbatimError:
    """Return what an exception means for the job; its own text may hold the token and is not repeated."""
    match error:
        case TelegramError():
            return _of_library(error)
        case AnswerError():
            return _of_answer(error)
        case Exception():
            return _of_network_or_disk(error)


def pause_after(error: Exception, failures: int) -> float:
    """Return the seconds to wait before trying again: as many as were asked for, else 1, 2, 4, … up to 30."""
    asked = error.retry_after if isinstance(error, RateLimitedError) else None
    return asked or min(2.0 ** min(failures, 10), LONGEST_PAUSE)


def _of_network_or_disk(error: Exception) -> VerbatimError:
    match error:
        case aiohttp.ClientError() | OSError():
            fault = fault_of(error, TELEGRAM)
            return TemporaryError(fault.words, reason=fault.reason)
        case Exception():  # one of _UNREADABLE
            said = f"Telegram gave an answer of another form than it should have ({type(error).__name__})"
            return TemporaryError(said, reason=Reason.TELEGRAM_DOWN, sure=False)


def _of_library(error: TelegramError) -> VerbatimError:  # noqa: PLR0911 - one line a kind: this is the table
    match error:
        case RetryAfter():
            return RateLimitedError("Telegram asks for patience", retry_after=seconds(error))
        case ChatMigrated():
            return ChatMovedError(error.new_chat_id)
        case InvalidToken():
            return OperatorError("Telegram does not accept TELEGRAM_BOT_TOKEN")
        case Conflict():
            return OtherReceiverError("another program receives this bot's updates")
        case BadRequest() | Forbidden():
            return refusal_of(error.message)
        case NetworkError():
            return _unanswered(error)
        case TelegramError():
            return TemporaryError(type(error).__name__, reason=Reason.TELEGRAM_DOWN)


def _unanswered(error: NetworkError) -> VerbatimError:
    match error:
        case NamelessError():
            return UnknownMessageError("a message was sent, but the answer has no id of it")
        case RedirectedError():
            return _redirected()
        case OutOfOrderError():
            return HardlyDoneError(error.fault.words, reason=error.fault.reason)
        case NoAnswerError():
            fault = error.fault
            return TemporaryError(fault.words, reason=fault.reason, sure=not fault.arrived)
        case UnreadableAnswerError():
            said = f"an answer of Telegram cannot be read: {error.message}"
            return TemporaryError(said, reason=Reason.TELEGRAM_DOWN, sure=False)
        case NetworkError():
            return TemporaryError("Telegram did not answer", reason=Reason.TELEGRAM_DOWN, sure=False)


def _of_answer(refused: AnswerError) -> VerbatimError:
    status = refused.status
    if 300 <= status < 400:
        return _redirected()
    if status == 401 or (status == 404 and refused.answer):
        return OperatorError("Telegram does not accept TELEGRAM_BOT_TOKEN")
    if status == 409:
        return OtherReceiverError("another program receives this bot's updates, or a webhook is set")
    if status == 429:
        return RateLimitedError("Telegram asks for patience", retry_after=_asked_wait(refused.answer))
    fault = out_of_order(status)
    return TemporaryError(f"{refused.call}: {fault.words}", reason=fault.reason)


def _asked_wait(answer: Mapping[str, Any]) -> float | None:
    parameters = answer.get("parameters")
    return asked_wait(parameters.get("retry_after")) if isinstance(parameters, dict) else None


def _redirected() -> VerbatimError:
    """Say what an operator can do: nothing that was asked for has been done."""
    return TemporaryError(
        "TELEGRAM_API_URL answers with a redirect, which is not followed", reason=Reason.TELEGRAM_DOWN
    )
