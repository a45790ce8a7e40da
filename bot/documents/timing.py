"""When each subtitle comes and goes, in milliseconds."""

import math
from collections.abc import Iterator, Sequence

SHORTEST = 834  # 5/6 of a second
LONGEST = 7_000
CLOSED = 500  # a shorter gap is closed, as it would be a flicker
TWO_FRAMES = 84  # the least gap that stays, where closing it would take the cue over LONGEST
LATE = 1_000  # so much may a cue come after its speech, so that a short one before it can be read
A_MOMENT = 40  # the least, where many words have one time


def timed(
    spoken: Sequence[tuple[float, float]], readable: Sequence[float], recorded: float = math.inf
) -> Iterator[tuple[int, int]]:
    """Yield the start and end of cues from the seconds of their speech, and the seconds that it takes to read each.

    No two cues overlap. A cue stays for as long as it takes to read, while nobody else speaks and the recording of
    `recorded` seconds goes on.
    """
    starts = [round(1000 * start) for start, _ in spoken]
    previous = 0
    for number, ((_, speech_ends), reading) in enumerate(zip(spoken, readable, strict=True)):
        start = max(starts[number], previous)
        speech_ends_at, readable_for = round(1000 * speech_ends), math.ceil(1000 * reading)
        if number + 1 < len(starts):
            previous = _end(start, speech_ends_at, readable_for, starts[number + 1])
        else:
            # A recording in which its speech begins ends it, however late other cues make it.
            latest = 1000 * recorded if starts[number] < 1000 * recorded < math.inf else start + LONGEST
            previous = _last_end(start, speech_ends_at, readable_for, int(latest))
        yield start, previous


def _end(start: int, speech_ends: int, reading: int, following: int) -> int:
    end = min(max(speech_ends, start + reading), following)
    end = max(end, min(start + SHORTEST, following + LATE), start + A_MOMENT)
    if end < following < end + CLOSED:
        end = following if following - start <= LONGEST else min(end, following - TWO_FRAMES)
    return min(end, start + LONGEST)


def _last_end(start: int, speech_ends: int, reading: int, latest: int) -> int:
    """Return the end of the last cue, which is at the `latest` if that does not leave it too short."""
    end = min(max(speech_ends, start + reading), latest, start + LONGEST)
    return max(end, start + SHORTEST)
