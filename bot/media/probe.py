"""The facts about a received file, read from its content: container, codec, length, sound and picture."""

import math
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count, takewhile
from pathlib import Path

from bot.errors import PermanentError, TemporaryError
from bot.media import copying, length, levels, opus, streams
from bot.media.ffmpeg import Bench, FfmpegRun, SureError, source
from bot.media.listened_to import Says, bytes_say
from bot.media.mix import AS_IT_IS, Mix, mix_of
from bot.media.sniff import Container, head_of, sniff
from bot.sizes import MEGABYTE
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
# A recording that lasts longer is listened to in places: a second of every sixteen. If anything in these is not as in
# usual recordings, all of it is decoded, as is every shorter one.
_LISTENED_ALL_SECONDS = 300.0
_PLACE_SECONDS = 1.0
_PLACES_EVERY = 16.0
_GOLDEN = 0.618  # the places are moved by multiples of it: they fall into no step with pauses that come again and again
_PLACES_LOST = 0.02  # of what was listened to, at the most: it decodes to as much sound as its packets have
_LARGE_WITHOUT_LENGTH = 5 * MEGABYTE
_BEGINNING_SECONDS = 10.0
_YEAR = 365 * 86_400.0
_ANY_NUMBER = 10**12  # of samples: a sample of a recording has fewer than the limits allow
_MOST_TRACKS = 8  # that are listened to until one has sound; more languages than films have
_FAR_LOUDER = 20.0  # dB


@dataclass(frozen=True, slots=True)
class _Heard:
    """One track that was decoded. `seconds` and `work` as in Probe."""

    track: int
    seconds: float
    work: float
    levels: levels.Levels
    steady: bool
    copy: copying.Copy | None = None


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
    `is_all` tells that no decoder finds other sound in the file. `mix` makes one channel of the track. `is_silent`
    tells that nothing can be heard in any track, and `is_faint` that hardly anything can. `is_steady` tells that the
    format of the track never changes, and `copy` has the track in a file of its own, where that was made to find all
    this out.
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
    is_faint: bool = False
    is_steady: bool = True
    copy: copying.Copy | None = None

    @property
    def has_audio(self) -> bool:
        return self.codec is not None


async def probe(path: Path, bench: Bench, *, most_work: float = _UNBOUNDED_WORK) -> Probe:
    """Read the facts about the file, and decode it, or places of a long one, to know how long and how loud it is.

    The track that a player plays is chosen, or if nothing can be heard in it, the first of the others in which
    something can; hardly anything counts as nothing if another one is far louder. Ogg/Opus in one channel needs no
    process, unless its packets look like silence or noise. The counting ends when the `work` has come to `most_work`
    samples. Raises PermanentError: EMPTY for a file without bytes, NOT_AUDIO for one that is surely something else or
    has only broken sound, TOO_DEMANDING for one that takes too long to read. Raises as `Ffmpeg.run` does.
    """
    known = await bench.compute(_identify, path, bench.threads.closed, int(bench.stretch * opus.MOST_WORK))
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
    heard = await reading.listen_in_places(found, known) or await reading.choose(found, most_work)
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
        is_faint=heard.levels.are_faint,
        is_steady=heard.steady,
        copy=heard.copy,
    )


def opus_sound(path: Path, stretch: float = 1.0) -> opus.Sound | None:
    """Return `opus.sound_in` of a file; None if there is no such file. `stretch` is that of a bench."""
    try:
        with path.open("rb") as file:
            return opus.sound_in(file, most_work=int(stretch * opus.MOST_WORK))
    except FileNotFoundError:
        return None


async def is_silent(part: Path, container: Container, bench: Bench) -> bool:
    """Tell whether nothing can be heard in a part of a recording. Nearly always its beginning tells."""
    for seconds in (_BEGINNING_SECONDS, _YEAR):
        ran = await bench.run(
            *source(part, container), *length.any_count(seconds), cpu_seconds=bench.stretch * _COUNTING_CPU_SECONDS
        )
        measured = levels.parse(ran.stderr, channels=2)
        if measured is None or not measured.are_silent:
            return False
    return True


