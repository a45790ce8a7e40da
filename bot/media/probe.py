"""The facts about a received file, read from its content: container, codec, length, sound and picture."""

import math
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from bot.errors import PermanentError, TemporaryError
from bot.media import length, opus, streams
from bot.media.ffmpeg import Bench, FfmpegRun, SureError, source
from bot.media.sniff import Container, head_of, is_something_else, sniff
from storage.apology import Reason

# Seconds of processors. Most files need less than QUICK, also a film of a minute and a song. What needs more is begun
# again among the long ones, so a file that is made to be slow delays others by a second.
_QUICK_CPU_SECONDS = 1.0
_LISTING_CPU_SECONDS = 10.0  # the beginning of a file, where pictures may have to be looked at
_COUNTING_CPU_SECONDS = 60.0  # a usual machine decodes two hours of any sound in 20
_DENSEST = 8 * 192_000  # samples a second, of all channels together; discs have no more
_UNBOUNDED_WORK = 1e15  # a year of sound
_LEAST_OF_UNKNOWN_SECONDS = 0.2
_OPUS_SAMPLES = 2 * 48_000  # a second, in two channels


@dataclass(frozen=True, slots=True)
class _Identity:
    """The facts that need no ffmpeg. Of Ogg: the seconds if it is Opus, and whether several streams begin in it.

    `container` is None if it is unknown.
    """

    container: Container | None
    size: int
    opus_seconds: float | None = None
    begins_twice: bool = False


@dataclass(frozen=True, slots=True)
class Probe:
    """The facts about a file, as far as they concern its first stream of sound, which a conversion takes.

    `codec` is None without such a stream. `duration` is the seconds of sound that a decoder finds, whatever the file
    claims, and `work` the samples in them, those of all channels together; it is infinite if more were not counted.
    `is_all` tells that no decoder finds other sound in the file.
    """

    container: Container | None  # None if ffmpeg found it out
    size: int  # bytes
    codec: str | None
    duration: float
    work: float
    is_all: bool
    has_video: bool

    @property
    def has_audio(self) -> bool:
        return self.codec is not None


async def probe(path: Path, bench: Bench, *, most_work: float = _UNBOUNDED_WORK) -> Probe:
    """Read the facts about the file, and decode it to know its length; Ogg/Opus is counted without a process.

    The counting ends when the `work` has come to `most_work` samples. Raises PermanentError: EMPTY for a file without
    bytes, NOT_AUDIO for one that is surely something else, TOO_DEMANDING for one that takes too long to read. Raises
    as `Ffmpeg.run` does.
    """
    known = await bench.compute(_identify, path, bench.threads.closed)
    if known.opus_seconds is not None:
        work = known.opus_seconds * _OPUS_SAMPLES
        return Probe(known.container, known.size, "opus", known.opus_seconds, work, is_all=True, has_video=False)
    found = await _read(path, known, bench, most_work)
    if not (found.duration or found.has_video or known.container is None):
        found = await _read(path, replace(known, container=None), bench, most_work)
    if found.has_audio and not found.duration:
        raise PermanentError(Reason.NOT_AUDIO, "nothing in it could be decoded")
    return found


async def _read(path: Path, known: _Identity, bench: Bench, most_work: float) -> Probe:
    """Return what ffmpeg finds in a file with the demuxer of its container, or with any trusted one if that is None."""
    reading = _Reading(path, known.container, bench)
    found = await reading.listed()
    if not found.sounds:
        return Probe(known.container, known.size, None, 0.0, 0.0, is_all=True, has_video=found.has_video)
    if _density(found.sounds[0]) > _DENSEST:
        raise SureError(Reason.TOO_DEMANDING, "it has too many samples a second")
    duration, work = await reading.count(found.sounds[0], most_work)
    is_all = len(found.sounds) == 1 and not known.begins_twice
    codec = found.sounds[0].codec
    return Probe(known.container, known.size, codec, duration, work, is_all=is_all, has_video=found.has_video)


