"""The clock of the database, which all processes share: no clock of a machine decides about a moment."""

import time

# It goes on while the machine sleeps, on Linux; the one of macOS does so anyway.
_CLOCK: int = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
MOMENT = "SELECT extract(epoch FROM clock_timestamp())::float8 AS now"
FRESH_FOR = 1.0  # seconds; a machine that drifts by a hundredth is wrong by ten milliseconds then
JUMP = 1.0  # seconds: so much is no inexact measurement, but a machine that stood still or a clock that was set


class DatabaseClock:
    """Tells the moment of the database by what was measured last, going on by a clock that nobody sets."""

    def __init__(self) -> None:
        self._offset: float | None = None
        self._measured_at = 0.0

    def __call__(self) -> float:
        assert self._offset is not None, "it is measured before anybody asks"
        return self._offset + elapsed()

    @property
    def is_fresh(self) -> bool:
        return self._offset is not None and elapsed() - self._measured_at < FRESH_FOR

    def measured(self, moment: float, asked_at: float, answered_at: float) -> float:
        """Take over what the database said between two moments of `elapsed`; return how far this clock was off.

        It is only moved as far as it was certainly wrong, so that it does not tremble.
        """
        least, most = moment - answered_at, moment - asked_at
        self._measured_at = answered_at
        if self._offset is None:
            self._offset = (least + most) / 2
            return 0.0
        before = self._offset
        self._offset = min(max(before, least), most)
        return self._offset - before


def elapsed() -> float:
    """Return seconds since some moment."""
    return time.clock_gettime(_CLOCK)
