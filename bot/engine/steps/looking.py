"""Looking at one generation, and what is found there: it is heard, not yet, lost, or there is no hope for it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot import links
from bot.engine import patience
from bot.engine.lease import require_lease
from bot.engine.looks import Looks
from bot.engine.schedule import deadline
from bot.errors import PermanentError, RateLimitedError, VerbatimError
from bot.log import get_logger
from bot.machine.clock import Clock
from bot.speech.provider import Done, Failed, Pending, Provider, Unknown, Unreadable
from storage.apology import Apology, Reason
from storage.outcomes import Hopeless
from storage.store import Store
from storage.transcript import Transcript
from storage.words import LINK, Generation, Job

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Later:
    """It is not finished: when to look again, at the generation as it is stored then."""

    at: float
    generation: Generation


@dataclass(frozen=True, slots=True)
class Heard:
    """It is finished."""

    transcript: Transcript


@dataclass(frozen=True, slots=True)
class Lost:
    """It has to be made again; `with_others` where the provider may have forgotten others with it."""

    with_others: bool = False


Found = Later | Heard | Lost | Hopeless


@dataclass(frozen=True, slots=True)
class Looking:
    """Looks at generations of jobs whose lease the caller holds."""

    store: Store
    provider: Provider
    looks: Looks
    clock: Clock

    async def look(self, job: Job, asked: Generation) -> Found:
        """Look once. PermanentError where it would have to be made again too often."""
        looked_at = self.clock()
        if not self.looks.may_look(job):
            return self._later(job, asked)
        match await self._look(job, asked):
            case Unknown():
                return self._unknown(job, asked)
            case Pending():
                return self._later(job, asked)
            case Failed() as failed:
                return self._failed(job, failed)
            case Unreadable():
                return await self._unreadable(job, asked)
            case Done(transcript):
                self.looks.learn(job, asked.submitted_at, looked_at)
                return Heard(transcript)

    async def lost(self, job: Job, part: int, others: Iterable[Generation]) -> frozenset[int]:
        """Return the parts that the provider has forgotten together with this one."""
        lost = {part}
        for each in others:
            is_new = self.clock() - each.submitted_at < patience.NOT_YET_KNOWN
            if each.part != part and each.transcript is None and not is_new and await self._is_unknown(job, each):
                lost.add(each.part)
        return frozenset(lost)

    async def _is_unknown(self, job: Job, asked: Generation) -> bool:
        try:
            await self.looks.turn(job, asked.submitted_at)
            return isinstance(await self._look(job, asked), Unknown)
        except VerbatimError:
            return False

    async def _look(self, job: Job, asked: Generation) -> Pending | Done | Unreadable | Failed | Unknown:
        """Ask the provider. A refusal is told with a wait that keeps the looks at its model apart afterwards."""
        try:
            return await self.provider.fetch(asked.generation_id)
        except RateLimitedError as error:
            self.looks.refused(job, error.retry_after)
            raise RateLimitedError(str(error), retry_after=self._next_look(job, asked)) from None

    def _next_look(self, job: Job, asked: Generation) -> float:
        return self.looks.next_look(job, self.clock() - asked.submitted_at)

    def _unknown(self, job: Job, asked: Generation) -> Found:
        """Upload a recording again whose generation was lost, but not for ever: each create may be paid for."""
        elapsed = self.clock() - asked.submitted_at
        if elapsed < patience.NOT_YET_KNOWN:
            return self._later(job, asked)
        log.warning("generation.forgotten", job=job.id, elapsed=round(elapsed, 1))
        if job.generations_lost + 1 >= patience.MOST_GENERATIONS_LOST:
            raise PermanentError(Reason.PROVIDER_FAILED)
        return Lost(with_others=True)

    def _later(self, job: Job, asked: Generation) -> Later | Hopeless:
        if self.clock() - asked.submitted_at > deadline(job.audio_seconds or 0.0):
            return Hopeless(Apology(Reason.TOO_SLOW))
        return Later(self.clock() + self._next_look(job, asked), asked)

    def _failed(self, job: Job, failed: Failed) -> Lost:
        """Upload the part once more, as a failure is not billed, unless a generation was lost before.

        A link that cannot be followed is not sent again.
        """
        message = links.without(failed.message, job.file_id) if job.kind == LINK else failed.message
        log.warning("generation.failed", job=job.id, error=failed.name, message=message)
        if job.kind == LINK and failed.unreachable:
            raise PermanentError(Reason.LINK_UNREACHABLE, host=links.host_of(job.file_id))
        if job.generations_lost > 0:
            raise PermanentError(Reason.PROVIDER_FAILED)
        return Lost()

    async def _unreadable(self, job: Job, asked: Generation) -> Later | Lost:
        """Look again a few times, as the result may be stored after the status; then upload the part once more."""
        if asked.unreadable < len(patience.UNREADABLE_WAITS):
            require_lease(await self.store.looked_in_vain(job, asked.part, asked.unreadable + 1))
            at = self.clock() + patience.UNREADABLE_WAITS[asked.unreadable]
            return Later(at, replace(asked, unreadable=asked.unreadable + 1))
        log.warning("generation.unreadable", job=job.id)
        if job.generations_lost > 0:
            raise PermanentError(Reason.UNREADABLE)
        return Lost()
