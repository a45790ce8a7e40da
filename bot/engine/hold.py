"""A circuit breaker for creates: while the provider refuses every job, one tries for all now and then.

Its state is stored, for all processes that work on the database, and known here as far as this one has read it. While
there is no pause nothing is read: a create that another process has begun to hold back is refused by the database.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from bot.engine import patience
from bot.log import get_logger
from bot.outgoing import waits
from storage.errors import StorageUnavailableError
from storage.pause import Pause
from storage.store import Store

log = get_logger(__name__)
Change = Callable[[Pause], Pause]


class Way(Enum):
    """Whether a job may go to the provider."""

    OPEN = auto()
    ALONE = auto()  # it tries for all
    CLOSED = auto()


@dataclass(slots=True)
class Hold:
    """Trips when the provider refuses everybody (wrong key, no credits, too many requests).

    A create that gets through resets it. `pause` is what is known of it. Where the database takes no change, it holds
    in this process.
    """

    store: Store
    now: Callable[[], float]
    pause: Pause = field(default=Pause(), init=False)

    @property
    def until(self) -> float:
        """The end of the pause."""
        return self.pause.until

    @property
    def by_operator(self) -> bool:
        """Whether only the operator can end the cause."""
        return self.pause.by_operator

    async def trip_for_operator(self) -> None:
        """Let all wait but one, which tries when a pause ends; each pause in vain makes the next one longer."""
        await self._change(lambda pause: _for_operator(pause, self.now()))

    async def trip(self, seconds: float | None) -> None:
        """Let all wait for as long as the provider asked, or a short while if it did not say."""
        wait = waits.UNSAID if seconds is None else seconds
        await self._change(lambda pause: _tripped(pause, self.now(), wait))

    async def reset(self) -> float:
        """Let everybody through again, as a create got through; return the seconds that the pause has lasted.

        0 where there was none, or where somebody else has ended it.
        """
        if self.pause.since is None:
            return 0.0
        began: list[float | None] = []

        def end(pause: Pause) -> Pause:
            began.append(pause.since)
            return Pause()

        await self._change(end)
        return 0.0 if began[-1] is None else self.now() - began[-1]

    async def ask(self) -> Way:
        """Tell whether a job may try now. While the operator is needed, this uses up the one try at a pause's end."""
        if self.pause.since is None:
            return Way.OPEN
        await self.refresh()
        if self.now() < self.pause.until:
            return Way.CLOSED
        if not self.pause.by_operator:
            return Way.OPEN
        way = Way.CLOSED

        def try_alone(pause: Pause) -> Pause:
            nonlocal way
            now, way = self.now(), Way.CLOSED
            if now < pause.until:
                return pause
            way = Way.ALONE if pause.by_operator else Way.OPEN
            return replace(pause, until=now + pause.next_seconds) if pause.by_operator else pause

        await self._change(try_alone)
        return way

    async def patience(self) -> float:
        """Return the seconds for which the provider asks for patience; 0 where it is the operator who has to act."""
        if self._patience():
            await self.refresh()
        return self._patience()

    def _patience(self) -> float:
        return 0.0 if self.pause.by_operator else max(0.0, self.pause.until - self.now())

    def lasted(self) -> float:
        """Return the seconds since the first refusal without a create that got through; 0 when not tripped."""
        return 0.0 if self.pause.since is None else self.now() - self.pause.since

    def learn(self, pause: Pause) -> None:
        """Know what the database says."""
        self.pause = pause

    async def refresh(self) -> None:
        """Read it again, if the database can be read."""
        try:
            self.pause = await self.store.pause()
        except StorageUnavailableError as error:
            log.info("pause.unknown", reason=str(error))

    async def _change(self, change: Change) -> None:
        try:
            self.pause = await self.store.change_pause(change)
        except StorageUnavailableError as error:
            self.pause = change(self.pause)
            log.info("pause.not_stored", reason=str(error))


def _for_operator(pause: Pause, now: float) -> Pause:
    wait = pause.next_seconds or patience.PAUSE
    longer = min(2 * wait, patience.LONGEST_PAUSE)
    return replace(_tripped(pause, now, wait), by_operator=True, next_seconds=longer)


def _tripped(pause: Pause, now: float, seconds: float) -> Pause:
    since = now if pause.since is None else pause.since
    return replace(pause, until=max(pause.until, now + seconds), since=since)
