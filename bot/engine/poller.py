"""The poller: claims what is due and gives each job its turn; the one loop that moves jobs."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial

from bot.engine import patience
from bot.engine.alone import Alone
from bot.engine.events import Events
from bot.engine.lease import Hand
from bot.engine.presence import Presence
from bot.engine.turn import Turn
from storage.errors import StorageUnavailableError
from storage.leases import Claim
from storage.store import Store
from storage.words import Generation, Job, State


class Poller:
    """Runs turns side by side, those of one job one after the other. `now` is the wall clock in seconds."""

    def __init__(
        self,
        store: Store,
        turn: Turn,
        events: Events,
        now: Callable[[], float],
        steps_at_once: int = patience.STEPS_AT_ONCE,
        presence: Presence | None = None,
    ) -> None:
        self._store = store
        self._turn = turn
        self._events = events
        self._now = now
        self._steps_at_once = steps_at_once
        self._presence = presence or Presence(store, now)
        beside_others = self._presence.beside_others
        self._longest_sleep = patience.LONGEST_SLEEP_BESIDE_OTHERS if beside_others else patience.LONGEST_SLEEP
        self._running: dict[asyncio.Task[None], Hand] = {}
        self._alone = Alone(now)
        self._wake = asyncio.Event()
        self._changed = asyncio.Event()  # a step has ended, or whether it rests
        self._next_at = 0.0  # when something may be due, as far as is known
        self._passed_over: frozenset[int] = frozenset()  # chats, by the last claim
        self._stopping = False
        self._is_dropping = False
        self._is_full = False
        self._kept = 0  # places for jobs that are being accepted

    def nudge(self) -> None:
        """Claim soon: something may have become due."""
        self._expect(self._now())

    def _expect(self, moment: float) -> None:
        if moment < self._next_at:
            self._next_at = moment
            self._wake.set()

    async def run(self) -> None:
        """Work until stopped. A database that cannot be used is tried again and again."""
        while not self._stopping:
            self._wake.clear()
            if self._now() >= self._next_at and self._room() > 0:
                await self._claim_due()
                await asyncio.sleep(patience.CLAIM_EVERY)
            await self._sleep()

    async def turn(self) -> int:
        """Start every due step, wait until all that run have ended or rest, and return how many were started."""
        started = len((await self._start_due(self._steps_at_once)).jobs)
        while self._working():
            self._changed.clear()
            await self._changed.wait()
        return started

    async def stop(self, grace_seconds: float) -> None:
        """Start nothing more; let steps end for a while, then interrupt them, so that they give their leases back."""
        self._stopping = True
        self._wake.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(grace_seconds):
                await self._end_of_steps()
        await self._interrupt()

    async def drop(self) -> None:
        """End every step at once, as its lease is nobody's any more, and begin nothing until `go_on`."""
        self._is_dropping = True
        await self._interrupt()

    def go_on(self) -> None:
        """Claim again after `drop`."""
        self._is_dropping = False
        self._next_at = 0.0
        self._wake.set()

    async def _interrupt(self) -> None:
        for task in self._running:
            task.cancel()
        while running := set(self._running):
            await asyncio.wait(running, timeout=patience.INTERRUPT_GRACE)
            for task in self._running:
                task.cancel()

    async def _end_of_steps(self) -> None:
        """Wait until no step runs, and end those that only wait for a moment."""
        while self._running:
            self._changed.clear()
            for task, hand in self._running.items():
                if hand.activity.rests:
                    task.cancel()
            await self._changed.wait()

    def _working(self) -> int:
        """Count the steps that do not wait for a moment alone."""
        return sum(not hand.activity.rests for hand in self._running.values())

    def _room(self) -> int:
        if self._is_dropping:
            return 0
        free = min(self._steps_at_once - self._working(), patience.MOST_IN_HAND - len(self._running))
        return max(0, free - self._kept)

    async def _claim_due(self) -> None:
        """Start what is due, and know when to claim again; a nudge during the claim brings that forward."""
        self._next_at = self._now() + self._longest_sleep
        try:
            claim = await self._start_due()
        except StorageUnavailableError as error:
            self._events.storage_unavailable(error)
            self._expect(self._now() + patience.STORAGE_AGAIN_AFTER)
        else:
            if claim.next_at is not None:
                self._expect(claim.next_at)

    async def _start_due(self, most: int = patience.CLAIMED_AT_ONCE) -> Claim:
        """Start what may begin now: after a death the jobs that it interrupted, one at a time; else all others."""
        if self._alone.is_due():
            begins_at = self._alone.lets_others_end_until()
            if self._running and self._now() < begins_at:
                return _nothing_before(begins_at)
            claim = await self._store.claim_interrupted(self._now(), self._now() + patience.LEASE_TTL)
            for job in claim.jobs:
                self._alone.begins(job)
            if await self._start_claimed(claim):
                return claim
        if self._now() < self._alone.others_at:
            return _nothing_before(self._alone.others_at)
        self._passed_over = self._crowding()
        now = self._now()
        claim = await self._store.claim(now, now + patience.LEASE_TTL, min(self._room(), most), self._passed_over)
        await self._start_claimed(claim)
        return claim

    async def _start_claimed(self, claim: Claim) -> bool:
        """Start what was claimed, and tell whether there was anything."""
        self._alone.expect(claim.interrupted_at)
        for job in claim.jobs:
            if self._may_begin(job):
                self._start(job)
            else:
                await self._turn.release(Hand(job))
        return bool(claim.jobs)

    def _may_begin(self, job: Job) -> bool:
        """Tell whether a step may begin, which was leased some time ago: `stop` and `drop` wait for none after it."""
        return not self._stopping and not self._is_dropping and self._presence.holds(job)

    @contextmanager
    def place(self) -> Iterator[bool]:
        """Keep a place for the first step of a job that is about to be accepted; False if there are not plenty."""
        is_free = not self._stopping and self._alone.is_over() and self._room() > self._steps_at_once // 4
        self._kept += is_free
        try:
            yield is_free
        finally:
            self._kept -= is_free

    def _crowding(self) -> frozenset[int]:
        """Return the chats that have as many steps as they may, which is less the fewer places are left."""
        steps = Counter(hand.job.chat_id for hand in self._running.values() if not hand.activity.rests)
        most = patience.STEPS_PER_PLACE_LEFT * self._room()
        return frozenset(chat_id for chat_id, count in steps.items() if count >= most)

    async def _sleep(self) -> None:
        """Sleep until something may be due; without room for another step, until there is some."""
        self._is_full = not self._room()
        seconds = self._longest_sleep if self._is_full else max(self._next_at - self._now(), 0.0)
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            pass

    async def begin(self, job: Job) -> bool:
        """Start the first step of a job that was leased when it was accepted; False if that is under way already."""
        if any(hand.job.id == job.id for hand in self._running.values()):
            return False
        if self._may_begin(job):
            self._start(job, generations=())
        else:
            await self._turn.release(Hand(job))
        return True

    def _start(self, job: Job, generations: tuple[Generation, ...] | None = None) -> None:
        earlier = {task: other for task, other in self._running.items() if other.job.id == job.id}
        hand = Hand(job, generations=generations, nudge=self.nudge)
        hand.activity.changed = self._something_changed
        if self._presence.beside_others:
            hand.activity.sure = partial(self._presence.be_sure, job)
        task = asyncio.create_task(self._run_after(earlier, hand), name=f"job {job.id}")
        self._running[task] = hand
        task.add_done_callback(self._ended)

    def _something_changed(self) -> None:
        """Claim again if there was no room, and perhaps is now."""
        self._changed.set()
        if self._is_full and self._room():
            self._wake.set()

    def _ended(self, task: asyncio.Task[None]) -> None:
        hand = self._running.pop(task)
        job = hand.job
        self._something_changed()
        if self._passed_over:
            self.nudge()
        self._alone.ends(job)
        if self._alone.is_due():
            self._expect(self._now())
        if not task.cancelled() and task.exception() is not None:
            self._events.bug(job, task.exception())  # its lease runs out

    async def _run_after(self, earlier: dict[asyncio.Task[None], Hand], hand: Hand) -> None:
        """Give the job its turn after an earlier step of it, which lost its lease; one that edits is never cut off."""
        try:
            for task, other in earlier.items():
                if other.job.state is not State.READY or other.activity.rests:
                    task.cancel()
            if earlier:
                await asyncio.wait(earlier)
        except asyncio.CancelledError:
            await self._turn.release(hand)
            raise
        due_at = await self._turn.run(hand)
        if due_at is not None:
            self._expect(due_at)


def _nothing_before(moment: float) -> Claim:
    return Claim((), moment, None)
