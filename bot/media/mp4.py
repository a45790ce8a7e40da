"""The packets of one track in a fragmented MP4 file of ffmpeg's (ISO/IEC 14496-12): counted, and written into others.

They are never changed. All last equally long, whatever the file says of their times.
"""

import re
import struct
import sys
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise, repeat
from pathlib import Path
from typing import BinaryIO

_HEADER = struct.Struct(">I4s")
_LARGEST_INDEX = 64 * 1024 * 1024  # bytes; a day of sound takes 20 MB
_BLOCK = 1024 * 1024
_UNITY = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)  # the matrix of what is not turned

_AAC_RATES = (96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350)
_AAC_SAMPLES = 1024
_AAC_CONFIG = re.compile(rb"esds.{4,40}?\x05\x80\x80\x80[\x02-\x40](..)", re.DOTALL)
_MP3_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}

Span = tuple[int, int]  # the numbers of the first packet and of the one behind the last


@dataclass(frozen=True, slots=True)
class Packets:
    """Where the packets of a file are, what tells a decoder how to read them, and how long each of them lasts."""

    path: Path
    places: "array[int]"  # where in the file each of them begins
    sizes: "array[int]"
    begins: "array[int]"  # the first packet of each fragment, in which they lie without a gap, and the number of all
    description: bytes
    rate: int  # samples a second
    samples: int  # in each packet

    @property
    def seconds(self) -> float:
        return self.until(len(self.sizes))

    def until(self, number: int) -> float:
        """Return the moment at which this packet begins, in seconds."""
        return number * self.samples / self.rate

    def at(self, seconds: float) -> int:
        """Return the number of the packet that begins nearest to a moment."""
        return min(max(0, round(seconds * self.rate / self.samples)), len(self.sizes))

    def bare(self, span: Span) -> Iterator[bytes]:
        """Yield the bytes of these packets and nothing else."""
        with self.path.open("rb") as file:
            for first, end in self._runs(span):
                length = self.places[end - 1] + self.sizes[end - 1] - self.places[first]
                file.seek(self.places[first])
                while length > 0 and (block := file.read(min(_BLOCK, length))):
                    length -= len(block)
                    yield block

    def _runs(self, span: Span) -> Iterator[Span]:
        """Yield the spans that lie without a gap."""
        first, last = span
        while first < last:
            end = min(last, self.begins[bisect_right(self.begins, first)])
            yield first, end
            first = end

    def write(self, target: Path, spans: Sequence[Span], *, unheard: int = 0) -> None:
        """Write packets into an MP4 file. Of the first `unheard` a player decodes the sound and drops it.

        The index comes first, so a reader needs no way back.
        """
        sizes: array[int] = array("I")
        for span in spans:
            sizes += self.sizes[slice(*span)]
        kind = _box(b"ftyp", b"M4A \0\0\2\0M4A isomiso2")
        begin = len(kind) + len(self._index(sizes, unheard, 0)) + _HEADER.size
        with target.open("wb") as file:
            file.write(kind + self._index(sizes, unheard, begin) + _HEADER.pack(_HEADER.size + sum(sizes), b"mdat"))
            for span in spans:
                file.writelines(self.bare(span))

    def _index(self, sizes: "array[int]", unheard: int, begin: int) -> bytes:
        lasts, dropped = len(sizes) * self.samples, unheard * self.samples
        heard = struct.pack(">I", lasts - dropped)
        table = _box(
            b"stbl",
            self.description,
            _full(b"stts", struct.pack(">III", 1, len(sizes), self.samples)),
            _full(b"stsc", struct.pack(">IIII", 1, 1, len(sizes), 1)),
            _full(b"stsz", struct.pack(">II", 0, len(sizes)), _swapped(sizes).tobytes()),
            _full(b"stco", struct.pack(">II", 1, begin)),
        )
        data = _box(b"dinf", _full(b"dref", struct.pack(">I", 1), _full(b"url ", flags=1)))
        media = _box(
            b"mdia",
            _full(b"mdhd", struct.pack(">IIIIHH", 0, 0, self.rate, lasts, 0x55C4, 0)),
            _full(b"hdlr", struct.pack(">I4s12x", 0, b"soun"), b"\0"),
            _box(b"minf", _full(b"smhd", bytes(4)), data, table),
        )
        edit = _box(b"edts", _full(b"elst", struct.pack(">I4sIHH", 1, heard, dropped, 1, 0)))
        told = struct.pack(">IIII", 0, 0, 1, 0) + heard + struct.pack(">8xHHHxx", 0, 1, 0x100) + _UNITY + bytes(8)
        track = _box(b"trak", _full(b"tkhd", told, flags=3), edit, media)
        movie = struct.pack(">III", 0, 0, self.rate) + heard + struct.pack(">IH10x", 0x10000, 0x100) + _UNITY
        return _box(b"moov", _full(b"mvhd", movie, bytes(24), struct.pack(">I", 2)), track)


