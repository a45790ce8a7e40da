"""The sound in an Ogg/Opus file, as far as its packets tell without a decoder (RFC 3533, 6716, 7845)."""

import re
import zlib
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from operator import mul
from typing import BinaryIO

from bot.media.ogg import FIRST_OF_STREAM, GOES_ON, HEADER, LARGEST_PAGE, LAST_OF_STREAM, Page, checksum

_RATE = 48_000  # samples a second in which Opus counts, at whatever rate the sound was recorded
_BLOCK = 1024 * 1024  # bytes that are read at once; between two blocks the counting can be stopped
_BEGINNING = re.compile(rb"OggS\0[\x02\x03\x06\x07]")  # of the first page of a stream

# Samples in a frame by the 32 configurations of RFC 6716: SILK, hybrid, then CELT at several bandwidths.
_FRAME_SAMPLES = (480, 960, 1920, 2880) * 3 + (480, 960) * 2 + (120, 240, 480, 960) * 4
_UNIT = 120  # the samples of the shortest frame, of which all others are multiples
_LONGEST_PACKET = 5760  # samples; no decoder takes more

# By the first byte of a packet: its units, if the byte tells how many frames there are. The second byte tells it
# where the lowest two bits are set.
_UNITS = bytes(
    0 if byte & 3 == 3 else _FRAME_SAMPLES[byte >> 3] // _UNIT * (2 if byte & 3 else 1) for byte in range(256)
)
_TELLS_FRAMES = bytes(byte for byte in range(256) if byte & 3 != 3)

# The first byte of a packet tells whether it has two channels.
_TELLS_MONO = bytes(byte for byte in range(256) if not byte & 4)

# Packets of the codecs for speech whose second byte begins with what the encoder thought: 1 for a voice.
_TELLS_VOICE = bytes(byte for byte in range(0x80) if not byte & 2)
_VOICE = 0x80

# In speech the encoder thinks of a voice in two of three packets; in noise, however faint, in one of ten at the most.
_SPOKEN = 0.2
_SPOKEN_PACKETS = 100  # two seconds of a voice in usual packets, after which no more is looked for

# The other packets of speech differ in size, by a fifth of the mean and more. Those of noise differ by a tenth, those
# of noise that swells by a sixth, and where the encoder has to make all of one size, nothing is known.
_UNEVEN = 0.18
_UNEVEN_PACKETS = 500

# Packets of silence are the same again and again, whatever their size. Those of sound, even of the noise of a
# microphone, are different, and nothing makes them smaller: by a hundredth, or a tenth with the pauses in speech.
_HEARD = 0.9
_SILENT = 0.2  # three packets of sound among fifty of silence come to more
_UNSURE = (_HEARD + _SILENT) / 2
_LISTENED_AT_ONCE = 1024  # bytes
_MOST_LISTENED = 1024 * 1024  # bytes, about a tenth of a second; an hour of silence has half as many after a conversion

# What would take long to count is left to ffmpeg, which counts in a process of its own. A unit of work is what a
# segment takes, about 0.2 µs.
_MOST_LOOKALIKES = 16  # bytes that begin like a page and are none; usual files have none at all
MOST_WORK = 2_000_000  # less than half a second; an hour of a usual recording needs 360,000
_PAGE_WORK = 50
_SECOND_BYTE_WORK = 5


@dataclass(frozen=True, slots=True)
class _Candidate(Page):
    """What claims to be a page; it is one if its checksum is right."""

    is_whole: bool


@dataclass(frozen=True, slots=True)
class Sound:
    """What is known of the sound in a file: its seconds, whether any of it has two channels, and how it differs.

    `voiced` is the share of the packets in which the encoder found a voice. `is_uneven` tells whether the packets that
    do not say so differ in size as those of speech do. Where no voice was found, `variety` is the share of the bytes,
    where it is largest, that packing them leaves.
    """

    seconds: float
    is_stereo: bool
    variety: float
    voiced: float
    is_uneven: bool

    @property
    def is_heard(self) -> bool:
        """Tell whether there is speech, or sound like it, for certain, in one channel."""
        is_spoken = self.voiced >= _SPOKEN or (self.is_uneven and self.variety > _HEARD)
        return is_spoken and not self.is_stereo

    @property
    def is_silent(self) -> bool:
        """Tell whether there is nothing but silence, where nobody made the packets to look like it."""
        return not self.voiced and self.variety < _SILENT


@dataclass(slots=True)
class _Stream:
    """What is known of one stream in the file: where its last page ends, and what that takes back of its samples."""

    tags_awaited: bool = True
    granule: int = 0
    dropped: int = 0


