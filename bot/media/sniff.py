"""The recognition of a file by its first bytes; file names and MIME types are not believed.

What is recognised as a container may be uploaded as it is, and one demuxer of ffmpeg reads it. All other files are
unknown: unless they are plainly something else, ffmpeg may try them with any of `bot.media.demuxers.TRUSTED`.
"""

import re
from collections import Counter
from collections.abc import Callable
from enum import StrEnum
from typing import BinaryIO

from bot.sizes import HEAD_BYTES


class Container(StrEnum):
    """The format of a file; its value is also the name of the ffmpeg demuxer that reads it."""

    OGG = "ogg"
    MP3 = "mp3"
    MP4 = "mp4"  # and its relatives: m4a, mov, 3gp
    WEBM = "webm"
    MATROSKA = "matroska"
    WAV = "wav"
    FLAC = "flac"
    AAC = "aac"
    AMR = "amr"
    AMR_FRAMES = "amrnb"  # without the line at the beginning that names the format
    AMR_WIDEBAND_FRAMES = "amrwb"
    AIFF = "aiff"
    CAF = "caf"
    AU = "au"
    ASF = "asf"
    AVI = "avi"
    FLV = "flv"
    MPEG = "mpeg"
    MPEGTS = "mpegts"


_SIGNATURES = tuple(
    (re.compile(pattern, re.DOTALL), container)
    for pattern, container in (
        (rb"OggS\0", Container.OGG),
        (rb"....(ftyp|styp|mdat)|\0...(moov|wide|free|skip|pnot)", Container.MP4),
        (rb"\x1aE\xdf\xa3.{0,64}?webm", Container.WEBM),
        (rb"\x1aE\xdf\xa3", Container.MATROSKA),
        (rb"RIFF....WAVE", Container.WAV),
        (rb"fLaC", Container.FLAC),
        (rb"#!AMR(-WB)?\n", Container.AMR),
        (rb"FORM....AIF[FC]", Container.AIFF),
        (rb"caff\0", Container.CAF),
        (rb"\.snd", Container.AU),
        (rb"\x30\x26\xb2\x75\x8e\x66\xcf\x11", Container.ASF),
        (rb"RIFF....AVI ", Container.AVI),
        (rb"FLV\x01", Container.FLV),
        (rb"\0\0\x01\xba", Container.MPEG),
        (rb"G.{187}G.{187}G|.{4}G.{191}G.{191}G", Container.MPEGTS),
    )
)
_ID3_HEADER_BYTES = 10
_EMPTY_TAG = b"ID3\4\0\0\0\0\0\0"
_MOST_TAGS = 4  # in front of the sound; a file may be nothing but small ones
_LEAST_FRAMES = 10
# By the mode of the frame; 0 for those without sound.
_AMR_FRAME_BYTES = (13, 14, 16, 18, 20, 21, 27, 32, 6, *[0] * 7)
_AMR_WIDEBAND_FRAME_BYTES = (18, 24, 33, 37, 41, 47, 51, 59, 61, 6, *[0] * 6)
_KILOBITS = {  # bit rates by their index in the frame; the key tells whether it is MPEG 1
    True: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    False: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
# By the version bits of the frame: MPEG 1, 2 and 2.5.
_SAMPLE_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}


def sniff(head: bytes) -> Container | None:
    """Return the container of the file that begins with `head` (up to HEAD_BYTES of it); None if it is unknown.

    A tag in front belongs to MP3 alone. Other readers than ffmpeg may not pass over it in front of anything else.
    """
    if head.startswith(b"ID3"):
        behind = head[_id3_length(head) :].lstrip(b"\0")
        return Container.MP3 if _begins_with_frames(behind, _mp3_frame_length) else None
    for signature, container in _SIGNATURES:
        if signature.match(head):
            return container
    return next((container for container, begins in _BARE if begins(head)), None)


def head_of(file: BinaryIO) -> bytes:
    """Return what `sniff` wants to see of a file: its first bytes, or an empty tag and those behind its tags.

    A tag may have a picture, and be larger than HEAD_BYTES.
    """
    head, start = file.read(HEAD_BYTES), 0
    for _ in range(_MOST_TAGS):
        if head.startswith(b"ID3"):
            start += _id3_length(head)
            file.seek(start)
            head = file.read(HEAD_BYTES)
    return _EMPTY_TAG + head if start else head


def _id3_length(head: bytes) -> int:
    """Return the bytes of the tag with its header, where its size is written in four bytes of seven bits."""
    size = 0
    for byte in head[6:_ID3_HEADER_BYTES]:
        size = size << 7 | byte & 0x7F
    return _ID3_HEADER_BYTES + size


def _begins_with_frames(head: bytes, frame_length: Callable[[bytes], int]) -> bool:
    """Tell whether `head` begins with a frame and another, or ends with it: one alone may be chance, as in UTF-16."""
    length = frame_length(head)
    return length > 0 and (len(head) <= length or frame_length(head[length:]) > 0)


def _mp3_frame_length(data: bytes) -> int:
    """Return the bytes of the MPEG layer III frame that `data` begins with; 0 if it begins with none."""
    if len(data) < 4 or data[0] != 0xFF or data[1] & 0xE6 != 0xE2:
        return 0
    version, bitrate, rate = data[1] >> 3 & 3, data[2] >> 4, data[2] >> 2 & 3
    if version not in _SAMPLE_RATES or bitrate in (0, 15) or rate == 3:
        return 0
    is_mpeg_1 = version == 3
    samples, kilobits, padding = 1152 if is_mpeg_1 else 576, _KILOBITS[is_mpeg_1][bitrate], data[2] >> 1 & 1
    return samples * kilobits * 125 // _SAMPLE_RATES[version][rate] + padding  # a kilobit is 125 bytes


def _adts_frame_length(data: bytes) -> int:
    """Return the bytes of the AAC frame that `data` begins with; 0 if it begins with none."""
    if len(data) < 6 or data[0] != 0xFF or data[1] & 0xF6 != 0xF0:
        return 0
    return (data[3] & 3) << 11 | data[4] << 3 | data[5] >> 5


def _consists_of_amr(head: bytes, frame_bytes: tuple[int, ...]) -> bool:
    """Tell whether all of `head` is frames of AMR, with these sizes by their modes (RFC 4867, section 5.3).

    In a text in UTF-16, or of one letter again and again, one byte is so frequent that it may pass for all headers.
    """
    at = count = 0
    while at < len(head):
        length = frame_bytes[head[at] >> 3 & 0x0F]
        if head[at] & 0x87 != 0x04 or not length:  # a reserved bit is set, or the frame is marked as bad
            return False
        at += length
        count += 1
    return count >= _LEAST_FRAMES and 4 * Counter(head).most_common(1)[0][1] < len(head)


# What has no mark at its beginning, and is told by its frames.
_BARE: tuple[tuple[Container, Callable[[bytes], bool]], ...] = (
    (Container.MP3, lambda head: _begins_with_frames(head, _mp3_frame_length)),
    (Container.AAC, lambda head: _begins_with_frames(head, _adts_frame_length)),
    (Container.AMR_FRAMES, lambda head: _consists_of_amr(head, _AMR_FRAME_BYTES)),
    (Container.AMR_WIDEBAND_FRAMES, lambda head: _consists_of_amr(head, _AMR_WIDEBAND_FRAME_BYTES)),
)
