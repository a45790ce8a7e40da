import io
from pathlib import Path

import pytest

from bot.media.sniff import Container, head_of, sniff
from bot.media.something_else import has_another_signature
from bot.sizes import HEAD_BYTES

AUDIO = Path(__file__).parents[2] / "audio"
ID3_OF_20_BYTES = b"ID3\x04\0\0\0\0\0\x14" + bytes(20)
MP3_FRAME = b"\xff\xfb\x90\x64" + bytes(413)  # MPEG 1, 128 kbit/s, 44.1 kHz: 417 bytes
MP3_FRAME_OF_MPEG_2 = b"\xff\xf3\x48\xc4" + bytes(140)  # 32 kbit/s, 16 kHz: 144 bytes
AMR_FRAME = b"\x3c" + bytes(range(31))
AMR_WIDEBAND_FRAME = b"\x44" + bytes(range(60))
ADTS_FRAME = b"\xff\xf1\x50\x80\x02\x00\xfc" + bytes(9)  # 16 bytes


@pytest.mark.parametrize(
    ("name", "container"),
    [
        ("voice.ogg", Container.OGG),
        ("speech_vorbis.ogg", Container.OGG),
        ("speech.mp3", Container.MP3),
        ("cover.mp3", Container.MP3),
        ("speech.m4a", Container.MP4),
        ("speech.3gp", Container.MP4),
        ("video.mp4", Container.MP4),
        ("speech.wav", Container.WAV),
        ("speech.flac", Container.FLAC),
        ("speech.webm", Container.WEBM),
        ("speech.amr", Container.AMR),
        ("speech.aac", Container.AAC),
        ("speech.aiff", Container.AIFF),
        ("speech.wma", Container.ASF),
        ("speech.ts", Container.MPEGTS),
        ("amr_no_magic.amr", Container.AMR_FRAMES),
        ("noise.awb", Container.AMR),
        ("mp3_cut_in_frame.mp3", None),
        ("mp3_zeros_first.mp3", None),
        ("speech.mp2", None),
        ("empty.ogg", None),
        ("random.bin", None),
        ("text.mp3", None),
        ("playlist.mp3", None),
        ("concat.ogg", None),
    ],
)
def test_a_file_is_known_by_its_bytes_whatever_its_name(name, container):
    assert sniff((AUDIO / name).read_bytes()[:HEAD_BYTES]) is container


@pytest.mark.parametrize(
    ("head", "container"),
    [
        (b"RF64\xff\xff\xff\xffWAVEds64", None),  # of more than 4 GB, which not everybody reads
        (b"#!AMR-WB\n\x04", Container.AMR),
        (b"\0\0\0\x08wide\0\0\0\0mdat", Container.MP4),
        (b"\x1aE\xdf\xa3\xa3B\x86\x81\x01B\x82\x88matroska", Container.MATROSKA),
        (b"caff\0\x01\0\0desc", Container.CAF),
        (b".snd\0\0\0\x18", Container.AU),
        (b"RIFF\x10\0\0\0AVI LIST", Container.AVI),
        (b"FLV\x01\x04", Container.FLV),
        (b"\0\0\x01\xba\x44", Container.MPEG),
        ((b"G" + bytes(187)) * 3, Container.MPEGTS),
        ((b"time" + b"G" + bytes(187)) * 3, Container.MPEGTS),
        (MP3_FRAME * 2, Container.MP3),
        (MP3_FRAME_OF_MPEG_2 * 2, Container.MP3),
        (ADTS_FRAME * 2, Container.AAC),
    ],
)
def test_a_container_is_known_by_its_signature(head, container):
    assert sniff(head) is container


@pytest.mark.parametrize("frame", [MP3_FRAME, ADTS_FRAME])
def test_a_recording_may_be_a_single_frame(frame):
    assert sniff(frame) is not None


@pytest.mark.parametrize("frame", [MP3_FRAME, ADTS_FRAME])
def test_a_frame_followed_by_something_else_is_chance(frame):
    assert sniff(frame + b"something else") is None