class _NotCountedError(Exception):
    """A file that is left to ffmpeg: it has something else in it, or takes too long."""


@dataclass(slots=True)
class _Variety:
    """Finds out how much packets differ, until they are known to have sound."""

    variety: float = 0.0
    _listened: int = 0
    _block: bytes = b""
    _rest: bytes = b""

    def hear(self, body: bytes) -> None:
        if self.variety > _HEARD:
            return
        if self._listened > _MOST_LISTENED:
            self.variety = max(self.variety, _UNSURE)
            return
        self._listened += len(body)
        self._rest += body
        while len(self._rest) >= _LISTENED_AT_ONCE and self.variety <= _HEARD:
            self._block, self._rest = self._rest[:_LISTENED_AT_ONCE], self._rest[_LISTENED_AT_ONCE:]
            self._judge(self._block)

    def finish(self) -> None:
        """Judge what is left together with what came before, as a few bytes alone always seem different."""
        if self._rest and self.variety <= _HEARD:
            self._judge(self._block + self._rest)

    def _judge(self, data: bytes) -> None:
        self.variety = max(self.variety, len(zlib.compress(data, 1)) / len(data))


@dataclass(slots=True)
class _Listener:
    """Finds out whether packets have speech, until that is known."""

    packets: int = 0
    voiced: int = 0
    is_settled: bool = False
    variety: _Variety = field(default_factory=_Variety)
    _sized: int = 0
    _bytes: int = 0
    _squares: int = 0

    def hear(self, body: bytes, starts: list[int], firsts: bytes) -> None:
        """Listen to the packets on a page: to what the encoder thought, and where it does not say, to their sizes."""
        told = [start + 1 for start, first in zip(starts, firsts, strict=True) if first in _TELLS_VOICE]
        voiced = sum(body[at] >= _VOICE for at in told if at < len(body))
        self.packets += len(starts)
        self.voiced += voiced
        if starts and not voiced:
            self.variety.hear(body[starts[0] :])
        if 2 * len(told) < len(starts):
            self._measure([end - start for start, end in pairwise((*starts, len(body)))])
        self.is_settled = (self.voiced >= _SPOKEN_PACKETS and self.share >= _SPOKEN) or (
            self._sized >= _UNEVEN_PACKETS and self.is_uneven and self.variety.variety > _HEARD
        )

    @property
    def share(self) -> float:
        return self.voiced / self.packets if self.packets else 0.0

    @property
    def is_uneven(self) -> bool:
        """Tell whether sizes deviate from their mean as those of speech do, where most packets tell nothing else."""
        squared = self._bytes * self._bytes
        deviates = self._sized * self._squares - squared > _UNEVEN * _UNEVEN * squared
        return deviates and 2 * self._sized > self.packets

    def _measure(self, sizes: list[int]) -> None:
        self._sized += len(sizes)
        self._bytes += sum(sizes)
        self._squares += sum(map(mul, sizes, sizes))


@dataclass(slots=True)
class _Count:
    """The counts so far."""

    most_work: int
    streams: dict[int, _Stream] = field(default_factory=dict)
    samples: int = 0
    work: int = 0
    lookalikes: int = 0
    is_stereo: bool = False
    listener: _Listener = field(default_factory=_Listener)

    def add(self, page: _Candidate | None) -> None:
        if page is None or not page.is_whole:
            self.lookalikes += 1
        if page is not None:
            self.work += _PAGE_WORK + len(page.lacing)
            is_opus = page.body.startswith(b"OpusHead")
            if page.flags & FIRST_OF_STREAM and (page.is_whole or is_opus):
                self._begin_stream(page, is_opus=is_opus)
            else:
                self._count_packets(page)
        if self.work > self.most_work or self.lookalikes > _MOST_LOOKALIKES:
            raise _NotCountedError

    def _count_packets(self, page: Page) -> None:
        """Count the samples by the first two bytes of each packet (RFC 6716, section 3)."""
        if not self.streams:
            raise _NotCountedError
        starts = _packet_starts(page)
        stream = self.streams.setdefault(page.serial, _Stream())
        if stream.tags_awaited and starts:
            stream.tags_awaited = False
            del starts[0]
        firsts = bytes([page.body[start] for start in starts])
        self.is_stereo = self.is_stereo or bool(firsts.translate(None, _TELLS_MONO))
        if not self.listener.is_settled:
            self.listener.hear(page.body, starts, firsts)
        samples = sum(firsts.translate(_UNITS)) * _UNIT
        if firsts.translate(None, _TELLS_FRAMES):
            self.work += _SECOND_BYTE_WORK * len(starts)
            samples += _samples_by_second_bytes(page, starts)
        self._add_sound(stream, page, samples)

    def _begin_stream(self, page: Page, *, is_opus: bool) -> None:
        if not is_opus:
            raise _NotCountedError
        if not self.streams:
            self.samples -= int.from_bytes(page.body[10:12], "little")  # which a decoder drops at the start
        self.streams[page.serial] = _Stream()

    def _add_sound(self, stream: _Stream, page: Page, samples: int) -> None:
        self.samples += samples
        if page.granule >= 0:  # else no packet ends on this page
            dropped = samples - (page.granule - stream.granule)
            is_last = page.flags & LAST_OF_STREAM
            stream.dropped = dropped if is_last and 0 < dropped < _LONGEST_PACKET else 0
            stream.granule = page.granule

    def sound(self) -> Sound | None:
        seconds = (self.samples - sum(stream.dropped for stream in self.streams.values())) / _RATE
        if seconds <= 0:
            return None
        heard = self.listener
        heard.variety.finish()
        return Sound(seconds, self.is_stereo, heard.variety.variety, heard.share, heard.is_uneven)


