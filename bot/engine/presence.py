"""The presence of this process among the replicas of one database: it beats, leads if nobody else does, and buries.

A replica that another one has taken for dead may still be alive, as its machine was paused or cut off. It holds no
lease any more: it ends its steps, takes another name and begins anew. What a step shows or pays for waits where it is
not known whether its lease still holds.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Protocol

from bot import __version__
from bot.engine import patience
from bot.engine.lease import LeaseLostError
from bot.engine.policy import wait_after_death
from bot.log import get_logger
from bot.machine.clock import seconds_passed
from storage.errors import StorageUnavailableError
from storage.replicas import DEAD_AFTER, LEADS_FOR, Replica
from storage.store import Store

log = get_logger(__name__)


class Leased(Protocol):
    """A job or an errand."""

    @property
    def lease_token(self) -> str | None: ...


class Hands(Protocol):
    """What takes the steps of jobs."""

    async def drop(self) -> None:
        """End every step, and begin nothing until `go_on`."""

    def go_on(self) -> None: ...

    def nudge(self) -> None:
        """Claim soon."""


@dataclass(slots=True)
class Presence:
    """Says whether this replica leads, and whether it surely holds its leases; alone on a database it always does.

    `receives` tells the others how it takes updates, and `tidy` is called with the names of all whenever they change.
    `seconds` counts from any start, also while the machine sleeps. `hands` must be set before `run`.
    """

    store: Store
    now: Callable[[], float]
    receives: str = "polling"
    tidy: Callable[[Collection[str]], None] = lambda _: None
    seconds: Callable[[], float] = seconds_passed
    hands: Hands = field(init=False)
    _known: tuple[Replica, ...] = field(default=(), init=False)
    _looked_at: float = field(default=0.0, init=False)
    _is_out: bool = field(default=False, init=False)  # taken for dead, and without a new name yet
    _beats_at: float = field(default=0.0, init=False)
    _sure_until: float = field(default=0.0, init=False)
    _steady_since: float = field(default=0.0, init=False)
    _has_led: bool = field(default=False, init=False)  # when it asked last
    _led_since: float = field(default=0.0, init=False)
    _leads_until: float = field(default=0.0, init=False)
    _looked: asyncio.Event = field(default_factory=asyncio.Event, init=False)

    @property
    def beside_others(self) -> bool:
        """Tell whether there can be other replicas."""
        return self.store.replicas.are_shared

    @property
    def name(self) -> str:
        return self.store.replicas.name

    @property
    def leads(self) -> bool:
        """Tell whether this replica does what only one may do. It knows so by itself when its right has run out."""
        return not self.beside_others or self.seconds() < self._leads_until

    @property
    def led_last(self) -> bool:
        """Tell whether this replica leads, or did when it could ask last."""
        return not self.beside_others or self._has_led

    async def begin(self, set_clock: Callable[[], Awaitable[None]]) -> None:
        """Take a place among the replicas, and take over from those that died.

        Where others live, they keep the stored moments right: what they hold must not become due.
        """
        if await self._enter():
            await set_clock()
        await self.recover()
        if self.beside_others:
            await self._look()

    async def _enter(self) -> bool:
        """Begin to beat, and tell whether no other replica is alive."""
        began = self.seconds()
        is_first = await self.store.replicas.enter(__version__, self.receives)
        self._has_beaten(began)
        self._steady_since = began
        if self.beside_others:
            log.info("replica.entered", replica=self.name, first=is_first)
        return is_first

    async def recover(self) -> None:
        """Take back the jobs of processes that died, and name those that they may have died of."""
        interrupted = await self.store.recover(self.now(), wait_after_death)
        log.info("leases.released", jobs=len(interrupted))
        for job in interrupted:
            if job.deaths:
                log.warning("job.suspected", job=job.job_id, deaths=job.deaths)

    async def run(self) -> None:
        """Beat and look until cancelled."""
        while True:
            await self.turn()
            await asyncio.sleep(patience.REPLICAS_LOOK_EVERY)

    async def turn(self) -> None:
        """Beat if that is due, lead if nobody else does, and look at the others."""
        try:
            await self._live()
            await self._lead()
            await self._look()
        except StorageUnavailableError as error:
            log.warning("replicas.unknown", error=str(error))
        looked, self._looked = self._looked, asyncio.Event()
        looked.set()

    async def _live(self) -> None:
        """Beat; a replica that was taken for dead begins anew."""
        began = self.seconds()
        if self._is_out:
            await self._begin_anew()
        elif began < self._beats_at:
            return
        elif await self.store.replicas.beat():
            self._has_beaten(began)
        else:
            log.warning("replica.taken_for_dead", replica=self.name)
            self._is_out, self._leads_until = True, 0.0
            await self._begin_anew()

    async def _begin_anew(self) -> None:
        await self.hands.drop()
        await self._enter()
        self._is_out = False
        self.hands.go_on()

    def _has_beaten(self, began: float) -> None:
        """Take note of a beat. The database has stored it after it began, so others wait for longer than this says."""
        if began > self._beats_at + patience.STEADY_FOR:
            self._steady_since = began
        self._beats_at, self._sure_until = began + patience.BEAT_EVERY, began + DEAD_AFTER

    async def _lead(self) -> None:
        """Lead if nobody else does; the leader takes back the jobs of those that died."""
        await self._ask_to_lead()
        is_steady = self.seconds() - self._steady_since >= patience.STEADY_FOR
        if self.leads and is_steady and await self.store.replicas.bury():
            await self.recover()
            self.hands.nudge()

    async def _ask_to_lead(self) -> None:
        began = self.seconds()
        leads = await self.store.replicas.lead()
        self._leads_until = began + LEADS_FOR if leads else 0.0
        if leads is not self._has_led:
            self._has_led, self._led_since = leads, began
            log.info("leader.begins" if leads else "leader.ends", replica=self.name)

    async def expects_conflict(self) -> bool:
        """Tell whether another replica may receive updates at this moment: this one leads no more, or not for long."""
        if not self.beside_others:
            return False
        with suppress(StorageUnavailableError):
            await self._ask_to_lead()
        return not self.leads or self.seconds() - self._led_since < LEADS_FOR

    def known_now(self) -> tuple[Replica, ...]:
        """Return what is known of the replicas by the last look, as old as it is by now."""
        since = self.seconds() - self._looked_at
        return tuple(replace(each, lag=each.lag + since) for each in self._known)

    async def _look(self) -> None:
        began, before = self.seconds(), {each.name for each in self._known}
        self._known = await self.store.replicas.known()
        self._looked_at = began
        if (names := {each.name for each in self._known}) != before:
            self.tidy(names)

    async def until_leading(self, *, leads: bool = True) -> None:
        """Wait until this replica leads, or does so no longer."""
        while self.leads is not leads:
            await self._next_look()

    async def _next_look(self) -> None:
        """Wait for a look, or as long as one takes usually: the right to lead ends by time alone."""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience.REPLICAS_LOOK_EVERY):
                await self._looked.wait()

    def holds(self, job: Leased) -> bool:
        """Tell whether something was leased by this replica in its present life."""
        if not self.beside_others:
            return True
        return not self._is_out and (job.lease_token or "").startswith(f"{self.name}:")

    async def be_sure(self, job: Leased) -> None:
        """Return while nobody else can have taken what is leased; LeaseLostError once this one was taken for dead."""
        while self.holds(job):
            if self.seconds() < self._sure_until:
                return
            await self._next_look()
        raise LeaseLostError

    async def resign(self) -> None:
        """Let another replica lead; for a stop, once `run` has ended."""
        self._leads_until = 0.0
        await self.store.replicas.resign()

    async def leave(self) -> None:
        """Go, once all leases are given back; others need not wait for this one to count as dead."""
        await self.store.replicas.leave()