@pytest.mark.parametrize(
    "head",
    [
        b"\xff\xfe" + "a text in UTF-16".encode("utf-16-le"),
        b"\xff\xfb",
        b"\xff\xf1\x50",
        b"\xff\xeb\x90\x64" + bytes(413),  # a reserved version
        b"\xff\xfb\x00\x64" + bytes(413),  # a free bit rate, so the length of the frame is unknown
        b"\xff\xfb\xf0\x64" + bytes(413),  # a forbidden bit rate
        b"\xff\xfb\x9c\x64" + bytes(413),  # a reserved sample rate
    ],
)
def test_what_only_looks_like_a_frame_is_none(head):
    assert sniff(head) is None


@pytest.mark.parametrize(
    ("behind", "container"),
    [
        (MP3_FRAME * 2, Container.MP3),
        (bytes(100) + MP3_FRAME * 2, Container.MP3),
        (ADTS_FRAME * 2, None),
        (b"fLaC\0\0\0\x22", None),
        (b"", None),
    ],
)
def test_a_tag_in_front_belongs_to_mp3_and_is_unusual_elsewhere(behind, container):
    assert sniff(ID3_OF_20_BYTES + behind) is container


@pytest.mark.parametrize("tags", [1, 2, 4])
def test_what_is_behind_large_tags_is_found(tags):
    large = b"ID3\x04\0\0\0\x04\x7f\x7f" + bytes(5 * 128 * 128 - 1)
    assert sniff(head_of(io.BytesIO(large * tags + MP3_FRAME * 2))) is Container.MP3


@pytest.mark.parametrize("data", [b"ID3\x04\0\0\0\x7f\x7f\x7f", ID3_OF_20_BYTES * 100_000])
def test_tags_without_end_are_unknown(data):
    assert sniff(head_of(io.BytesIO(data))) is None


def test_of_a_file_without_a_tag_the_beginning_is_looked_at():
    assert head_of(io.BytesIO(MP3_FRAME * 500)) == (MP3_FRAME * 500)[:HEAD_BYTES]


@pytest.mark.parametrize(
    ("head", "container"),
    [
        (AMR_FRAME * 10, Container.AMR_FRAMES),
        (AMR_FRAME * 10 + AMR_FRAME[:5], Container.AMR_FRAMES),  # the file or the head ends there
        (AMR_WIDEBAND_FRAME * 10, Container.AMR_WIDEBAND_FRAMES),
        (AMR_FRAME * 9, None),
        (AMR_FRAME * 10 + b"something else", None),
        (b"<" * 3200, None),  # would be a frame and more of them
        ("оченьдлинноерусскоеслово".encode("utf-16-be") * 90, None),
    ],
)
def test_amr_without_a_mark_is_nothing_but_frames(head, container):
    assert sniff(head) is container


@pytest.mark.parametrize(
    "head",
    [
        *(
            b"PK\x03\x04\x14\0",
            b"%PDF-1.7",
            b"\x89PNG\r\n\x1a\n",
            b"\xff\xd8\xff\xe0\0\x10JFIF",
            b"GIF89a",
            b"RIFF\x10\0\0\0WEBP",
        ),
        *(
            b"SQLite format 3\0",
            b"\x7fELF\x02",
            b"\x1f\x8b\x08\0",
            b"Rar!\x1a\x07\0",
            b"7z\xbc\xaf\x27\x1c",
            b"{\\rtf1",
        ),
        *(
            b"<!DOCTYPE html>",
            b"\n <HTML>",
            b"<?xml version",
            b"#EXTM3U\n",
            b"\xef\xbb\xbf#EXTM3U",
            b"ffconcat version 1.0",
        ),
    ],
)
def test_documents_pictures_archives_and_playlists_are_something_else(head):
    assert has_another_signature(head)
    assert sniff(head) is None


@pytest.mark.parametrize("name", sorted(path.name for path in AUDIO.glob("speech*")))
def test_no_recording_is_something_else(name):
    assert not has_another_signature((AUDIO / name).read_bytes())
