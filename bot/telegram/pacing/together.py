"""All chats together: how many messages and edits go within a second, as far as refusals tell."""

from bot.log import get_logger
from bot.telegram.pacing.windows import Window

log = get_logger(__name__)

SPAN = 1.0  # seconds
MOST = 60  # messages and edits a second: 30 of each, as long as they turn out to be counted apart
LEAST = 4  # a second; nobody can mean fewer
SEVERAL = 3  # chats that were refused and are slow themselves: they tell that all together are too fast
SOON = 3.0  # seconds within which they tell that
NARROW_FOR = 60.0  # seconds, until twice as many are tried again


class Together:
    """Counts the writes of all chats, and learns from refusals how many there may be.

    Telegram documents no number for edits, so they are counted apart until that is refused: half of what both windows
    hold is what one of them holds. A server that takes still less halves it again.
    """

    def __init__(self) -> None:
        self.window = Window(MOST, SPAN)
        self.lines = 0  # in which writes wait
        self._narrowed_at = 0.0
        self._refused: list[float] = []

    def limit(self, now: float) -> int:
        """Return how many writes go within a second now: twice as many after each while without a refusal."""
        while self.window.limit < MOST and not 0 <= now - self._narrowed_at < NARROW_FOR:
            self.window.limit = min(MOST, 2 * self.window.limit)
            self._narrowed_at = min(now, self._narrowed_at + NARROW_FOR)
        return self.window.limit

    def refused(self, begun: float, now: float) -> None:
        """Count the refusal of a write to a chat that is slow itself; one begun before a halving tells nothing new."""
        if begun < self._narrowed_at <= now:
            return
        self._refused = [moment for moment in self._refused if 0 <= now - moment < SOON]
        self._refused.append(now)
        if len(self._refused) < SEVERAL:
            return
        self._refused.clear()
        self.window.limit = max(LEAST, self.limit(now) // 2)
        self._narrowed_at = now
        log.warning("pace.narrowed", writes_a_second=self.window.limit)