def opus_duration(path: Path, stopped: Callable[[], bool] = lambda: False) -> float | None:
    """Return `opus.duration` of a file; None if there is no such file."""
    try:
        with path.open("rb") as file:
            return opus.duration(file, stopped)
    except FileNotFoundError:
        return None


def _identify(path: Path, stopped: Callable[[], bool]) -> _Identity:
    with path.open("rb") as file:
        head = head_of(file)
        if not head:
            raise PermanentError(Reason.EMPTY)
        if is_something_else(head):
            raise SureError(Reason.NOT_AUDIO, "it begins like something else")
        container = sniff(head)
        size = file.seek(0, os.SEEK_END)
        if container is not Container.OGG:
            return _Identity(container, size)
        file.seek(0)
        if (seconds := opus.duration(file, stopped)) is not None:
            return _Identity(container, size, seconds)
        file.seek(0)
        return _Identity(container, size, begins_twice=opus.begins_twice(file))


class _Reading:
    """Runs ffmpeg on one file: as a short run, until one takes too long, and from then on as a long one."""

    def __init__(self, path: Path, container: Container | None, bench: Bench) -> None:
        self._path = path
        self._container = container
        self._bench = bench

    async def listed(self) -> streams.Streams:
        """List the streams. A file with pictures that cannot even be listed is asked for its sound alone."""
        opened = source(self._path, self._container)
        ran = await self._run(*opened, *streams.LISTING, cpu_seconds=_LISTING_CPU_SECONDS)
        found = streams.parse(ran.stdout)
        if ran.returncode == 0 or found.sounds:
            return found
        ran = await self._run(*opened, *streams.SOUND_LISTING, cpu_seconds=_LISTING_CPU_SECONDS)
        sounds = streams.parse(ran.stdout).sounds
        return streams.Streams(sounds, has_video=bool(sounds))

    async def count(self, sound: streams.Sound, most_work: float) -> tuple[float, float]:
        """Return the seconds of the first stream of sound and the work that it makes.

        In a file without any sense something that looks like sound is found by chance: very short, or mostly broken.
        """
        seconds, work = await self._counted(sound, most_work)
        return (seconds, work) if self._container or seconds >= _LEAST_OF_UNKNOWN_SECONDS else (0.0, 0.0)

    async def _counted(self, sound: streams.Sound, most_work: float) -> tuple[float, float]:
        most_samples = int(most_work / max(1, sound.channels))
        counted = await self._steady_count(most_samples)
        if counted is not None:
            decoded, samples = counted
            return samples / decoded.rate, math.inf if samples >= most_samples else samples * decoded.channels
        most_seconds = most_samples / max(1, sound.rate)
        arguments = (*source(self._path, self._container), *length.any_count(most_seconds))
        ran = await self._run(*arguments, cpu_seconds=_COUNTING_CPU_SECONDS)
        if self._container is None and ran.returncode == length.MOSTLY_BROKEN:
            return 0.0, 0.0
        seconds = length.parse_any_count(ran.stdout)
        return seconds, math.inf if seconds > most_seconds - 1 else seconds * _density(sound)

    async def _steady_count(self, most_samples: int) -> tuple[streams.Sound, int] | None:
        """Return what `length.steady_count` counts; None if it cannot count this file, as when its cover is huge."""
        try:
            steady = length.steady_count(self._path, self._container, most_samples)
            ran = await self._run(*steady, cpu_seconds=_COUNTING_CPU_SECONDS)
        except PermanentError:
            return None
        return None if ran.returncode else length.parse_steady_count(ran.stdout)

    async def _run(self, *arguments: str, cpu_seconds: float) -> FfmpegRun:
        if not self._bench.is_long:
            try:
                return await self._bench.run(*arguments, cpu_seconds=_QUICK_CPU_SECONDS)
            except (PermanentError, TemporaryError) as error:
                if error.reason is not Reason.TOO_DEMANDING:
                    raise
            self._bench = replace(self._bench, is_long=True)
        return await self._bench.run(*arguments, cpu_seconds=cpu_seconds)


def _density(sound: streams.Sound) -> int:
    """Return the samples a second, of all channels together."""
    return sound.rate * sound.channels
