"""Recordings made by hand, byte by byte, as only people make them who mean harm; all checksums are right."""

import struct
from functools import cache

from bot.media.ogg import checksum

SECOND = 48_000
GOES_ON, BEGINS, ENDS = 1, 2, 4
UNKNOWN = -1
PACKET = b"\x08" + bytes(60)  # SILK, 20 ms
PACKET_SAMPLES = 960


def page(*packets: bytes, granule: int = 0, flags: int = 0, serial: int = 7, lacing: bytes | None = None) -> bytes:
    if lacing is None:
        lacing = b"".join(b"\xff" * (len(packet) // 255) + bytes([len(packet) % 255]) for packet in packets)
    header = struct.pack("<4sBBqIIIB", b"OggS", 0, flags, granule, serial, 0, 0, len(lacing))
    return signed(header + lacing + b"".join(packets))


def signed(data: bytes) -> bytes:
    return data[:22] + struct.pack("<I", checksum(data)) + data[26:]


def opus_head(pre_skip: int = 0, serial: int = 7) -> bytes:
    head = b"OpusHead\x01\x01" + struct.pack("<HIhB", pre_skip, SECOND, 0, 0)
    return page(head, flags=BEGINS, serial=serial)


def opus_tags(serial: int = 7) -> bytes:
    return page(b"OpusTags" + bytes(300), serial=serial)


def recording(*pages: bytes, pre_skip: int = 0, serial: int = 7) -> bytes:
    return opus_head(pre_skip, serial) + opus_tags(serial) + b"".join(pages)


def filled(one: bytes, size: int) -> bytes:
    """A recording that has this page again and again, up to that size."""
    return recording(*[one] * (size // len(one)))


def flac(seconds: float) -> bytes:
    """Silence in eight channels at the highest rate, 655,350 Hz, in 20 kB a minute."""
    frames = int(seconds * 10)
    rate_channels_and_bits = 655_350 << 12 | 7 << 9 | 15 << 4
    info = struct.pack(">HH6xI", 65_535, 65_535, rate_channels_and_bits) + bytes(4 + 16)
    return b"fLaC\x80" + len(info).to_bytes(3, "big") + info + b"".join(_flac_frame(number) for number in range(frames))


def _flac_frame(number: int) -> bytes:
    header = b"\xff\xf8\x7e\x78" + _flac_number(number) + b"\xff\xfe\xff\xff"
    header += _crc(header, 8, 0x07).to_bytes(1, "big")
    frame = header + bytes(3 * 8)  # of each channel: that it is constant, and its value
    return frame + _crc(frame, 16, 0x8005).to_bytes(2, "big")


def _flac_number(number: int) -> bytes:
    """The number as UTF-8 would have it, which goes further here."""
    return chr(number).encode("utf-8", "surrogatepass")


def _crc(data: bytes, bits: int, polynomial: int) -> int:
    table, mask, crc = _crc_table(bits, polynomial), (1 << bits) - 1, 0
    for byte in data:
        crc = (crc << 8 & mask) ^ table[crc >> (bits - 8) ^ byte]
    return crc


@cache
def _crc_table(bits: int, polynomial: int) -> list[int]:
    table = []
    for byte in range(256):
        crc = byte << (bits - 8)
        for _ in range(8):
            crc = (crc << 1 ^ (polynomial if crc >> (bits - 1) else 0)) & ((1 << bits) - 1)
        table.append(crc)
    return table


def id3(**texts: str) -> bytes:
    """A tag that has these texts of the user's own, as it stands before an MP3."""
    frames = b""
    for name, text in texts.items():
        frames += _id3_frame(b"TXXX", b"\x03" + name.encode() + b"\0" + text.encode())
    return b"ID3\x04\0\0" + _id3_size(len(frames)) + frames


def id3_with_cover(picture: bytes) -> bytes:
    """A tag that has a picture."""
    frame = _id3_frame(b"APIC", b"\0image/jpeg\0\3\0" + picture)
    return b"ID3\x04\0\0" + _id3_size(len(frame)) + frame


def _id3_frame(name: bytes, content: bytes) -> bytes:
    return name + _id3_size(len(content)) + b"\0\0" + content


def _id3_size(size: int) -> bytes:
    return bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
