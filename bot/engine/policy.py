"""What a failure means for the job: one pure table from exceptions to outcomes."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.engine.hold import HOLD_SECONDS, PATIENCE_SECONDS
from bot.engine.schedule import GIVE_UP
from bot.errors import (
    ChatMovedError,
    OperatorError,
    PermanentError,
    RateLimitedError,
    TemporaryError,
    UndeliverableError,
)
from storage.apology import Apology, Notice, Reason
from storage.outcomes import Attempted, Ended, Forgotten, Hopeless, Outcome, Waiting
from storage.words import PAUSED, Job, State

LEAST_WAIT = 1.0  # seconds, where the other side asks for patience that lasts no time
HOUR_OF_TRIES = 64  # attempts, with `backoff` between them
DAY_OF_TRIES = 24 * 60
FEW = 5  # attempts at what is not going to get better: a file Telegram does not find, our own bug
MOST_DOUBTS = 5  # creates without an answer, each perhaps paid for, before the job is given up
MOST_LOSSES = 5  # times that generations came to nothing, each perhaps paid for
MOST_CLAIMS = 10  # claims without any outcome: whoever takes this job dies of it


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome to record, and what the placeholder should say from now on (None: as it is)."""

    outcome: Outcome
    notice: Notice | None = None


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
            return Verdict(_hopeless(job, Apology(error.reason, error.facts)))
        case OperatorError():
            if job.state is State.QUEUED:
                return Verdict(Waiting(now + HOLD_SECONDS, waiting_for=PAUSED), Notice.PAUSED)
            return Verdict(_waits(job, HOLD_SECONDS, now))
        case RateLimitedError():
            return Verdict(_waits(job, PATIENCE_SECONDS if error.retry_after is None else error.retry_after, now))
        case TemporaryError():
            return _tried(job, error, now, random)
        case TimeoutError():  # an OSError too, so it comes first
            slow = TemporaryError("the step took too long", reason=Reason.PROVIDER_DOWN, sure=False)
            return _tried(job, slow, now, random)
        case OSError():  # no space, no more open files: nothing that the job could help
            return _tried(job, TemporaryError("this machine", reason=Reason.TELEGRAM_DOWN, sure=False), now, random)
        case _:
            return _tried(job, TemporaryError("a bug", reason=Reason.INTERNAL, sure=False), now, random)


def worn_out(job: Job) -> Outcome | None:
    """The end of a job that was claimed again and again and never got anywhere."""
    return _hopeless(job, Apology(Reason.INTERNAL)) if job.claims > MOST_CLAIMS else None


def _hopeless(job: Job, apology: Apology, *, in_doubt: bool = False) -> Outcome:
    """An apology; unless it is the apology that cannot be delivered, or Telegram takes nothing at all."""
    if job.state is State.READY and (job.apology is not None or apology.reason is Reason.TELEGRAM_DOWN):
        return Ended(State.FAILED)
    return Hopeless(apology, in_doubt)


def _waits(job: Job, seconds: float, now: float) -> Outcome:
    """For as long as it takes: how long a queued job is held back is for the hold to say.

    But a result that could not be asked for is gone after an hour, and has to be made again.
    """
    seconds = seconds if seconds > 0 else LEAST_WAIT
    if job.submitted_at is not None and job.state is State.SUBMITTED and now - job.submitted_at > GIVE_UP:
        return Forgotten(now)
    return Waiting(now + seconds)


def _tried(job: Job, error: TemporaryError, now: float, random: Callable[[], float]) -> Verdict:
    in_doubt = not error.sure and job.state is State.QUEUED
    if _is_enough(job, error):
        return Verdict(_hopeless(job, Apology(error.reason), in_doubt=in_doubt))
    wait = max(error.retry_after or 0.0, backoff(job.attempts, random))
    waiting_shows = job.state is State.QUEUED and job.attempts > 0
    return Verdict(Attempted(now + wait, in_doubt=in_doubt), Notice.RETRYING if waiting_shows else None)


def _is_enough(job: Job, error: TemporaryError) -> bool:
    """Few tries at what is unlikely to change; else about an hour of them, or a day for what is known already.

    Attempts are counted and not hours, so that a time in which this program was not running does not count.
    """
    if job.state is State.QUEUED and not error.sure and job.creates_in_doubt + 1 >= MOST_DOUBTS:
        return True
    if error.reason in {Reason.FILE_GONE, Reason.INTERNAL}:
        return job.attempts + 1 >= FEW
    return job.attempts + 1 >= (DAY_OF_TRIES if job.state is State.READY else HOUR_OF_TRIES)


def backoff(attempts: int, random: Callable[[], float]) -> float:
    """Seconds to wait after failed attempt number `attempts` (0 for the first): 1, 2, 4, … 60, with jitter."""
    return min(float(2 ** min(attempts, 10)), 60.0) * (0.8 + 0.4 * random())
