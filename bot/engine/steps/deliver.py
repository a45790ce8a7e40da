"""The step of a READY job: show the transcript, or the apology; both the same way, with the same retries."""

from dataclasses import dataclass

from bot.engine.delivery import Delivery
from bot.text.sentences import apology
from storage.apology import Apology, Reason
from storage.outcomes import Ended, Outcome
from storage.store import Store
from storage.words import Job, State


@dataclass(frozen=True, slots=True)
class Deliver:
    """Turns the placeholder into what is known."""

    store: Store
    delivery: Delivery

    async def __call__(self, job: Job) -> Outcome:
        if job.apology is not None:
            return await self._apologise(job, job.apology)
        assert job.transcript_id is not None
        transcript = await self.store.transcript(job.transcript_id)
        assert transcript is not None, "a ready job keeps its transcript"
        await self.delivery.deliver(job, transcript.text)
        return Ended(State.DELIVERED)

    async def _apologise(self, job: Job, why: Apology) -> Outcome:
        await self.delivery.deliver(job, apology(why.reason, why.facts))
        return Ended(State.CANCELLED if why.reason is Reason.CANCELLED else State.DELIVERED)
