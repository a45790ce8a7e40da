"""How loud the channels of a recording are, which is measured while it is decoded to be counted.

ffmpeg's `volumedetect` measures them: all together from the first sample to the last, and each of them in a frame
of every tenth of a second, which speech cannot slip through and which costs little. The sides are the channels with
even and with odd numbers: left and right in every usual layout, where the centre counts as left.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

MOST_CHANNELS = 16  # that are measured one by one
# In dB below full scale. Noise below -70 in the mean has no samples above -53, however long it lasts, and a codec makes
# it up to a dB louder; silence in the A-law of telephones has -72. Words have samples above -50, also those of whispers
# far from a microphone, which no long silence around them makes fainter.
_NOISE = -69.0  # in the mean
_LOUDEST_OF_NOISE = -52.0
# In the mean, fainter is the noise of a microphone that nobody speaks into, and a whisper.
_FAINT = -50.0
_NOTHING = -91.0  # what volumedetect tells of zeros
_SOME = "aselect=isnan(prev_selected_t)+gte(t-prev_selected_t\\,0.1)"
# The mean of l·r / ((l² + r²) / 2) over a frame: 1 for equal sides, 0 for sides of their own, -1 for opposite ones.
_OPPOSED = -0.8
_LINE = re.compile(
    r"^\[Parsed_volumedetect_(\d+) @ \w+\] (n_samples|mean_volume|max_volume): (-?\d+(?:\.\d+)?)", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Level:
    """The mean and the largest of some samples, in dB below full scale."""

    mean: float = _NOTHING
    peak: float = _NOTHING

    @property
    def power(self) -> float:
        return math.pow(10, self.mean / 10)


@dataclass(frozen=True, slots=True)
class Levels:
    """The levels of a whole recording, of each channel, of the sides, and of what remains when all are added up.

    A side is the sum of its channels divided by the number of all. `opposed` is the level of the moments in which
    one side is the other one turned over, so that an addition of the sides loses both.
    """

    whole: Level
    channels: tuple[Level, ...]
    sides: tuple[Level, Level]
    added: Level
    opposed: Level

    @property
    def are_silent(self) -> bool:
        """Tell whether nothing is there that could be speech: zeros, or noise that no word stands out of."""
        return self.whole.mean < _NOISE and self.whole.peak < _LOUDEST_OF_NOISE

    @property
    def are_faint(self) -> bool:
        return self.whole.mean < _FAINT


def meters(channels: int, output: str) -> str:
    """Return the filters that measure so many channels and pass them on to `output`, a link of the graph."""
    if channels == 1:
        return f"volumedetect[{output}]"
    taps = tuple(_taps(channels))
    links = "".join(f"[tap{number}]" for number in range(len(taps)))
    measured = ";".join(f"[tap{number}]{tap},volumedetect,anullsink" for number, tap in enumerate(taps))
    return f"volumedetect,asplit[{output}][some];[some]{_SOME},asplit={len(taps)}{links};{measured}"


def parse(errors: str, channels: int) -> Levels | None:
    """Return the levels in an error output of ffmpeg with these meters; None if it has not measured."""
    told = _told(errors)
    if len(told) != (1 if channels == 1 else 1 + channels + 4):
        return None
    if channels == 1:
        (whole,) = told
        return Levels(whole, (whole,), (whole, Level()), whole, Level())
    whole, *each, left, right, added, opposed = told
    return Levels(whole, tuple(each), (left, right), added, opposed)


def side(number: int, channels: int) -> str:
    """Return one side as an expression of the `pan` filter."""
    return added(range(number, channels, 2), 1 / channels)


def added(channels: range, factor: float) -> str:
    """Return the sum of these channels, each times `factor`, as an expression of the `pan` filter."""
    return "+".join(f"{factor:.6f}*c{channel}" for channel in channels)


def _taps(channels: int) -> Iterator[str]:
    for channel in range(channels):
        yield f"pan=mono|c0=c{channel}"
    left, right = side(0, channels), side(1, channels)
    yield f"pan=mono|c0={left}"
    yield f"pan=mono|c0={right}"
    yield f"pan=mono|c0={left}+{right}"
    chosen = f"ametadata=select:key=lavfi.aphasemeter.phase:value={_OPPOSED}:function=less"
    yield f"pan=stereo|c0={left}|c1={right},aphasemeter=video=0,{chosen}"


def _told(errors: str) -> list[Level]:
    """Return one level for each meter. Where the format changed, a meter has told several, which are put together."""
    meters: dict[int, list[dict[str, float]]] = {}
    for number, name, value in _LINE.findall(errors):
        parts = meters.setdefault(int(number), [])
        if name == "n_samples":
            parts.append({})
        if parts:
            parts[-1][name] = float(value)
    return [_together(parts) for _, parts in sorted(meters.items())]


def _together(parts: list[dict[str, float]]) -> Level:
    levels = [
        (part["n_samples"], Level(part["mean_volume"], part["max_volume"]))
        for part in parts
        if part.keys() >= {"mean_volume", "max_volume"}
    ]
    samples = sum(count for count, _ in levels)
    if not samples:
        return Level()
    power = sum(count * level.power for count, level in levels) / samples
    return Level(10 * math.log10(power), max(level.peak for _, level in levels))
