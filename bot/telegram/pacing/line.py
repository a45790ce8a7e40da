"""Lines: writes that wait for room in the windows that all chats share, in order, one line for each kind of write."""

import itertools
import math
from bisect import bisect_left, insort

from bot.machine.clock import Clock
from bot.telegram.pacing.chat import Chat
from bot.telegram.pacing.together import MOST, SPAN, Together
from bot.telegram.pacing.windows import LONGEST_WAIT, Turn, Window, Write

EACH = 30  # writes of a kind within a second
QUIET = 8  # of them left to chats that have written little
CATCH_UP = 0.2  # seconds that a busy machine is late are made up for by those behind; after more they go evenly again
_numbers = itertools.count()

Place = tuple[float, float]  # in a line: a moment, and a number that no other one has


class Line:
    """The writes of one kind: those of the last second, and those that wait.

    The first in line goes when there is room; a placeholder stands behind every answer, and a busy chat behind every
    quiet one, that comes within LONGEST_WAIT, so that nobody waits for ever. The last places of a second are left to
    quiet chats, and `kept` of them to answers, by writes that have not yet waited for a second. `share` is the part of
    the places that go to this line while the other one waits for them too.
    """

    def __init__(self, clock: Clock, together: Together, share: float, kept: int) -> None:
        self.window = Window(EACH, SPAN, kept, QUIET)
        self._clock = clock
        self._together = together
        self._share = share
        self._waiting: list[Place] = []
        self._next_at = 0.0  # those that wait go evenly: the next one then, so that a place is never long to wait for

    def expected(self, now: float, write: Write) -> float:
        """Return when a write would go that comes now; `now` for at once."""
        return self._moment(now, write, now, bisect_left(self._waiting, last_place(now, write)))

    async def turn(self, write: Write, chat: Chat) -> Turn:
        """Wait for the turn of a write, which is to be counted then unless its chat has been blocked meanwhile."""
        now = self._clock()
        if self.expected(now, write) > now:
            await self._stand(write, now)
        return Turn(chat.blocked_until(self._clock()))

    async def _stand(self, write: Write, joined: float) -> None:
        """Stand in line until it is the turn of a write."""
        now = due = joined
        place = place_of(joined, write)
        self._together.lines += not self._waiting
        insort(self._waiting, place)
        try:
            while (moment := self._moment(now, write, joined, bisect_left(self._waiting, place))) > now:
                await self._clock.until(due := moment)
                now = self._clock()
        finally:
            del self._waiting[bisect_left(self._waiting, place)]
            self._together.lines -= not self._waiting
        self._next_at = max(due, now - CATCH_UP) + self._step(now)

    def count(self, moment: float) -> None:
        self.window.add(moment)
        self._together.window.add(moment)

    def move(self, turn: Turn, later: float) -> None:
        """Count a write later: Telegram has counted it some time before it answered."""
        self.window.move(turn.at, later)
        self._together.window.move(turn.at, later)

    def _moment(self, now: float, write: Write, joined: float, behind: int) -> float:
        """Return when it may be the turn of a write behind so many others; never too late, unless others give up."""
        moment = self._room(now, self.window.allowed(write), behind)
        return min(moment, max(joined + SPAN, self._room(now, self.window.limit, behind)))

    def _room(self, now: float, allowed: int, behind: int) -> float:
        moment = self.window.next(now, allowed, behind)
        limit = self._together.limit(now)
        if limit < MOST:
            moment = max(moment, self._together.window.next(now, limit, behind))
            other_waits = self._together.lines > bool(self._waiting)
            if other_waits and len(self.window.moments) >= math.ceil(self._share * limit):
                moment = max(moment, now + self._step(now))
        if self._waiting:
            moment = max(moment, max(now, self._next_at) + behind * self._step(now))
        return moment

    def _step(self, now: float) -> float:
        """Return the seconds between two writes that have waited."""
        return SPAN / min(self.window.limit, self._together.limit(now))


def place_of(joined: float, write: Write) -> Place:
    """Return a place behind those that come before a write which has joined a line."""
    return joined + _handicap(write), next(_numbers)


def last_place(joined: float, write: Write) -> Place:
    """Return the place behind all that a write would get."""
    return joined + _handicap(write), math.inf


def _handicap(write: Write) -> float:
    return LONGEST_WAIT * ((not write.is_answer) + write.is_busy)
