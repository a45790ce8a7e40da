"""What a failure means for the job: one pure table from exceptions to outcomes."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.errors import (
    ChatMovedError,
    Fact,
    OperatorError,
    PermanentError,
    RateLimitedError,
    Reason,
    TemporaryError,
    UndeliverableError,
)
from bot.steps.hold import HOLD_SECONDS, PATIENCE_SECONDS
from bot.steps.rhythm import backoff
from bot.text.sentences import Notice
from storage.outcomes import Attempted, Ended, Hopeless, Outcome, Waiting
from storage.words import HELD, Job, State

DAY = 24 * 3600.0
HOUR_OF_TRIES = 64  # attempts, with `backoff` between them
DAY_OF_TRIES = 24 * 60
FEW = 5  # attempts at what is not going to get better: a file Telegram does not find, our own bug
MOST_DOUBTS = 5  # creates without an answer, each perhaps paid for, before the job is given up
MOST_CLAIMS = 10  # claims without any outcome: whoever takes this job dies of it


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome to record, and what the placeholder should say from now on (None: as it is)."""

    outcome: Outcome
    notice: Notice | None = None


def apology_json(reason: Reason, facts: Mapping[str, Fact] | None = None) -> str:
    """An apology as the store keeps it."""
    return json.dumps({"reason": reason, "facts": dict(facts or {})})


def verdict(  # noqa: PLR0911 - one line a kind: this is the table
    error: BaseException, job: Job, now: float, random: Callable[[], float]
) -> Verdict:
    """Decide what becomes of a job whose step failed with `error`."""
    match error:
        case UndeliverableError():
            return Verdict(Ended(State.FAILED))
        case ChatMovedError():
            return Verdict(Waiting(now))
        case PermanentError():
            return _hopeless(job, error.reason, error.facts)
        case OperatorError():
            return _held(job, now)
        case RateLimitedError():
            return _patient(job, error.retry_after, now)
        case TemporaryError():
            return _tried(job, error, now, random)
        case TimeoutError():
            slow = TemporaryError("the step took too long", reason=Reason.PROVIDER_DOWN, sure=False)
            return _tried(job, slow, now, random)
        case _:
            return _tried(job, TemporaryError("a bug", reason=Reason.INTERNAL), now, random)


def worn_out(job: Job) -> Outcome | None:
    """The end of a job that was claimed again and again and never got anywhere."""
    if job.claims <= MOST_CLAIMS:
        return None
    return _hopeless(job, Reason.INTERNAL).outcome


def _hopeless(job: Job, reason: Reason, facts: Mapping[str, Fact] | None = None) -> Verdict:
    """An apology; unless it is the apology that cannot be delivered, or Telegram takes nothing at all."""
    if job.state is State.READY and (job.apology is not None or reason is Reason.TELEGRAM_DOWN):
        return Verdict(Ended(State.FAILED))
    return Verdict(Hopeless(apology_json(reason, facts)))


def _held(job: Job, now: float) -> Verdict:
    """What is known already waits for as long as it takes; so does `_patient`."""
    if job.state is not State.READY and now - _since(job) > DAY:
        return _hopeless(job, Reason.ON_HOLD)
    if job.state is State.QUEUED:
        return Verdict(Waiting(now + HOLD_SECONDS, waits=HELD), Notice.HELD)
    return Verdict(Waiting(now + HOLD_SECONDS))


def _patient(job: Job, retry_after: float | None, now: float) -> Verdict:
    if job.state is not State.READY and now - _since(job) > DAY:
        return _hopeless(job, Reason.PROVIDER_DOWN)
    return Verdict(Waiting(now + (PATIENCE_SECONDS if retry_after is None else retry_after)))


def _tried(job: Job, error: TemporaryError, now: float, random: Callable[[], float]) -> Verdict:
    if _is_enough(job, error):
        return _hopeless(job, error.reason)
    wait = max(error.retry_after or 0.0, backoff(job.attempts, random))
    doubt = not error.sure and job.state is State.QUEUED
    waiting_shows = job.state is State.QUEUED and job.attempts > 0
    return Verdict(Attempted(now + wait, doubt=doubt), Notice.RETRYING if waiting_shows else None)


def _is_enough(job: Job, error: TemporaryError) -> bool:
    """Few tries at what is unlikely to change; else about an hour of them, or a day for what is known already.

    Attempts are counted and not hours, so that a time in which this program was not running does not count.
    """
    if job.state is State.QUEUED and not error.sure and job.doubts + 1 >= MOST_DOUBTS:
        return True
    if error.reason in {Reason.FILE_GONE, Reason.INTERNAL}:
        return job.attempts + 1 >= FEW
    return job.attempts + 1 >= (DAY_OF_TRIES if job.state is State.READY else HOUR_OF_TRIES)


def _since(job: Job) -> float:
    """When the job came into its state: what was hard before says nothing about what is tried now."""
    return job.created_at if job.submitted_at is None else job.submitted_at
