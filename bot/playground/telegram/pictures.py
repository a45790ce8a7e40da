"""Pictures as Telegram takes them for photos: what they are, how large they may be, and in which sizes they come."""

import struct
from collections.abc import Iterator

from bot.playground.telegram.refusal import bad_request

PHOTO_LIMIT = 10 * 1024 * 1024
LONGEST_SIDES = 10_000  # width and height together
MOST_STRETCHED = 20
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_NO_FRAMES = {0xC4, 0xC8, 0xCC}  # markers among those of frames that begin none


def check_photo(data: bytes) -> tuple[int, int]:
    """Return the width and height of a picture, or refuse what can be no photo."""
    if len(data) > PHOTO_LIMIT:
        raise bad_request(
            f"file of size {len(data)} bytes is too big for a photo; the maximum size is {PHOTO_LIMIT} bytes"
        )
    width, height = measure(data)
    if not width or not height:
        raise bad_request("IMAGE_PROCESS_FAILED")
    if width + height > LONGEST_SIDES or max(width, height) > MOST_STRETCHED * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return width, height


def measure(data: bytes) -> tuple[int, int]:
    """Return the width and height of a PNG or JPEG; zeros for anything else."""
    if data.startswith(_PNG) and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
        return width, height
    if data.startswith(_JPEG):
        return next(_frames(data), (0, 0))
    return 0, 0


def _frames(data: bytes) -> Iterator[tuple[int, int]]:
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in _NO_FRAMES:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            yield width, height
        at += 2 + length
