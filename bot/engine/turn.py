"""One job's turn: take its step and record the outcome, and go on with the next step as far as one hand can.

A failure becomes an outcome too, an interruption a release.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from bot.activity import Doing, watched
from bot.engine import patience
from bot.engine.delivery import Delivery
from bot.engine.events import Events
from bot.engine.lease import Hand, Keeper, LeaseLostError
from bot.engine.moves import Moves
from bot.engine.policy import Failure, Verdict, as_failure, is_to_be_told, unsaid, verdict, worn_out
from bot.errors import ChatMovedError, RefusedError, TemporaryError, UndeliverableError, VerbatimError
from storage.apology import Reason
from storage.errors import StorageUnavailableError
from storage.outcomes import Attempted, Ended, Hopeless, Known, Outcome, Ready, Released, Sniffed, Submitted, Waiting
from storage.retry import repeat_until_stored
from storage.store import Store
from storage.words import SAME, Job, State

Stored = TypeVar("Stored")
Take = Callable[[Hand], Awaitable[Outcome]]


@dataclass(slots=True)
class _Waiters:
    """The jobs that wait for others. There may be some `until` a moment."""

    until: float = 0.0


@dataclass(frozen=True, slots=True)
class Turn:
    """Takes the steps of a leased job with `take`. `now` is the wall clock in seconds, `random` from 0 to 1."""

    store: Store
    moves: Moves
    take: Take
    delivery: Delivery
    events: Events
    now: Callable[[], float]
    random: Callable[[], float]
    times: tuple[float, float] = (patience.STEP_TIMEOUT, patience.RENEW_EVERY)
    _told_to_wait: _Waiters = field(default_factory=_Waiters, init=False)
    _waits_for_an_end: _Waiters = field(default_factory=_Waiters, init=False)

    async def run(self, hand: Hand) -> float | None:
        """Take steps, record what each achieved, and return when to claim again; None if nothing changed.

        Every outcome is stored before the next step begins: a death leaves the job as if each had been claimed.
        However it ends, the lease is given back, if the database takes that.
        """
        try:
            return await self._lead(hand)
        except asyncio.CancelledError:
            try:
                await self._end_placing(hand)
            finally:
                await self.release(hand)
            raise
        except Exception as error:  # noqa: BLE001 - a bug between two steps; it may not keep the lease either
            self.events.bug(hand.job, error)
            await self._end_placing(hand)
            failure = as_failure(error, Doing.WORKING)
            return await self._record(hand, unsaid(self._verdict(failure, hand.job).outcome, hand.job))

    async def _lead(self, hand: Hand) -> float | None:
        """Take step after step, as far as this hand goes."""
        while (outcome := await self._outcome(hand)) is not None:
            if not _goes_on(hand.job, outcome):
                await self._end_placing(hand)
                return await self._record(hand, outcome)
            if not await self._advance(hand, outcome):
                break
            if hand.job.state is State.READY:
                await self._end_placing(hand)  # an answer does not wait behind the placeholders of others
        await self._end_placing(hand)
        return None

    async def _end_placing(self, hand: Hand) -> None:
        """Let the placeholder be sent no longer beside the steps, and know whether it was."""
        await self._say(hand.job, hand.placing.end())
        hand.job = hand.placing.known(hand.job)

    async def _outcome(self, hand: Hand) -> Outcome | None:
        """Take one step; None if its lease was lost."""
        try:
            outcome = worn_out(hand.job, self.now()) or await self._keeper().take(hand, self.take)
        except LeaseLostError:
            self._lost(hand)
            return None
        except StorageUnavailableError as error:
            self.events.storage_unavailable(error, hand.job)
            outcome = Released(self.now() + patience.STORAGE_AGAIN_AFTER)
        except Exception as error:  # noqa: BLE001 - a bug becomes an attempt; it stops neither other jobs nor the loop
            with watched(hand.activity):
                outcome = await self._failed(hand, error)
        return unsaid(outcome, hand.job)

    def _keeper(self) -> Keeper:
        return Keeper(self.store, self.now, self.events.storage_unavailable, *self.times)

    async def release(self, hand: Hand) -> None:
        """Give the lease back, if that is possible at once: a stop does not wait, and the next start takes the rest."""
        job, outcome = hand.job, Released(self.now())
        try:
            recorded = await self.store.record(job, outcome, self.now())
        except StorageUnavailableError as error:
            self.events.storage_unavailable(error, job)
            return
        if recorded:
            self.events.recorded(job, outcome)
        else:
            self._lost(hand)

    def _lost(self, hand: Hand) -> None:
        """Tell of a lease that was lost; of each edit once, as more than one write may find it so."""
        self.events.lease_lost(hand.job, hand.activity.edits)
        hand.activity.edits = 0

    async def _failed(self, hand: Hand, error: Exception) -> Outcome:
        """Decide what the failure means, and tell the operator and the user."""
        await self._end_placing(hand)
        job, failure = hand.job, as_failure(error, hand.activity.cut)
        self.events.failed(job, failure)
        if (
            isinstance(failure, TemporaryError) and failure.reason is Reason.INTERNAL and failure is not error
        ):  # which says where
            self.events.bug(job, error)
        if isinstance(failure, ChatMovedError):
            await self._move(job, failure.new_chat_id)
        decided = self._verdict(failure, job)
        if decided.notice is not None and not job.is_quiet and is_to_be_told(job, self.now()):
            await self._say(job, self.delivery.placeholders.note(job, decided.notice))
        if isinstance(decided.outcome, Ended) and isinstance(error, RefusedError | UndeliverableError):
            chat_lost = isinstance(error, UndeliverableError)
            await self._say(job, self.delivery.give_up(job, chat_lost=chat_lost))
        return decided.outcome

    def _verdict(self, failure: Failure, job: Job) -> Verdict:
        return verdict(failure, job, self.now(), self.random)

    async def _move(self, job: Job, new_chat_id: int) -> None:
        """Move the chat. If that cannot be stored now, Telegram will say it again."""
        try:
            await self.moves.follow(job.chat_id, new_chat_id)
        except StorageUnavailableError as error:
            self.events.storage_unavailable(error, job)

    async def _say(self, job: Job, saying: Awaitable[None]) -> None:
        """Let the placeholder say what the failure means; if that fails, recording the outcome matters more."""
        try:
            await saying
        except (VerbatimError, LeaseLostError, StorageUnavailableError) as error:
            self.events.notice_later(job, error)
        except Exception as error:  # noqa: BLE001 - nor may a bug keep the outcome from being recorded
            self.events.bug(job, error)

    async def _advance(self, hand: Hand, outcome: Outcome) -> bool:
        """Record the outcome and keep the lease; False if that was lost. An interruption releases what it became."""
        job = hand.job

        async def store() -> Job | None:
            return await self.store.advance(job, outcome, self.now(), self.now() + patience.LEASE_TTL)

        storing = asyncio.create_task(self._stored(hand, store))
        try:
            advanced = await asyncio.shield(storing)
        except asyncio.CancelledError:
            hand.job = await storing or job
            raise
        if advanced is None:
            return False
        hand.advance(advanced, outcome)
        self.events.recorded(job, outcome)
        if self._may_have_woken_others(outcome):
            hand.nudge()
        return True

    def _may_have_woken_others(self, outcome: Outcome) -> bool:
        """Tell whether to look for others now, and not only when this hand lets go: it may have to wait for the pace.

        Those that wait for another job ask again within a minute, so nobody is woken long after one was told to wait.
        """
        if isinstance(outcome, Submitted):
            return bool(outcome.slots)
        return self.now() < self._told_to_wait.until and not isinstance(outcome, Sniffed)

    async def _record(self, hand: Hand, outcome: Outcome) -> float | None:
        """Record the outcome and give the lease back."""
        job = hand.job
        if not await self._stored(hand, lambda: self.store.record(job, outcome, self.now())):
            return None
        self.events.recorded(job, outcome)
        self._remember(outcome)
        return None if self._wakes_nobody(job, outcome) else _due(job, outcome, self.now())

    def _remember(self, outcome: Outcome) -> None:
        """Remember that a job waits for others."""
        match outcome:
            case Waiting(_, str() as waiting_for):
                self._told_to_wait.until = self.now() + 2 * patience.ADMISSION_AGAIN_AFTER
                if waiting_for == SAME:
                    self._waits_for_an_end.until = max(self._waits_for_an_end.until, self._told_to_wait.until)
            case Attempted(next_at, refused=True):
                self._waits_for_an_end.until = max(self._waits_for_an_end.until, next_at)

    def _wakes_nobody(self, job: Job, outcome: Outcome) -> bool:
        """Tell of a job that has ended whether no other one can be due by that: its slot was passed on before.

        Who waits since before a restart, without being due by that, is found within LONGEST_SLEEP.
        """
        shown = isinstance(outcome, Ended) and job.state is State.READY and outcome.state is not State.FAILED
        return shown and self.now() >= self._waits_for_an_end.until

    async def _stored(self, hand: Hand, store: Callable[[], Awaitable[Stored]]) -> Stored | None:
        """Store an outcome, as long as it takes while the lease lasts: what was achieved may have cost money."""
        job = hand.job
        try:
            stored = await repeat_until_stored(
                store,
                partial(self.events.storage_unavailable, job=job),
                gives_up=lambda: self.now() >= (job.next_at or 0.0),  # the end of its lease
            )
        except StorageUnavailableError:
            return None
        if not stored:
            self._lost(hand)
            return None
        return stored


def _goes_on(job: Job, outcome: Outcome) -> bool:
    """Tell whether the same hand goes on. Not with a long text, as there are few of them in memory at a time.

    Nor with a job that a death interrupted, and that has got on now: the next such job waits to be alone.
    """
    if job.interrupted:
        return False
    match outcome:
        case Ready(transcript):
            return len(transcript.text) <= patience.LONG_TEXT
        case Hopeless():
            return job.state is not State.READY
        case Submitted() | Known() | Sniffed():
            return True
        case _:
            return False


def _due(job: Job, outcome: Outcome, now: float) -> float:
    """Return when to claim again after an outcome: the job itself, or those that it may have woken.

    A queued job that waits may have been woken meanwhile, which only the store knows.
    """
    if isinstance(outcome, Submitted):
        return now if outcome.slots else outcome.first_look_at
    return outcome.next_at if isinstance(outcome, Waiting) and job.state is not State.QUEUED else now