def _identify(path: Path, stopped: Callable[[], bool], most_work: int) -> _Identity:
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
        if (sound := opus.sound_in(file, stopped, most_work)) is not None:
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

    async def listen_in_places(self, found: streams.Streams, known: _Identity) -> _Heard | None:
        """Copy the track that a player plays, and decode a sample of it; None if all of it has to be decoded.

        That is so for a short recording, for one whose track cannot be counted without a decoder, and wherever the
        sample is not loud and clear: it has silence, noise alone, channels of which some would be lost, or does not
        decode to as much sound as it should. What begins and ends between two places is not noticed.
        """
        track = found.by_preference()[0]
        sound = found.sounds[track]
        if not _is_long(found, known.size) or self._container not in copying.TOLD_ONCE or sound.channels > 2:
            return None
        self._bench = replace(self._bench, is_long=True)
        original = copying.Original(self._path, self._container, track, sound.codec, known.size)
        copy = await copying.copy_of(original, self._bench)
        if copy is None:
            return None
        heard = await self._hear_places(copy, sound) if copy.seconds > _LISTENED_ALL_SECONDS else None
        if heard is None:
            copying.drop(copy)
        return heard and replace(heard, track=track)

    async def _hear_places(self, copy: copying.Copy, sound: streams.Sound) -> _Heard | None:
        sample = self._bench.scratch.file()
        listened = await self._bench.compute(copy.extract, _places(copy.seconds), sample)
        heard = await _Reading(sample, copy.demuxer, self._bench).steadily(0, sound, _ANY_NUMBER)
        os.truncate(sample, 0)
        if heard is None or abs(heard.seconds - listened) > _PLACES_LOST * listened:
            return None
        if heard.levels.are_faint or not mix_of(0, heard.levels, steady=True).is_usual:
            return None
        return replace(heard, seconds=copy.seconds, work=copy.seconds * _density(sound), copy=copy)

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
            if best is not None and not best.levels.are_faint:
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
        if sound.channels <= levels.MOST_CHANNELS and (steady := await self.steadily(track, sound, most_samples)):
            return steady
        most_seconds = most_samples / max(1, sound.rate)
        arguments = (*source(self._path, self._container), *length.any_count(most_seconds, track=track))
        ran = await self._run(*arguments, cpu_seconds=self._counting())
        if self._container is None and ran.returncode == length.MOSTLY_BROKEN:
            return None
        seconds, measured = length.parse_any_count(ran.stdout), levels.parse(ran.stderr, channels=2)
        if seconds <= 0 or measured is None:
            return None
        work = math.inf if seconds > most_seconds - 1 else seconds * _density(sound)
        return _Heard(track, seconds, work, measured, steady=False)

    async def steadily(self, track: int, sound: streams.Sound, most_samples: int) -> _Heard | None:
        """Return what `length.steady_count` tells; None if it cannot count this track, as when a cover is huge."""
        channels = sound.channels
        try:
            steady = length.steady_count(self._path, self._container, most_samples, track=track, channels=channels)
            ran = await self._run(*steady, cpu_seconds=self._counting())
        except PermanentError:
            return None
        counted, measured = length.parse_steady_count(ran.stdout), levels.parse(ran.stderr, channels)
        if ran.returncode or counted is None or measured is None or counted[0].channels != channels:
            return None
        decoded, samples = counted
        work = math.inf if samples >= most_samples else samples * channels
        return _Heard(track, samples / decoded.rate, work, measured, steady=True)

    def _counting(self) -> float:
        return self._bench.stretch * _COUNTING_CPU_SECONDS

    async def _run(self, *arguments: str, cpu_seconds: float) -> FfmpegRun:
        if not self._bench.is_long:
            try:
                return await self._bench.run(*arguments, cpu_seconds=_QUICK_CPU_SECONDS)
            except (PermanentError, TemporaryError) as error:
                if error.reason is not Reason.TOO_DEMANDING:
                    raise
            self._bench = replace(self._bench, is_long=True)
        return await self._bench.run(*arguments, cpu_seconds=cpu_seconds)


def _is_long(found: streams.Streams, size: int) -> bool:
    """Tell whether a recording claims to be long, which costs time if it is a lie, and changes nothing else."""
    return size > _LARGE_WITHOUT_LENGTH if found.claimed is None else found.claimed > _LISTENED_ALL_SECONDS


def _places(seconds: float) -> list[copying.Stretch]:
    """Return the places of a long recording that are listened to: one in each stretch of the same length."""
    room = _PLACES_EVERY - _PLACE_SECONDS
    starts = (number * _PLACES_EVERY + room * (number * _GOLDEN % 1) for number in count())
    return [(start, start + _PLACE_SECONDS) for start in takewhile(lambda start: start < seconds, starts)]


def _is_far_louder(one: levels.Levels, other: levels.Levels) -> bool:
    if one.are_silent or other.are_silent:
        return not one.are_silent
    return one.whole.mean > other.whole.mean + _FAR_LOUDER


def _density(sound: streams.Sound) -> int:
    """Return the samples a second, of all channels together."""
    return sound.rate * sound.channels
