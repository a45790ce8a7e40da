"""The step of a READY job: show the transcript, or the apology; both the same way, with the same retries."""

from dataclasses import dataclass

from bot.engine.bell import Bell
from bot.engine.delivery import Delivery
from bot.engine.lease import Told
from bot.engine.steps.scripts import Scripts, folding
from bot.errors import PermanentError
from bot.text.texts import Texts
from storage.apology import Apology, Reason
from storage.outcomes import Ended, Outcome
from storage.store import Store
from storage.words import LINK, Job, State


@dataclass(frozen=True, slots=True)
class Deliver:
    """Turns the placeholder into what is known. `max_seconds` is the length of the longest recording."""

    store: Store
    delivery: Delivery
    bell: Bell
    scripts: Scripts
    max_seconds: float

    async def __call__(self, job: Job, told: Told | None = None) -> Outcome:
        """Take the step; `told` is None where only the database knows the transcript."""
        if job.apology is not None:
            return await self._apologise(job, job.apology)
        assert job.transcript_id is not None
        if job.kind == LINK:
            await self._refuse_too_long(job.transcript_id)
        if told is None:
            told = await self._told(job.transcript_id)
        script = await self.scripts.write(job, told)
        text = told.transcript.text
        await self.bell.ring(await self.delivery.deliver(folding(job, text, script), script), text)
        return Ended(State.DELIVERED)

    async def _refuse_too_long(self, transcript_id: int) -> None:
        """Refuse a recording whose length only its answer tells, here, as the answer is kept: it is paid for once."""
        seconds = await self.store.duration(transcript_id)
        if seconds is not None and seconds > self.max_seconds:
            raise PermanentError(Reason.TOO_LONG, minutes=seconds / 60, limit_minutes=self.max_seconds / 60)

    async def _told(self, transcript_id: int) -> Told:
        """Read a transcript without its words, which are most of it."""
        await self.scripts.make_room(transcript_id)
        transcript = await self.store.transcript_without_words(transcript_id)
        assert transcript is not None, "a ready job keeps its transcript"
        return Told(transcript, has_words=False)

    async def _apologise(self, job: Job, why: Apology) -> Outcome:
        def words(texts: Texts) -> str:
            return texts.apologies.apology(why.reason, why.facts)

        if why.reason is Reason.CANCELLED:
            await self.delivery.cancelled(job, words)
            return Ended(State.CANCELLED)
        await self.delivery.apologise(job, words)
        return Ended(State.DELIVERED)
