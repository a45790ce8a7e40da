"""A budget of looks per second: spans of time, each of which one look may take."""

import math

_CLEAN_AFTER = 1000  # spans that were taken since the last time: those of the past are forgotten
_EXACT = 1e-3  # of a span, by which the moment of its beginning may be off


class Budget:
    """Divides every second into `per_second` spans of equal length, in each of which there is at most one look.

    Nothing is saved up, so a second has at most one look more than that, however quiet the ones before it were.
    """

    def __init__(self, per_second: float) -> None:
        self._per_second = per_second
        self._taken: set[int] = set()
        self._clean_at = _CLEAN_AFTER

    def free_from(self, moment: float, every: int = 1) -> float:
        """Return the moment itself if its span is free, else the beginning of the first free one after it.

        Where only each second, third, … span may be taken, the others are not free.
        """
        span = self._span(moment)
        if span % every == 0 and span not in self._taken:
            return moment
        span += every - span % every
        while span in self._taken:
            span += every
        return span / self._per_second

    def take(self, moment: float, now: float) -> None:
        """Take the span of a moment that `free_from` returned."""
        self._taken.add(self._span(moment))
        if len(self._taken) >= self._clean_at:
            self._taken = {span for span in self._taken if span >= self._span(now)}
            self._clean_at = 2 * len(self._taken) + _CLEAN_AFTER

    def _span(self, moment: float) -> int:
        return math.floor(moment * self._per_second + _EXACT)
