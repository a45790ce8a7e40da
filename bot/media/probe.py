"""The facts about a received file, read from its content: container, codec, length, sound and picture."""

import math
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from bot.errors import PermanentError, TemporaryError
from bot.media import length, levels, opus, streams
from bot.media.ffmpeg import Bench, FfmpegRun, SureError, source
from bot.media.listened_to import Says, bytes_say
from bot.media.mix import AS_IT_IS, Mix, mix_of
from bot.media.sniff import Container, head_of, sniff
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
_MOST_TRACKS = 8  # that are listened to until one has sound; more languages than films have
# In dB. Fainter is the noise of a microphone that nobody speaks into, and a whisper, which no other track covers up.
_FAINT = -50.0
_FAR_LOUDER = 20.0


@dataclass(frozen=True, slots=True)
class _Heard:
    """One track that was decoded. `seconds` and `work` as in Probe."""

    track: int
    seconds: float
    work: float
    levels: levels.Levels
    steady: bool


@dataclass(frozen=True, slots=True)
class _Identity:
    """The facts that need no ffmpeg. Of Ogg: the sound if it is Opus, and whether several streams begin in it.

    `container` is None if it is unknown.
    """

    container: Container | None
    size: int
    sound: opus.Sound | None = None
    begins_twice: bool = False


@dataclass(frozen=True, slots=True)
class Probe:
    """The facts about a file, as far as they concern the track of sound that is chosen: see `probe`.

    `codec` is None without such a track. `duration` is the seconds of sound that a decoder finds, whatever the file
    claims, and `work` the samples in them, those of all channels together; it is infinite if more were not counted.
    `is_all` tells that no decoder finds other sound in the file. `mix` makes one channel of the track, and `is_silent`
    tells that nothing can be heard in any track.
    """

    container: Container | None  # None if ffmpeg found it out
    size: int  # bytes
    codec: str | None
    duration: float
    work: float
    is_all: bool
    has_video: bool
    mix: Mix = AS_IT_IS
    is_silent: bool = False

    @property
    def has_audio(self) -> bool:
        return self.codec is not None


async def probe(path: Path, bench: Bench, *, most_work: float = _UNBOUNDED_WORK) -> Probe:
    """Read the facts about the file, and decode it to know how long and how loud it is.

    The track that a player plays is chosen, or if nothing can be heard in it, the first of the others in which
    something can; hardly anything counts as nothing if another one is far louder. Ogg/Opus in one
    channel needs no process, unless its packets look like silence. The counting ends when the `work` has come to
    `most_work` samples. Raises PermanentError: EMPTY for a file without
    bytes, NOT_AUDIO for one that is surely something else or has only broken sound, TOO_DEMANDING for one that takes
    too long to read. Raises as `Ffmpeg.run` does.
    """
    known = await bench.compute(_identify, path, bench.threads.closed)
    if known.sound is not None and known.sound.is_heard:
        seconds = known.sound.seconds
        work = seconds * _OPUS_SAMPLES
        return Probe(known.container, known.size, "opus", seconds, work, is_all=True, has_video=False)
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
    heard = await reading.choose(found, most_work)
    if heard is None:
        codec = found.sounds[0].codec
        return Probe(known.container, known.size, codec, 0.0, 0.0, is_all=True, has_video=found.has_video)
    return _about(known, found, heard)


def _about(known: _Identity, found: streams.Streams, heard: _Heard) -> Probe:
    """Put the facts together. Of Ogg/Opus the packets tell the length better than any clock in the file."""
    is_opus = known.sound is not None
    return Probe(
        known.container,
        known.size,
        found.sounds[heard.track].codec,
        known.sound.seconds if known.sound is not None else heard.seconds,
        heard.work,
        is_all=is_opus or (len(found.sounds) == 1 and not known.begins_twice),
        has_video=found.has_video,
        mix=mix_of(heard.track, heard.levels, steady=heard.steady),
        is_silent=heard.levels.are_silent,
    )


def opus_sound(path: Path, stopped: Callable[[], bool] = lambda: False) -> opus.Sound | None:
    """Return `opus.sound_in` of a file; None if there is no such file."""
    try:
        with path.open("rb") as file:
            return opus.sound_in(file, stopped)
    except FileNotFoundError:
        return None


