"""The step of a SUBMITTED job: ask the provider what became of it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot import links
from bot.engine import patience
from bot.engine.delivery import Delivery
from bot.engine.lease import require_lease
from bot.engine.looks import Looks
from bot.engine.placing import Placing
from bot.engine.schedule import deadline
from bot.engine.steps.keeping import ready
from bot.engine.steps.parts import joined
from bot.errors import PermanentError, RateLimitedError
from bot.log import get_logger
from bot.machine.clock import Clock
from bot.speech.provider import Done, Failed, Pending, Provider, Unknown, Unreadable
from storage.apology import Apology, Reason
from storage.outcomes import Forgotten, Hopeless, Outcome, Waiting
from storage.store import Store
from storage.transcript import Doubt, Transcript, shortened
from storage.words import LINK, Generation, Job

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Fetch:
    """Looks at generations until they are done. `transcript_ttl` in seconds."""

    store: Store
    provider: Provider
    delivery: Delivery
    looks: Looks
    transcript_ttl: float
    clock: Clock

    async def __call__(
        self,
        job: Job,
        generations: Sequence[Generation] | None = None,
        look_at: float | None = None,
        placing: Placing | None = None,
    ) -> Outcome:
        """Look again and again, as long as that is soon. A look that is far away waits in the database.

        A placeholder that is still to be sent stands in line meanwhile, and keeps the job in hand.

        What is known need not be read: the generations, and when to look first. A job that a death interrupted is
        looked at once, and gives its lease back: if it survives that, it is no suspect.
        """
        placing = placing or Placing()
        self.delivery.line_up(job, placing)
        if generations is None:
            generations = await self.store.generations(job)
        again = _Again(self.clock() if look_at is None else look_at, generations)
        while True:
            if again.at - self.clock() > patience.LOOK_IN_HAND and not placing.stands_in_line:
                return Waiting(again.at)
            await self.clock.until(again.at)
            created_at = _asked(again.generations).submitted_at
            expected = self.looks.expected(job, created_at)
            if expected - self.clock() > patience.LINE_IN_HAND and not placing.stands_in_line:
                return Waiting(expected)
            await self.looks.turn(job, created_at)
            found = await self._once(job, again.generations)
            if not isinstance(found, _Again):
                return found
            if job.interrupted:
                return Waiting(found.at)
            again = found

    async def _once(self, job: Job, generations: Sequence[Generation]) -> "Outcome | _Again":
        asked = _asked(generations)
        looked_at = self.clock()
        if not self.looks.may_look(job):
            return self._look_again(job, generations, asked)
        match await self._look(job, asked):
            case Unknown():
                return self._unknown(job, generations, asked)
            case Pending():
                return self._look_again(job, generations, asked)
            case Failed() as failed:
                return self._failed(job, asked, failed)
            case Unreadable():
                return await self._unreadable(job, generations, asked)
            case Done(transcript):
                self.looks.learn(job, asked.submitted_at, looked_at)
                return await self._done(job, generations, asked, transcript)

    async def _look(self, job: Job, asked: Generation) -> Pending | Done | Unreadable | Failed | Unknown:
        """Ask the provider. A refusal is told with a wait that keeps the looks at its model apart afterwards."""
        try:
            return await self.provider.fetch(asked.generation_id)
        except RateLimitedError as error:
            self.looks.refused(job, error.retry_after)
            raise RateLimitedError(str(error), retry_after=self._next_look(job, asked)) from None

    def _next_look(self, job: Job, asked: Generation) -> float:
        return self.looks.next_look(job, self.clock() - asked.submitted_at)

    def _unknown(self, job: Job, generations: Sequence[Generation], asked: Generation) -> "Outcome | _Again":
        """Upload a recording again whose generation was lost, but not for ever: each create may be paid for."""
        elapsed = self.clock() - asked.submitted_at
        if elapsed < patience.NOT_YET_KNOWN:
            return self._look_again(job, generations, asked)
        log.warning("generation.forgotten", job=job.id, elapsed=round(elapsed, 1))
        if job.generations_lost + 1 >= patience.MOST_GENERATIONS_LOST:
            raise PermanentError(Reason.PROVIDER_FAILED)
        return Forgotten(self.clock())

    def _look_again(self, job: Job, generations: Sequence[Generation], asked: Generation) -> "Outcome | _Again":
        if self.clock() - asked.submitted_at > deadline(job.audio_seconds or 0.0):
            return Hopeless(Apology(Reason.TOO_SLOW))
        return _Again(self.clock() + self._next_look(job, asked), generations)

    def _failed(self, job: Job, asked: Generation, failed: Failed) -> Outcome:
        """Upload the part once more, as a failure is not billed, unless a generation was lost before.

        A link that cannot be followed is not sent again.
        """
        message = links.without(failed.message, job.file_id) if job.kind == LINK else failed.message
        log.warning("generation.failed", job=job.id, error=failed.name, message=message)
        if job.kind == LINK and failed.unreachable:
            raise PermanentError(Reason.LINK_UNREACHABLE, host=links.host_of(job.file_id))
        if job.generations_lost > 0:
            raise PermanentError(Reason.PROVIDER_FAILED)
        return Forgotten(self.clock(), asked.part)

    async def _unreadable(self, job: Job, generations: Sequence[Generation], asked: Generation) -> "Outcome | _Again":
        """Look again a few times, as the result may be stored after the status; then upload the part once more."""
        if asked.unreadable < len(patience.UNREADABLE_WAITS):
            require_lease(await self.store.looked_in_vain(job, asked.part, asked.unreadable + 1))
            counted = replace(asked, unreadable=asked.unreadable + 1)
            at = self.clock() + patience.UNREADABLE_WAITS[asked.unreadable]
            return _Again(at, _with(generations, counted))
        log.warning("generation.unreadable", job=job.id)
        if job.generations_lost > 0:
            raise PermanentError(Reason.UNREADABLE)
        return Forgotten(self.clock(), asked.part)

    async def _done(
        self, job: Job, generations: Sequence[Generation], asked: Generation, transcript: Transcript
    ) -> "Outcome | _Again":
        """Store the part, or the whole with it; several parts are joined on a thread, as they may have many words."""
        transcript = shortened(transcript, len(generations))
        parts = _with(generations, replace(asked, transcript=transcript))
        whole = transcript if len(parts) == 1 else await asyncio.to_thread(joined, parts)
        if whole is not None:
            return ready(whole, self.clock(), self.transcript_ttl, is_faint=job.doubtful is Doubt.FAINT)
        require_lease(await self.store.part_ready(job, asked.part, transcript))
        return _Again(self.clock(), parts)


def _asked(generations: Sequence[Generation]) -> Generation:
    """Return the first part that has no transcript yet: parts are few, and finish in about their order."""
    return next(generation for generation in generations if generation.transcript is None)


@dataclass(frozen=True, slots=True)
class _Again:
    """When to look again, at what."""

    at: float
    generations: Sequence[Generation]


def _with(generations: Sequence[Generation], changed: Generation) -> Sequence[Generation]:
    return [changed if each.part == changed.part else each for each in generations]
