"""The looks at all generations of this process: when each one is due."""

from collections.abc import Callable

from bot.engine import patience
from bot.engine.budget import Budget
from bot.engine.learned import Learned
from bot.engine.schedule import next_moment, thinned_moment
from bot.engine.slowed import Slowed
from storage.words import LINK, Job

_LONGEST_STEP = 1.2  # from a look to the next one, as a ratio of the two times since the create


class Looks:
    """Gives out the moments of looks, of which there are at most `per_second` in a second.

    A look comes at its moment in the schedule, or in the first span of the budget from then on that is free. Each
    generation has one look before it at a time. So when there are more generations than the budget has spans for, all
    are looked at in turn, and each waits as long as the others. Old generations take every second span only: the other
    half is there for those that may be finished any moment. So do those of a model whose looks were refused, which also
    wait twice as long between two looks.

    What was `learned` leaves out looks that come too early, and makes no answer later by more than a tenth.
    """

    def __init__(self, per_second: float, now: Callable[[], float]) -> None:
        self._budget = Budget(per_second)
        self._slowed = Slowed()
        self.learned = Learned()
        self._given_out: set[int] = set()  # jobs whose next look the budget has counted
        self._now = now

    def next_look(self, job: Job, elapsed: float) -> float:
        """Return the seconds until the next look at the generation that was created `elapsed` seconds ago.

        The budget counts that look, so it has to be made then, or not at all.
        """
        now, elapsed = self._now(), max(elapsed, 0.0)
        moment = self._free(job, elapsed, next_moment(elapsed), now)
        later = self._free(job, elapsed, thinned_moment(elapsed, self._soonest(job)), now)
        created = now - elapsed
        if later - created <= patience.LATER_BY * (moment - created):  # a crowd may have taken what stands between
            moment = later
        self._budget.take(moment, now)
        if len(self._given_out) >= patience.MOST_LOOKS_KNOWN:
            self._given_out.clear()
        self._given_out.add(job.id)
        return moment - now

    def wait(self, job: Job) -> float:
        """Return the seconds until a look that is due: none if `next_look` gave its moment out, else a free span.

        After a start all generations are due at once, and of one recording the next part when the one before is done.
        """
        if job.id in self._given_out:
            self._given_out.discard(job.id)
            return 0.0
        now = self._now()
        moment = self._budget.free_from(now)
        self._budget.take(moment, now)
        return moment - now

    def learn(self, job: Job, elapsed: float) -> None:
        """Learn that a look `elapsed` seconds after the create found the generation finished.

        It was not finished at the look before that one. Where it waited long for its turn, or for the process to start
        again, too much time is learned, which costs a tenth at the most and lasts until the next one.
        """
        if job.kind != LINK:  # of which the length is not known, and which has to be fetched first
            unfinished = min(elapsed - patience.SHORTEST_LOOK, elapsed / _LONGEST_STEP)
            self.learned.learn(job.model, job.audio_seconds or 0.0, max(unfinished, 0.0))

    def _soonest(self, job: Job) -> float:
        if job.kind == LINK or job.audio_seconds is None:
            return 0.0
        return self.learned.soonest(job.model, job.audio_seconds)

    def refused(self, job: Job, retry_after: float | None) -> None:
        """Let all looks at the job's model wait, as one was refused for being too many, and make them rarer then."""
        self._slowed.refused(job.model, retry_after, self._now())

    def may_look(self, job: Job) -> bool:
        """Tell whether a look that is due may be made; no after a refusal, and then the job needs another moment."""
        now = self._now()
        return self._slowed.until(job.model, now) <= now

    def _free(self, job: Job, elapsed: float, at: float, now: float) -> float:
        """Return when a span is free for a look that is wanted `at` seconds after the create."""
        slowness = self._slowed.slowness(job.model, now)
        pause = min(slowness * (at - elapsed), max(patience.LONGEST_SLOWED, at - elapsed))
        every = slowness * (1 if elapsed < patience.YOUNG else 2)
        return self._budget.free_from(max(now + pause, self._slowed.until(job.model, now)), every)
