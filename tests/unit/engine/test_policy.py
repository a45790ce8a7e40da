"""What every failure means for a job, in every state and at every age that makes a difference."""

import errno

import pytest

from bot.activity import Doing, doing
from bot.engine.patience import GIVE_UP_AFTER
from bot.engine.policy import (
    Verdict,
    as_failure,
    too_much_doubt,
    unsaid,
    verdict,
    wait_after_death,
    wait_for_lost,
    wait_in_doubt,
    worn_out,
)
from bot.errors import (
    SIDES,
    ChatMovedError,
    OperatorError,
    PermanentError,
    PlaceholderGoneError,
    RateLimitedError,
    TemporaryError,
    UndeliverableError,
)
from storage.apology import Apology, Notice, Reason
from storage.outcomes import Attempted, Ended, Forgotten, Hopeless, Ignored, Waiting
from storage.words import PAUSED, State
from tests.unit.workbench import NOW, job

NOTHING_SAID = Apology(Reason.TOO_BIG)
HOUR = 3600.0
DAY = 24 * HOUR
FAILED = Ended(State.FAILED)


def queued(age=0.0, **changes):
    return job(created_at=NOW - age, **changes)


def submitted(age=0.0, queued_for=0.0, **changes):
    at = NOW - age
    return job(state=State.SUBMITTED, created_at=at - queued_for, submitted_at=at, **changes)


def ready(age=0.0, under_way_for=0.0, **changes):
    at = NOW - age
    fields = {"transcript_id": 1} | changes
    return job(state=State.READY, created_at=at - under_way_for, ready_at=at, **fields)


def apologising(age=0.0, **changes):
    return ready(age, transcript_id=None, apology=NOTHING_SAID, **changes)


def sorry(reason, in_doubt=False, **facts):
    return Hopeless(Apology(reason, facts), in_doubt)


def temporary(reason=Reason.PROVIDER_DOWN, **more):
    return TemporaryError("no answer", reason=reason, **more)


def gone():
    return temporary(Reason.FILE_GONE)


def unsure():
    return temporary(sure=False)


