"""The models whose looks were too many lately: how long nobody asks about them, and how slowly then."""

from dataclasses import dataclass

from bot.engine import patience
from bot.outgoing import waits


@dataclass(frozen=True, slots=True)
class _TooMany:
    until: float  # nobody asks before
    times: int  # that one came soon after another

    def left(self, now: float) -> int:
        """Return how many of the times are not forgotten: one is with each SLOWED_FOR without another refusal."""
        return max(self.times - int(max(now - self.until, 0.0) / patience.SLOWED_FOR), 0)


class Slowed:
    """Remembers refused looks by model. Each one makes that model's looks half as many, until it is forgotten."""

    def __init__(self) -> None:
        self._models: dict[str, _TooMany] = {}

    def refused(self, model: str, retry_after: float | None, now: float) -> None:
        """Remember a refusal. Several during one wait count once: their looks were under way at the same time."""
        known = self._models.get(model, _TooMany(now, 0))
        wait = waits.asked_wait(retry_after)
        until = now + (waits.UNSAID if wait is None else wait)
        times = known.left(now) + (known.times == 0 or now >= known.until)
        self._models[model] = _TooMany(max(until, known.until), min(times, patience.MOST_SLOWINGS))

    def until(self, model: str, now: float) -> float:
        """Return the moment before which nobody asks about the model's generations."""
        known = self._models.get(model)
        return now if known is None else max(known.until, now)

    def slowness(self, model: str, now: float) -> int:
        """Return by how much the model's looks are rarer: 1, 2, 4, …"""
        known = self._models.get(model)
        return 1 if known is None else 2 ** known.left(now)
