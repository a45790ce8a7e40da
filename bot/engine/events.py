"""What the operator is told of a job: one log line a transition, and its metrics."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.errors import SIDES, OperatorError, PermanentError, RateLimitedError, Side, TemporaryError, VerbatimError
from bot.log import get_logger
from bot.metrics import Metrics
from storage import outcomes
from storage.errands import Errand
from storage.errors import StorageUnavailableError
from storage.intake import Refused
from storage.words import Job, State

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Events:
    """Tells what happened to jobs. `now` is the wall clock in seconds."""

    metrics: Metrics
    now: Callable[[], float]

    def accepted(self, job: Job) -> None:
        log.info("job.accepted", job=job.id, kind=job.kind, model=job.model)
        self.metrics.accepted.labels(job.kind).inc()

    def refused(self, refused: Refused) -> None:
        level = log.info if refused.tell else log.debug  # once in a burst is enough
        level("recording.refused")
        self.metrics.refused.inc()

    def recorded(self, job: Job, outcome: outcomes.Outcome) -> None:
        """Tell of an outcome that was recorded; `job` is as it was before."""
        now = self.now()
        level = log.debug if isinstance(outcome, outcomes.Waiting) else log.info  # to wait is no transition
        level(f"job.{type(outcome).__name__.lower()}", job=job.id, was=job.state, **_details(outcome, now))
        match outcome:
            case outcomes.Submitted():
                self.metrics.stage.labels("queued").observe(now - job.created_at)
            case outcomes.Ready() if job.submitted_at is not None:
                self.metrics.stage.labels("submitted").observe(now - job.submitted_at)
            case outcomes.Ended(state):
                self._ended(job, state, now)
            case outcomes.Ignored():
                self.metrics.ended.labels("ignored").inc()

    def _ended(self, job: Job, state: State, now: float) -> None:
        self.metrics.stage.labels("ready").observe(now - (job.ready_at or now))
        self.metrics.stage.labels("total").observe(now - job.created_at)
        answered = "apology" if job.apology is not None else "transcript"
        self.metrics.ended.labels(answered if state is State.DELIVERED else state.value).inc()
        self.metrics.creates_in_doubt.inc(job.creates_in_doubt)
        if job.transcript_id is not None and job.submitted_at is None:
            self.metrics.reused.inc()

    def lease_lost(self, job: Job, edits: int) -> None:
        """Tell of a lost lease, and of so many edits that may have come after those of the next holder."""
        log.info("lease.lost", job=job.id, edits=edits)
        self.metrics.edits_in_doubt.inc(edits)

    def failed(self, job: Job, error: VerbatimError) -> None:
        """Tell of a step that failed and whose fault it is, as loudly as the operator can do something about it."""
        if isinstance(error, OperatorError):
            log.error("operator.needed", job=job.id, error=str(error))
        elif isinstance(error, RateLimitedError):
            log.debug("step.later", job=job.id, state=job.state, again_in=error.retry_after)
        else:
            level = log.warning if _side(error) is Side.MACHINE else log.info
            kind = type(error).__name__
            level("step.failed", job=job.id, state=job.state, kind=kind, side=_side(error), error=str(error))

    def bug(self, job: Job, error: BaseException | None) -> None:
        self.metrics.bug("step")
        log.error("step.bug", job=job.id, state=job.state, exc_info=error)

    def errand_done(self, errand: Errand) -> None:
        log.info("errand.done", job=errand.job_id, kind=errand.kind, what=errand.what)
        self.metrics.errands_ended.labels(errand.kind, "done").inc()

    def errand_failed(self, errand: Errand, error: BaseException) -> None:
        """Tell of a failure of an errand; one that is no failure of this project's is a bug."""
        if isinstance(error, RateLimitedError):
            log.debug("errand.later", job=errand.job_id, kind=errand.kind, again_in=error.retry_after)
        elif isinstance(error, VerbatimError | TimeoutError):
            kind = type(error).__name__
            log.info("errand.failed", job=errand.job_id, kind=kind, what=errand.what, error=str(error))
        else:
            self.metrics.bug("errand")
            log.error("errand.bug", job=errand.job_id, kind=errand.kind, exc_info=error)

    def errand_dropped(self, errand: Errand) -> None:
        log.info("errand.dropped", job=errand.job_id, kind=errand.kind, what=errand.what)
        self.metrics.errands_ended.labels(errand.kind, "dropped").inc()

    def errand_lost(self, errand: Errand) -> None:
        log.info("lease.lost", job=errand.job_id, edits=0)

    def notice_later(self, job: Job, error: Exception) -> None:
        log.info("notice.later", job=job.id, error=str(error))

    def storage_unavailable(self, error: StorageUnavailableError, job: Job | None = None) -> None:
        log.error("storage.unavailable", job=job.id if job else None, error=str(error))


def _side(error: VerbatimError) -> Side | None:
    """Return whose fault a failure is; None for one that decides about the job without having a reason."""
    return SIDES[error.reason] if isinstance(error, TemporaryError | PermanentError) else None


def _details(outcome: outcomes.Outcome, now: float) -> dict[str, float | str]:
    """Return what a log line adds to the name of an outcome: when the next step is, or what the job became."""
    match outcome:
        case outcomes.Ended(state):
            return {"became": state.value}
        case (
            outcomes.Submitted(first_look_at=moment)
            | outcomes.Waiting(next_at=moment)
            | outcomes.Attempted(next_at=moment)
            | outcomes.Forgotten(next_at=moment)
        ):
            return {"again_in": round(max(moment - now, 0.0), 2)}
        case (
            outcomes.Ready()
            | outcomes.Known()
            | outcomes.Hopeless()
            | outcomes.Sniffed()
            | outcomes.Ignored()
            | outcomes.Released()
        ):
            return {}
