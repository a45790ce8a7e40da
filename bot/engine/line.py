"""A line of looks, of which there may be only so many in a second."""

import asyncio
import itertools
import math
from bisect import bisect_left, bisect_right, insort
from collections import deque
from dataclasses import dataclass, field

from bot.activity import resting
from bot.engine import patience
from bot.machine.clock import Clock

_EXACT = 1e-6  # by which a number of looks in a second may be off
_numbers = itertools.count()


@dataclass(order=True, slots=True)
class _Place:
    """A place in a line: behind all with an earlier `since`, and before those with the same that come later."""

    since: float
    number: int = field(default_factory=lambda: next(_numbers))
    called: asyncio.Event = field(default_factory=asyncio.Event, compare=False)


class Line:
    """Lets one go every `step` seconds: of those that wait, the one with the earliest `since`.

    Only the first waits for the moment of its turn, and calls the next one when it goes. Nothing is saved up. What a
    busy machine is late is made up for, up to a limit, and no second has more than fit into it, but for one.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: list[_Place] = []
        self._next_at = 0.0
        self._gone: deque[float] = deque()  # the moments of the last second

    def __len__(self) -> int:
        return len(self._waiting)

    def expected(self, since: float, step: float) -> float:
        """Return when it would be the turn of one that comes now, if nobody comes in between."""
        ahead = bisect_right(self._waiting, since, key=lambda place: place.since)
        return max(self._next_at, self._clock()) + step * ahead

    async def turn(self, since: float, step: float) -> None:
        """Wait for the turn; the next one goes `step` seconds later at the soonest."""
        came, place = self._clock(), _Place(since)
        insort(self._waiting, place)
        try:
            while (is_behind := self._waiting[0] is not place) or self._free_at(step) > self._clock():
                if is_behind:
                    await _called(place)
                else:
                    await self._clock.until(self._free_at(step))
            self._goes(came, step)
        finally:
            del self._waiting[bisect_left(self._waiting, place)]
            if self._waiting:
                self._waiting[0].called.set()

    def _free_at(self, step: float) -> float:
        """Return when there is room for one, by the pace and by those of the last second."""
        fit = max(1, math.floor(1 / step + _EXACT))
        return max(self._next_at, self._gone[-fit] + fit * step) if len(self._gone) >= fit else self._next_at

    def _goes(self, came: float, step: float) -> None:
        now = self._clock()
        self._next_at = max(self._next_at, came, now - max(step, patience.LATE_LOOKS)) + step
        while self._gone and self._gone[0] <= now - 1:
            self._gone.popleft()
        self._gone.append(now)


async def _called(place: _Place) -> None:
    with resting():
        await place.called.wait()
    place.called.clear()
