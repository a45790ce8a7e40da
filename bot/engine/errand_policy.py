"""What a failure means for an errand: one pure table. The text is in the chat, so nothing is tried for very long."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.engine import patience
from bot.errors import (
    ChatRefusesError,
    FormRefusedError,
    HardlyDoneError,
    OperatorError,
    RateLimitedError,
    TemporaryError,
    UndeliverableError,
    UnknownMessageError,
    VerbatimError,
)
from bot.outgoing import waits
from bot.text.texts import Texts
from storage.errands import Errand, ErrandKind

Said = Callable[[Texts], str]


class SorryError(VerbatimError):
    """An errand comes to nothing, which is said. `offers_again`: another version of the text may be wanted instead."""

    def __init__(self, said: Said, *, offers_again: bool = False) -> None:
        super().__init__("an errand comes to nothing")
        self.said = said
        self.offers_again = offers_again


class NotYetError(RateLimitedError):
    """What an errand is about is not there yet: wait."""

    def __init__(self, seconds: float) -> None:
        super().__init__("the answer is not there yet", retry_after=seconds)


class SentInDoubtError(VerbatimError):
    """Something may have been sent so often that it is not sent again: each time the process died meanwhile."""

    def __init__(self) -> None:
        super().__init__("what was sent in doubt is not sent again")


@dataclass(frozen=True, slots=True)
class PutOff:
    """It is tried again after so many seconds. `tried` spends an attempt; `in_doubt` may have been carried out."""

    seconds: float
    tried: bool = False
    in_doubt: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """It is done, and nobody knows in which message."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """It comes to nothing; what is said of that, if anything can be said there."""

    said: Said | None = None
    offers_again: bool = False


Verdict = PutOff | Done | Dropped


def verdict(error: Exception, errand: Errand) -> Verdict:  # noqa: C901, PLR0911 - one line a failure: this is the table
    """Decide what becomes of an errand that failed with `error`."""
    match error:
        case SorryError(said=said, offers_again=offers_again):
            return Dropped(said, offers_again)
        case UnknownMessageError():
            return Done()
        case FormRefusedError():
            return Dropped(lambda texts: texts.more.no_files())
        case UndeliverableError():
            return Dropped()
        case RateLimitedError(retry_after=seconds):
            return PutOff(waits.UNSAID if seconds is None else max(seconds, patience.SHORTEST_WAIT))
        case OperatorError():
            return PutOff(patience.PAUSE)
        case HardlyDoneError():
            return _again_or_nothing(errand, PutOff(_backoff(errand), tried=True))
        case SentInDoubtError():
            return _may_have_come(errand)
        case TemporaryError(sure=False) if errand.doubts + 1 >= patience.MOST_SENDINGS_IN_DOUBT:
            return _may_have_come(errand)
        case ChatRefusesError():
            return _again_or_nothing(errand, PutOff(error.retry_after or patience.REFUSED_AGAIN_AFTER, tried=True))
        case TemporaryError():
            wait = error.retry_after or _backoff(errand)
            return _again_or_nothing(errand, PutOff(wait, tried=True, in_doubt=not error.sure))
        case _:
            return _again_or_nothing(errand, PutOff(_backoff(errand), tried=True))


def _may_have_come(errand: Errand) -> Verdict:
    """Let a file be asked for again by who misses it; nobody misses any other message of an errand."""
    if errand.kind == ErrandKind.EXPORT:
        return Dropped(lambda texts: texts.more.may_have_come())
    return Done()


def _again_or_nothing(errand: Errand, again: PutOff) -> Verdict:
    if errand.attempts + 1 < patience.ERRAND_ATTEMPTS:
        return again
    return Dropped(lambda texts: texts.more.failed())


def _backoff(errand: Errand) -> float:
    return min(patience.LONGEST_BACKOFF, patience.SHORTEST_WAIT * 2.0**errand.attempts)
