"""Conversion of any recording to mono Ogg/Opus, in one piece or cut in pauses of the speech."""

import math
import os
from dataclasses import dataclass
from pathlib import Path

from bot.media.copying import Copy, copied_bytes
from bot.media.cut import PAGE_SECONDS, Cut, cut
from bot.media.ffmpeg import USUALLY_LONGEST, Bench, source
from bot.media.mix import AS_IT_IS, Mix
from bot.media.silence import Place, quietest_place
from bot.media.sniff import Container
from bot.sizes import MEGABYTE

OVERLAP_SECONDS = 4.0  # that both parts have around a cut in no silence: a few words, by which they are joined
SPEAKERS_SECONDS = 24.0  # that both have around every cut where speakers are told apart: so long, several take turns
_MAX_SEARCH_SECONDS = 10.0  # before and after a wanted cut: nearly every speaker pauses within that time
_WINDOW_RATE = 16_000  # samples a second; pauses in speech need no finer ones
_WINDOW_BYTES = 2 * 2 * _WINDOW_RATE  # a second of them, and as much again to spare
# Times samples by their number, not by the timestamps in the file. So wrong timestamps add no silence,
# drop no speech and cannot evade the -t of the output.
_TIMED = "asetpts=N/SR/TB"
# Where the format changes, that number begins again, and what has the time of something earlier would be dropped. So
# the packets of the output are timed once more: each lasts 20 ms, which are 320 samples of those 16,000 a second.
_TIMED_AGAIN = "setts=pts=STARTPTS+N*320:dts=STARTPTS+N*320"
OPUS_ENCODER = (
    *("-ar", "16000", "-c:a", "libopus", "-b:a", "32k", "-frame_duration", "20", "-bsf:a", _TIMED_AGAIN),
    *("-compression_level", "0"),  # a fifth of the time of the default 10, for a tenth more bytes; no word is lost
    # Without metadata the same sound gives the same bytes, and nothing private is uploaded with it.
    *("-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact", "-flags", "+bitexact"),
)
_OPUS_BYTES = 8_000  # a second, at the most: twice the 32 kbit/s asked for
_SMALL_BYTES = 65_536  # for the beginning of a file
# Bytes a second of a recording that speech can be understood in. What has less is mostly silence, and its conversion
# small for the same reason.
_LEAST_RATE = 250

# Seconds of processors for a run: LEAST for its start and for finding the place, and a share of the recording, of which
# a usual machine needs a tenth. MOST is what one file may cost in all, where none may last longer than usual.
_LEAST_CPU_SECONDS = 20.0
_CPU_SHARE = 0.1
_MOST_CPU_SECONDS = 240.0


def in_one_channel(mix: Mix) -> tuple[str, ...]:
    """Return the arguments that choose the track and make one channel of it."""
    return ("-map", f"0:a:{mix.track}", "-vn", "-sn", "-dn", "-af", f"{_TIMED},{mix.filters}", "-ac", "1")


@dataclass(frozen=True, slots=True)
class Recording:
    """A file that is converted, and how one channel is made of it."""

    path: Path
    container: Container | None
    mix: Mix = AS_IT_IS

    def in_one_channel(self) -> tuple[str, ...]:
        return (*source(self.path, self.container), *in_one_channel(self.mix))


def cpu_seconds(seconds: float, stretch: float = 1.0) -> float:
    """Return what a run may use to decode and encode so many seconds of sound; `stretch` is that of a bench."""
    return min(_LEAST_CPU_SECONDS + _CPU_SHARE * seconds, stretch * _MOST_CPU_SECONDS)


def opus_bytes(seconds: float) -> int:
    """Return the most bytes that a conversion of so many seconds has."""
    return _SMALL_BYTES + math.ceil(_OPUS_BYTES * seconds)


def conversion_bytes(received: int, max_seconds: float, split_seconds: float) -> int:
    """Return the most bytes that the conversion of a recording with `received` bytes takes, with its parts."""
    seconds = min(max_seconds, received / _LEAST_RATE)
    parts = 1 if seconds <= split_seconds else 2  # the whole, and the same again in parts
    encoded = parts * opus_bytes(seconds) + (_window_bytes(split_seconds) if parts > 1 else 0)
    return max(encoded, 2 * copied_bytes(received, max(1.0, max_seconds / USUALLY_LONGEST)))


