"""Finds the place in a short piece of sound where a cut goes through nobody's word."""

import warnings

with warnings.catch_warnings():
    # pydub warns of the audioop it needs, of the ffmpeg it does not, and of its own regular expressions.
    warnings.simplefilter("ignore")
    from pydub import AudioSegment
    from pydub.silence import detect_silence

_SHORTEST = 300  # milliseconds: shorter pauses are found inside words too
_STEP = 10
_BELOW_AVERAGE = 16  # decibels


def quietest_place(samples: bytes, rate: int) -> float | None:
    """The seconds to the middle of the longest silence in these samples (mono, 16 bit, little-endian).

    Of equally long ones it is the most central. Without a silence it is the middle of the quietest moment;
    None if there is too little sound to have one.
    """
    sound = AudioSegment(data=samples, sample_width=2, frame_rate=rate, channels=1)
    spans = detect_silence(sound, _SHORTEST, sound.dBFS - _BELOW_AVERAGE, _STEP) or _quietest_moments(sound)
    if not spans:
        return None
    centre = len(sound) / 2
    start, end = min(spans, key=lambda span: (span[0] - span[1], abs(sum(span) / 2 - centre)))
    return float(start + end) / 2000


def _quietest_moments(sound: AudioSegment) -> list[list[int]]:
    moments = [[at, at + _SHORTEST] for at in range(0, len(sound) - _SHORTEST + 1, _STEP)]
    loudness = [sound[start:end].rms for start, end in moments]
    quietest = min(loudness, default=0)
    return [moment for moment, loud in zip(moments, loudness, strict=True) if loud == quietest]
