"""A circuit breaker for creates: while the provider refuses every job, one tries for all now and then."""

from bot.engine import patience
from bot.outgoing import waits


class Hold:
    """A circuit breaker. It trips when the provider refuses everybody (wrong key, no credits, too many requests).

    A create that gets through resets it. `until` is the end of the pause, `by_operator` whether only the operator
    can end its cause.
    """

    def __init__(self) -> None:
        self.until = 0.0
        self.by_operator = False
        self._tripped_at: float | None = None
        self._next_pause = patience.PAUSE

    def trip_for_operator(self, now: float) -> None:
        """Let all wait but one, which tries when a pause ends; each pause in vain makes the next one longer."""
        self._trip(now, self._next_pause)
        self._next_pause = min(2 * self._next_pause, patience.LONGEST_PAUSE)
        self.by_operator = True

    def trip(self, now: float, seconds: float | None) -> None:
        """Let all wait for as long as the provider asked, or a short while if it did not say."""
        self._trip(now, waits.UNSAID if seconds is None else seconds)

    def _trip(self, now: float, seconds: float) -> None:
        self.until = max(self.until, now + seconds)
        self._tripped_at = now if self._tripped_at is None else self._tripped_at

    def allows(self, now: float) -> bool:
        """Tell whether a job may try now. While the operator is needed, this uses up the one try at a pause's end."""
        if now < self.until:
            return False
        if self.by_operator:
            self.until = now + self._next_pause
        return True

    def patience(self, now: float) -> float:
        """Return the seconds for which the provider asks for patience; 0 where it is the operator who has to act."""
        return 0.0 if self.by_operator else max(0.0, self.until - now)

    def lasted(self, now: float) -> float:
        """Return the seconds since the first refusal without a create that got through; 0 when not tripped."""
        return 0.0 if self._tripped_at is None else now - self._tripped_at

    def reset(self) -> None:
        """Let everybody through again, as a create got through."""
        self.until = 0.0
        self.by_operator = False
        self._tripped_at = None
        self._next_pause = patience.PAUSE
