"""The length of an Ogg/Opus recording, computed from its pages or packets without a decoder (RFC 3533, 7845)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

_RATE = 48_000  # samples a second in which granule positions count, at whatever rate the sound was recorded
TAIL_BYTES = 131_072  # two of the largest pages (65,307 bytes each), so one whole page is always among them
_NO_PACKET_ENDS = 2**64 - 1  # the granule position of a page on which no packet ends
_FIRST_OF_STREAM = 0x02  # the header flag of the first page of a stream
_HEADER = struct.Struct("<4sBBQIIIB")
# Samples in a frame by the 32 configurations of RFC 6716: SILK, hybrid, then CELT at several bandwidths.
_FRAME_SAMPLES = (480, 960, 1920, 2880) * 3 + (480, 960) * 2 + (120, 240, 480, 960) * 4

# A length that would need a rate outside these is not believed.
_MAX_BYTES_PER_SECOND = 32_000  # 256 kbit/s, more than recorders use
_MIN_BYTES_PER_SECOND = 16  # packets of 120 ms, the longest kind, of 1 byte each with 1 byte of overhead
_OVERHEAD_BYTES = 65_536  # for tags and page headers, which say nothing about the length


@dataclass(frozen=True, slots=True)
class _Page:
    flags: int
    granule: int
    serial: int
    packets: tuple[bytes, ...]


def is_opus(head: bytes) -> bool:
    """Tell whether a file that begins with `head` is an Ogg file whose first stream is Opus."""
    first = next(_pages(head), None)
    return first is not None and bool(first.packets) and first.packets[0].startswith(b"OpusHead")


def duration(head: bytes, tail: bytes, size: int) -> float | None:
    """Return the seconds of sound in an Ogg/Opus file of `size` bytes with this beginning and this end.

    The pages tell them. A recording that breaks off counts as far as its last whole page. None if the pages do
    not tell: for another codec, several streams in one file, no sound, or a length that does not fit the size.
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
    return _plausible(samples / _RATE, size)


def duration_from_packets(data: bytes) -> float:
    """Return the seconds of sound in the packets of a whole file, which cannot claim a wrong length as pages can."""
    packets = (packet for page in _pages(data) for packet in page.packets)
    return sum(_samples(packet) for packet in packets if not packet.startswith(b"Opus")) / _RATE


def _plausible(seconds: float, size: int) -> float | None:
    shortest = (size - _OVERHEAD_BYTES) / _MAX_BYTES_PER_SECOND
    longest = size / _MIN_BYTES_PER_SECOND
    return seconds if seconds > 0 and shortest <= seconds <= longest else None


def _first_sample(pages: list[_Page]) -> int:
    """Return the granule position where the sound begins: not 0 in a recording cut out of a running stream."""
    for page in pages:
        if 0 < page.granule < _NO_PACKET_ENDS:
            return max(0, page.granule - sum(map(_samples, page.packets)))
    return 0


def _samples(packet: bytes) -> int:
    """Return the number of samples in an Opus packet, by its first two bytes (RFC 6716, section 3)."""
    if not packet:
        return 0
    return _FRAME_SAMPLES[packet[0] >> 3] * _frames(packet)


def _frames(packet: bytes) -> int:
    code = packet[0] & 3
    if code < 3:
        return min(code, 1) + 1
    return packet[1] & 0x3F if len(packet) > 1 else 0


def _pages(data: bytes) -> Iterator[_Page]:
    """Yield the whole pages in `data`; skip bytes between them, and a page that breaks off."""
    at = data.find(b"OggS")
    while at >= 0:
        page, end = _page_at(data, at)
        if page is not None:
            yield page
        at = data.find(b"OggS", end)


def _page_at(data: bytes, at: int) -> tuple[_Page | None, int]:
    """Return the page at index `at`, if one is there, and the index where to look for the next."""
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
    """Yield the packets that end on this page, as far as they are on it. A segment below 255 bytes ends one."""
    start = end = 0
    for length in lacing:
        end += length
        if length < 255:
            yield body[start:end]
            start = end
