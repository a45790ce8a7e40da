"""The looks at all generations of this process: when each one is due, and which goes first where there are too many."""

from collections.abc import Iterator

from bot.engine import patience
from bot.engine.learned import Learned
from bot.engine.line import Line
from bot.engine.schedule import thinned_moment
from bot.engine.slowed import Slowed
from bot.machine.clock import Clock
from storage.words import LINK, Job


class Looks:
    """Tells when looks are due, and lets `per_second` of them a second go.

    Each generation has a schedule of its own, by the time since its create. A look that is due stands in line. First
    goes the generation that may have been finished for the longest time: since the last look at it, or since the age at
    which others of its kind were finished at the soonest. So the looks that young generations do without go to older
    ones. That age may be wrong by now, so a generation stands back by one turn of the line at the most.

    Old generations stand in a line of their own first, which goes half as fast: the other half is there for those that
    may be finished any moment. So do those of a model whose looks were refused, and they wait longer between two looks.
    """

    def __init__(self, per_second: float, clock: Clock) -> None:
        self._step = 1 / per_second
        self._clock = clock
        self._line, self._line_of_old = Line(clock), Line(clock)
        self._lines_of_slowed: dict[str, Line] = {}
        self._slowed = Slowed()
        self.learned = Learned()
        self._unfinished: dict[int, float] = {}  # the moment of the last look at a job, or of its create

    def next_look(self, job: Job, elapsed: float) -> float:
        """Return the seconds until the next look is due at the generation that was created `elapsed` seconds ago.

        It was not finished until now.
        """
        now, elapsed = self._clock(), max(elapsed, 0.0)
        if len(self._unfinished) >= patience.MOST_LOOKS_KNOWN:
            self._unfinished.clear()
        self._unfinished[job.id] = now
        usual = thinned_moment(elapsed, self._soonest(job)) - elapsed
        pause = min(self._slowed.slowness(job.model, now) * usual, max(patience.LONGEST_SLOWED, usual))
        return max(now + pause, self._slowed.until(job.model, now)) - now

    def expected(self, job: Job, created_at: float) -> float:
        """Return when a look would go that is due now."""
        since = self._since(job, created_at)
        return max(line.expected(since, step) for line, step in self._lines(job, created_at))

    async def turn(self, job: Job, created_at: float) -> None:
        """Wait in line for a look that is due, which has to be made then."""
        since = self._since(job, created_at)
        for line, step in self._lines(job, created_at):
            await line.turn(since, step)

    def _since(self, job: Job, created_at: float) -> float:
        """Return since when the generation may be finished; after a start nothing is known of earlier looks."""
        now = self._clock()
        likely_at = min(created_at + self._soonest(job), now + len(self._line) * self._step)
        return max(self._unfinished.setdefault(job.id, now), likely_at)

    def _lines(self, job: Job, created_at: float) -> Iterator[tuple[Line, float]]:
        """Return the lines to stand in, one after the other, and how many seconds are between two looks there."""
        now = self._clock()
        if (slowness := self._slowed.slowness(job.model, now)) > 1:
            yield self._lines_of_slowed.setdefault(job.model, Line(self._clock)), slowness * self._step
        if now - created_at >= patience.YOUNG:
            yield self._line_of_old, 2 * self._step
        yield self._line, self._step

    def learn(self, job: Job, created_at: float, found_at: float) -> None:
        """Learn how long a generation took that was found finished: until halfway between the last two looks.

        Where the process was not running meanwhile, too much time is learned, which lasts until the next one.
        """
        unfinished_at = max(self._unfinished.pop(job.id, created_at), created_at)
        if job.kind != LINK:  # of which the length is not known, and which has to be fetched first
            took = (unfinished_at + found_at) / 2 - created_at
            self.learned.learn(job.model, job.audio_seconds or 0.0, max(took, 0.0))

    def _soonest(self, job: Job) -> float:
        if job.kind == LINK or job.audio_seconds is None:
            return 0.0
        return self.learned.soonest(job.model, job.audio_seconds)

    def refused(self, job: Job, retry_after: float | None) -> None:
        """Let all looks at the job's model wait, as one was refused for being too many, and make them rarer then."""
        self._slowed.refused(job.model, retry_after, self._clock())

    def may_look(self, job: Job) -> bool:
        """Tell whether a look that is due may be made; no after a refusal, and then the job needs another moment."""
        now = self._clock()
        return self._slowed.until(job.model, now) <= now