def _identify(path: Path, stopped: Callable[[], bool]) -> _Identity:
    with path.open("rb") as file:
        head = head_of(file)
        if not head:
            raise PermanentError(Reason.EMPTY)
        if bytes_say(head) is Says.SOMETHING_ELSE:
            raise SureError(Reason.NOT_AUDIO, "it begins like something else")
        container = sniff(head)
        size = file.seek(0, os.SEEK_END)
        if container is not Container.OGG:
            return _Identity(container, size)
        file.seek(0)
        if (sound := opus.sound_in(file, stopped)) is not None:
            return _Identity(container, size, sound)
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
        found = streams.parse(ran.stdout, ran.stderr)
        if ran.returncode == 0 or found.sounds:
            return found
        ran = await self._run(*opened, *streams.SOUND_LISTING, cpu_seconds=_LISTING_CPU_SECONDS)
        found = streams.parse(ran.stdout, ran.stderr)
        return replace(found, has_video=bool(found.sounds))

    async def choose(self, found: streams.Streams, most_work: float) -> _Heard | None:
        """Return the first track with sound, in the order of preference, else the first that can be decoded at all.

        One that is hardly to be heard gives way to one that is far louder.
        """
        numbers = [number for number in found.by_preference() if _density(found.sounds[number]) <= _DENSEST]
        if not numbers:
            raise SureError(Reason.TOO_DEMANDING, "it has too many samples a second")
        best = None
        for number in numbers[:_MOST_TRACKS]:
            heard = await self._hear(number, found.sounds[number], most_work)
            if heard is not None and (best is None or _is_far_louder(heard.levels, best.levels)):
                best = heard
            if best is not None and best.levels.whole.mean > _FAINT:
                break
        return best

    async def _hear(self, track: int, sound: streams.Sound, most_work: float) -> _Heard | None:
        """Decode one track; None if nothing in it can be decoded.

        In a file without any sense something that looks like sound is found by chance: very short, or mostly broken.
        """
        heard = await self._heard(track, sound, most_work)
        by_chance = self._container is None and heard is not None and heard.seconds < _LEAST_OF_UNKNOWN_SECONDS
        return None if by_chance else heard

    async def _heard(self, track: int, sound: streams.Sound, most_work: float) -> _Heard | None:
        most_samples = int(most_work / max(1, sound.channels))
        if sound.channels <= levels.MOST_CHANNELS and (steady := await self._steadily(track, sound, most_samples)):
            return steady
        most_seconds = most_samples / max(1, sound.rate)
        arguments = (*source(self._path, self._container), *length.any_count(most_seconds, track=track))
        ran = await self._run(*arguments, cpu_seconds=_COUNTING_CPU_SECONDS)
        if self._container is None and ran.returncode == length.MOSTLY_BROKEN:
            return None
        seconds, measured = length.parse_any_count(ran.stdout), levels.parse(ran.stderr, channels=2)
        if seconds <= 0 or measured is None:
            return None
        work = math.inf if seconds > most_seconds - 1 else seconds * _density(sound)
        return _Heard(track, seconds, work, measured, steady=False)

    async def _steadily(self, track: int, sound: streams.Sound, most_samples: int) -> _Heard | None:
        """Return what `length.steady_count` tells; None if it cannot count this track, as when a cover is huge."""
        channels = sound.channels
        try:
            steady = length.steady_count(self._path, self._container, most_samples, track=track, channels=channels)
            ran = await self._run(*steady, cpu_seconds=_COUNTING_CPU_SECONDS)
        except PermanentError:
            return None
        counted, measured = length.parse_steady_count(ran.stdout), levels.parse(ran.stderr, channels)
        if ran.returncode or counted is None or measured is None or counted[0].channels != channels:
            return None
        decoded, samples = counted
        work = math.inf if samples >= most_samples else samples * channels
        return _Heard(track, samples / decoded.rate, work, measured, steady=True)

    async def _run(self, *arguments: str, cpu_seconds: float) -> FfmpegRun:
        if not self._bench.is_long:
            try:
                return await self._bench.run(*arguments, cpu_seconds=_QUICK_CPU_SECONDS)
            except (PermanentError, TemporaryError) as error:
                if error.reason is not Reason.TOO_DEMANDING:
                    raise
            self._bench = replace(self._bench, is_long=True)
        return await self._bench.run(*arguments, cpu_seconds=cpu_seconds)


def _is_far_louder(one: levels.Levels, other: levels.Levels) -> bool:
    if one.are_silent or other.are_silent:
        return not one.are_silent
    return one.whole.mean > other.whole.mean + _FAR_LOUDER


def _density(sound: streams.Sound) -> int:
    """Return the samples a second, of all channels together."""
    return sound.rate * sound.channels
