"""Errands: what people ask to be done with an answer that is there, stored before it is done, and done after a death.

Each is leased as jobs are. What is sent cannot be repeated without harm: a death between the message and its record
costs a second one, and nothing else does. That a sending begins is stored before, so that there is no third one. A
death spends an attempt, so that no errand kills process after process.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from bot.activity import Activity, watched
from bot.engine import keyboards, patience
from bot.engine.errand_policy import Done, Dropped, PutOff, Said, SentInDoubtError, SorryError, verdict
from bot.engine.events import Events
from bot.engine.exports import ToSend, place_of_errand
from bot.engine.forms import texts_of
from bot.engine.lease import LeaseLostError, require_lease
from bot.engine.moves import Moves
from bot.engine.presence import Presence
from bot.engine.sent import uninterrupted
from bot.errors import ChatMovedError, VerbatimError
from bot.telegram.pace import Urgency
from bot.telegram.writing.transport import Transport
from bot.text.layout import Page
from storage.errands import Errand
from storage.errors import StorageUnavailableError
from storage.retry import repeat_until_stored
from storage.store import Store
from storage.words import Job

Work = Callable[[Errand, Job], Awaitable[ToSend | None]]  # does an errand, and returns what is left to send


@dataclass(slots=True)
class Errands:
    """Claims what is due and does it, several at a time. `works` says how, by the kind of an errand."""

    store: Store
    transport: Transport
    moves: Moves
    presence: Presence
    events: Events
    works: Mapping[str, Work]
    now: Callable[[], float]
    _running: dict[asyncio.Task[None], Activity] = field(default_factory=dict, init=False)
    _wake: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _changed: asyncio.Event = field(default_factory=asyncio.Event, init=False)  # one has ended, or whether it rests

    def nudge(self) -> None:
        """Claim soon: something may have become due."""
        self._wake.set()

    async def run(self) -> None:
        """Work until cancelled, and give back what is not done then."""
        try:
            while True:
                self._wake.clear()
                await self._sleep(await self._begin())
        finally:
            await self._end()

    async def turn(self) -> int:
        """Begin what is due, wait until all that runs has ended or rests, and return how much was begun."""
        before = set(self._running)
        await self._begin()
        begun = len(self._running.keys() - before)
        while not all(activity.rests for activity in self._running.values()):
            self._changed.clear()
            await self._changed.wait()
        return begun

    async def _begin(self) -> float:
        """Begin what is due, as far as there is room, and return when to look again."""
        beside_others = self.presence.beside_others
        longest = patience.ERRANDS_LOOK_EVERY_BESIDE_OTHERS if beside_others else patience.LONGEST_SLEEP
        later = self.now() + longest
        if (room := patience.ERRANDS_AT_ONCE - len(self._running)) <= 0:
            return later
        try:
            claim = await self.store.claim_errands(self.now(), self.now() + patience.LEASE_TTL, room)
        except StorageUnavailableError as error:
            self.events.storage_unavailable(error)
            return self.now() + patience.STORAGE_AGAIN_AFTER
        for errand in claim.errands:
            activity = self._activity_of(errand)
            task = asyncio.create_task(self._run(errand, activity), name=f"errand of job {errand.job_id}")
            self._running[task] = activity
            task.add_done_callback(partial(self._ended, errand))
        return later if claim.next_at is None else min(later, claim.next_at)

    def _activity_of(self, errand: Errand) -> Activity:
        activity = Activity(changed=self._changed.set)
        if self.presence.beside_others:
            activity.sure = partial(self.presence.be_sure, errand)
        return activity

    def _ended(self, errand: Errand, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self.events.errand_failed(errand, error)  # its lease runs out
        del self._running[task]
        self._changed.set()
        self._wake.set()

    async def _sleep(self, until: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(max(patience.CLAIM_EVERY, until - self.now())):
                await self._wake.wait()

    async def _end(self) -> None:
        """End what runs; a message that is being sent is sent, and stored."""
        while running := set(self._running):
            for task in running:
                task.cancel()
            await asyncio.wait(running, timeout=patience.INTERRUPT_GRACE)

    async def _run(self, errand: Errand, activity: Activity) -> None:
        """Do an errand, or store what its failure means. However it ends, the lease is given back."""
        try:
            with watched(activity):
                async with asyncio.timeout(patience.STEP_TIMEOUT):
                    await self._do(errand)
        except asyncio.CancelledError:
            with suppress(StorageUnavailableError):
                await self.store.put_off(errand, self.now())
            raise
        except LeaseLostError:
            self.events.errand_lost(errand)
        except StorageUnavailableError as error:
            self.events.storage_unavailable(error)
            await self._put_off(errand, PutOff(patience.STORAGE_AGAIN_AFTER))
        except Exception as error:  # noqa: BLE001 - a bug becomes an attempt; it stops neither others nor the loop
            await self._failed(errand, error)

    async def _do(self, errand: Errand) -> None:
        """Do an errand, unless processes have died so often while they sent its file, or did anything else of it."""
        if errand.doubts >= patience.MOST_SENDINGS_IN_DOUBT:
            raise SentInDoubtError
        if errand.attempts >= patience.ERRAND_ATTEMPTS:
            raise SorryError(lambda texts: texts.more.failed())
        job = await self.store.job(errand.job_id)
        if job is not None:
            await uninterrupted(self._finish(errand, await self.works[errand.kind](errand, job)))

    async def _finish(self, errand: Errand, last: ToSend | None) -> None:
        """Send the last of it, and store that it is done, and by which message."""
        sent_id = None
        if last is not None:
            if not errand.attempts:
                self.transport.ask_again(last.place.chat_id)  # somebody there has just asked for it
            await self.transport.await_pace(last.place.chat_id)  # a death while it waits leaves no doubt
            require_lease(await self.store.begin_sending(errand))
            sent_id = await self.transport.send(last.place, last.shown, urgency=Urgency.PLACEHOLDER)
        await self._store(errand, lambda: self.store.errand_done(errand, sent_id))
        self.events.errand_done(errand)

    async def _failed(self, errand: Errand, error: Exception) -> None:
        self.events.errand_failed(errand, error)
        if isinstance(error, ChatMovedError):
            await self._store(errand, partial(self._follow, errand, error.new_chat_id))
            return
        match verdict(error, errand):
            case PutOff() as later:
                await self._put_off(errand, later)
            case Done():
                await self._store(errand, lambda: self.store.errand_done(errand))
            case Dropped(said, offers_again):
                if said is None or await self._say(errand, said, offers_again=offers_again):
                    await self._store(errand, lambda: self.store.drop_errand(errand))
                    self.events.errand_dropped(errand)

    async def _follow(self, errand: Errand, new_chat_id: int) -> bool:
        await self.moves.follow(errand.chat_id, new_chat_id)
        return await self.store.put_off(errand, self.now(), doubts=errand.doubts)

    async def _say(self, errand: Errand, said: Said, *, offers_again: bool) -> bool:
        """Say why an errand comes to nothing, if the chat takes that; False where it has to be said later."""
        job = await self.store.job(errand.job_id)
        if job is None:
            return True
        page = Page(said(texts_of(job, job.form)), collapsed=False)
        rows = keyboards.other_versions(job) if offers_again else ()
        try:
            await self.transport.send(place_of_errand(errand, job), page, rows=rows, urgency=Urgency.PLACEHOLDER)
        except VerbatimError as error:
            self.events.errand_failed(errand, error)
            if isinstance(later := verdict(error, errand), PutOff):
                await self._put_off(errand, later)
                return False
        return True

    async def _put_off(self, errand: Errand, later: PutOff) -> None:
        put_off = partial(self.store.put_off, tried=later.tried, doubts=errand.doubts + later.in_doubt)
        await self._store(errand, lambda: put_off(errand, self.now() + later.seconds))

    async def _store(self, errand: Errand, write: Callable[[], Awaitable[bool]]) -> None:
        """Store what became of an errand, as long as its lease lasts: what is not stored may be sent twice."""
        ends_at = errand.next_at or 0.0
        with suppress(StorageUnavailableError):
            await repeat_until_stored(write, self.events.storage_unavailable, gives_up=lambda: self.now() >= ends_at)
