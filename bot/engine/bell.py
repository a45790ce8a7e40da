"""The message that rings, after a text for which a person has waited long: nobody hears an edit.

It comes once at the most, as it is stored before it is sent. A death in between costs the sound, and never the text.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.engine import forms, patience
from bot.engine.lease import require_lease
from bot.engine.sent import place_of
from bot.errors import VerbatimError
from bot.log import get_logger
from bot.telegram.writing.transport import Transport
from bot.text.counts import counted
from storage.store import Store
from storage.words import Form, Job

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Bell:
    """Rings for texts of jobs whose lease the caller holds. `now` is the wall clock in seconds."""

    transport: Transport
    store: Store
    now: Callable[[], float]

    async def ring(self, job: Job, text: str) -> None:
        """Reply to a text that is shown, if it is late.

        RateLimitedError, and nothing stored, where the pace lets it wait for long.
        """
        if job.rings_at is None or self.now() <= job.rings_at:
            return
        await self.transport.await_pace(job.chat_id)
        said = await self._said(job, text)
        first = await self._first_message(job)
        require_lease(await self.store.ring(job))
        try:
            await self.transport.ring(replace(place_of(job, Form.EDIT), reply_to=first), said)
        except VerbatimError as error:
            log.info("ring.refused", job=job.id, error=str(error))

    async def _said(self, job: Job, text: str) -> str:
        number = await asyncio.to_thread(counted, text) if len(text) > patience.LONG_TEXT else counted(text)
        return forms.texts_of(job, job.form).answers.ready(await self._seconds(job), number)

    async def _seconds(self, job: Job) -> float | None:
        """Return how long the recording is; of one that was not transcribed for this job, its transcript says it."""
        if job.audio_seconds is not None or job.transcript_id is None:
            return job.audio_seconds
        return await self.store.duration(job.transcript_id)

    async def _first_message(self, job: Job) -> int | None:
        if job.form is not Form.NEW:
            return job.placeholder_id
        return (await self.store.pages(job)).get(0)
