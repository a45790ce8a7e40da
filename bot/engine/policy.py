"""What a failure means for its job: one pure table from exceptions to outcomes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.activity import Doing, done_at
from bot.engine import patience
from bot.errors import (
    ChatMovedError,
    OperatorError,
    PermanentError,
    RateLimitedError,
    RefusedError,
    RoomError,
    TemporaryError,
    UndeliverableError,
    UnknownMessageError,
    VerbatimError,
    machine_failure,
)
from bot.outgoing import waits
from storage.apology import Apology, Notice, Reason
from storage.outcomes import Attempted, Ended, Forgotten, Hopeless, Ignored, Outcome, Waiting
from storage.words import PAUSED, Job, State

Failure = (
    TemporaryError
    | PermanentError
    | OperatorError
    | RateLimitedError
    | RefusedError
    | ChatMovedError
    | UndeliverableError
)
# Who is slow when a step that took too long was doing this.
SLOW: Mapping[Doing, Reason] = {
    Doing.DOWNLOADING: Reason.TELEGRAM_DOWN,
    Doing.WRITING: Reason.TELEGRAM_DOWN,
    Doing.UPLOADING: Reason.PROVIDER_DOWN,
    Doing.ASKING: Reason.PROVIDER_DOWN,
    Doing.CONVERTING: Reason.MACHINE,
    Doing.WORKING: Reason.MACHINE,
}
_NOTICES: Mapping[Reason, Notice] = {
    Reason.PROVIDER_DOWN: Notice.RETRYING,
    Reason.TELEGRAM_DOWN: Notice.TELEGRAM,
    Reason.FILE_GONE: Notice.TELEGRAM,
    Reason.MACHINE: Notice.MACHINE,
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome to record, and what the placeholder should say from now on (None: as it is)."""

    outcome: Outcome
    notice: Notice | None = None


def verdict(  # noqa: PLR0911 - one line a failure: this is the table
    error: Failure, job: Job, now: float, random: Callable[[], float]
) -> Verdict:
    """Decide what becomes of a job whose step failed with `error`."""
    match error:
        case UndeliverableError():
            return Verdict(Ended(State.FAILED))
        case ChatMovedError():
            return Verdict(Waiting(now))
        case RefusedError():
            return Verdict(_refused(job, error, now))
        case PermanentError():
            return Verdict(_hopeless(job, Apology(error.reason, error.facts)))
        case OperatorError():
            return _pause(job, now)
        case RoomError():
            return _no_room(job, error, now)
        case RateLimitedError():
            return Verdict(_wait(job, waits.UNSAID if error.retry_after is None else error.retry_after, now))
        case TemporaryError():
            return _attempt(job, error, now, random)


def _refused(job: Job, error: RefusedError, now: float) -> Outcome:
    """Ask the chat again later, for as long as other failing tries go on; a few times where the refusal is unknown.

    A job whose twin waits in another chat makes room for it, if nothing stands in its own chat.
    """
    twin_has_its_turn = job.twin is not None and job.placeholder_id is None
    too_often = not error.known and job.attempts + 1 >= patience.FEW_ATTEMPTS
    if twin_has_its_turn or too_often or job.tried_seconds + job.spent(now) >= _most_seconds(job):
        return Ended(State.FAILED)
    wait = patience.REFUSED_AGAIN_AFTER if error.retry_after is None else error.retry_after
    return Attempted(now + max(wait, patience.SHORTEST_WAIT), refused=True)


def _pause(job: Job, now: float) -> Verdict:
    if job.state is State.QUEUED:
        return Verdict(Waiting(now + patience.PAUSE, waiting_for=PAUSED), Notice.PAUSED)
    return Verdict(_wait(job, patience.PAUSE, now))


def _no_room(job: Job, error: RoomError, now: float) -> Verdict:
    """Wait without spending an attempt, for a day at the most; what lasts is told."""
    lasted = now - job.created_at
    if lasted > patience.ROOM_GIVE_UP_AFTER:
        return Verdict(_hopeless(job, Apology(Reason.NO_ROOM)))
    wait = _wait(job, error.retry_after or patience.ROOM_AGAIN_AFTER, now)
    return Verdict(wait, Notice.ROOM if lasted > patience.ROOM_TOLD_AFTER else None)


def as_failure(error: Exception, cut: Doing) -> Failure:
    """Return a failure as it is, and any other exception as the failure it amounts to, with the side it lies with.

    `cut` is what the step was doing if it was cut off for its time.
    """
    if isinstance(error, Failure):
        return error
    was_doing = done_at(error) or Doing.WORKING
    match error:
        case VerbatimError():  # a refusal of Telegram's where it is not expected, and no bug
            return TemporaryError(str(error), reason=Reason.TELEGRAM_DOWN)
        case TimeoutError():  # an OSError too, so it comes first
            late = done_at(error) or cut
            return TemporaryError(f"{late} took too long", reason=SLOW[late], sure=False)
        case OSError():  # no space, no more open files: nothing that the job could help
            return machine_failure(error, was_doing, sure=False)
        case Exception():  # also a word of ours in the wrong place
            return TemporaryError(f"a bug in this program, while {was_doing}", reason=Reason.INTERNAL, sure=False)


def unsaid(outcome: Outcome, job: Job) -> Outcome:
    """Return the outcome of a step, but end a job without a word of which nothing may be said."""
    return Ignored() if job.is_quiet and isinstance(outcome, Hopeless | Ended) else outcome


def is_to_be_told(job: Job, now: float) -> bool:
    """Tell whether a wait is worth a message; where a reaction stands for the placeholder, only a long one is."""
    return not job.reacts or job.placeholder_id is not None or now - job.created_at > patience.QUIET_FOR


