"""Leases: the hand that holds one, for how long, and what to do when a write under it comes back empty or fails."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from bot.activity import Activity, watched
from bot.engine import patience
from bot.engine.placing import Placing
from bot.log import get_logger
from storage.errors import StorageUnavailableError
from storage.outcomes import Outcome, Ready, Submitted
from storage.retry import repeat_until_stored
from storage.store import Store
from storage.transcript import Transcript
from storage.words import Generation, Job

log = get_logger(__name__)


class LeaseLostError(Exception):
    """The lease belongs to another step by now: drop what this one holds."""


def require_lease(written: bool) -> None:  # noqa: FBT001 - the answer of a guarded write
    """Raise LeaseLostError if a guarded write came back empty."""
    if not written:
        raise LeaseLostError


async def write_until_stored(job_id: int, write: Callable[[], Awaitable[bool]]) -> bool:
    """Store what exists outside already as soon as the database takes it; False if the lease is lost by then."""
    return await repeat_until_stored(
        write, lambda error: log.error("storage.unavailable", job=job_id, error=str(error))
    )


@asynccontextmanager
async def handling(store: Store, job: Job) -> AsyncIterator[None]:
    """Store that the content of an interrupted job is worked on, so that a death meanwhile is known to be its own.

    Of another one its placeholder tells as much.
    """
    if not job.interrupted and job.placeholder_id is not None:
        yield
        return
    require_lease(await store.handle(job, begun=True))
    yield
    require_lease(await store.handle(job, begun=False))


@dataclass(frozen=True, slots=True)
class Told:
    """A transcript as far as it is known: with its words and segments, or without them where the database has them."""

    transcript: Transcript
    has_words: bool


def told(transcript: Transcript) -> Told:
    """Tell a transcript that is stored, without its words where they are many: few texts need them."""
    if len(transcript.words) + len(transcript.segments) <= patience.WORDS_IN_HAND:
        return Told(transcript, has_words=True)
    return Told(replace(transcript, words=(), segments=()), has_words=False)


@dataclass(slots=True)
class Hand:
    """Leads a job from step to step: the job as it is leased now, what its step is doing, and what is known.

    What an earlier step has stored need not be read again: the generations, the transcript and the moment of the
    first look. None where only the database knows. `nudge` is called when another job may have become
    due while this hand goes on. `placing` is the placeholder that is sent meanwhile.
    """

    job: Job
    activity: Activity = field(default_factory=Activity)
    generations: tuple[Generation, ...] | None = None
    told: Told | None = None
    look_at: float | None = None
    nudge: Callable[[], None] = lambda: None
    placing: Placing = field(default_factory=Placing, init=False)

    def advance(self, job: Job, outcome: Outcome) -> None:
        """Go on with a job that an outcome has brought further."""
        self.job = self.placing.known(job)
        self.activity.edits = 0
        match outcome:
            case Submitted(first_look_at, _, generation):
                self.generations = (generation,) if generation is not None and generation.part == 0 else None
                self.look_at = first_look_at
            case Ready(transcript):
                self.told = told(transcript)
        self.activity.changed()


@dataclass(frozen=True, slots=True)
class Keeper:
    """Takes steps, each within `step_timeout` seconds, or in as many more as bytes have passed in it.

    Such a step has its lease renewed first, and only then its time: it always ends before its lease. A process that
    dies renews nothing, so its jobs are due again within one lease, however long a transfer had lasted.
    """

    store: Store
    now: Callable[[], float]
    report: Callable[[StorageUnavailableError, Job], None]
    step_timeout: float = patience.STEP_TIMEOUT
    renew_every: float = patience.RENEW_EVERY

    async def take(self, hand: Hand, step: Callable[[Hand], Awaitable[Outcome]]) -> Outcome:
        """Take a step. TimeoutError if it takes too long, and `hand` says at what."""
        with watched(hand.activity):
            return await self._in_time(hand, step)

    async def _in_time(self, hand: Hand, step: Callable[[Hand], Awaitable[Outcome]]) -> Outcome:
        async with asyncio.timeout(self.step_timeout) as limit:
            renewing = asyncio.create_task(self._renew(hand, limit))
            try:
                return await step(hand)
            finally:
                renewing.cancel()

    async def _renew(self, hand: Hand, limit: asyncio.Timeout) -> None:
        """Renew the lease again and again, whenever something has moved. A lost one is noticed by the step itself."""
        seen = 0
        while True:
            await asyncio.sleep(self.renew_every)
            if hand.activity.moves == seen:
                continue
            until = self.now() + patience.LEASE_TTL
            try:
                renewed = await self.store.renew(hand.job, until)
            except StorageUnavailableError as error:
                self.report(error, hand.job)
                continue
            if not renewed:
                return
            seen = hand.activity.moves
            hand.job = replace(hand.job, next_at=until)
            limit.reschedule(asyncio.get_running_loop().time() + self.step_timeout)
