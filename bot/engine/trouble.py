"""Trouble that the owner hears of: one message when it begins and one when it ends, of a kind one of each in an hour.

What was told is stored before it is sent, so that a process that dies again and again does not repeat it. Where the
database refuses that, it is sent all the same: the database may be the trouble.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from bot.engine import patience
from bot.errors import Need, OperatorError, RateLimitedError, TemporaryError, VerbatimError
from bot.log import get_logger
from bot.text.rooms.trouble import Kind
from storage.apology import Reason
from storage.host import Told
from storage.store import StorageUnavailableError, Store

log = get_logger(__name__)
Tell = Callable[[int, Kind, bool], Awaitable[None]]  # the owner, and whether the trouble has begun
_NEEDS = {Need.KEY: Kind.KEY, Need.CREDITS: Kind.CREDITS, Need.SETUP: Kind.SETUP}


@dataclass(slots=True)
class Trouble:
    """Knows what is wrong at the moment. `bugs` counts the bugs of this process; `load` it at the start."""

    store: Store
    tell: Tell
    owner: Callable[[], int | None]
    bugs: Callable[[], int]
    now: Callable[[], float]
    _on: set[Kind] = field(default_factory=set, init=False)
    _told: dict[Kind, Told] = field(default_factory=dict, init=False)
    _bugs_seen: int = field(default=0, init=False)
    _last_bug_at: float = field(default=0.0, init=False)
    _down: tuple[float, float] | None = field(
        default=None, init=False
    )  # the first and the last failure of the provider
    _again_at: float = field(default=0.0, init=False)

    async def load(self) -> None:
        """Read what was told in earlier lives: what had begun goes on until its end is seen."""
        stored = await self.store.troubles()
        self._told = {kind: stored[kind] for kind in Kind if kind in stored}
        self._on = {kind for kind, told in self._told.items() if told.is_known}
        self._last_bug_at = self.now()

    def begins(self, kind: Kind) -> None:
        self._on.add(kind)

    def ends(self, *kinds: Kind) -> None:
        self._on.difference_update(kinds)

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
        now, owner = self.now(), self.owner()
        if now < self._again_at or owner is None:
            return
        for kind in Kind:
            told, is_on = self._told.get(kind, Told()), kind in self._on
            last = told.began_at if is_on else told.ended_at
            if is_on is told.is_known or (last is not None and now - last < patience.TROUBLE_TOLD_EVERY):
                continue
            when = {"began_at": now} if is_on else {"ended_at": now}
            await self._tell(owner, kind, replace(told, is_known=is_on, **when))

    def _count_bugs(self) -> None:
        """Notice new bugs. That there are none any more is known after an hour without one."""
        bugs = self.bugs()
        if bugs > self._bugs_seen:
            self._bugs_seen, self._last_bug_at = bugs, self.now()
            self.begins(Kind.BUG)
        elif self.now() - self._last_bug_at >= patience.TROUBLE_TOLD_EVERY:
            self.ends(Kind.BUG)

    async def _tell(self, owner: int, kind: Kind, told: Told) -> None:
        """Store that something is told, and tell it; where Telegram takes nothing now, again in a while."""
        before, self._told[kind] = self._told.get(kind, Told()), told
        await self._keep(kind, told)
        try:
            await self.tell(owner, kind, told.is_known)
        except (RateLimitedError, TemporaryError) as error:
            self._told[kind] = before
            self._again_at = self.now() + patience.TROUBLE_TOLD_AGAIN_AFTER
            log.info("owner.not_told", trouble=kind, reason=str(error))
        except VerbatimError as error:
            log.info("owner.not_told", trouble=kind, reason=str(error))
        else:
            log.info("owner.told", trouble=kind, began=told.is_known)

    async def _keep(self, kind: Kind, told: Told) -> None:
        try:
            await self.store.keep_told(kind, told)
        except StorageUnavailableError as error:
            log.info("told.not_stored", trouble=kind, reason=str(error))
