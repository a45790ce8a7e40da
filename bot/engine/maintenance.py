"""What has to be done at the start and now and then: keep the time, prove that the database takes writes, purge."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from bot.engine import patience
from bot.engine.learned import Learned
from bot.engine.purge import Purge
from bot.log import get_logger
from bot.metrics import Metrics
from storage.chats import KEEP_DAYS
from storage.errors import DatabaseDamagedError, StorageUnavailableError
from storage.store import Store
from storage.upkeep import Bounds

log = get_logger(__name__)

WAS_AHEAD = "stored moments were in the future and are now; the clock was ahead before, or is behind now"
WAS_OFF = "since the last known moment: the bot was not running, or the clock was behind"


@dataclass(slots=True)
class Maintenance:
    """Runs beside the poller, in small bites. `moved` tells how far the system's clock has gone from `now`."""

    store: Store
    metrics: Metrics
    now: Callable[[], float]
    moved: Callable[[], float] = lambda: 0.0
    transcript_ttl: float = patience.DAY
    learned: Learned = field(default_factory=Learned)
    refused: Callable[[], None] = lambda: None  # called when the database takes no write
    taken: Callable[[], None] = lambda: None
    nudge: Callable[[], None] = lambda: None  # called when jobs may have been cancelled
    leads: Callable[[], bool] = lambda: True  # whether this process does what only one of several may do
    _hurry: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _is_hurried: bool = field(default=False, init=False)  # the present round
    _purge: Purge = field(init=False)

    def __post_init__(self) -> None:
        self._purge = Purge(self.store, self.now, erased=self.nudge)

    async def set_clock(self) -> None:
        """Set stored moments right, before anything else, and tell of a clock that was wrong."""
        found = await self.store.set_right(self.now(), self._bounds())
        if found.ahead > patience.CLOCK_JUMP:
            log.warning("clock.jumped", seconds=-round(found.ahead), direction="back", hint=WAS_AHEAD)
        elif found.gap > patience.SHORTEST_GAP:
            log.info("clock.gap", seconds=round(found.gap), direction="ahead", hint=WAS_OFF)
        if abs(found.moved) > patience.CLOCK_JUMP:
            log.info("clock.corrected", seconds=round(found.moved), hint="it had moved while the bot was running")

    def _bounds(self) -> Bounds:
        return Bounds(
            longest_wait=patience.LONGEST_STORED_WAIT,
            longest_at_provider=patience.LONGEST_AT_PROVIDER,
            transcript_ttl=max(self.transcript_ttl, max(KEEP_DAYS) * patience.DAY),
            jobs_kept_for=patience.JOBS_KEPT_FOR,
            repeated_within=patience.TELEGRAM_REPEATS_WITHIN,
            shortest_gap=patience.SHORTEST_GAP,
        )

    async def run(self) -> None:
        """Work until cancelled; a database that cannot be used is left for the next round."""
        while True:
            again_at = self.now() + patience.MAINTENANCE_EVERY
            self._is_hurried = self._hurry.is_set()
            self._hurry.clear()
            await self.round()
            with suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, again_at - self.now())):
                    await self._hurry.wait()

    def hurry(self) -> None:
        """Begin the next round at once, as something is to be erased."""
        self._hurry.set()

    async def round(self) -> None:
        """Do one round, and tell whether the database can be used."""
        try:
            await self.turn()
        except StorageUnavailableError as error:
            log.error("storage.unavailable", error=str(error))
            self.refused()
        else:
            self.taken()

    async def watch(self) -> None:
        """Look until cancelled whether the database is at its place and whole, and tell when that changes."""
        usable = True
        while True:
            await asyncio.sleep(patience.DATABASE_LOOK_EVERY)
            usable = await self.look(was_usable=usable)

    async def look(self, *, was_usable: bool) -> bool:
        """Look once. Damage is told by what ends the process."""
        try:
            self.store.require_place()
            await self.store.verify()
            await self.store.scrub()
        except StorageUnavailableError as error:
            self.refused()
            if was_usable and not isinstance(error, DatabaseDamagedError):
                log.error("database.unavailable", error=str(error))
            return False
        if not was_usable:
            log.info("database.back")
        return True

    async def turn(self) -> int:
        """Do one round, and return how many rows were purged. Only the leader keeps the time, counts and purges.

        What was asked to be erased here begins here.
        """
        if self.leads():
            await self.store.keep_time(self.now(), self._moved())
            await self.keep_learned()
            await self._count()
            return await self._purge.run()
        await self.store.ping()
        await self.keep_learned()
        self._count_nothing()
        return await self._purge.run() if self._is_hurried else 0

    async def keep_learned(self) -> None:
        """Store what was learned about models since the last time: one write in a round at the most, not one a job."""
        if unsaved := self.learned.unsaved():
            await self.store.keep_learned(unsaved)
            self.learned.saved(unsaved)

    def _moved(self) -> float:
        """Return how far the clock has jumped; a difference that is no jump comes from looking at two clocks."""
        moved = self.moved()
        return moved if abs(moved) > patience.CLOCK_JUMP else 0.0

    def _count_nothing(self) -> None:
        """Tell of no count: those of the leader are those of all."""
        self.metrics.backlog.clear()
        self.metrics.slots_taken.clear()
        self.metrics.errands.set(0)

    async def _count(self) -> None:
        waiting = await self.store.errands_waiting()
        backlog, taken = await self.store.backlog(self.now()), await self.store.slots_taken()
        self._count_nothing()
        self.metrics.errands.set(waiting)
        for state, count in backlog.items():
            self.metrics.backlog.labels(state).set(count)
        for family, count in taken.items():
            self.metrics.slots_taken.labels(family).set(count)
