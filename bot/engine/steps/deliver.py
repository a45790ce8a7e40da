"""The step of a READY job: show the transcript, or the apology; both the same way, with the same retries."""

from dataclasses import dataclass, field

from bot.engine import patience
from bot.engine.delivery import Delivery
from bot.errors import RateLimitedError
from bot.machine.task_limit import TaskLimit
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
    _long: TaskLimit = field(default_factory=lambda: TaskLimit(patience.LONG_TEXTS_AT_ONCE), init=False)

    async def __call__(self, job: Job) -> Outcome:
        if job.apology is not None:
            return await self._apologise(job, job.apology)
        assert job.transcript_id is not None
        await self.delivery.deliver(job, await self._text(job.transcript_id))
        return Ended(State.DELIVERED)

    async def _text(self, transcript_id: int) -> str:
        """Return the text; RateLimitedError for a long one that has to wait until few others are in memory."""
        is_long = await self.store.transcript_size(transcript_id) > patience.LONG_TEXT
        if is_long and not await self._long.take_if_free():
            raise RateLimitedError("other long texts come first", retry_after=patience.LONG_TEXT_AGAIN_AFTER)
        text = await self.store.text(transcript_id)
        assert text is not None, "a ready job keeps its transcript"
        return text

    async def _apologise(self, job: Job, why: Apology) -> Outcome:
        await self.delivery.deliver(job, apology(why.reason, why.facts))
        return Ended(State.CANCELLED if why.reason is Reason.CANCELLED else State.DELIVERED)
