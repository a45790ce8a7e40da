"""Cutting an Ogg/Opus file that ffmpeg wrote into several, without decoding it, so that no sound is lost or changed."""

import math
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, NamedTuple

from bot.media.ogg import HEADER, LAST_OF_STREAM, Page, checksum

PAGE_SECONDS = 0.1  # of a file that is cut between pages; a pause lasts three times as long at least
_GRANULES = 48_000  # a second, see RFC 7845
_NOWHERE = (float("inf"), float("inf"))
_PRE_SKIP = slice(10, 12)  # in the first packet, the number of samples that a player drops at the beginning


class Cut(NamedTuple):
    """Where a part begins, and where the one before it ends, in seconds: both have what is between the two."""

    start: float
    end: float


def spans_of(cuts: Sequence[Cut]) -> list[tuple[float, float]]:
    """Return from when until when each part lasts."""
    starts, ends = [0.0, *(each.start for each in cuts)], [*(each.end for each in cuts), math.inf]
    return list(zip(starts, ends, strict=True))


def cut(whole: Path, cuts: Sequence[Cut], parts: Sequence[Path]) -> None:
    """Write the sound of `whole` between the cuts into the files `parts`, one more than there are cuts.

    A cut falls between two pages, at the end that is nearest. What begins behind the end of the sound stays empty.
    """
    with whole.open("rb") as file:
        pages = _pages(file)
        head, tags = next(pages, None), next(pages, None)
        if head is not None and tags is not None:
            spans = [(_granule(head, start), _granule(head, end)) for start, end in spans_of(cuts)]
            _distribute(pages, (head, tags), spans, parts)


def extract(whole: Path, stretches: Sequence[tuple[float, float]], target: Path) -> float:
    """Write these stretches of `whole`, in seconds, into one file, and return how many seconds that are.

    They follow each other, and so do their pages in time.
    """
    with whole.open("rb") as source, target.open("wb") as file:
        pages = _pages(source)
        head, tags = next(pages, None), next(pages, None)
        if head is None or tags is None:
            return 0.0
        writer, before, written = _Writer(file, (head, tags), base=0), 0, 0
        edges = iter([(_granule(head, start), _granule(head, end)) for start, end in stretches])
        start, end = next(edges, _NOWHERE)
        for page in pages:
            middle, lasts, before = (before + page.granule) / 2, page.granule - before, page.granule
            while middle >= end:
                start, end = next(edges, _NOWHERE)
            if middle >= start:
                written += lasts
                writer.add(replace(page, granule=written))
        writer.finish()
        return written / _GRANULES


def length(whole: Path) -> float:
    """Return the seconds that the positions on the pages tell."""
    with whole.open("rb") as file:
        pages = _pages(file)
        head, last = next(pages, None), 0
        for page in pages:
            last = max(last, page.granule)
    return (last - _granule(head, 0)) / _GRANULES if head else 0.0


def _granule(head: Page, seconds: float) -> float:
    return seconds * _GRANULES + int.from_bytes(head.body[_PRE_SKIP], "little")


def _distribute(
    pages: Iterator[Page], heads: tuple[Page, Page], spans: Sequence[tuple[float, float]], parts: Sequence[Path]
) -> None:
    """Write each page into the parts that more than half of it belongs to; the first part begins with the first."""
    with ExitStack() as stack:
        coming = deque((span, stack.enter_context(path.open("wb"))) for span, path in zip(spans, parts, strict=True))
        begun: deque[tuple[float, _Writer]] = deque()
        before, is_first = 0, True
        for page in pages:
            middle = (before + page.granule) / 2
            while coming and (is_first or coming[0][0][0] < middle):
                (_, end), file = coming.popleft()
                begun.append((end, _Writer(file, heads, base=before)))
                is_first = False
            while begun and begun[0][0] < middle:
                begun.popleft()[1].finish()
            for _, writer in begun:
                writer.add(page)
            before = page.granule
        for _, writer in begun:
            writer.finish()


class _Writer:
    """Writes one file. A page is held back until it is known whether it is the last, which carries a flag."""

    def __init__(self, file: BinaryIO, heads: tuple[Page, Page], base: int) -> None:
        self._file = file
        self._heads = heads
        self._base = base  # the granule position at which the part begins
        self._number = 0
        self._held: Page | None = None

    def add(self, page: Page) -> None:
        if self._held is None:
            for head in self._heads:
                self._write(head, head.flags, head.granule)
        else:
            self._write(self._held, 0, self._held.granule - self._base)
        self._held = page

    def finish(self) -> None:
        if self._held is not None:
            self._write(self._held, LAST_OF_STREAM, self._held.granule - self._base)

    def _write(self, page: Page, flags: int, granule: int) -> None:
        body = page.body
        if self._number == 0 and self._base:  # nothing of a later part is dropped
            body = body[: _PRE_SKIP.start] + bytes(2) + body[_PRE_SKIP.stop :]
        fields = (b"OggS", 0, flags, granule, page.serial, self._number)
        rest = page.lacing + body
        signature = checksum(HEADER.pack(*fields, 0, len(page.lacing)) + rest)
        self._file.write(HEADER.pack(*fields, signature, len(page.lacing)) + rest)
        self._number += 1


def _pages(file: BinaryIO) -> Iterator[Page]:
    """Yield the pages of a file that has nothing else, up to one that breaks off."""
    while len(header := file.read(HEADER.size)) == HEADER.size:
        _, _, flags, granule, serial, _, _, segments = HEADER.unpack(header)
        lacing = file.read(segments)
        body = file.read(sum(lacing))
        if len(body) == sum(lacing):
            yield Page(flags, granule, serial, lacing, body)
