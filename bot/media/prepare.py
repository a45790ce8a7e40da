"""The uploads of a downloaded recording: the file itself if the provider reads it, else Ogg/Opus."""

import math
from dataclasses import dataclass, replace
from pathlib import Path

from bot.errors import PermanentError
from bot.media.convert import Recording, encode, quiet_cuts
from bot.media.ffmpeg import Bench, SureError
from bot.media.probe import Probe, opus_sound, probe
from bot.uploads import Upload, UploadFormats
from storage.apology import Fact, Reason

# The most that a second of a real recording has: six channels of 48,000 samples, as in films. Two channels at 96,000
# have less. A recording as long as is allowed may have that all the time, and so may two hours, whatever is allowed.
_MOST_SAMPLES = 6 * 48_000
_MOST_DEMANDING_SECONDS = 2 * 3600.0

# What is longer, or has as many samples as so many seconds of usual sound in two channels, takes one of the places
# for long runs: its conversion takes more than two seconds of a usual processor.
_LONG_SECONDS = 300.0
_USUAL_SAMPLES = 2 * 48_000

_VIDEO_KINDS = frozenset({"video", "video_note"})


@dataclass(frozen=True, slots=True)
class Limits:
    """The most seconds of a recording, and of a part that is uploaded; the most samples, of all channels together."""

    max_seconds: float
    split_seconds: float
    most_work: float


def most_work(max_seconds: float) -> float:
    """Return the most samples that a real recording has, those of all channels together."""
    return _MOST_SAMPLES * max(max_seconds, _MOST_DEMANDING_SECONDS)


async def prepare(path: Path, bench: Bench, *, kind: str, limits: Limits, formats: UploadFormats) -> tuple[Upload, ...]:
    """Return the uploads of this recording in order; none if nothing can be heard in it.

    A file of one of the `formats` is uploaded as it is, unless it is too long, has a picture or more sound, or would
    lose sound where its channels are added up. Parts of a long one in which nothing can be heard are left out. The
    same file gives the same uploads again, so that after a restart only the missing ones are sent. `kind` is what
    Telegram calls the message. New files come from the scratch of `bench`, whose owner removes them; `path` is never
    changed. Raises PermanentError (EMPTY, NOT_AUDIO, NO_SOUND, TOO_LONG, TOO_DEMANDING) or TemporaryError.
    """
    found = await probe(path, bench, most_work=limits.most_work)
    _refuse_unusable(found, kind, limits)
    if found.is_silent:
        return ()
    as_is = formats.by_container.get(found.container) if found.container else None
    small = found.size <= formats.max_bytes and found.duration <= limits.split_seconds
    whole = found.is_all and found.mix.is_usual and not found.has_video
    if as_is and small and found.codec in as_is.codecs and whole:
        return (Upload(path, as_is.content_type, as_is.file_name, 0.0, found.duration),)
    return await _convert(path, found, limits, replace(bench, is_long=_is_long(found)))


def _is_long(found: Probe) -> bool:
    return max(found.duration, found.work / _USUAL_SAMPLES) > _LONG_SECONDS


def _refuse_unusable(found: Probe, kind: str, limits: Limits) -> None:
    if not found.has_audio and found.has_video:
        raise SureError(Reason.NO_SOUND)
    if not found.has_audio:
        raise PermanentError(Reason.NO_SOUND if kind in _VIDEO_KINDS else Reason.NOT_AUDIO)
    if found.duration > limits.max_seconds:
        facts: dict[str, Fact] = {"limit_minutes": int(limits.max_seconds // 60)}
        if math.isfinite(found.work):  # else it may be longer than was counted
            facts["minutes"] = math.ceil(found.duration / 60)
        raise PermanentError(Reason.TOO_LONG, "", **facts)
    if found.work > limits.most_work:
        raise PermanentError(Reason.TOO_DEMANDING, "it has too many samples")


async def _convert(path: Path, found: Probe, limits: Limits, bench: Bench) -> tuple[Upload, ...]:
    recording = Recording(path, found.container, found.mix)
    cuts = await quiet_cuts(recording, bench, duration=found.duration, split_seconds=limits.split_seconds)
    parts = await encode(recording, bench, cuts=cuts, duration=found.duration, max_seconds=limits.max_seconds)
    sounds = await bench.compute(lambda: [opus_sound(part) for part in parts])
    if not any(sounds):
        raise PermanentError(Reason.NOT_AUDIO, "nothing in it could be decoded")
    return tuple(
        Upload(part, "audio/ogg", "audio.ogg", start, sound.seconds)
        for part, start, sound in zip(parts, (0.0, *cuts), sounds, strict=True)
        if sound is not None and not sound.is_silent
    )
