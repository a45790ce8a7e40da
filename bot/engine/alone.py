"""Who may work after a death of the process: the jobs it interrupted, one at a time and at first alone.

If the process dies again, then it is known whose step it was, and only one create is in doubt.
"""

import math
from collections.abc import Callable

from bot.engine import patience
from storage.words import Job


class Alone:
    """Says when the next interrupted job may begin, and when others may. `now` is the wall clock in seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._started_at = now()
        self._due_at = self._started_at  # of the next interrupted job, as far as is known
        self._waits_since: float | None = None  # for the end of others
        self._job: Job | None = None  # the interrupted one that is in a step
        self.others_at = 0.0  # when others may begin

    def expect(self, due_at: float | None) -> None:
        """Take note of when the next interrupted job is due; None if there is none."""
        self._due_at = math.inf if due_at is None else due_at

    def is_due(self) -> bool:
        """Tell whether an interrupted job may be due and none is in a step."""
        return self._job is None and self._now() >= self._due_at

    def lets_others_end_until(self) -> float:
        """Return when an interrupted job that is due begins although steps of others still run.

        Long after a start it lets nobody wait: what kills the process has done so before.
        """
        if self._waits_since is None:
            self._waits_since = self._now()
        return min(self._waits_since + patience.LET_OTHERS_END, self._started_at + patience.ALONE_AFTER_START)

    def is_over(self) -> bool:
        """Tell whether no interrupted job is in a step or due, so that others may begin."""
        return self._job is None and not self.is_due()

    def begins(self, job: Job) -> None:
        """Let an interrupted job be alone for a while, which is longer the more often it was interrupted."""
        self._job, self._waits_since = job, None
        alone_for = min(patience.ALONE_FOR * 2.0 ** min(job.interrupted - 1, 10), patience.LONGEST_ALONE)
        self.others_at = self._now() + alone_for
        if job.interrupted == 1:
            self.others_at = min(self.others_at, self._started_at + patience.ALONE_AFTER_START)

    def ends(self, job: Job) -> None:
        """Take note of the end of a step; after that of the interrupted job another one may be due."""
        if self._job is not None and self._job.id == job.id:
            self._job, self.others_at, self._due_at = None, 0.0, self._now()
