"""Sending the parts of a long recording side by side: a bounded number at once, each looked at until it is heard.

A create is stored before it is begun, and its generation before anything else happens. A death pays again for the
creates that were under way at most: their number is in the database, and each is in doubt then. What is at the
provider goes on there, and what is heard is kept.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from bot.activity import beside, until_done
from bot.engine import patience
from bot.engine.lease import require_lease, write_until_stored
from bot.engine.placing import Placing
from bot.engine.progress import Progress, Sound
from bot.engine.steps.creates import PATIENCE, Creates
from bot.engine.steps.keeping import ready
from bot.engine.steps.looking import Found, Heard, Later, Looking, Lost
from bot.engine.steps.parts import Parts
from bot.errors import OperatorError, PermanentError, RateLimitedError, TemporaryError
from bot.machine.clock import Clock
from bot.outgoing import waits
from bot.speech.catalogue import Model
from bot.uploads import Source
from storage.outcomes import Hopeless, Outcome, Submitted
from storage.transcript import Transcript
from storage.words import Generation, Job


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Sends recordings of several parts, as `Creates` sends those of one."""

    creates: Creates
    looking: Looking
    progress: Progress
    clock: Clock

    async def send(
        self,
        job: Job,
        model: Model,
        sources: Sequence[Source],
        known: Sequence[Generation],
        placing: Placing,
        *,
        alone: bool,
    ) -> Outcome:
        """Create the generations that are missing, and see others through until there is room for them.

        `known` are those that are stored already, each of the source of its part. `alone` and what is raised are those
        of `Creates.send`. A failure is raised when all creates that were under way have ended.
        """
        job = replace(job, audio_seconds=max(source.start + source.duration for source in sources))
        parts = Parts.of(len(sources), known, look_at=self.clock())
        held = 1 + job.more_slots if job.slot == model.family else 1
        return await _Sending(self, job, model, sources, placing.known, parts, alone, held).run()


