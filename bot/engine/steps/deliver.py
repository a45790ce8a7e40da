"""The step of a READY job: show the transcript, or the apology; both the same way, with the same retries."""

from dataclasses import dataclass, field

from bot.engine import patience
from bot.engine.bell import Bell
from bot.engine.delivery import Delivery
from bot.errors import PermanentError, RateLimitedError
from bot.machine.task_limit import TaskLimit
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
    max_seconds: float
    _long: TaskLimit = field(default_factory=lambda: TaskLimit(patience.LONG_TEXTS_AT_ONCE), init=False)

    async def __call__(self, job: Job, text: str | None = None) -> Outcome:
        """Take the step; `text` is that of the transcript, None where only the database knows it."""
        if job.apology is not None:
            return await self._apologise(job, job.apology)
        assert job.transcript_id is not None
        if job.kind == LINK:
            await self._refuse_too_long(job.transcript_id)
        said = await self._text(job.transcript_id) if text is None else text
        await self.bell.ring(await self.delivery.deliver(job, lambda _texts: said), said)
        return Ended(State.DELIVERED)

    async def _refuse_too_long(self, transcript_id: int) -> None:
        """Refuse a recording whose length only its answer tells, here, as the answer is kept: it is paid for once."""
        seconds = await self.store.duration(transcript_id)
        if seconds is not None and seconds > self.max_seconds:
            raise PermanentError(Reason.TOO_LONG, minutes=seconds / 60, limit_minutes=self.max_seconds / 60)

    async def _text(self, transcript_id: int) -> str:
        """Return the text; RateLimitedError for a long one that has to wait until few others are in memory."""
        is_long = await self.store.transcript_size(transcript_id) > patience.LONG_TEXT
        if is_long and not await self._long.take_if_free():
            raise RateLimitedError("other long texts come first", retry_after=patience.LONG_TEXT_AGAIN_AFTER)
        text = await self.store.text(transcript_id)
        assert text is not None, "a ready job keeps its transcript"
        return text

    async def _apologise(self, job: Job, why: Apology) -> Outcome:
        def words(texts: Texts) -> str:
            return texts.apologies.apology(why.reason, why.facts)

        if why.reason is Reason.CANCELLED:
            await self.delivery.cancelled(job, words)
            return Ended(State.CANCELLED)
        await self.delivery.apologise(job, words)
        return Ended(State.DELIVERED)
