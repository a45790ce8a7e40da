"""The poller: claims what is due, takes steps, records outcomes; the one loop that moves jobs."""

import asyncio
from collections.abc import Awaitable, Callable

from bot.engine.delivery import Delivery
from bot.engine.lease import LeaseLostError
from bot.engine.policy import Verdict, verdict, worn_out
from bot.errors import ChatMovedError, OperatorError, RateLimitedError, VerbatimError
from bot.log import get_logger
from bot.metrics import Metrics
from storage import outcomes
from storage.store import Claim, StorageUnavailableError, Store
from storage.words import Job, State

log = get_logger(__name__)

STEP_SECONDS = 540.0  # what a step may do outside ends well before its lease, so there is no heartbeat
LEASE_SECONDS = 600.0
STEPS_AT_ONCE = 100
LONGEST_SLEEP = 30.0
STORAGE_RETRY_SECONDS = 1.0
CLOSING_SECONDS = 1.0  # for what an interrupted step does not leave half done, before it is interrupted again
BREATH_SECONDS = 0.02  # between claims: what becomes due meanwhile is claimed together

Take = Callable[[Job], Awaitable[outcomes.Outcome]]


class Poller:
    """Runs steps side by side, each job's one after the other. `now` is the wall clock in seconds."""

    def __init__(
        self,
        *,
        store: Store,
        take: Take,
        delivery: Delivery,
        metrics: Metrics,
        now: Callable[[], float],
        random: Callable[[], float],
        steps_at_once: int = STEPS_AT_ONCE,
    ) -> None:
        self._store = store
        self._take = take
        self._delivery = delivery
        self._metrics = metrics
        self._now = now
        self._random = random
        self._steps_at_once = steps_at_once
        self._steps: dict[asyncio.Task[None], Job] = {}
        self._wake = asyncio.Event()
        self._next_at = 0.0  # when something may be due, as far as is known
        self._stopping = False

    def nudge(self) -> None:
        """Something may have become due: look now."""
        self._expect(self._now())

    def _expect(self, moment: float) -> None:
        if moment < self._next_at:
            self._next_at = moment
            self._wake.set()

    async def run(self) -> None:
        """Work until stopped. A database that cannot be used is tried again and again."""
        while not self._stopping:
            self._wake.clear()
            if self._now() >= self._next_at and self._room() > 0:
                await self._look()
                await asyncio.sleep(BREATH_SECONDS)
            await self._sleep()

    async def turn(self) -> int:
        """Start every step that is due now and see all that run to their end; how many were started."""
        started = len((await self._start_due()).jobs)
        if self._steps:
            await asyncio.wait(self._steps)
        return started

    async def stop(self, grace_seconds: float) -> None:
        """Start nothing more; let steps end for a while, then interrupt them and give their leases back."""
        self._stopping = True
        self._wake.set()
        running = set(self._steps)
        while running:
            _, running = await asyncio.wait(running, timeout=grace_seconds)
            for task in running:
                task.cancel()
            grace_seconds = CLOSING_SECONDS

    def _room(self) -> int:
        return max(0, self._steps_at_once - len(self._steps))

    async def _look(self) -> None:
        """Start what is due, and know when to look again; a nudge during the claim brings that forward."""
        self._next_at = self._now() + LONGEST_SLEEP
        try:
            claim = await self._start_due()
        except StorageUnavailableError as error:
            self._storage_is_out(error)
            self._expect(self._now() + STORAGE_RETRY_SECONDS)
        else:
            if claim.next_at is not None:
                self._expect(claim.next_at)

    async def _start_due(self) -> Claim:
        claim = await self._store.claim(self._now(), self._now() + LEASE_SECONDS, self._room())
        for job in claim.jobs:
            if self._stopping:  # while the claim was under way: nobody would see these steps to their end
                await self._release(job)
            else:
                self._start(job)
        return claim

    async def _sleep(self) -> None:
        """Until something may be due, or is nearer than was known, or, where there was no room, a step has ended."""
        seconds = min(max(self._next_at - self._now(), 0.0), LONGEST_SLEEP) if self._room() else LONGEST_SLEEP
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            pass

    def _start(self, job: Job) -> None:
        earlier = {task: other for task, other in self._steps.items() if other.id == job.id}
        task = asyncio.create_task(self._after(earlier, job), name=f"job {job.id}")
        self._steps[task] = job
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not self._room():
            self._wake.set()
        job = self._steps.pop(task)
        if not task.cancelled() and task.exception() is not None:
            self._bug(job, task.exception())  # its lease runs out, and claims are counted

    async def _after(self, earlier: dict[asyncio.Task[None], Job], job: Job) -> None:
        """A job whose lease was taken away may still be in a step: end that first, but never cut an edit."""
        try:
            for task, other in earlier.items():
                if other.state is not State.READY:
                    task.cancel()
            if earlier:
                await asyncio.wait(earlier)
        except asyncio.CancelledError:
            await self._release(job)
            raise
        await self._step(job)

    async def _step(self, job: Job) -> None:
        try:
            outcome = worn_out(job)
            if outcome is None:
                async with asyncio.timeout(STEP_SECONDS):
                    outcome = await self._take(job)
        except LeaseLostError:
            log.info("lease.lost", job=job.id)
        except asyncio.CancelledError:
            await self._release(job)
            raise
        except StorageUnavailableError as error:
            self._storage_is_out(error, job)
            await self._record(job, outcomes.Released(self._now() + STORAGE_RETRY_SECONDS))
        except Exception as error:  # noqa: BLE001 - a bug becomes an attempt; it stops neither neighbours nor the loop
            await self._fail(job, error)
        else:
            await self._record(job, outcome)

    async def _release(self, job: Job) -> None:
        """Give the lease back, if that is possible at once: a stop does not wait, and the next start takes the rest."""
        try:
            recorded = await self._store.record(job, outcomes.Released(self._now()), self._now())
        except StorageUnavailableError as error:
            self._storage_is_out(error, job)
        else:
            log.info("job.released" if recorded else "lease.lost", job=job.id)

    async def _fail(self, job: Job, error: Exception) -> None:
        self._tell_operator(job, error)
        if isinstance(error, ChatMovedError):
            await self._move(job, error.new_chat_id)
        decided = verdict(error, job, self._now(), self._random)
        await self._tell_user(job, decided)
        await self._record(job, decided.outcome)

    async def _move(self, job: Job, new_chat_id: int) -> None:
        """If that cannot be stored now, Telegram will say it again."""
        try:
            await self._store.move_chat(job.chat_id, new_chat_id)
        except StorageUnavailableError as error:
            self._storage_is_out(error, job)

    def _tell_operator(self, job: Job, error: Exception) -> None:
        if isinstance(error, OperatorError):
            log.error("operator.needed", job=job.id, error=str(error))
        elif isinstance(error, RateLimitedError):
            log.debug("step.later", job=job.id, state=job.state, again_in=error.retry_after)
        elif isinstance(error, VerbatimError | TimeoutError):
            log.info("step.failed", job=job.id, state=job.state, kind=type(error).__name__, error=str(error))
        else:
            self._bug(job, error)

    def _bug(self, job: Job, error: BaseException | None) -> None:
        self._metrics.bugs.labels("step").inc()
        log.error("step.bug", job=job.id, state=job.state, exc_info=error)

    def _storage_is_out(self, error: StorageUnavailableError, job: Job | None = None) -> None:
        log.error("storage.unavailable", job=job.id if job else None, error=str(error))

    async def _tell_user(self, job: Job, decided: Verdict) -> None:
        """The placeholder says what the wait is about; if that fails, the wait matters more."""
        if decided.notice is not None:
            try:
                await self._delivery.note(job, decided.notice)
            except (VerbatimError, LeaseLostError, StorageUnavailableError) as error:
                log.info("notice.later", job=job.id, error=str(error))
            except Exception as error:  # noqa: BLE001 - nor may a bug keep the outcome from being recorded
                self._bug(job, error)

    async def _record(self, job: Job, outcome: outcomes.Outcome) -> None:
        """Record the outcome, as long as it takes while the lease lasts: what was achieved may have cost money."""
        while True:
            try:
                recorded = await self._store.record(job, outcome, self._now())
                break
            except StorageUnavailableError as error:
                self._storage_is_out(error, job)
                if self._now() >= (job.next_at or 0.0):  # where its lease ends
                    return
                await asyncio.sleep(STORAGE_RETRY_SECONDS)
        if recorded:
            self._expect(_due(outcome, self._now()))
            self._report(job, outcome)
        else:
            log.info("lease.lost", job=job.id)

    def _report(self, job: Job, outcome: outcomes.Outcome) -> None:
        """One line and the metrics of a transition."""
        event = f"job.{type(outcome).__name__.lower()}"
        level = log.debug if isinstance(outcome, outcomes.Waiting) else log.info  # to wait is no transition
        now = self._now()
        level(event, job=job.id, was=job.state, **_told(outcome, now))
        match outcome:
            case outcomes.Submitted():
                self._metrics.stage.labels("queued").observe(now - job.created_at)
            case outcomes.Ready():
                self._metrics.stage.labels("submitted").observe(now - (job.submitted_at or now))
            case outcomes.Ended(state):
                self._metrics.stage.labels("ready").observe(now - (job.ready_at or now))
                self._metrics.stage.labels("total").observe(now - job.created_at)
                answered = "apology" if job.apology is not None else "transcript"
                self._metrics.ended.labels(answered if state is State.DELIVERED else state.value).inc()
                self._metrics.doubts.inc(job.creates_in_doubt)
                if job.transcript_id is not None and job.submitted_at is None:
                    self._metrics.reused.inc()
            case _:
                pass


def _told(outcome: outcomes.Outcome, now: float) -> dict[str, float | str]:
    """What a log line says of an outcome beside its name: when the next step is, or what the job became."""
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
        case _:
            return {}


def _due(outcome: outcomes.Outcome, now: float) -> float:
    """When to look again after an outcome: at the job itself, or at those that it may have woken."""
    match outcome:
        case outcomes.Submitted(first_look_at):
            return first_look_at
        case outcomes.Waiting(next_at):
            return next_at
        case _:
            return now
