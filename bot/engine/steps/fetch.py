"""The step of a SUBMITTED job: ask the provider what became of it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.engine import patience
from bot.engine.lease import require_lease
from bot.engine.looks import Looks
from bot.engine.placeholders import Placeholders
from bot.engine.placing import Placing
from bot.engine.progress import Progress, Sound, sounds_of
from bot.engine.steps.keeping import ready
from bot.engine.steps.looking import Found, Heard, Later, Looking, Lost
from bot.engine.steps.parts import Parts
from bot.machine.clock import Clock
from storage.outcomes import Forgotten, Hopeless, Outcome, Waiting
from storage.store import Store
from storage.transcript import Doubt, Transcript
from storage.words import Generation, Job


@dataclass(frozen=True, slots=True)
class Fetch:
    """Looks at generations until they are done, at those of several parts side by side. `transcript_ttl` in seconds."""

    store: Store
    looking: Looking
    placeholders: Placeholders
    progress: Progress
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
        self.placeholders.line_up(job, placing)
        if generations is None:
            generations = await self.store.generations(job)
        first = self.clock() if look_at is None else look_at
        parts = Parts.of(len(generations), generations, look_at=first)
        while True:
            part = min(parts.due, key=parts.due.__getitem__)
            asked = parts.made[part]
            later = await self._until(job, asked, parts.due[part], placing)
            if later is not None:
                return Waiting(later)
            outcome = await self._found(job, asked, await self.looking.look(job, asked), parts)
            if outcome is not None:
                return outcome
            if job.interrupted:
                return Waiting(min(parts.due.values()))
            if parts.count > 1:
                await self.progress.show(placing.known(job), self._sounds(job, parts))

    async def _until(self, job: Job, asked: Generation, at: float, placing: Placing) -> float | None:
        """Wait for a look that is soon, and for its turn; return the moment of one that waits in the database."""
        if at - self.clock() > patience.LOOK_IN_HAND and not placing.stands_in_line:
            return at
        await self.clock.until(at)
        expected = self.looks.expected(job, asked.submitted_at)
        if expected - self.clock() > patience.LINE_IN_HAND and not placing.stands_in_line:
            return expected
        await self.looks.turn(job, asked.submitted_at)
        return None

    async def _found(self, job: Job, asked: Generation, found: Found, parts: Parts) -> Outcome | None:
        """Take what was found at a part into account; return the outcome, if it is one."""
        match found:
            case Later(at, generation):
                parts.look_later(generation, at)
                return None
            case Heard(transcript):
                return await self._heard(job, asked, transcript, parts)
            case Lost(with_others):
                others = parts.made.values() if with_others else ()
                return Forgotten(self.clock(), await self.looking.lost(job, asked.part, others))
            case Hopeless():
                return found

    async def _heard(self, job: Job, asked: Generation, transcript: Transcript, parts: Parts) -> Outcome | None:
        """Store the part, or the whole with it; several parts are joined on a thread, as they may have many words."""
        if parts.count > 1:
            sound = self._sounds(job, parts)[sorted(parts.made).index(asked.part)]
            self.progress.learn(job.model, sound.seconds, self.clock() - asked.submitted_at)
        transcript = parts.hear(asked, transcript)
        whole = transcript if parts.count == 1 else await asyncio.to_thread(parts.joined)
        if whole is not None:
            return ready(whole, job.model, self.clock(), self.transcript_ttl, is_faint=job.doubtful is Doubt.FAINT)
        require_lease(await self.store.part_ready(job, asked.part, transcript, self.clock()))
        return None

    @staticmethod
    def _sounds(job: Job, parts: Parts) -> Sequence[Sound]:
        return sounds_of([*parts.made.values()], job.audio_seconds or 0.0)
