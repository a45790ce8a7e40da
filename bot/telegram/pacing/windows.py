"""Windows: how many writes fit into any span of seconds, and when there is room for another one."""

from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass, field
from typing import NamedTuple

LONGEST_WAIT = 20.0  # seconds that a step waits for its write; a longer wait is the database's, as steps take memory


class Write(NamedTuple):
    """What a write is, and whether its chat has written much lately. One that is no message is an edit."""

    is_answer: bool
    is_busy: bool = False
    is_message: bool = True


class Turn(NamedTuple):
    """The turn of a write: now, or later where its chat has to be waited for and it has no place then.

    `counted` is the moment at which a ledger has counted it, if one has, and `due` that moment by the clock of here.
    """

    at: float
    counted: float = 0.0
    due: float = 0.0


@dataclass(slots=True)
class Window:
    """At most `limit` writes within any `span` seconds, `kept` of them for answers, `quiet` of them for quiet chats.

    `moments` has those of its writes in order, also such that are reserved and still to come.
    """

    limit: int
    span: float
    kept: int = 0
    quiet: int = 0
    moments: list[float] = field(default_factory=list)
    promised: dict[Write, float] = field(default_factory=dict)  # the latest moment a refused write of a kind was told

    def allowed(self, write: Write) -> int:
        """Return how many writes the window may have with this one."""
        return self.limit - (0 if write.is_answer else self.kept) - (self.quiet if write.is_busy else 0)

    def next(self, now: float, allowed: int, behind: int = 0) -> float:
        """Return the moment when there is a place for a write behind so many others that wait for one too."""
        self.forget(now)
        rounds, place = divmod(behind, allowed)
        index = len(self.moments) - allowed + place
        return (now if index < 0 else self.moments[index] + self.span) + rounds * self.span

    def promise(self, moment: float, write: Write) -> float:
        """Return when a refused write may come back, not before `moment`; those of a kind are told different ones."""
        after_the_last = self.promised.get(write, 0.0) + self.span / self.allowed(write)
        self.promised[write] = max(moment, after_the_last)
        return self.promised[write]

    def add(self, moment: float) -> None:
        insort(self.moments, moment)

    def remove(self, moment: float) -> None:
        """Give a place back, unless it has been forgotten since."""
        index = bisect_left(self.moments, moment)
        if index < len(self.moments) and self.moments[index] == moment:
            del self.moments[index]

    def move(self, moment: float, later: float) -> None:
        self.remove(moment)
        insort(self.moments, later)

    def forget(self, now: float) -> None:
        """Drop what was written before the span, and everything where the clock was put back since."""
        if self.moments and self.moments[-1] > now + LONGEST_WAIT:
            self.moments.clear()
            self.promised.clear()
        del self.moments[: bisect_right(self.moments, now - self.span)]

    def is_idle(self, now: float) -> bool:
        return not self.moments or self.moments[-1] <= now - self.span
