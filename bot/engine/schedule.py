"""When to ask the provider again: arithmetic over the seconds since a generation was created."""

from bisect import bisect_left, bisect_right

from bot.engine import patience


def _pause(elapsed: float) -> float:
    """Return the seconds from a look to the next one."""
    return min(max(patience.SHORTEST_LOOK, elapsed / patience.LOOKS_PER_ELAPSED), patience.LONGEST_LOOK)


def _moments() -> tuple[float, ...]:
    moments = [patience.FIRST_LOOK]
    while moments[-1] < patience.HOUR:  # no generation is asked for longer
        moments.append(moments[-1] + _pause(moments[-1]))
    return tuple(moments)


MOMENTS = _moments()  # of looks at a generation, in seconds after its create, whatever the length of its recording


def next_moment(elapsed: float) -> float:
    """Return when to look next at a generation that was not finished `elapsed` seconds after its create.

    A moment that is nearer than a quarter of a pause is left out, as the last look has only just been made.
    """
    if elapsed >= MOMENTS[-2]:
        return elapsed + patience.LONGEST_LOOK
    return MOMENTS[bisect_left(MOMENTS, elapsed + _pause(elapsed) / 4)]


def thinned_moment(elapsed: float, soonest: float) -> float:
    """Return when to look next if no generation is finished within `soonest` seconds.

    Moments are left out up to then, but only so many that an answer is seen at most a tenth later, in seconds after the
    create, than without leaving out any. That holds whenever it is finished: what was learned may be wrong.
    """
    usual = next_moment(elapsed)
    possible = bisect_right(MOMENTS, min(patience.LATER_BY * usual, soonest))
    return max(usual, MOMENTS[possible - 1]) if possible else usual


def deadline(audio_seconds: float) -> float:
    """Return the seconds after the upload at which a generation is given up, before the provider forgets it."""
    return min(patience.EXPECTED_WITHIN + patience.EXPECTED_SHARE * audio_seconds, patience.GIVE_UP_AFTER)