def packets_in(path: Path, codec: str) -> Packets | None:
    """Find the packets of AAC or MP3 in a file with one track; None if there are none, or if they may differ."""
    places, sizes, begins = array("Q"), array("I"), array("Q", [0])
    with path.open("rb") as file:
        boxes = list(_top_boxes(file))
        for place, more in _fragments(file, boxes):
            places.extend(accumulate(more[:-1], initial=place))
            sizes += more
            begins.append(len(sizes))
        at, length = dict(boxes).get(b"moov", (0, 0))
        is_whole = len(begins) == 1 + sum(name == b"mdat" for name, _ in boxes)
        if not sizes or not is_whole or not 0 < length < _LARGEST_INDEX:
            return None
        table = _inside(_content(file, at, length), b"trak", b"mdia", b"minf", b"stbl")
        description = _box(b"stsd", _inside(table, b"stsd"))
        told = _aac(description) if codec == "aac" else _mp3(_content(file, places[0], 4))
    return Packets(path, places, sizes, begins, description, *told) if told else None


def _fragments(file: BinaryIO, boxes: Sequence[tuple[bytes, Span]]) -> Iterator[tuple[int, "array[int]"]]:
    """Yield where the packets of each fragment begin, and their sizes, up to one whose packets are not all told."""
    for (name, (at, length)), (following, (place, total)) in pairwise(boxes):
        if name == b"moof" and following == b"mdat":
            sizes = _sizes(_inside(_content(file, at, min(length, _LARGEST_INDEX)), b"traf"))
            if not sizes or sum(sizes) != total:
                return
            yield place, sizes


def _content(file: BinaryIO, at: int, length: int) -> bytes:
    file.seek(at)
    return file.read(length)


def _aac(description: bytes) -> tuple[int, int] | None:
    """Return the samples a second and in each packet, without those that a decoder of HE-AAC adds."""
    config = _AAC_CONFIG.search(description)
    rate = int.from_bytes(config[1]) >> 7 & 0x0F if config else len(_AAC_RATES)
    return (_AAC_RATES[rate], _AAC_SAMPLES) if rate < len(_AAC_RATES) else None


def _mp3(header: bytes) -> tuple[int, int] | None:
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE6 != 0xE2:
        return None
    version, rate = header[1] >> 3 & 3, header[2] >> 2 & 3
    return (_MP3_RATES[version][rate], 1152 if version == 3 else 576) if version in _MP3_RATES and rate < 3 else None


def _top_boxes(file: BinaryIO) -> Iterator[tuple[bytes, Span]]:
    """Yield the name of each box of a file, and where its content begins and how long that is."""
    at = 0
    while len(header := file.read(_HEADER.size)) == _HEADER.size:
        length, name = _HEADER.unpack(header)
        if length < _HEADER.size:  # 4 GB or more, or broken
            return
        yield name, (at + _HEADER.size, length - _HEADER.size)
        at += length
        file.seek(at)


def _inside(content: bytes, *names: bytes) -> bytes:
    """Return the content of the first box with this name in the content of another one, and so on; empty without."""
    for name in names:
        content = next((inner for found, inner in _boxes(content) if found == name), b"")
    return content


def _boxes(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + _HEADER.size <= len(content):
        length, name = _HEADER.unpack_from(content, at)
        yield name, content[at + _HEADER.size : at + max(length, _HEADER.size)]
        at += max(length, _HEADER.size)


def _sizes(fragment: bytes) -> "array[int]":
    """Return the sizes of the packets in a fragment of one run, which may have one for all. None may be empty."""
    header, run = _inside(fragment, b"tfhd"), _inside(fragment, b"trun")
    if len(header) < 8 or len(run) < 8:
        return array("I")
    flags, count = int.from_bytes(run[1:4]), int.from_bytes(run[4:8])
    at = 8 + 4 * (flags & 0x1 != 0) + 4 * (flags & 0x4 != 0)  # behind the place of the data, and the first one's flags
    told = [flag for flag in (0x100, 0x200, 0x400, 0x800) if flags & flag]  # of each: how long it lasts, its size, …
    if 0x200 not in told:
        return array("I", repeat(_size_of_all(header), min(count, _LARGEST_INDEX // 4)))
    fields: array[int] = array("I")
    fields.frombytes(run[at : at + 4 * len(told) * min(count, (len(run) - at) // (4 * len(told)))])
    return _swapped(fields[told.index(0x200) :: len(told)])


def _size_of_all(header: bytes) -> int:
    """Return the size that all packets of a fragment have, by its header; 0 if it does not tell."""
    flags = int.from_bytes(header[1:4])
    at = 8 + 8 * (flags & 0x1 != 0) + 4 * (flags & 0x2 != 0) + 4 * (flags & 0x8 != 0)
    return int.from_bytes(header[at : at + 4]) if flags & 0x10 else 0


def _swapped(numbers: "array[int]") -> "array[int]":
    """Return the numbers with the first byte last, where this machine has them so."""
    turned: array[int] = array("I", numbers)
    if sys.byteorder == "little":
        turned.byteswap()
    return turned


def _box(name: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return _HEADER.pack(_HEADER.size + len(body), name) + body


def _full(name: bytes, *content: bytes, flags: int = 0) -> bytes:
    return _box(name, flags.to_bytes(4), *content)
