"""The pages of an Ogg file (RFC 3533)."""

import struct
import zlib
from dataclasses import dataclass

# Capture pattern, version, flags, granule position, serial, number, checksum, segments.
HEADER = struct.Struct("<4sBBqIIIB")
LARGEST_PAGE = 65_307  # bytes
GOES_ON = 0x01  # the flag of a page that begins with the rest of a packet
FIRST_OF_STREAM = 0x02
LAST_OF_STREAM = 0x04

_CHECKSUM = slice(22, 26)  # in the header
_REVERSED_BITS = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


@dataclass(frozen=True, slots=True)
class Page:
    """One page. Its `granule` is the number of samples up to its end, with those that a player drops at the beginning.

    `lacing` has the lengths of the segments in `body`.
    """

    flags: int
    granule: int
    serial: int
    lacing: bytes
    body: bytes


def checksum(page: bytes) -> int:
    """Return the checksum of a page, whatever stands in its own field.

    It is the CRC-32 that zlib has, with the bits the other way round and without the inversions at both ends.
    """
    zeroed = page[: _CHECKSUM.start] + bytes(4) + page[_CHECKSUM.stop :]
    mirrored = zlib.crc32(zeroed.translate(_REVERSED_BITS), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{mirrored:032b}"[::-1], 2)
