"""The hold: while no job can work, one at a time tries whether that is over, and the others spend nothing."""

HOLD_SECONDS = 30.0  # the first one; each that ends in vain makes the next one twice as long
LONGEST_HOLD_SECONDS = 120.0
PATIENCE_SECONDS = 5.0  # when the provider asks for patience without saying how much


class Hold:
    """Closed after the provider refused us all (wrong key, no credits, too many requests), until a job gets through."""

    def __init__(self) -> None:
        self.until = 0.0
        self.by_operator = False
        self._since: float | None = None
        self._next_seconds = HOLD_SECONDS

    def wait_for_operator(self, now: float) -> None:
        """Only the operator can help: all wait, and one tries now and then."""
        self._close(now, self._next_seconds)
        self._next_seconds = min(2 * self._next_seconds, LONGEST_HOLD_SECONDS)
        self.by_operator = True

    def be_patient(self, now: float, seconds: float | None) -> None:
        """The provider asked for so many seconds of patience, or for an unsaid number."""
        self._close(now, PATIENCE_SECONDS if seconds is None else seconds)

    def _close(self, now: float, seconds: float) -> None:
        self.until = max(self.until, now + seconds)
        self._since = now if self._since is None else self._since

    def lets_through(self, now: float) -> bool:
        """True when open; and for one caller each time the operator's hold runs out, who thereby tries for all."""
        if now < self.until:
            return False
        if self.by_operator:
            self.until = now + self._next_seconds
        return True

    def has_lasted(self, now: float) -> float:
        """Seconds since the first of the refusals without a job that got through; 0 while open."""
        return 0.0 if self._since is None else now - self._since

    def clear(self) -> None:
        """A job got through."""
        self.until = 0.0
        self.by_operator = False
        self._since = None
        self._next_seconds = HOLD_SECONDS