TABLE = {
    "nobody to tell, queued": (UndeliverableError(), queued(), FAILED, None),
    "nobody to tell, submitted": (UndeliverableError(), submitted(), FAILED, None),
    "nobody to tell, ready": (UndeliverableError(), ready(), FAILED, None),
    "the chat moved, queued": (ChatMovedError(-5), queued(9 * DAY), Waiting(NOW), None),
    "the chat moved, ready": (ChatMovedError(-5), ready(), Waiting(NOW), None),
    "hopeless, queued": (
        PermanentError(Reason.TOO_BIG, limit_mb=20),
        queued(),
        sorry(Reason.TOO_BIG, limit_mb=20),
        None,
    ),
    "hopeless, submitted": (PermanentError(Reason.REFUSED), submitted(), sorry(Reason.REFUSED), None),
    "hopeless, ready": (PermanentError(Reason.REFUSED), ready(), sorry(Reason.REFUSED), None),
    "hopeless, even the apology": (PermanentError(Reason.REFUSED), apologising(), FAILED, None),
    "the operator must act, queued": (
        OperatorError("the key is refused"),
        queued(),
        Waiting(NOW + 30, waiting_for=PAUSED),
        Notice.PAUSED,
    ),
    "the operator must act, submitted": (OperatorError("the key is refused"), submitted(), Waiting(NOW + 30), None),
    "the operator must act, ready": (OperatorError("the key is refused"), ready(), Waiting(NOW + 30), None),
    "the operator has as long as the hold says": (
        OperatorError("the key is refused"),
        queued(9 * DAY),
        Waiting(NOW + 30, waiting_for=PAUSED),
        Notice.PAUSED,
    ),
    "what could not be asked for in an hour is made again": (
        OperatorError("the key is refused"),
        submitted(GIVE_UP_AFTER + 1),
        Forgotten(NOW),
        None,
    ),
    "and so where patience was asked for": (RateLimitedError(""), submitted(GIVE_UP_AFTER + 1), Forgotten(NOW), None),
    "a day in the queue is no day with an answer": (
        OperatorError("the key is refused"),
        ready(60, under_way_for=DAY),
        Waiting(NOW + 30),
        None,
    ),
    "patience for so long": (RateLimitedError("", retry_after=7), queued(), Waiting(NOW + 7), None),
    "patience for no time": (RateLimitedError("", retry_after=0), ready(), Waiting(NOW + 1), None),
    "patience without saying": (RateLimitedError(""), submitted(), Waiting(NOW + 5), None),
    "patience for days": (RateLimitedError("", retry_after=7), queued(9 * DAY), Waiting(NOW + 7), None),
    "a late answer is not given up for Telegram's pace": (
        RateLimitedError("", retry_after=7),
        ready(60, under_way_for=2 * DAY),
        Waiting(NOW + 7),
        None,
    ),
    "the first try": (temporary(), queued(), Attempted(NOW + 1), None),
    "the second try shows": (temporary(), queued(attempts=1), Attempted(NOW + 2), Notice.RETRYING),
    "tries get rare": (temporary(), queued(attempts=5), Attempted(NOW + 32), Notice.RETRYING),
    "but not rarer than once a minute": (temporary(), queued(attempts=30), Attempted(NOW + 60), Notice.RETRYING),
    "as long as was asked for": (temporary(retry_after=100.0), queued(), Attempted(NOW + 100), None),
    "not sooner than we would": (temporary(retry_after=0.5), queued(), Attempted(NOW + 1), None),
    "a try at a fetch shows nothing": (temporary(), submitted(attempts=3), Attempted(NOW + 8), None),
    "a try at an answer shows nothing": (temporary(), ready(attempts=3), Attempted(NOW + 8), None),
    "the answer waits for the operator": (OperatorError("the key is refused"), ready(9 * DAY), Waiting(NOW + 30), None),
    "the answer waits for Telegram's pace": (
        RateLimitedError("", retry_after=7),
        ready(9 * DAY),
        Waiting(NOW + 7),
        None,
    ),
    "an apology waits too": (RateLimitedError("", retry_after=7), apologising(9 * DAY), Waiting(NOW + 7), None),
    "time in which nothing ran does not count": (temporary(), queued(9 * DAY), Attempted(NOW + 1), None),
    "an hour of tries": (
        temporary(),
        queued(attempts=62, tried_seconds=HOUR - 60),
        Attempted(NOW + 60),
        Notice.RETRYING,
    ),
    "more than an hour of tries": (
        temporary(),
        queued(attempts=3, tried_seconds=HOUR),
        sorry(Reason.PROVIDER_DOWN),
        None,
    ),
    "more than an hour of tries at the file": (
        temporary(Reason.TELEGRAM_DOWN),
        queued(tried_seconds=HOUR),
        sorry(Reason.TELEGRAM_DOWN),
        None,
    ),
    "a file that was slow once": (temporary(Reason.TOO_DEMANDING), queued(), Attempted(NOW + 1), None),
    "a file that was slow twice": (
        temporary(Reason.TOO_DEMANDING),
        queued(attempts=1),
        sorry(Reason.TOO_DEMANDING),
        None,
    ),
    "few tries, each of which took minutes, are an hour too": (
        temporary(),
        queued(attempts=7, tried_seconds=HOUR - 300, claimed_at=NOW - 300, next_at=NOW + 300),
        sorry(Reason.PROVIDER_DOWN),
        None,
    ),
    "many tries in little time are no hour": (
        temporary(),
        queued(attempts=99, tried_seconds=HOUR - 600),
        Attempted(NOW + 60),
        Notice.RETRYING,
    ),
    "the last try comes when the hour is over, and not later": (
        temporary(retry_after=300.0),
        queued(attempts=9, tried_seconds=HOUR - 20),
        Attempted(NOW + 20),
        Notice.RETRYING,
    ),
    "a clock that jumped makes a try no longer than its lease": (
        temporary(),
        queued(claimed_at=NOW - DAY, next_at=NOW - DAY + 600),
        Attempted(NOW + 1),
        None,
    ),
    "a generation that could not be looked at for a minute keeps no slot": (
        temporary(),
        submitted(attempts=6, tried_seconds=61.0),
        Attempted(NOW + 60, gives_slot_back=True),
        None,
    ),
    "the provider had an hour": (temporary(), submitted(tried_seconds=HOUR), sorry(Reason.PROVIDER_DOWN), None),
    "an answer has longer than an hour": (
        temporary(),
        ready(attempts=1438, tried_seconds=DAY - 60),
        Attempted(NOW + 60),
        None,
    ),
    "an answer that Telegram does not take for a day": (
        temporary(Reason.TELEGRAM_DOWN),
        ready(tried_seconds=DAY),
        FAILED,
        None,
    ),
    "an apology has a day": (temporary(), apologising(tried_seconds=DAY), FAILED, None),
    "a create in doubt": (unsure(), queued(), Attempted(NOW + 1, in_doubt=True), None),
    "a fetch is never in doubt": (unsure(), submitted(), Attempted(NOW + 1), None),
    "a delivery is never in doubt": (unsure(), ready(), Attempted(NOW + 1), None),
    "the fourth doubt": (unsure(), queued(creates_in_doubt=3), Attempted(NOW + 80, in_doubt=True), None),
    "the fifth doubt is the last": (
        unsure(),
        queued(creates_in_doubt=4),
        sorry(Reason.PROVIDER_DOWN, in_doubt=True),
        None,
    ),
    "a sure failure after doubts": (temporary(), queued(creates_in_doubt=4), Attempted(NOW + 1), None),
    "doubts of before do not cost the generation": (unsure(), submitted(creates_in_doubt=4), Attempted(NOW + 1), None),
    "doubts of before do not cost the answer": (unsure(), ready(creates_in_doubt=4), Attempted(NOW + 1), None),
    "no such file just now": (gone(), queued(), Attempted(NOW + 1), None),
    "no such file for the fourth time": (gone(), queued(attempts=3), Attempted(NOW + 8), Notice.TELEGRAM),
    "no such file for the fifth time": (gone(), queued(attempts=4), sorry(Reason.FILE_GONE), None),
    "a dead Telegram is not told as the provider's": (
        temporary(Reason.TELEGRAM_DOWN),
        queued(attempts=1),
        Attempted(NOW + 2),
        Notice.TELEGRAM,
    ),
    "a full disk is nobody else's": (
        OSError(28, "No space left on device"),
        queued(attempts=1),
        Attempted(NOW + 2, in_doubt=True),
        Notice.MACHINE,
    ),
    "a full disk for more than an hour": (
        OSError(28, "No space left on device"),
        queued(tried_seconds=HOUR),
        sorry(Reason.MACHINE, in_doubt=True),
        None,
    ),
    "an answer that took too long for a day is Telegram's": (TimeoutError(), ready(tried_seconds=DAY), FAILED, None),
    "the step took too long, queued": (TimeoutError(), queued(), Attempted(NOW + 1, in_doubt=True), None),
    "the step took too long, ready": (TimeoutError(), ready(), Attempted(NOW + 1), None),
    "a bug": (KeyError("x"), queued(), Attempted(NOW + 1, in_doubt=True), None),
    "a bug for the fourth time": (KeyError("x"), submitted(attempts=3), Attempted(NOW + 8), None),
    "a bug for the fifth time": (KeyError("x"), submitted(attempts=4), sorry(Reason.INTERNAL), None),
    "a bug for the fifth time in the apology": (KeyError("x"), apologising(attempts=4), FAILED, None),
    "a refusal of Telegram's in a place where none is expected is no bug of ours": (
        PlaceholderGoneError(),
        queued(attempts=4),
        Attempted(NOW + 16),
        Notice.TELEGRAM,
    ),
}


