"""Cutting an Ogg/Opus file that ffmpeg wrote into several, without decoding it, so that no sound is lost or changed."""

import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

# See RFC 3533: capture pattern, version, flags, granule position, serial, number, checksum, segments.
_HEADER = struct.Struct("<4sBBqIIIB")
_LAST_PAGE = 4  # a flag
_GRANULES = 48_000  # a second, see RFC 7845
_PRE_SKIP = slice(10, 12)  # in the first packet, the number of samples that a player drops at the beginning
_REVERSED_BITS = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


@dataclass(frozen=True, slots=True)
class _Page:
    flags: int
    granule: int  # the samples up to its end, with the dropped ones at the beginning
    serial: int
    lacing: bytes
    body: bytes


def cut(whole: Path, cuts: Sequence[float], parts: Sequence[Path]) -> None:
    """Write the sound of `whole` between the cuts, in seconds, into the files `parts`, one more than there are cuts.

    A cut falls between two pages, at the end that is nearest. What begins behind the end of the sound stays empty.
    """
    with whole.open("rb") as file:
        pages = _pages(file)
        head, tags = next(pages, None), next(pages, None)
        if head is not None and tags is not None:
            _distribute(pages, (head, tags), [_granule(head, cut) for cut in cuts], parts)


def _granule(head: _Page, seconds: float) -> float:
    return seconds * _GRANULES + int.from_bytes(head.body[_PRE_SKIP], "little")


def _distribute(pages: Iterator[_Page], heads: tuple[_Page, _Page], ends: list[float], parts: Sequence[Path]) -> None:
    """Write each page into the part that more than half of it belongs to."""
    page, before = next(pages, None), 0
    for path, end in zip(parts, (*ends, float("inf")), strict=True):
        with path.open("wb") as file:
            writer = _Writer(file, heads, base=before)
            while page is not None and (before + page.granule) / 2 <= end:
                writer.add(page)
                before, page = page.granule, next(pages, None)
            writer.finish()


class _Writer:
    """Writes one file. A page is held back until it is known whether it is the last, which carries a flag."""

    def __init__(self, file: BinaryIO, heads: tuple[_Page, _Page], base: int) -> None:
        self._file = file
        self._heads = heads
        self._base = base  # the granule position at which the part begins
        self._number = 0
        self._held: _Page | None = None

    def add(self, page: _Page) -> None:
        if self._held is None:
            for head in self._heads:
                self._write(head, head.flags, head.granule)
        else:
            self._write(self._held, 0, self._held.granule - self._base)
        self._held = page

    def finish(self) -> None:
        if self._held is not None:
            self._write(self._held, _LAST_PAGE, self._held.granule - self._base)

    def _write(self, page: _Page, flags: int, granule: int) -> None:
        body = page.body
        if self._number == 0 and self._base:  # nothing of a later part is dropped
            body = body[: _PRE_SKIP.start] + bytes(2) + body[_PRE_SKIP.stop :]
        fields = (b"OggS", 0, flags, granule, page.serial, self._number)
        rest = page.lacing + body
        checksum = _checksum(_HEADER.pack(*fields, 0, len(page.lacing)) + rest)
        self._file.write(_HEADER.pack(*fields, checksum, len(page.lacing)) + rest)
        self._number += 1


def _pages(file: BinaryIO) -> Iterator[_Page]:
    """Yield the pages of a file that has nothing else, up to one that breaks off."""
    while len(header := file.read(_HEADER.size)) == _HEADER.size:
        _, _, flags, granule, serial, _, _, segments = _HEADER.unpack(header)
        lacing = file.read(segments)
        body = file.read(sum(lacing))
        if len(body) == sum(lacing):
            yield _Page(flags, granule, serial, lacing, body)


def _checksum(page: bytes) -> int:
    """Return the checksum of a page, whose own field holds zeros.

    It is the CRC-32 that zlib has, with the bits the other way round and without the inversions at both ends.
    """
    mirrored = zlib.crc32(page.translate(_REVERSED_BITS), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{mirrored:032b}"[::-1], 2)
