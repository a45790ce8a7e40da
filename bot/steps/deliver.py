"""The step of a READY job: show the transcript, or the apology; both the same way, with the same retries."""

import json

from bot.errors import Reason
from bot.speech.transcript import Transcript
from bot.telegram.delivery import Delivery
from bot.text.sentences import apology
from storage.outcomes import Ended, Outcome
from storage.store import Store
from storage.words import Job, State


class Deliver:
    """Turns the placeholder into what is known."""

    def __init__(self, store: Store, delivery: Delivery) -> None:
        self._store = store
        self._delivery = delivery

    async def __call__(self, job: Job) -> Outcome:
        if job.apology is not None:
            return await self._apologise(job, json.loads(job.apology))
        assert job.transcript_id is not None
        body = await self._store.transcript(job.transcript_id)
        assert body is not None, "a ready job keeps its transcript"
        await self._delivery.deliver(job, Transcript.from_json(body).text)
        return Ended(State.DELIVERED)

    async def _apologise(self, job: Job, why: dict[str, dict[str, str | int | float]]) -> Outcome:
        reason = Reason(str(why["reason"]))
        await self._delivery.deliver(job, apology(reason, why["facts"]))
        return Ended(State.CANCELLED if reason is Reason.CANCELLED else State.DELIVERED)
