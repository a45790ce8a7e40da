"""The looks at all generations of this process: when each job's next one is due."""

from bot.engine.schedule import next_moment
from storage.words import Job


class Looks:
    """Gives out the moments of looks, so that no answer is seen much later than it is there."""

    def next_look(self, _job: Job, elapsed: float) -> float:
        """Return the seconds from now to the next look at the generation that was created `elapsed` seconds ago."""
        elapsed = max(elapsed, 0.0)
        return next_moment(elapsed) - elapsed
