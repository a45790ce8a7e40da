"""The step of a SUBMITTED job: ask the provider what became of it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.engine import patience
from bot.engine.lease import require_lease
from bot.engine.looks import Looks
from bot.engine.placeholders import Placeholders
from bot.engine.placing import Placing
from bot.engine.progress import Progress, sounds_of
from bot.engine.steps.keeping import ready
from bot.engine.steps.looking import Found, Heard, Later, Looking, Lost
from bot.engine.steps.parts import joined
from bot.machine.clock import Clock
from storage.outcomes import Forgotten, Hopeless, Outcome, Waiting
from storage.store import Store
from storage.transcript import Doubt, Transcript, shortened
from storage.words import Generation, Job

Due = dict[int, float]  # when to look at each part that has no transcript


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
        parts = {each.part: each for each in generations}
        due = {each.part: first for each in generations if each.transcript is None}
        while True:
            part = min(due, key=due.__getitem__)
            later = await self._until(job, parts[part], due[part], placing)
            if later is not None:
                return Waiting(later)
            found = await self.looking.look(job, parts[part])
            outcome = await self._found(job, part, found, parts, due)
            if outcome is not None:
                return outcome
            if job.interrupted:
                return Waiting(min(due.values()))
            if len(parts) > 1:
                await self.progress.show(placing.known(job), sounds_of([*parts.values()], job.audio_seconds or 0.0))

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

    async def _found(self, job: Job, part: int, found: Found, parts: dict[int, Generation], due: Due) -> Outcome | None:
        """Take what was found at a part into account; return the outcome, if it is one."""
        match found:
            case Later(at, generation):
                due[part], parts[part] = at, generation
                return None
            case Heard(transcript):
                return await self._heard(job, part, transcript, parts, due)
            case Lost(with_others):
                others = parts.values() if with_others else ()
                return Forgotten(self.clock(), await self.looking.lost(job, part, others))
            case Hopeless():
                return found

    async def _heard(
        self, job: Job, part: int, transcript: Transcript, parts: dict[int, Generation], due: Due
    ) -> Outcome | None:
        """Store the part, or the whole with it; several parts are joined on a thread, as they may have many words."""
        if len(parts) > 1:
            sound = sounds_of([*parts.values()], job.audio_seconds or 0.0)[sorted(parts).index(part)]
            self.progress.learn(job.model, sound.seconds, self.clock() - parts[part].submitted_at)
        transcript = shortened(transcript, len(parts))
        parts[part] = replace(parts[part], transcript=transcript)
        del due[part]
        whole = transcript if len(parts) == 1 else await asyncio.to_thread(joined, [*parts.values()])
        if whole is not None:
            return ready(whole, job.model, self.clock(), self.transcript_ttl, is_faint=job.doubtful is Doubt.FAINT)
        require_lease(await self.store.part_ready(job, part, transcript, self.clock()))
        return None
