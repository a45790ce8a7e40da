"""A budget of looks per second: ticks of a clock, each of which one look may take."""

import math

_CLEAN_AFTER = 1000  # ticks that were taken since the last time: those of the past are forgotten


class Budget:
    """Holds `per_second` evenly spaced ticks in every second.

    Nothing is saved up, so no second has more looks than that, however quiet the ones before it were.
    """

    def __init__(self, per_second: float) -> None:
        self._per_second = per_second
        self._taken: set[int] = set()
        self._clean_at = _CLEAN_AFTER

    def free_from(self, moment: float, every: int = 1) -> float:
        """Return the first free tick from a moment on, of every tick or only of each second, third, … one."""
        tick = math.ceil(moment * self._per_second)
        tick += -tick % every
        while tick in self._taken:
            tick += every
        return tick / self._per_second

    def take(self, moment: float, now: float) -> None:
        """Take the tick at a moment that `free_from` returned."""
        self._taken.add(round(moment * self._per_second))
        if len(self._taken) >= self._clean_at:
            self._taken = {tick for tick in self._taken if tick >= math.floor(now * self._per_second)}
            self._clean_at = 2 * len(self._taken) + _CLEAN_AFTER
