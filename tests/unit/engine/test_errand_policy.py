"""What becomes of an errand that failed."""

from typing import Any

import pytest

from bot.engine import patience
from bot.engine.errand_policy import Done, Dropped, PutOff, SentInDoubtError, SorryError, verdict
from bot.errors import (
    ChatRefusesError,
    FormRefusedError,
    HardlyDoneError,
    OperatorError,
    PlaceholderGoneError,
    RateLimitedError,
    TemporaryError,
    UndeliverableError,
    UnknownMessageError,
)
from storage.apology import Reason
from storage.errands import Errand
from tests.english import ENGLISH

DOWN = {"reason": Reason.TELEGRAM_DOWN}


def errand(**changes: Any) -> Errand:
    given: dict[str, Any] = {
        "job_id": 1,
        "kind": "export",
        "what": "srt",
        "chat_id": 7,
        "message_id": 3,
        "asked_at": 0.0,
        "next_at": 1.0,
        "lease_token": "token",
        "attempts": 0,
        "doubts": 0,
        "sent_id": None,
    }
    return Errand(**given | changes)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (RateLimitedError("", retry_after=7.0), PutOff(7.0)),
        (RateLimitedError("", retry_after=0.0), PutOff(patience.SHORTEST_WAIT)),
        (OperatorError(""), PutOff(patience.PAUSE)),
        (UnknownMessageError(""), Done()),
        (UndeliverableError(""), Dropped()),
        (TemporaryError("", **DOWN), PutOff(1.0, tried=True)),
        (TemporaryError("", **DOWN, retry_after=9.0), PutOff(9.0, tried=True)),
        (TemporaryError("", **DOWN, sure=False), PutOff(1.0, tried=True, in_doubt=True)),
        (HardlyDoneError("", **DOWN), PutOff(1.0, tried=True)),
        (ChatRefusesError("", retry_after=40.0), PutOff(40.0, tried=True)),
        (ChatRefusesError(""), PutOff(patience.REFUSED_AGAIN_AFTER, tried=True)),
        (PlaceholderGoneError(""), PutOff(1.0, tried=True)),
        (ValueError(), PutOff(1.0, tried=True)),  # a bug
    ],
)
def test_a_failure_decides(error: Exception, expected: object) -> None:
    assert verdict(error, errand()) == expected


def said(error: Exception, **changes: Any) -> str | None:
    dropped = verdict(error, errand(**changes))
    assert isinstance(dropped, Dropped)
    return None if dropped.said is None else dropped.said(ENGLISH)


def test_what_can_never_be_done_is_said() -> None:
    assert said(FormRefusedError("")) == ENGLISH.more.no_files()
    assert said(SorryError(lambda texts: texts.more.not_kept())) == ENGLISH.more.not_kept()


@pytest.mark.parametrize(
    "error", [TemporaryError("", **DOWN), ChatRefusesError(""), HardlyDoneError("", **DOWN), OSError()]
)
def test_it_is_given_up_after_some_attempts(error: Exception) -> None:
    assert isinstance(verdict(error, errand(attempts=patience.ERRAND_ATTEMPTS - 2)), PutOff)
    assert said(error, attempts=patience.ERRAND_ATTEMPTS - 1) == ENGLISH.more.failed()


def test_what_may_have_come_twice_is_not_sent_again() -> None:
    in_doubt = TemporaryError("", **DOWN, sure=False)
    for error, doubts in ((in_doubt, patience.MOST_SENDINGS_IN_DOUBT - 1), (SentInDoubtError(), 2)):
        assert said(error, doubts=doubts) == ENGLISH.more.may_have_come()
        assert verdict(error, errand(doubts=doubts, kind="delete")) == Done()
    assert isinstance(verdict(HardlyDoneError("", **DOWN), errand(doubts=9)), PutOff)


def test_waits_grow_to_a_minute() -> None:
    waits = [verdict(TemporaryError("", **DOWN), errand(attempts=n)) for n in range(patience.ERRAND_ATTEMPTS - 1)]
    assert [each.seconds for each in waits if isinstance(each, PutOff)] == [1, 2, 4, 8, 16, 32, 60]
