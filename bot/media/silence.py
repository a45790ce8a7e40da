"""The search for a pause in a short piece of sound, where a cut goes through no word."""

import warnings
from typing import NamedTuple

with warnings.catch_warnings():
    # pydub warns of audioop, which is deprecated, of a missing ffmpeg, which is not used here, and of its own
    # regular expressions.
    warnings.simplefilter("ignore")
    from pydub import AudioSegment
    from pydub.silence import detect_silence

_SHORTEST_MS = 300  # shorter pauses occur inside words too
_STEP_MS = 10  # the precision of the search; a finer one would cost time and move no cut audibly
_BELOW_AVERAGE_DB = 16  # how much quieter than the average of the whole piece a silence is


class Place(NamedTuple):
    """A place in a piece of sound, in seconds, and whether there is silence."""

    at: float
    is_silent: bool


def quietest_place(samples: bytes, rate: int) -> Place | None:
    """Return the middle of the longest silence in these samples (mono, 16 bit, little-endian).

    Of several longest ones it is the one nearest to the centre. Without a silence it is the middle of the quietest
    300 ms. None for less sound than that.
    """
    sound = AudioSegment(data=samples, sample_width=2, frame_rate=rate, channels=1)
    silences = detect_silence(sound, _SHORTEST_MS, sound.dBFS - _BELOW_AVERAGE_DB, _STEP_MS)
    spans = silences or _quietest_spans(sound)
    if not spans:
        return None
    centre = len(sound) / 2
    start, end = min(spans, key=lambda span: (span[0] - span[1], abs(sum(span) / 2 - centre)))
    return Place((start + end) / 2000, bool(silences))  # the mean of two numbers of milliseconds, in seconds


def _quietest_spans(sound: AudioSegment) -> list[list[int]]:
    spans = [[at, at + _SHORTEST_MS] for at in range(0, len(sound) - _SHORTEST_MS + 1, _STEP_MS)]
    loudness = [sound[start:end].rms for start, end in spans]
    quietest = min(loudness, default=0)
    return [span for span, loud in zip(spans, loudness, strict=True) if loud == quietest]