def sound_in(file: BinaryIO, stopped: Callable[[], bool] = lambda: False, most_work: int = MOST_WORK) -> Sound | None:
    """Return what is known of the sound in an Ogg/Opus file, which is read from its beginning.

    Packets are counted and not believed: the positions written on the pages may jump or be forged. Several streams
    count together. None if the file has something else in it or no sound, if it would take long to count, or if
    `stopped` says so between two blocks.
    """
    count = _Count(most_work)
    try:
        for page in _pages(file, stopped):
            count.add(page)
    except _NotCountedError:
        return None
    return count.sound()


def begins_twice(file: BinaryIO) -> bool:
    """Tell whether more than one stream begins in an Ogg file, of which some decoders play the first one only."""
    begun, rest = 0, b""
    while begun < 2 and (block := file.read(_BLOCK)):
        data = rest + block
        begun += len(_BEGINNING.findall(data))
        rest = data[-5:]  # shorter than what is looked for
    return begun > 1


def _packet_starts(page: Page) -> list[int]:
    """Return where on the page packets begin that have at least one byte. A segment below 255 bytes ends one."""
    before = (b"\xff" if page.flags & GOES_ON else b"\0") + page.lacing
    places = accumulate(page.lacing, initial=0)
    return [at for at, previous, length in zip(places, before, page.lacing, strict=False) if previous < 255 and length]


def _samples_by_second_bytes(page: Page, starts: list[int]) -> int:
    """Return the samples in those of the packets whose second byte tells the number of frames."""
    body = page.body
    lone = {at for at, length in zip(accumulate(page.lacing, initial=0), page.lacing, strict=False) if length == 1}
    told = (start for start in starts if body[start] & 3 == 3 and start not in lone)
    return sum(min(_FRAME_SAMPLES[body[start] >> 3] * (body[start + 1] & 0x3F), _LONGEST_PACKET) for start in told)


def _pages(file: BinaryIO, stopped: Callable[[], bool]) -> Iterator[_Candidate | None]:
    """Yield the pages of a file, None for what begins like one and is none; skip bytes between them."""
    data = b""
    block = file.read(_BLOCK)
    while data or block:
        if stopped():
            raise _NotCountedError
        data += block
        rest = yield from _pages_in(data, len(data) - LARGEST_PAGE if block else len(data))
        data = data[rest:] if block else b""
        block = file.read(_BLOCK)


def _pages_in(data: bytes, end: int) -> Generator[_Candidate | None, None, int]:
    """Yield the pages that begin before `end`, and return where the next one may begin."""
    at = data.find(b"OggS")
    while 0 <= at < end:
        page, following = _page_at(data, at)
        yield page
        at = data.find(b"OggS", following)
    return at if at >= 0 else max(0, len(data) - 3)


def _page_at(data: bytes, at: int) -> tuple[_Candidate | None, int]:
    """Return the page at index `at`, None if none is there or it breaks off, and where to look for the next."""
    body = at + HEADER.size
    if body > len(data):
        return None, len(data)
    _, version, flags, granule, serial, _, told, segments = HEADER.unpack_from(data, at)
    lacing = data[body : body + segments]
    body += segments
    end = body + sum(lacing)
    if version != 0 or end > len(data):
        return None, at + 4
    is_whole = checksum(data[at:end]) == told
    # What claims to be a page and is none may hide true ones.
    return _Candidate(flags, granule, serial, lacing, data[body:end], is_whole), end if is_whole else at + 4
