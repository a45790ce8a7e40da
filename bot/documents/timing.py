"""When each subtitle comes and goes, in milliseconds."""

import math
from collections.abc import Iterator, Sequence

SHORTEST = 834  # 5/6 of a second
LONGEST = 7_000
CLOSED = 500  # a shorter gap is closed, as it would be a flicker
TWO_FRAMES = 84  # the least gap that stays, where closing it would take the cue over LONGEST
LATE = 1_000  # so much may a cue come after its speech, so that a short one before it can be read
A_MOMENT = 40  # the least, where many words have one time


def timed(spoken: Sequence[tuple[float, float]], readable: Sequence[float]) -> Iterator[tuple[int, int]]:
    """Yield the start and end of cues from the seconds of their speech, and the seconds that it takes to read each.

    No two cues overlap. A cue stays for as long as it takes to read, while nobody else speaks.
    """
    starts = [round(1000 * start) for start, _ in spoken]
    previous = 0
    for number, ((_, speech_ends), reading) in enumerate(zip(spoken, readable, strict=True)):
        start = max(starts[number], previous)
        following = starts[number + 1] if number + 1 < len(starts) else None
        previous = _end(start, round(1000 * speech_ends), math.ceil(1000 * reading), following)
        yield start, previous


def _end(start: int, speech_ends: int, reading: int, following: int | None) -> int:
    if following is None:
        return min(max(speech_ends, start + reading, start + SHORTEST), start + LONGEST)
    end = min(max(speech_ends, start + reading), following)
    end = max(end, min(start + SHORTEST, following + LATE), start + A_MOMENT)
    if end < following < end + CLOSED:
        end = following if following - start <= LONGEST else min(end, following - TWO_FRAMES)
    return min(end, start + LONGEST)
