"""How long an Ogg/Opus recording is, read from its first and last pages without a decoder (RFC 3533, 7845)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

RATE = 48_000  # granule positions count samples at this rate, whatever was recorded
TAIL_BYTES = 131_072  # two of the largest pages, so a whole one is always among them
_NO_PACKET_ENDS = 2**64 - 1
_FIRST_OF_STREAM = 0x02
_HEADER = struct.Struct("<4sBBQIIIB")
# By mode, of which there are 32: SILK, hybrid and CELT at several bandwidths.
_FRAME_SAMPLES = (480, 960, 1920, 2880) * 3 + (480, 960) * 2 + (120, 240, 480, 960) * 4

# A recording lasts neither shorter nor longer than these rates of bytes per second make believable:
# 256 kbit/s at the most, packets of 120 ms with their overhead at the least.
_MOST_PER_SECOND = 32_000
_LEAST_PER_SECOND = 16
_SLACK = 65_536  # bytes that tags and pages may take


@dataclass(frozen=True, slots=True)
class _Page:
    flags: int
    granule: int
    serial: int
    packets: tuple[bytes, ...]


def is_opus(head: bytes) -> bool:
    """Whether this Ogg file begins with an Opus stream."""
    first = next(_pages(head), None)
    return first is not None and bool(first.packets) and first.packets[0].startswith(b"OpusHead")


def duration(head: bytes, tail: bytes, size: int) -> float | None:
    """The seconds of sound in an Ogg/Opus file of `size` bytes, of which these are the beginning and the end.

    A recording that breaks off counts as far as its last whole page. None when pages alone cannot tell: another
    codec, several streams in one file, no sound, or a length its size does not bear out.
    """
    if not is_opus(head):
        return None
    opening, *beginning = _pages(head)
    end = list(_pages(tail))
    if any(page.serial != opening.serial or page.flags & _FIRST_OF_STREAM for page in beginning):
        return None
    if any(page.serial != opening.serial for page in end):
        return None
    granules = [page.granule for page in end if page.granule != _NO_PACKET_ENDS]
    pre_skip = int.from_bytes(opening.packets[0][10:12], "little")
    samples = max(granules, default=0) - _first_sample(beginning) - pre_skip
    return _believable(samples / RATE, size)


def counted(data: bytes) -> float:
    """The seconds of sound in the packets of a whole file, whatever its pages say: what a decoder would play."""
    packets = (packet for page in _pages(data) for packet in page.packets)
    return sum(_samples(packet) for packet in packets if not packet.startswith(b"Opus")) / RATE


def _believable(seconds: float, size: int) -> float | None:
    if seconds <= 0 or not (size - _SLACK) / _MOST_PER_SECOND <= seconds <= size / _LEAST_PER_SECOND:
        return None
    return seconds


def _first_sample(pages: list[_Page]) -> int:
    """The granule position where the sound begins: not 0 in a recording cut out of a running stream."""
    for page in pages:
        if 0 < page.granule < _NO_PACKET_ENDS:
            return max(0, page.granule - sum(map(_samples, page.packets)))
    return 0


def _samples(packet: bytes) -> int:
    """The samples in an Opus packet by its first bytes (RFC 6716, section 3.1)."""
    if not packet:
        return 0
    return _FRAME_SAMPLES[packet[0] >> 3] * _frames(packet)


def _frames(packet: bytes) -> int:
    code = packet[0] & 3
    if code < 3:
        return min(code, 1) + 1
    return packet[1] & 0x3F if len(packet) > 1 else 0


def _pages(data: bytes) -> Iterator[_Page]:
    """The whole pages in `data`; what lies between them, and a page that breaks off, is passed over."""
    at = data.find(b"OggS")
    while at >= 0:
        page, end = _page_at(data, at)
        if page is not None:
            yield page
        at = data.find(b"OggS", end)


def _page_at(data: bytes, at: int) -> tuple[_Page | None, int]:
    """The page at this place and where it ends; no page if the place only looks like one."""
    body = at + _HEADER.size
    if body > len(data):
        return None, len(data)
    _, version, flags, granule, serial, _, _, segments = _HEADER.unpack_from(data, at)
    lacing = data[body : body + segments]
    body += segments
    end = body + sum(lacing)
    if version != 0 or end > len(data):
        return None, at + 4
    return _Page(flags, granule, serial, tuple(_packets(data[body:end], lacing))), end


def _packets(body: bytes, lacing: bytes) -> Iterator[bytes]:
    """The packets that end on this page; a segment shorter than 255 bytes ends one."""
    start = end = 0
    for length in lacing:
        end += length
        if length < 255:
            yield body[start:end]
            start = end