@dataclass(slots=True)
class _Sending:
    """One recording on its way."""

    by: SideBySide
    job: Job
    model: Model
    sources: Sequence[Source]
    known: Callable[[Job], Job]  # the job with its placeholder, which is sent meanwhile
    parts: Parts
    alone: bool
    held: int  # slots
    creating: dict["asyncio.Task[Generation]", int] = field(default_factory=dict, init=False)
    create_at: float = field(default=0.0, init=False)  # the soonest moment for the next one
    under_way: int = field(default=0, init=False)  # creates, as the database has it
    in_vain: int = field(default=0, init=False)  # looks in a row
    slots: dict[str, int] = field(default_factory=dict, init=False)
    failures: list[Exception] = field(default_factory=list, init=False)
    hopeless: Hopeless | None = field(default=None, init=False)
    renewed_at: float = field(default=0.0, init=False)
    writing: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)

    async def run(self) -> Outcome:
        """Go on until all parts are at the provider or heard, or there is no hope."""
        self.renewed_at = self.by.clock()
        try:
            while True:
                await self._begin()
                if (outcome := await self._outcome()) is not None:
                    return outcome
                await self._wait()
                await self._take_created()
                for part in [part for part, at in self.parts.due.items() if at <= self.by.clock()]:
                    await self._look(part)
                await self._tell()
        finally:
            for task in self.creating:
                task.cancel()
            await asyncio.gather(*self.creating, return_exceptions=True)

    @property
    def _is_over(self) -> bool:
        return bool(self.failures) or self.hopeless is not None

    @property
    def _at_provider(self) -> int:
        """The parts that are there or on their way, each with a slot."""
        return len(self.creating) + len(self.parts.due)

    def _to_be_begun(self) -> list[int]:
        begun = set(self.creating.values())
        return [part for part in self.parts.missing if part not in begun]

    async def _outcome(self) -> Outcome | None:
        """Return what all this came to, once no create is under way; raise what it failed at."""
        if self.creating:
            return None
        if self.failures:
            raise next((each for each in self.failures if not _is_sure(each)), self.failures[0])
        if self.hopeless is not None:
            return self.hopeless
        if self.parts.missing:
            return None
        is_faint = any(source.is_faint for source in self.sources)
        if whole := await asyncio.to_thread(self.parts.joined):
            return ready(whole, self.job.model, self.by.clock(), self.by.creates.transcript_ttl, is_faint=is_faint)
        return Submitted(min(self.parts.due.values()), self.job.audio_seconds or 0.0, None, self.slots, is_faint)

    async def _begin(self) -> None:
        """Begin as many creates as there are slots for."""
        for part in self._to_be_begun():
            if self._is_over or self.by.clock() < self.create_at or not await self._may_begin():
                return
            self.creating[beside(self._create(part))] = part

    async def _may_begin(self) -> bool:
        """Tell whether one more may begin: there is a slot for it, and the provider asks for no patience."""
        under_way = self._at_provider
        if wait := await self.by.creates.hold.patience():
            if under_way == 0:
                raise RateLimitedError(PATIENCE, retry_after=wait)
            self.create_at = self.by.clock() + wait
            return False
        # One create at a time where one is in doubt already, or where this one tries for all.
        careful = self.alone or self.job.creates_in_doubt > 0
        if under_way >= patience.PARTS_AT_ONCE or (careful and self.creating):
            return False
        if under_way < self.held:
            return True
        allowed = self.by.creates.slots.allowed(self.model.family)
        taken = await self.by.creates.store.take_slots(self.job, self.model.family, under_way + 1, allowed)
        require_lease(taken is not None)
        if taken:
            self.held = under_way + 1
        else:
            self.create_at = self.by.clock() + patience.SLOTS_ASKED_FOR_PARTS_EVERY
        return bool(taken)

    async def _create(self, part: int) -> Generation:
        """Create a part; how many are under way is stored before it, and with what came of it."""
        creates, job = self.by.creates, self.job
        async with self.writing:
            paid = sum(source.duration for source in self.sources)
            await creates.start(job, paid, alone=self.alone, under_way=self.under_way + 1)
            self.under_way += 1
        try:
            made = await creates.create(job, self.model, part, self.sources[part])
        except Exception as error:
            if _is_sure(error):
                await self._store_less(partial(creates.store.creates_under_way, job))
            raise
        await self._store_less(lambda under_way: creates.store.created(job, made, under_way))
        return made

    async def _store_less(self, store: Callable[[int], Awaitable[bool]]) -> None:
        async with self.writing:
            self.under_way -= 1
            under_way = self.under_way
            require_lease(await write_until_stored(self.job.id, lambda: store(under_way)))

    async def _wait(self) -> None:
        """Wait until a create has ended, or until there is something to do."""
        now = self.by.clock()
        may_begin = self._at_provider == 0 and self.create_at <= now
        if may_begin or any(at <= now for at in self.parts.due.values()):
            return
        moments = [*self.parts.due.values(), self.by.progress.next_at(self.known(self.job))]
        if self._to_be_begun() and not self._is_over:
            moments.append(self.create_at)
        later = [moment for moment in moments if moment > now]
        waiting = [beside(self.by.clock.until(min(later)))] if later else []
        try:
            await until_done(*self.creating, *waiting)
        finally:
            for task in waiting:
                task.cancel()

    async def _take_created(self) -> None:
        """Take into account what came of creates that have ended."""
        for task in [task for task in self.creating if task.done()]:
            del self.creating[task]
            try:
                made = task.result()
            except RateLimitedError as error:
                self._refused(error)
            except Exception as error:  # noqa: BLE001 - raised when all that are under way have ended
                self.failures.append(error)
            else:
                await self._got_through(made)

    def _refused(self, error: RateLimitedError) -> None:
        """Send the part later, as long as others of the recording are on their way."""
        if self._at_provider == 0:
            self.failures.append(error)
        self.create_at = self.by.clock() + (waits.UNSAID if error.retry_after is None else error.retry_after)

    async def _got_through(self, made: Generation) -> None:
        if made.transcript is None:
            self.parts.look_later(made, self.by.clock() + self.by.looking.looks.next_look(self.job, 0.0))
        else:
            await self._heard(made, made.transcript)
        self.slots |= await self.by.creates.slots_from_now_on(self.model.family, took_last=False)
        self.alone = False

    async def _look(self, part: int) -> None:
        """Look at a part. What fails for a moment is looked at again, as all files would have to be made anew."""
        if part not in self.parts.due:  # it was lost with another one
            return
        job, asked = self.job, self.parts.made[part]
        try:
            await self.by.looking.looks.turn(job, asked.submitted_at)
            found = await self.by.looking.look(job, asked)
        except RateLimitedError as error:
            wait = max(patience.SHORTEST_WAIT, error.retry_after or waits.UNSAID)
            self.parts.look_later(asked, self.by.clock() + wait)
        except TemporaryError as error:
            self.in_vain += 1
            self.parts.look_later(asked, self.by.clock() + patience.LOOK_IN_VAIN_AGAIN_AFTER)
            if self.in_vain >= patience.MOST_LOOKS_IN_VAIN:
                self.failures.append(error)
        except (PermanentError, OperatorError) as error:
            self.failures.append(error)
        else:
            self.in_vain = 0
            await self._found(asked, found)

    async def _found(self, asked: Generation, found: Found) -> None:
        match found:
            case Later(at, generation):
                self.parts.look_later(generation, at)
            case Heard(transcript):
                took = self.by.clock() - asked.submitted_at
                self.by.progress.learn(self.model.name, self.sources[asked.part].duration, took)
                await self._heard(asked, transcript)
            case Lost(with_others):
                others = self.parts.made.values() if with_others else ()
                await self._make_again(await self.by.looking.lost(self.job, asked.part, others))
            case Hopeless():
                self.hopeless = found

    async def _heard(self, made: Generation, transcript: Transcript) -> None:
        """Keep a part, unless the whole is known by it, and let others have its slot."""
        transcript = self.parts.hear(made, transcript)
        if not self.parts.are_heard:
            require_lease(await self.by.creates.store.part_ready(self.job, made.part, transcript, self.by.clock()))
            self._has_fewer_slots()

    async def _make_again(self, lost: frozenset[int]) -> None:
        require_lease(await self.by.creates.store.make_again(self.job, lost, self.by.clock()))
        self.job = replace(self.job, generations_lost=self.job.generations_lost + 1)
        self.parts.drop(lost)
        self._has_fewer_slots()

    def _has_fewer_slots(self) -> None:
        self.held = min(self.held, max(1, self.under_way + len(self.parts.due)))

    async def _tell(self) -> None:
        """Tell how far it is, and keep the lease: a long recording takes longer than one lasts."""
        now = self.by.clock()
        if now >= self.renewed_at + patience.RENEW_EVERY:
            require_lease(await self.by.creates.store.renew(self.job, now + patience.LEASE_TTL))
            self.renewed_at = now
        if not self._is_over:
            await self.by.progress.show(self.known(self.job), self._sounds())

    def _sounds(self) -> list[Sound]:
        found = []
        for part, source in enumerate(self.sources):
            made = self.parts.made.get(part)
            since, is_heard = (made.submitted_at, made.transcript is not None) if made else (None, False)
            found.append(Sound(source.duration - source.overlap, since, is_heard))
        return found


def _is_sure(error: Exception) -> bool:
    """Tell whether nothing was made by a create that failed so."""
    if isinstance(error, TemporaryError):
        return error.sure
    return isinstance(error, RateLimitedError | OperatorError | PermanentError)
