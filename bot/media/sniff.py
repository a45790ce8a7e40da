"""The recognition of a container by its first bytes; file names and MIME types are not believed."""

import re
from collections.abc import Callable
from enum import StrEnum

# Enough for every signature, and for the frame that `sniff` looks behind: the largest, of AAC, has 8,191 bytes.
# `opus.duration` needs the first page too, which has at most 65,307.
HEAD_BYTES = 65_536


class Container(StrEnum):
    """The format of a file; its value is also the name of the one ffmpeg demuxer that may read it."""

    OGG = "ogg"
    MP3 = "mp3"
    MP4 = "mp4"  # and its relatives: m4a, mov, 3gp
    WEBM = "webm"
    MATROSKA = "matroska"
    WAV = "wav"
    FLAC = "flac"
    AAC = "aac"
    AMR = "amr"
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
        (rb"(RIFF|RF64|BW64)....WAVE", Container.WAV),
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
_KILOBITS = {  # bit rates by their index in the frame; the key tells whether it is MPEG 1
    True: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    False: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
# By the version bits of the frame: MPEG 1, 2 and 2.5.
_SAMPLE_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}


def sniff(head: bytes) -> Container | None:
    """Return the container of the file that begins with `head` (up to HEAD_BYTES of it); None if it is unknown."""
    if head.startswith(b"ID3"):
        # A tag with a large cover fills the whole head. Then it is taken for MP3, as nearly every such file is.
        return sniff(head[_id3_length(head) :].lstrip(b"\0")) or Container.MP3
    for signature, container in _SIGNATURES:
        if signature.match(head):
            return container
    if _begins_with_frames(head, _mp3_frame_length):
        return Container.MP3
    return Container.AAC if _begins_with_frames(head, _adts_frame_length) else None


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
