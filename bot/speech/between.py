"""Times for words and turns of which an answer tells none, from those of their neighbours."""

import math
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

LETTERS_A_SECOND = 15  # that people say


class Told(NamedTuple):
    """A word or a turn as an answer tells it; `start` and `end` in seconds, each None where it has none."""

    text: str
    start: float | None
    end: float | None


def filled_in(told: Sequence[Told], since: float = 0.0, until: float = math.inf) -> list[tuple[float, float]]:
    """Return the start and end of each; none where no time at all is told.

    Times that are told stay as they are, but for an end before its start, which becomes the start. The others share
    what is between two of those by their letters. Before the first one and after the last one they take as long as
    it takes to say them, between `since` and `until`. Where the starts that are told never fall, no start does.
    """
    moments = [moment for each in told for moment in (each.start, _end(each))]
    known = [number for number, moment in enumerate(moments) if moment is not None]
    if not known:
        return []
    letters = [0, *accumulate(max(1, len(each.text)) for each in told)]
    places = [place for before, after in pairwise(letters) for place in (before, after)]
    filled = [*_before(moments, places, known[0], since)]
    for number, following in pairwise(known):
        filled += _between(moments, places, number, following)
    filled += _after(moments, places, known[-1], until)
    return [(start, max(start, end)) for start, end in zip(filled[::2], filled[1::2], strict=True)]


def _end(each: Told) -> float | None:
    return each.end if each.end is None or each.start is None else max(each.start, each.end)


def _before(moments: Sequence[float | None], places: Sequence[int], first: int, since: float) -> Iterator[float]:
    following = moments[first] or 0.0
    start = min(following, max(since, following - places[first] / LETTERS_A_SECOND))
    yield from _spread(places[: first + 1], start, following)[:-1]


def _between(moments: Sequence[float | None], places: Sequence[int], number: int, following: int) -> Iterator[float]:
    """Yield a moment that is told, and what is between it and the following one that is.

    Where the word before ends after the next one has begun, the words between begin with that one.
    """
    told, limit = moments[number] or 0.0, moments[following] or 0.0
    yield told
    begins = told if number % 2 == 0 else moments[number - 1]
    start = told if begins is None or limit < begins else min(told, limit)
    yield from _spread(places[number : following + 1], start, max(start, limit))[1:-1]


def _after(moments: Sequence[float | None], places: Sequence[int], last: int, until: float) -> Iterator[float]:
    told = moments[last] or 0.0
    end = max(told, min(until, told + (places[-1] - places[last]) / LETTERS_A_SECOND))
    yield from _spread(places[last:], told, end)


def _spread(places: Sequence[int], start: float, end: float) -> list[float]:
    """Return the moments of places, of which the first one is at `start` and the last one at `end`."""
    length = places[-1] - places[0]
    if not length:
        return [start] * len(places)
    return [min(end, start + (end - start) * ((place - places[0]) / length)) for place in places]