@pytest.mark.parametrize(("error", "failed", "outcome", "notice"), TABLE.values(), ids=TABLE.keys())
def test_a_failure_decides_what_becomes_of_the_job(error, failed, outcome, notice):
    cut = Doing.WRITING if failed.state is State.READY else Doing.UPLOADING
    assert verdict(as_failure(error, cut), failed, NOW, random=lambda: 0.5) == Verdict(outcome, notice)


@pytest.mark.parametrize(
    ("reason", "notice"),
    [
        (Reason.PROVIDER_DOWN, Notice.RETRYING),
        (Reason.TELEGRAM_DOWN, Notice.TELEGRAM),
        (Reason.FILE_GONE, Notice.TELEGRAM),
        (Reason.MACHINE, Notice.MACHINE),
        (Reason.INTERNAL, Notice.DELAYED),
    ],
)
def test_a_wait_is_told_with_the_side_it_is_for(reason, notice):
    assert verdict(temporary(reason), queued(attempts=1), NOW, lambda: 0.5).notice is notice


SLOW_AT = {
    Doing.DOWNLOADING: (Reason.TELEGRAM_DOWN, "downloading from Telegram took too long"),
    Doing.CONVERTING: (Reason.MACHINE, "converting the recording took too long"),
    Doing.UPLOADING: (Reason.PROVIDER_DOWN, "uploading to the speech service took too long"),
    Doing.ASKING: (Reason.PROVIDER_DOWN, "asking the speech service took too long"),
    Doing.WRITING: (Reason.TELEGRAM_DOWN, "writing to Telegram took too long"),
    Doing.WORKING: (Reason.MACHINE, "working took too long"),
}


@pytest.mark.parametrize("cut", Doing)
def test_a_step_that_took_too_long_names_what_it_was_doing(cut):
    failure = as_failure(TimeoutError(), cut)
    assert (failure.reason, str(failure), failure.sure) == (*SLOW_AT[cut], False)


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (
            errno.ENOSPC,
            "ENOSPC (28, No space left on device); free some space, or set TMPDIR to a folder with more of it",
        ),
        (errno.EDQUOT, "EDQUOT (122, Disk quota exceeded); free some space, or raise the quota"),
        (errno.EROFS, "EROFS (30, Read-only file system); mount the file system writable"),
        (errno.EACCES, "EACCES (13, Permission denied); let this program's user read and write there"),
        (errno.EMFILE, "EMFILE (24, Too many open files); raise the limit of open files"),
        (errno.ENFILE, "ENFILE (23, Too many open files in system); raise the limit"),
        (errno.EIO, "EIO (5, Input/output error); look at the health of the disk"),
        (errno.ENODEV, "ENODEV (19, No such device)"),
        (None, "an error that the system gave no number"),
    ],
)
@pytest.mark.parametrize("at", [Doing.DOWNLOADING, Doing.CONVERTING, Doing.UPLOADING, None])
def test_an_error_of_the_system_is_this_machines_with_its_name_and_what_to_do(number, told, at):
    error = OSError("odd") if number is None else OSError(number, "?", "/secret/path")
    if at is not None:
        with pytest.raises(OSError, match=r"odd|secret"), doing(at):
            raise error
    failure = as_failure(error, Doing.WORKING)
    assert failure.reason is Reason.MACHINE
    assert str(failure).startswith(f"this machine, while {at or 'working'}: {told}")
    assert "secret" not in str(failure)


