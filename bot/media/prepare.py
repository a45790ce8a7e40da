"""The uploads of a downloaded recording: the file itself if the provider reads it, else its sound alone.

The sound is copied as it was encoded where the provider reads that, and encoded anew as Ogg/Opus where it does not.
"""

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.errors import PermanentError
from bot.media import copying
from bot.media.convert import Recording, encode, quiet_cuts
from bot.media.cut import Cut, spans_of
from bot.media.ffmpeg import Bench, SureError
from bot.media.opus import Sound
from bot.media.probe import Probe, is_silent, opus_sound, probe
from bot.media.sniff import Container
from bot.uploads import AudioFormat, Upload, UploadFormats
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
    """The most seconds of a recording, and of a part that is uploaded; the most samples, of all channels together.

    With `speakers` parts share so many seconds that who speaks in both can be known.
    """

    max_seconds: float
    split_seconds: float
    most_work: float
    speakers: bool = False


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
        if found.copy is not None:
            copying.drop(found.copy)
        return (Upload(path, as_is.content_type, as_is.file_name, 0.0, found.duration, found.is_faint),)
    bench = replace(bench, is_long=_is_long(found))
    copied = await _copy(path, found, limits, formats, bench)
    uploads = await _convert(path, found, limits, bench) if copied is None else copied
    return tuple([replace(upload, is_faint=True) for upload in uploads]) if found.is_faint else uploads


def _is_long(found: Probe) -> bool:
    return max(found.duration, found.work / _USUAL_SAMPLES) > _LONG_SECONDS


def _refuse_unusable(found: Probe, kind: str, limits: Limits) -> None:
    if not found.has_audio and found.has_video:
        raise SureError(Reason.NO_SOUND)
    if not found.has_audio:
        raise PermanentError(Reason.NO_SOUND if kind in _VIDEO_KINDS else Reason.NOT_AUDIO)
    if found.duration > limits.max_seconds:
        facts: dict[str, Fact] = {"limit_minutes": limits.max_seconds / 60}
        if math.isfinite(found.work):  # else it may be longer than was counted
            facts["minutes"] = found.duration / 60
        raise PermanentError(Reason.TOO_LONG, "", **facts)
    if found.work > limits.most_work:
        raise PermanentError(Reason.TOO_DEMANDING, "it has too many samples")


async def _copy(
    path: Path, found: Probe, limits: Limits, formats: UploadFormats, bench: Bench
) -> tuple[Upload, ...] | None:
    """Return uploads of the sound as it was encoded; None where it has to be encoded anew."""
    if not (found.is_steady and found.mix.is_usual):
        return None
    format_ = copying.uploaded_as(found.codec, formats)
    original = copying.Original(path, found.container, found.mix.track, found.codec or "", found.size)
    copy = found.copy or (await copying.copy_of(original, bench) if format_ else None)
    if copy is None:
        return None
    uploads = None
    if format_ and copying.lasts_as_long(copy.seconds, found.duration):
        uploads = await _cut(copy, format_, limits, bench)
    copying.drop(copy)
    if uploads is None or all(upload.path.stat().st_size <= formats.max_bytes for upload in uploads):
        return uploads
    for upload in uploads:
        os.truncate(upload.path, 0)
    return None


async def _cut(copy: copying.Copy, format_: AudioFormat, limits: Limits, bench: Bench) -> tuple[Upload, ...]:
    cuts = await _cuts(copy, copy.seconds, limits, bench)
    parts = tuple(bench.scratch.file() for _ in range(len(cuts) + 1))
    starts = await bench.compute(copy.cut, cuts, parts)
    ends = (*(each.end for each in cuts), copy.seconds)
    uploads = [
        Upload(part, format_.content_type, format_.file_name, start, end - start, overlap=shared)
        for part, start, end, shared in zip(parts, starts, ends, _shared(cuts), strict=True)
    ]
    if len(uploads) == 1:  # all of it was listened to
        return tuple(uploads)
    return _heard(uploads, [not await is_silent(upload.path, copy.container, bench) for upload in uploads])


async def _cuts(sound: Recording | copying.Copy, duration: float, limits: Limits, bench: Bench) -> tuple[Cut, ...]:
    split, speakers = limits.split_seconds, limits.speakers
    return await quiet_cuts(sound, bench, duration=duration, split_seconds=split, speakers=speakers)


def _heard(uploads: Sequence[Upload], heard: Sequence[bool]) -> tuple[Upload, ...]:
    """Leave out the parts in which nothing is heard; the part after one of these has nothing in common with others."""
    with_before = zip(uploads, heard, [True, *heard], strict=False)
    return tuple(
        [
            upload if before_is_heard else replace(upload, overlap=0.0)
            for upload, is_heard, before_is_heard in with_before
            if is_heard
        ]
    )


def _shared(cuts: Sequence[Cut]) -> list[float]:
    """Return the seconds that each part has in common with the one before it."""
    return [0.0, *(each.end - each.start for each in cuts)]


async def _convert(path: Path, found: Probe, limits: Limits, bench: Bench) -> tuple[Upload, ...]:
    recording = Recording(path, found.container, found.mix)
    cuts = await _cuts(recording, found.duration, limits, bench)
    parts = await encode(recording, bench, cuts=cuts, duration=found.duration, max_seconds=limits.max_seconds)
    sounds = await bench.compute(lambda: [opus_sound(part, bench.stretch) for part in parts])
    if not any(sounds):
        raise PermanentError(Reason.NOT_AUDIO, "nothing in it could be decoded")
    starts = [start for start, _ in spans_of(cuts)]
    uploads = [
        Upload(part, "audio/ogg", "audio.ogg", start, sound.seconds if sound else 0.0, overlap=shared)
        for part, start, shared, sound in zip(parts, starts, _shared(cuts), sounds, strict=True)
    ]
    if len(parts) == 1:  # all of it was listened to
        return _heard(uploads, [sound is not None and not sound.is_silent for sound in sounds])
    made = zip(parts, sounds, strict=True)
    return _heard(uploads, [sound is not None and await _is_heard(part, sound, bench) for part, sound in made])


async def _is_heard(part: Path, sound: Sound, bench: Bench) -> bool:
    return not sound.is_silent and (sound.is_heard or not await is_silent(part, Container.OGG, bench))
