"""When to ask the provider again: pure arithmetic over seconds, and a memory of how quick models were lately."""

from collections import defaultdict, deque
from collections.abc import Callable

FLOOR = 0.4  # seconds; the least between two looks, and where learning stops
CEILING = 15.0
INTERVALS = 8  # the time passed is this many times the wait for the next look
MEMORY = 32  # generations remembered for each model
ENOUGH = 8  # below this many the memory says nothing
FAST_QUANTILE = 0.2
FIRST_LOOK_GUESS = 0.7  # of the time until the first look, when that look found a generation finished
GIVE_UP = 55 * 60.0  # the provider forgets a result after an hour


def usual(audio_seconds: float) -> float:
    """How long after the upload the first look pays off when nothing is known about the model."""
    return min(2.0 + 0.05 * audio_seconds, 60.0)


def deadline(audio_seconds: float) -> float:
    """Seconds after the upload at which a generation is given up; before the provider forgets it."""
    return min(600.0 + 2.0 * audio_seconds, GIVE_UP)


class Schedule:
    """Looks early where this model has been quick lately.

    What is learnt is a share of `usual`, used up to 1, so a slow look cannot make the next one later. A
    generation was finished some time before it was seen finished: half an interval between looks, or, at the
    first look, nobody knows how long. There the guess is bold, so that looks become earlier until only the
    quickest fifth is finished at the first.
    """

    def __init__(self, random: Callable[[], float]) -> None:
        self._random = random
        self._lately: defaultdict[str, deque[float]] = defaultdict(lambda: deque(maxlen=MEMORY))

    def learn(self, model: str, audio_seconds: float, elapsed: float) -> None:
        """A generation was first seen finished `elapsed` seconds after its upload."""
        if elapsed <= 1.1 * self.first_look(model, audio_seconds):
            finished = elapsed * FIRST_LOOK_GUESS
        else:
            finished = elapsed - max(FLOOR, elapsed / (INTERVALS + 1)) / 2
        self._lately[model].append(finished / usual(audio_seconds))

    def first_look(self, model: str, audio_seconds: float) -> float:
        """Seconds from the upload to the first look."""
        lately = sorted(self._lately[model])
        share = min(1.0, lately[int(FAST_QUANTILE * len(lately))]) if len(lately) >= ENOUGH else 1.0
        return max(FLOOR, share * usual(audio_seconds))

    def next_look(self, elapsed: float) -> float:
        """Seconds to the next look at a generation that was not finished `elapsed` seconds after its upload."""
        return min(max(elapsed / INTERVALS, FLOOR), CEILING) * (0.9 + 0.2 * self._random())
