"""The uploads of a downloaded recording: the file itself if the provider reads it, else Ogg/Opus."""

import math
from dataclasses import dataclass, replace
from pathlib import Path

from bot.errors import PermanentError
from bot.media.convert import encode, quiet_cuts
from bot.media.ffmpeg import Bench, SureError
from bot.media.probe import Probe, opus_duration, probe
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
    """Return the uploads of this recording in order, at least one.

    A file of one of the `formats` is uploaded as it is, unless it is too long, or has a picture or more sound. The
    same file gives the same uploads again, so that after a restart only the missing ones are sent. `kind` is what
    Telegram calls the message. New files come from the scratch of `bench`, whose owner removes them; `path` is never
    changed. Raises PermanentError (EMPTY, NOT_AUDIO, NO_SOUND, TOO_LONG, TOO_DEMANDING) or TemporaryError.
    """
    found = await probe(path, bench, most_work=limits.most_work)
    _refuse_unusable(found, kind, limits)
    as_is = formats.by_container.get(found.container) if found.container else None
    small = found.size <= formats.max_bytes and found.duration <= limits.split_seconds
    if as_is and small and found.codec in as_is.codecs and found.is_all and not found.has_video:
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
    cuts = await quiet_cuts(path, found.container, bench, duration=found.duration, split_seconds=limits.split_seconds)
    parts = await encode(
        path, found.container, bench, cuts=cuts, duration=found.duration, max_seconds=limits.max_seconds
    )
    uploads = await bench.compute(_uploads_with_sound, parts, (0.0, *cuts))
    if not uploads:
        raise PermanentError(Reason.NOT_AUDIO, "nothing in it could be decoded")
    return uploads


def _uploads_with_sound(parts: tuple[Path, ...], starts: tuple[float, ...]) -> tuple[Upload, ...]:
    measured = ((part, start, opus_duration(part)) for part, start in zip(parts, starts, strict=True))
    return tuple(
        Upload(part, "audio/ogg", "audio.ogg", start, duration)
        for part, start, duration in measured
        if duration is not None
    )
