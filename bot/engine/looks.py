"""The looks at all generations of this process: when each one is due."""

from collections.abc import Callable

from bot.engine import patience
from bot.engine.budget import Budget
from bot.engine.refusals import Refusals
from bot.engine.schedule import next_moment
from storage.words import Job


class Looks:
    """Gives out the moments of looks, of which there are at most `per_second` in a second.

    A look comes at its moment in the schedule, or at the first tick of the budget from then on that is free. Each
    generation has one look before it at a time. So when there are more generations than the budget has ticks for, all
    are looked at in turn, and each waits as long as the others. Old generations take every second tick only: the other
    half is there for those that may be finished any moment. So do those of a model whose looks were refused, which also
    wait twice as long between two looks.
    """

    def __init__(self, per_second: float, now: Callable[[], float]) -> None:
        self._budget = Budget(per_second)
        self._refusals = Refusals()
        self._now = now

    def next_look(self, job: Job, elapsed: float) -> float:
        """Return the seconds until the next look at the generation that was created `elapsed` seconds ago.

        The budget counts that look, so it has to be made then, or not at all.
        """
        now, elapsed = self._now(), max(elapsed, 0.0)
        moment = self._tick(job, elapsed, next_moment(elapsed), now)
        self._budget.take(moment, now)
        return moment - now

    def refused(self, job: Job, retry_after: float | None) -> None:
        """Let all looks at the job's model wait, as one was refused for being too many, and make them rarer then."""
        self._refusals.refused(job.model, retry_after, self._now())

    def may_look(self, job: Job) -> bool:
        """Tell whether a look that is due may be made; no after a refusal, and then the job needs another moment."""
        now = self._now()
        return self._refusals.until(job.model, now) <= now

    def _tick(self, job: Job, elapsed: float, at: float, now: float) -> float:
        """Return the first free tick for a look that is wanted `at` seconds after the create."""
        slowness = self._refusals.slowness(job.model, now)
        pause = min(slowness * (at - elapsed), max(patience.LONGEST_SLOWED, at - elapsed))
        every = slowness * (1 if elapsed < patience.YOUNG else 2)
        return self._budget.free_from(max(now + pause, self._refusals.until(job.model, now)), every)