def test_an_exception_that_nobody_expected_is_a_bug_in_this_program():
    with pytest.raises(KeyError), doing(Doing.CONVERTING):
        raise (error := KeyError("x"))
    failure = as_failure(error, Doing.WORKING)
    assert (failure.reason, str(failure)) == (Reason.INTERNAL, "a bug in this program, while converting the recording")


def test_every_reason_has_a_side():
    assert set(SIDES) == set(Reason)


@pytest.mark.parametrize(("random", "wait"), [(0.0, 0.8), (0.999, 1.2)])
def test_tries_of_many_jobs_are_spread(random, wait):
    decided = verdict(temporary(), queued(), NOW, lambda: random)
    assert decided.outcome.next_at - NOW == pytest.approx(wait, abs=0.001)


@pytest.mark.parametrize(
    ("claimed", "end"),
    [
        (queued(interrupted=1), None),
        (queued(interrupted=4, deaths=2), None),
        (queued(interrupted=4, deaths=3), sorry(Reason.DEADLY)),
        (ready(interrupted=4, deaths=3), sorry(Reason.DEADLY)),
        (apologising(interrupted=4, deaths=3), FAILED),
        (queued(interrupted=9, age=3601), None),
        (queued(interrupted=30, age=3599), None),
        (submitted(interrupted=10, age=3601), sorry(Reason.INTERRUPTED)),
    ],
)
def test_a_job_that_kills_or_is_killed_for_too_long_comes_to_an_end(claimed, end):
    assert worn_out(claimed, NOW) == end


@pytest.mark.parametrize("end", [sorry(Reason.FILE_GONE), sorry(Reason.DEADLY), FAILED])
def test_nothing_is_said_of_a_document_in_a_group_before_it_was_looked_at(end):
    in_a_group = queued(chat_id=-5, must_sniff=True)
    assert unsaid(end, in_a_group) == Ignored()
    assert unsaid(Attempted(NOW), in_a_group) == Attempted(NOW)
    for other in (queued(must_sniff=True), queued(chat_id=-5), ready(chat_id=-5, must_sniff=True)):
        assert unsaid(end, other) == end


@pytest.mark.parametrize(
    ("interrupted", "deaths", "wait"),
    [(1, 0, 0), (4, 0, 0), (2, 1, 10), (9, 2, 20), (4, 3, 0), (5, 0, 10), (7, 0, 40), (99, 0, 600)],
)
def test_after_a_death_only_suspects_wait(interrupted, deaths, wait):
    assert wait_after_death(interrupted, deaths) == wait


@pytest.mark.parametrize(("creates", "wait"), [(1, 0), (2, 20), (3, 40), (4, 80), (7, 600), (99, 600)])
def test_the_more_creates_are_in_doubt_the_longer_the_next_one_waits(creates, wait):
    assert wait_in_doubt(creates) == wait


@pytest.mark.parametrize(
    ("creates", "age", "too_much"), [(3, 10_000, False), (4, 899, False), (4, 901, True), (20, 899, False)]
)
def test_doubt_is_too_much_when_there_were_many_creates_over_a_long_time(creates, age, too_much):
    assert too_much_doubt(queued(creates_in_doubt=creates, age=age), NOW) is too_much


@pytest.mark.parametrize(("creates", "too_much"), [(15, False), (16, True)])
def test_parts_that_went_up_together_are_as_little_in_doubt_as_one(creates, too_much):
    assert too_much_doubt(queued(creates_in_doubt=creates, create_started=4, age=901), NOW) is too_much


@pytest.mark.parametrize(
    ("creates", "interrupted", "wait"),
    [(0, 1, 0), (0, 0, 0), (1, 2, 20), (4, 1, 0), (4, 2, 20), (8, 3, 40), (1, 9, 20)],
)
def test_what_deaths_have_cut_off_waits_longer_after_each_of_them(creates, interrupted, wait):
    assert wait_for_lost(queued(creates_in_doubt=creates, interrupted=interrupted)) == wait
