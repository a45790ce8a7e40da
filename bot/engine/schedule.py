"""When to ask the provider again: arithmetic over seconds, and a memory of how quick each model was lately."""

from collections import defaultdict, deque
from collections.abc import Callable

from bot.engine import patience


def unlearned_first_look(audio_seconds: float) -> float:
    """Return how long after the upload the first look pays off when nothing is known about the model."""
    return min(patience.FIRST_LOOK_AFTER + patience.FIRST_LOOK_SHARE * audio_seconds, patience.LATEST_FIRST_LOOK)


def deadline(audio_seconds: float) -> float:
    """Return the seconds after the upload at which a generation is given up, before the provider forgets it."""
    return min(patience.EXPECTED_WITHIN + patience.EXPECTED_SHARE * audio_seconds, patience.GIVE_UP_AFTER)


class Schedule:
    """The times of looks, earlier for a model that has been quick lately.

    What is learned is a share of the unlearned first look, at most 1, so that a slow generation makes no first look
    later. A generation was finished before it was seen: half an interval earlier or, at the first look, an unknown
    time, which is guessed boldly. So first looks come earlier until only the quickest fifth is finished at them.
    """

    def __init__(self, random: Callable[[], float]) -> None:
        self._random = random
        self._lately: defaultdict[str, deque[float]] = defaultdict(lambda: deque(maxlen=patience.LOOK_MEMORY))

    def learn(self, model: str, audio_seconds: float, elapsed: float) -> None:
        """Remember that a generation was first seen finished `elapsed` seconds after its upload."""
        if elapsed <= 1.1 * self.first_look(model, audio_seconds):
            finished = elapsed * patience.FIRST_LOOK_GUESS
        else:
            finished = elapsed - max(patience.SHORTEST_LOOK, elapsed / (patience.LOOKS_PER_ELAPSED + 1)) / 2
        self._lately[model].append(finished / unlearned_first_look(audio_seconds))

    def first_look(self, model: str, audio_seconds: float) -> float:
        """Return the seconds from the upload to the first look."""
        lately = sorted(self._lately[model])
        enough = len(lately) >= patience.LOOKS_TO_LEARN_FROM
        share = min(1.0, lately[int(patience.FAST_QUANTILE * len(lately))]) if enough else 1.0
        return max(patience.SHORTEST_LOOK, share * unlearned_first_look(audio_seconds))

    def next_look(self, elapsed: float) -> float:
        """Return the seconds to the next look at a generation that was not finished `elapsed` seconds after upload."""
        wait = min(max(elapsed / patience.LOOKS_PER_ELAPSED, patience.SHORTEST_LOOK), patience.LONGEST_LOOK)
        return wait * (1 + patience.LOOK_JITTER * (2 * self._random() - 1))
