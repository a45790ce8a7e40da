"""Sound that is copied out of a recording as it was encoded: counted, listened to in places, and cut, but not decoded.

What is copied lies in a file of its own, in which all times are made anew from the number of packets.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bot.errors import PermanentError
from bot.media import cut, mp4, opus
from bot.media.ffmpeg import Bench, source
from bot.media.sniff import Container
from bot.uploads import AudioFormat, UploadFormats

# The containers in which copied sound is uploaded, by the codec.
CONTAINERS = {"aac": Container.MP4, "mp3": Container.MP3, "opus": Container.OGG}
# The containers that tell the format once, for all packets. In others it may change in the middle of the sound, which a
# copy would not tell. So it may in MP3, but a player of a bare copy notices it.
TOLD_ONCE = frozenset({Container.MP4, Container.MATROSKA, Container.WEBM, Container.MP3, Container.OGG, Container.FLV})

# Strictly it would take no MP3 of less than 16,000 samples a second. In fragments of a minute ffmpeg needs no list of
# all packets in memory.
MP4 = ("-strict", "-1", "-movflags", "+empty_moov+delay_moov+default_base_moof", "-frag_duration", "60M", "-f", "mp4")
_MUXERS = {
    "aac": ("-bsf:a", "aac_adtstoasc", *MP4),
    "mp3": MP4,
    "opus": ("-page_duration", f"{cut.PAGE_SECONDS * 1e6:.0f}", "-f", "ogg"),
}
_COUNTING_WORK = 3 * opus.MOST_WORK  # which three hours take, as their pages are so short; two are usual
_PLAIN = ("-vn", "-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact")
# A decoder that begins in the middle needs packets before it has the whole sound: AAC one. MP3 needs one too, and in
# front of it as many as have the bits that a frame may take from earlier ones. In bytes, by the samples in a frame:
_MP3_RESERVOIRS = {1152: 511, 576: 255}
_MP3_HEAD = 6  # with the checksum; no other frame takes bits from it, nor from what tells how the bits are used:
_MP3_SIDES = {(1152, True): 17, (1152, False): 32, (576, True): 9, (576, False): 17}  # the key tells one channel too
_SMALL_BYTES = 65_536  # for the beginning of a file
_OVERHEAD = 4  # of the bytes of packets, a quarter: an index has 4 bytes for a packet, and packets have 20 at the least
_MOST_COPIED = 288_000_000  # bytes: two hours of the 40 kB a second that MP3 can have; what has more is encoded
# What the times in a file may differ from its sound, and copied sound from what a decoder made of it: an encoder puts
# some in front and behind, and joined files have that again and again.
_KEPT_SECONDS = 0.5
_KEPT_SHARE = 0.001

Stretch = tuple[float, float]  # from one moment to another, in seconds


class Copy(Protocol):
    """A track in a file of its own, of which others are written.

    `demuxer` reads those that `extract` writes, and `container` is that of the parts that `cut` writes.
    """

    @property
    def demuxer(self) -> Container: ...

    @property
    def container(self) -> Container: ...

    @property
    def path(self) -> Path: ...

    @property
    def seconds(self) -> float: ...

    def extract(self, stretches: Sequence[Stretch], target: Path) -> float:
        """Write these stretches one after the other into one file, and return how many seconds they last."""

    def cut(self, cuts: Sequence[cut.Cut], parts: Sequence[Path]) -> list[float]:
        """Write what is between the cuts into the files `parts`, one more than there are cuts.

        Returns the moments at which the parts begin, which are near the cuts.
        """


@dataclass(frozen=True, slots=True)
class PacketCopy:
    """A copy of AAC or MP3. Parts of AAC are MP4 files, parts of MP3 are bare."""

    packets: mp4.Packets
    is_mp3: bool
    demuxer: Container = Container.MP4

    @property
    def container(self) -> Container:
        return Container.MP3 if self.is_mp3 else Container.MP4

    @property
    def path(self) -> Path:
        return self.packets.path

    @property
    def seconds(self) -> float:
        return self.packets.seconds

    def extract(self, stretches: Sequence[Stretch], target: Path) -> float:
        spans = [(self.packets.at(start), self.packets.at(end)) for start, end in stretches]
        self.packets.write(target, spans)
        return sum(self.packets.until(end - begin) for begin, end in spans)

    def cut(self, cuts: Sequence[cut.Cut], parts: Sequence[Path]) -> list[float]:
        starts = []
        for part, (start, until) in zip(parts, cut.spans_of(cuts), strict=True):
            begin, end = self.packets.at(start), self.packets.at(min(until, self.seconds))
            earlier = self._needed_before(begin)
            if self.is_mp3:
                starts.append(self.packets.until(begin - earlier))
                with part.open("wb") as file:
                    file.writelines(self.packets.bare((begin - earlier, end)))
            else:
                starts.append(self.packets.until(begin))
                self.packets.write(part, [(begin - earlier, end)], unheard=earlier)
        return starts

    def _needed_before(self, number: int) -> int:
        """Return how many packets before this one a decoder needs."""
        if not self.is_mp3:
            return min(1, number)
        reservoir, beside = self._mp3_reservoir()
        earlier, size = min(1, number), 0
        while earlier < number and size < reservoir:
            earlier += 1
            size += max(1, self.packets.sizes[number - earlier] - beside)
        return earlier

    def _mp3_reservoir(self) -> tuple[int, int]:
        """Return how many bytes a frame takes from earlier ones at the most, and how many of each it cannot take."""
        beginning, samples = next(self.packets.bare((0, len(self.packets.sizes))), b""), self.packets.samples
        is_mono = beginning[3:4] >= b"\xc0"
        return _MP3_RESERVOIRS[samples], _MP3_HEAD + _MP3_SIDES[samples, is_mono]


@dataclass(frozen=True, slots=True)
class OpusCopy:
    """A copy of Opus, in Ogg."""

    path: Path
    sound: opus.Sound
    demuxer: Container = Container.OGG
    container: Container = Container.OGG

    @property
    def seconds(self) -> float:
        return self.sound.seconds

    def extract(self, stretches: Sequence[Stretch], target: Path) -> float:
        return cut.extract(self.path, stretches, target)

    def cut(self, cuts: Sequence[cut.Cut], parts: Sequence[Path]) -> list[float]:
        cut.cut(self.path, cuts, parts)
        return [start for start, _ in cut.spans_of(cuts)]


@dataclass(frozen=True, slots=True)
class Original:
    """A track in a recording, of which a copy is wanted."""

    path: Path
    container: Container | None
    track: int
    codec: str
    size: int  # of the whole file, in bytes


async def copy_of(original: Original, bench: Bench) -> Copy | None:
    """Copy a track; None if it has to be decoded, or is larger than is thought fit."""
    codec = original.codec
    if codec not in CONTAINERS:
        return None
    target = bench.scratch.file()
    opened = source(original.path, original.container)
    arguments = (*opened, *_copying(original.track, codec), f"file:{target}")
    try:
        ran = await bench.run(*arguments, file_bytes=copied_bytes(original.size, bench.stretch))
        work = int(bench.stretch * _COUNTING_WORK)
        copy = await bench.compute(_copy_in, target, codec, bench.threads.closed, work) if not ran.returncode else None
    except PermanentError:
        copy = None
    if copy is None:
        os.truncate(target, 0)
    return copy


def _copying(track: int, codec: str) -> tuple[str, ...]:
    return ("-map", f"0:a:{track}", "-c", "copy", *_PLAIN, *_MUXERS[codec])


def _copy_in(path: Path, codec: str, stopped: Callable[[], bool], most_work: int) -> Copy | None:
    """Return the copy that was written into a file; None if it is none that can be counted and cut."""
    if codec != "opus":
        packets = mp4.packets_in(path, codec)
        return PacketCopy(packets, is_mp3=codec == "mp3") if packets else None
    with path.open("rb") as file:
        sound = opus.sound_in(file, stopped, most_work)
    if sound is None or not lasts_as_long(cut.length(path), sound.seconds):
        return None
    return OpusCopy(path, sound)


def lasts_as_long(one: float, other: float) -> bool:
    """Tell whether two lengths in seconds are the same, as exactly as copied sound has a length."""
    return abs(one - other) <= _KEPT_SECONDS + _KEPT_SHARE * other


def copied_bytes(received: int, stretch: float = 1.0) -> int:
    """Return the most bytes that the copy of a recording with so many bytes may have; `stretch` is that of a bench."""
    return _SMALL_BYTES + min(received + received // _OVERHEAD, int(stretch * _MOST_COPIED))


def uploaded_as(codec: str | None, formats: UploadFormats) -> AudioFormat | None:
    """Return the format in which the provider takes copied sound of this codec; None if it takes none."""
    format_ = formats.by_container.get(CONTAINERS[codec]) if codec in CONTAINERS else None
    return format_ if format_ is not None and codec in format_.codecs else None


def drop(copy: Copy) -> None:
    """Give the room back that a copy takes."""
    os.truncate(copy.path, 0)