def worn_out(job: Job, now: float) -> Outcome | None:
    """Return the end of a job that kills the process, or during which it dies for too long; None for another one."""
    if job.deaths >= patience.MOST_DEATHS:
        return _hopeless(job, Apology(Reason.DEADLY))
    if job.interrupted >= patience.MOST_INTERRUPTIONS and now - job.created_at > patience.INTERRUPTED_FOR:
        return _hopeless(job, Apology(Reason.INTERRUPTED))
    return None


def wait_after_death(interrupted: int, deaths: int) -> float:
    """Return the seconds from a start to the next step of a job, by its counts of deaths."""
    if 0 < deaths < patience.MOST_DEATHS:
        return patience.SUSPECT_WAIT * 2.0 ** (deaths - 1)
    if deaths == 0 and interrupted >= patience.MANY_INTERRUPTIONS:
        doubled = min(interrupted - patience.MANY_INTERRUPTIONS, 10)
        return min(patience.SUSPECT_WAIT * 2.0**doubled, patience.LONGEST_SUSPECT_WAIT)
    return 0.0


def wait_in_doubt(creates: int) -> float:
    """Return the seconds until a create is repeated after that number of creates in doubt: 0, 20, 40, … 600."""
    if creates < 2:
        return 0.0
    return min(patience.DOUBT_WAIT * 2.0 ** min(creates - 2, 10), patience.LONGEST_DOUBT_WAIT)


def wait_for_lost(job: Job) -> float:
    """Return the seconds until creates that a death cut off are repeated.

    The deaths count, as one may cut off those of several parts.
    """
    return wait_in_doubt(max(1, min(job.interrupted, job.creates_in_doubt + 1)))


def too_much_doubt(job: Job, now: float) -> bool:
    """Tell whether a job that a death left with one more create in doubt may not be sent again.

    Each may have been paid for, but a few deaths in a row are rarely the job's fault: time counts, and not deaths.
    """
    at_once = max(1, job.create_started)  # parts of a long recording, which one death cuts off together
    too_many = job.creates_in_doubt + at_once >= at_once * patience.MOST_CREATES_IN_DOUBT
    return too_many and now - job.created_at > patience.DOUBT_FOR


def _hopeless(job: Job, apology: Apology, *, in_doubt: bool = False) -> Outcome:
    """Let the job apologise. Fail it if it is the apology that cannot be shown, or if Telegram takes nothing."""
    if job.state is State.READY and (job.apology is not None or apology.reason is Reason.TELEGRAM_DOWN):
        return Ended(State.FAILED)
    return Hopeless(apology, in_doubt)


def _wait(job: Job, seconds: float, now: float) -> Outcome:
    """Wait without spending an attempt. A result that could not be asked for is gone after an hour: make it again."""
    if (
        job.submitted_at is not None
        and job.state is State.SUBMITTED
        and now - job.submitted_at > patience.GIVE_UP_AFTER
    ):
        return Forgotten(now)
    return Waiting(now + (min(seconds, waits.LONGEST) if seconds > 0 else patience.SHORTEST_WAIT))


def _attempt(job: Job, error: TemporaryError, now: float, random: Callable[[], float]) -> Verdict:
    in_doubt = not error.sure and job.state is State.QUEUED
    if _is_last(job, error, now):
        return Verdict(_hopeless(job, Apology(error.reason), in_doubt=in_doubt))
    wait = max(error.retry_after or 0.0, backoff(job.attempts, random))
    if in_doubt:
        wait = max(wait, wait_in_doubt(job.creates_in_doubt + 1))
    left = _most_seconds(job) - job.tried_seconds - job.spent(now)
    wait = min(wait, max(left, patience.SHORTEST_WAIT))
    outcome = Attempted(now + wait, in_doubt, gives_slot_back=_has_probably_ended(job))
    if job.state is not State.QUEUED or job.attempts == 0:  # the first wait is too short to be told
        return Verdict(outcome)
    return Verdict(outcome, _NOTICES.get(error.reason, Notice.DELAYED))


def _is_last(job: Job, error: TemporaryError, now: float) -> bool:
    """Tell whether a failed attempt was the last one.

    Few are made at what is unlikely to change; else they go on for an hour, or a day for an answer that is known.
    Counted are the tries and the waits between them, so that a time in which this program did not run does not count.
    """
    if job.state is State.QUEUED and not error.sure and job.creates_in_doubt + 1 >= patience.MOST_CREATES_IN_DOUBT:
        return True
    if error.reason is Reason.TOO_DEMANDING:
        return job.attempts + 1 >= patience.TRIES_AT_A_SLOW_FILE
    if job.state is State.READY and isinstance(error, UnknownMessageError):
        return True  # each try would leave one more message in the chat
    if error.reason in {Reason.FILE_GONE, Reason.INTERNAL}:
        return job.attempts + 1 >= patience.FEW_ATTEMPTS
    return job.tried_seconds + job.spent(now) >= _most_seconds(job)


def _most_seconds(job: Job) -> float:
    return patience.TRIES_FOR_AN_ANSWER if job.state is State.READY else patience.TRIES


def _has_probably_ended(job: Job) -> bool:
    """Tell whether a generation no longer takes up a slot, as it could not be looked at for longer than most take."""
    return job.state is State.SUBMITTED and job.tried_seconds >= patience.SLOT_KEPT_UNSEEN


def backoff(attempts: int, random: Callable[[], float]) -> float:
    """Return the seconds to wait after failed attempt number `attempts` (0 for the first): 1, 2, 4, … 60 ± 20 %."""
    return min(float(2 ** min(attempts, 10)), patience.LONGEST_BACKOFF) * (
        1 + patience.BACKOFF_JITTER * (2 * random() - 1)
    )
