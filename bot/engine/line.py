"""A line of looks, of which there may be only so many in a second."""

import asyncio
import itertools
from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass, field

from bot.activity import resting
from bot.machine.clock import Clock

_numbers = itertools.count()


@dataclass(order=True, slots=True)
class _Place:
    """A place in a line: behind all with an earlier `since`, and before those with the same that come later."""

    since: float
    number: int = field(default_factory=lambda: next(_numbers))
    called: asyncio.Event = field(default_factory=asyncio.Event, compare=False)


class Line:
    """Lets one go every `step` seconds: of those that wait, the one with the earliest `since`.

    Only the first waits for the moment of its turn, and calls the next one when it goes. Nothing is saved up, but a
    machine that is late by less than a step makes up for it: any second has at most one more than fit into it evenly.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: list[_Place] = []
        self._next_at = 0.0

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
            while (is_behind := self._waiting[0] is not place) or self._next_at > self._clock():
                if is_behind:
                    await _called(place)
                else:
                    await self._clock.until(self._next_at)
            self._next_at = max(self._next_at, came, self._clock() - step) + step
        finally:
            del self._waiting[bisect_left(self._waiting, place)]
            if self._waiting:
                self._waiting[0].called.set()


async def _called(place: _Place) -> None:
    with resting():
        await place.called.wait()
    place.called.clear()