def wanted_cuts(duration: float, split_seconds: float, *, speakers: bool = False) -> tuple[float, ...]:
    """Return the moments, in seconds, that cut a recording into equal parts.

    The parts are so short that moving the cuts to silences, and what two of them share, make none longer than
    `split_seconds`.
    """
    if duration <= split_seconds:
        return ()
    shared = overlap_seconds(split_seconds, speakers=speakers)
    parts = math.ceil(duration / (split_seconds - 2 * _search_seconds(split_seconds) - shared))
    return tuple(duration * part / parts for part in range(1, parts))


async def quiet_cuts(
    sound: Recording | Copy, bench: Bench, *, duration: float, split_seconds: float, speakers: bool = False
) -> tuple[Cut, ...]:
    """Move each of the wanted cuts to a silence near it; around one without a silence both parts share some seconds.

    With `speakers` both share more around every cut, so that those who are heard there are known in both. Only the
    sound around the cuts is decoded. A cut around which nothing can be decoded stays where it was wanted.
    """
    cuts = []
    overlap = overlap_seconds(split_seconds, speakers=speakers)
    reach = _search_seconds(split_seconds)
    window = bench.scratch.file()
    for wanted in wanted_cuts(duration, split_seconds, speakers=speakers):
        around = await _around(sound, bench, wanted - reach, 2 * reach)
        await bench.run(
            *(*around, "-ar", str(_WINDOW_RATE), "-t", f"{2 * reach:.3f}"),
            *("-f", "s16le", f"file:{window}"),
            cpu_seconds=cpu_seconds(wanted, bench.stretch),
            file_bytes=MEGABYTE + _window_bytes(split_seconds),
        )
        place = await bench.compute(_quietest_place_in, window)
        at = wanted if place is None else wanted - reach + place.at
        shared = overlap if speakers or not (place is None or place.is_silent) else 0.0
        cuts.append(Cut(at - shared / 2, at + shared / 2))
    return tuple(cuts)


def overlap_seconds(split_seconds: float, *, speakers: bool) -> float:
    """Return the seconds that two parts share around a cut that is in no silence, and with `speakers` around each."""
    return min(SPEAKERS_SECONDS, split_seconds / 8) if speakers else min(OVERLAP_SECONDS, split_seconds / 16)


async def _around(sound: Recording | Copy, bench: Bench, start: float, seconds: float) -> tuple[str, ...]:
    """Return arguments that decode so many seconds from a moment on."""
    if isinstance(sound, Recording):
        return ("-ss", f"{start:.3f}", "-t", f"{seconds:.3f}", *sound.in_one_channel())
    around = bench.scratch.file()
    await bench.compute(sound.extract, [(start, start + seconds)], around)
    return Recording(around, sound.demuxer).in_one_channel()


async def encode(
    recording: Recording, bench: Bench, *, cuts: tuple[Cut, ...], duration: float, max_seconds: float
) -> tuple[Path, ...]:
    """Write the parts between the cuts into files, and return their paths in order.

    `duration` is the expected length, by which the work is limited. All parts together last at most `max_seconds`.
    What cannot be decoded is left out: the file of a part may be empty. Raises as `Ffmpeg.run` does.
    """
    whole = bench.scratch.file()
    pages = ("-page_duration", f"{PAGE_SECONDS * 1e6:.0f}") if cuts else ()
    await bench.run(
        *(*recording.in_one_channel(), *OPUS_ENCODER, "-t", f"{max_seconds:.3f}"),
        *(*pages, "-f", "ogg", f"file:{whole}"),
        cpu_seconds=cpu_seconds(duration, bench.stretch),
        file_bytes=MEGABYTE + opus_bytes(max_seconds),
    )
    if not cuts:
        return (whole,)
    parts = tuple(bench.scratch.file() for _ in range(len(cuts) + 1))
    await bench.compute(cut, whole, cuts, parts)
    return parts


def _search_seconds(split_seconds: float) -> float:
    # Less far for short parts, so that neighbouring cuts keep their order.
    return min(_MAX_SEARCH_SECONDS, split_seconds / 8)


def _window_bytes(split_seconds: float) -> int:
    return _SMALL_BYTES + math.ceil(2 * _search_seconds(split_seconds) * _WINDOW_BYTES)


def _quietest_place_in(window: Path) -> Place | None:
    """Find the quietest place in this file of samples and empty the file; None for too little sound."""
    samples = window.read_bytes()
    os.truncate(window, 0)
    return quietest_place(samples, _WINDOW_RATE)
