"""Trouble that the owner hears of: one message when it begins and one when it ends, of a kind one of each in an hour.

What was seen and what was told is stored, for all processes that work on the database. What is told is stored before it
is sent, by the one that sends it, and so that a process that dies again and again does not repeat it. Where the
database refuses that, it is sent all the same: the database may be the trouble.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from functools import partial

from bot.engine import patience
from bot.errors import Need, OperatorError, RateLimitedError, TemporaryError, VerbatimError
from bot.log import get_logger
from bot.text.rooms.trouble import Kind
from storage.apology import Reason
from storage.errors import StorageUnavailableError
from storage.host import Told
from storage.store import Store

log = get_logger(__name__)
Tell = Callable[[int, Kind, bool], Awaitable[None]]  # the owner, and whether the trouble has begun
_NEEDS = {Need.KEY: Kind.KEY, Need.CREDITS: Kind.CREDITS, Need.SETUP: Kind.SETUP}


@dataclass(slots=True)
class Trouble:
    """Knows what is wrong at the moment. `bugs` counts the bugs of this process; `load` it at the start.

    `told` is what is known of the database, as far as it was read, or of what it refuses to store.
    """

    store: Store
    tell: Tell
    owner: Callable[[], int | None]
    bugs: Callable[[], int]
    now: Callable[[], float]
    _seen: dict[Kind, bool] = field(default_factory=dict, init=False)  # since the last turn: whether it is there
    _told: dict[Kind, Told] = field(default_factory=dict, init=False)
    _unstored: set[Kind] = field(default_factory=set, init=False)
    _told_unstored: set[Kind] = field(default_factory=set, init=False)
    _bugs_seen: int = field(default=0, init=False)
    _last_bug_at: float = field(default=0.0, init=False)
    _down: tuple[float, float] | None = field(
        default=None, init=False
    )  # the first and the last failure of the provider
    _again_at: float = field(default=0.0, init=False)

    async def load(self) -> None:
        """Read what was seen and told in earlier lives: what had begun goes on until its end is seen."""
        await self.refresh()
        self._last_bug_at = self.now()

    async def refresh(self) -> None:
        """Read what all processes have stored. What could not be stored here is still to be."""
        stored = await self.store.troubles()
        unstored = self._unstored | self._told_unstored
        self._told |= {kind: stored[kind] for kind in Kind if kind in stored and kind not in unstored}

    def begins(self, kind: Kind) -> None:
        self._seen[kind] = True

    def ends(self, *kinds: Kind) -> None:
        self._seen |= dict.fromkeys(kinds, False)

    def accepted(self) -> None:
        """Know that the provider has taken a create, so that neither the key nor the credits are wrong."""
        self.ends(Kind.KEY, Kind.CREDITS, Kind.SETUP)
        self.answered()

    def answered(self) -> None:
        """Know that the provider answers."""
        self._down = None
        self.ends(Kind.PROVIDER)

    def failed(self, error: VerbatimError) -> None:
        """Learn from a call to the provider that failed."""
        match error:
            case OperatorError():
                self.begins(_NEEDS[error.need])
            case TemporaryError(reason=Reason.PROVIDER_DOWN):
                self._is_down()
            case TemporaryError():
                pass  # the way to the provider is not the provider
            case _:
                self.answered()

    def _is_down(self) -> None:
        """Note a failure. Those between which nothing was asked for long do not tell what was in between."""
        now, down = self.now(), self._down
        began = now if down is None or now - down[1] > patience.PROVIDER_DOWN_FOR else down[0]
        self._down = began, now
        if now - began >= patience.PROVIDER_DOWN_FOR:
            self.begins(Kind.PROVIDER)

    async def run(self, is_low: Callable[[], Awaitable[bool]]) -> None:
        """Tell what is to be told, and look at the credits now and then, until cancelled."""
        look_at = self.now() + patience.FIRST_CREDITS_LOOK
        while True:
            await asyncio.sleep(patience.TROUBLE_LOOK_EVERY)
            if self.now() >= look_at:
                look_at = self.now() + patience.CREDITS_LOOK_EVERY
                await self.look_at_credits(is_low)
            await self.turn()

    async def look_at_credits(self, is_low: Callable[[], Awaitable[bool]]) -> None:
        try:
            low = await is_low()
        except VerbatimError as error:
            log.info("credits.unknown", reason=str(error))
            return
        (self.begins if low else self.ends)(Kind.LOW_CREDITS)

    async def turn(self) -> None:
        """Tell what has begun or ended and was not told, as far as that may be told now."""
        self._count_bugs()
        await self._store()
        now, owner = self.now(), self.owner()
        if now < self._again_at or owner is None:
            return
        for kind, told in tuple(self._told.items()):
            last = told.began_at if told.is_on else told.ended_at
            is_soon = last is not None and now - last < patience.TROUBLE_TOLD_EVERY
            if told.is_on is not told.is_known and not is_soon:
                await self._tell(owner, kind, told)

    def _count_bugs(self) -> None:
        """Notice new bugs. That there are none any more is known after an hour in which no process had one."""
        bugs, now = self.bugs(), self.now()
        told = self._told.get(Kind.BUG, Told())
        if bugs > self._bugs_seen:
            self._bugs_seen, self._last_bug_at = bugs, now
            self.begins(Kind.BUG)
        elif told.is_on and now - max(self._last_bug_at, told.seen_at or 0.0) >= patience.TROUBLE_TOLD_EVERY:
            self.ends(Kind.BUG)

    async def _store(self) -> None:
        """Store what has changed, for all, and a bug each time; what the database refuses, the next time."""
        for kind, is_on in self._seen.items():
            told = self._told.get(kind, Told())
            if told.is_on is not is_on or (kind is Kind.BUG and is_on):
                self._told[kind] = replace(told, is_on=is_on, seen_at=self.now())
                self._unstored.add(kind)
        self._seen.clear()
        for kind in tuple(self._unstored):
            if await self._is_stored(partial(self._see, kind)):
                self._unstored.discard(kind)
        for kind in tuple(self._told_unstored):
            if await self._is_stored(partial(self.store.keep_told, kind, self._told[kind])):
                self._told_unstored.discard(kind)

    async def _see(self, kind: Kind) -> None:
        told = self._told[kind]
        await self.store.see_trouble(kind, told.seen_at or self.now(), is_on=told.is_on)

    async def _tell(self, owner: int, kind: Kind, told: Told) -> None:
        """Store that something is told, and tell it; where Telegram takes nothing now, again in a while.

        What another process tells is left to it.
        """
        now = self.now()
        if not await self._begin(kind, now, began=told.is_on):
            return
        known = replace(told, is_known=told.is_on)
        self._told[kind] = replace(known, began_at=now) if told.is_on else replace(known, ended_at=now)
        try:
            await self.tell(owner, kind, told.is_on)
        except (RateLimitedError, TemporaryError) as error:
            self._told[kind] = told
            self._told_unstored.add(kind)
            self._again_at = self.now() + patience.TROUBLE_TOLD_AGAIN_AFTER
            log.info("owner.not_told", trouble=kind, reason=str(error))
        except VerbatimError as error:
            log.info("owner.not_told", trouble=kind, reason=str(error))
        else:
            log.info("owner.told", trouble=kind, began=told.is_on)

    async def _begin(self, kind: Kind, now: float, *, began: bool) -> bool:
        """Tell whether it is this process that tells it."""
        try:
            if await self.store.begin_telling(kind, now, patience.TROUBLE_TOLD_EVERY, began=began):
                return True
            await self.refresh()
        except StorageUnavailableError as error:
            log.info("told.not_stored", trouble=kind, reason=str(error))
            self._told_unstored.add(kind)
            return True
        return False

    async def _is_stored(self, write: Callable[[], Awaitable[object]]) -> bool:
        try:
            await write()
        except StorageUnavailableError as error:
            log.info("trouble.not_stored", reason=str(error))
            return False
        return True
