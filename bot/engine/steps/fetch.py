"""The step of a SUBMITTED job: ask the provider what became of it."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot import links
from bot.engine import patience
from bot.engine.delivery import Delivery
from bot.engine.lease import require_lease
from bot.engine.looks import Looks
from bot.engine.schedule import deadline
from bot.engine.steps.keeping import ready
from bot.engine.steps.parts import joined
from bot.errors import PermanentError, RateLimitedError
from bot.log import get_logger
from bot.speech.provider import Done, Failed, Pending, Provider, Unknown, Unreadable
from storage.apology import Apology, Reason
from storage.outcomes import Forgotten, Hopeless, Outcome, Waiting
from storage.store import Store
from storage.transcript import Transcript, shortened
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
    now: Callable[[], float]

    async def __call__(self, job: Job) -> Outcome:
        """Ask for the first part that has no transcript yet: parts are few, and finish in about their order."""
        await self.delivery.place_if_possible(job)
        generations = await self.store.generations(job)
        asked = next(generation for generation in generations if generation.transcript is None)
        elapsed = self.now() - asked.submitted_at
        if not self.looks.may_look(job):
            return self._look_again(job, elapsed)
        match await self._look(job, asked, elapsed):
            case Unknown():
                return self._unknown(job, elapsed)
            case Pending():
                return self._look_again(job, elapsed)
            case Failed() as failed:
                return self._failed(job, asked, failed)
            case Unreadable():
                return await self._unreadable(job, asked)
            case Done(transcript):
                return await self._done(job, generations, asked, transcript)

    async def _look(
        self, job: Job, asked: Generation, elapsed: float
    ) -> Pending | Done | Unreadable | Failed | Unknown:
        """Ask the provider. A refusal is told with a wait that keeps the looks at its model apart afterwards."""
        try:
            return await self.provider.fetch(asked.generation_id)
        except RateLimitedError as error:
            self.looks.refused(job, error.retry_after)
            raise RateLimitedError(str(error), retry_after=self.looks.next_look(job, elapsed)) from None

    def _unknown(self, job: Job, elapsed: float) -> Outcome:
        """Upload a recording again whose generation was lost, but not for ever: each create may be paid for."""
        if elapsed < patience.NOT_YET_KNOWN:
            return self._look_again(job, elapsed)
        log.warning("generation.forgotten", job=job.id, elapsed=round(elapsed, 1))
        if job.generations_lost + 1 >= patience.MOST_GENERATIONS_LOST:
            raise PermanentError(Reason.PROVIDER_FAILED)
        return Forgotten(self.now())

    def _look_again(self, job: Job, elapsed: float) -> Outcome:
        if elapsed > deadline(job.audio_seconds or 0.0):
            return Hopeless(Apology(Reason.TOO_SLOW))
        return Waiting(self.now() + self.looks.next_look(job, elapsed))

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
        return Forgotten(self.now(), asked.part)

    async def _unreadable(self, job: Job, asked: Generation) -> Outcome:
        """Look again a few times, as the result may be stored after the status; then upload the part once more."""
        if asked.unreadable < len(patience.UNREADABLE_WAITS):
            require_lease(await self.store.looked_in_vain(job, asked.part, asked.unreadable + 1))
            return Waiting(self.now() + patience.UNREADABLE_WAITS[asked.unreadable])
        log.warning("generation.unreadable", job=job.id)
        if job.generations_lost > 0:
            raise PermanentError(Reason.UNREADABLE)
        return Forgotten(self.now(), asked.part)

    async def _done(
        self, job: Job, generations: Sequence[Generation], asked: Generation, transcript: Transcript
    ) -> Outcome:
        """Store the part, or the whole with it; several parts are joined on a thread, as they may have many words."""
        transcript = shortened(transcript, len(generations))
        parts = [replace(each, transcript=transcript) if each is asked else each for each in generations]
        whole = transcript if len(parts) == 1 else await asyncio.to_thread(joined, parts)
        if whole is not None:
            return ready(whole, self.now(), self.transcript_ttl)
        require_lease(await self.store.part_ready(job, asked.part, transcript))
        return Waiting(self.now())
