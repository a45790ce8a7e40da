"""A file whose first bytes tell nothing: ffmpeg finds the sound in it, and none where there is none."""

import asyncio
import random
import sqlite3
import struct
import sys
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import PermanentError
from bot.media.probe import probe
from storage.apology import Reason
from tests.crafted import id3_with_cover

AUDIO = Path(__file__).parents[2] / "audio"
HTTP = b"HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\n\r\n"
PROGRAM = Path(sys.executable).read_bytes()[:500_000]
LIST = b"This is a shopping list: bread, butter, and a radio.\n" * 40


def chance(seed: int, size: int) -> bytes:
    return random.Random(seed).randbytes(size)


def cover(size: int) -> bytes:
    return id3_with_cover(b"\xff\xd8\xff\xe0" + chance(size, size))


def ape_tag() -> bytes:
    item = struct.pack("<II", 300, 0) + b"Title\0" + b"a" * 300

    def frame(flags: int) -> bytes:
        return b"APETAGEX" + struct.pack("<IIII8x", 2000, len(item) + 32, 1, flags)

    return frame(0xA0000000) + item + frame(0x80000000)


@pytest.mark.parametrize(
    ("name", "codec", "seconds"),
    [
        *[("speech.mp2", "mp2", 2.0), ("speech.ac3", "ac3", 2.0), ("speech.eac3", "eac3", 2.0)],
        *[("speech.dts", "dts", 1.0), ("speech.rm", "ac3", 2.0), ("speech.ra", "ra_144", 2.0)],
        *[("speech.wv", "wavpack", 2.0), ("speech.tta", "tta", 2.0), ("speech.voc", "pcm_u8", 2.0)],
        *[("speech.w64", "pcm_s16le", 2.0), ("bigendian.wav", "pcm_s16le", 2.0), ("speech.adx", "adpcm_adx", 2.0)],
        *[("speech.mmf", "adpcm_yamaha", 2.0), ("speech.latm", "aac_latm", 2.0), ("speech.mxf", "pcm_s16le", 0.3)],
        *[("noise.gsm", "gsm", 2.0), ("mp3_cut_in_frame.mp3", "mp3", 3.1), ("mp3_zeros_first.mp3", "mp3", 3.1)],
    ],
)
async def test_a_format_without_a_signature_of_ours_is_read(name, codec, seconds, bench):
    found = await probe(AUDIO / name, bench)
    assert (found.container, found.codec, found.has_video) == (None, codec, name.endswith("mxf"))
    assert found.duration == pytest.approx(seconds, abs=0.1)


@pytest.mark.parametrize(
    ("in_front", "names"),
    [
        (bytes(20_000), ["speech.mp3", "speech.aac", "speech.ac3", "speech.flac", "speech.mp2", "voice.ogg"]),
        (HTTP, ["speech.mp3", "speech.aac", "speech.ts"]),
        (LIST, ["speech.mp3", "speech.aac"]),
        (ape_tag(), ["speech.mp3", "speech.aac", "speech.flac"]),
        (cover(100), ["speech.aac", "speech.flac"]),
        (cover(100_000), ["speech.aac", "speech.flac"]),
        (cover(3_000_000), ["speech.aac", "speech.flac"]),
        (cover(100) + cover(100_000), ["speech.aac", "speech.flac"]),
    ],
)
async def test_sound_is_found_behind_something_else(in_front, names, tmp_path, bench):
    for name in names:
        path = tmp_path / name
        path.write_bytes(in_front + (AUDIO / name).read_bytes())
        found, honest = await probe(path, bench), await probe(AUDIO / name, bench)
        assert (found.container, found.codec) == (None, honest.codec)
        assert found.duration == pytest.approx(honest.duration, abs=0.1)


async def test_a_song_with_a_large_cover_is_known_without_a_guess(tmp_path, bench):
    song = tmp_path / "song.mp3"
    song.write_bytes(cover(300_000) + (AUDIO / "speech.mp3").read_bytes())
    assert (await probe(song, bench)).container == "mp3"


@pytest.mark.parametrize("name", ["speech.mp3", "speech.aac", "speech.ac3", "speech.mp2"])
async def test_a_recording_that_begins_in_mid_frame_is_read(name, tmp_path, bench):
    path = tmp_path / name
    path.write_bytes((AUDIO / name).read_bytes()[173:])
    found = await probe(path, bench)
    assert found.duration == pytest.approx((await probe(AUDIO / name, bench)).duration, abs=0.15)


async def test_what_its_own_demuxer_cannot_read_is_tried_by_the_others(tmp_path, bench):
    path = tmp_path / "signed.flv"
    path.write_bytes(b"FLV\x01 is a title" + (AUDIO / "speech.mp3").read_bytes())
    found = await probe(path, bench)
    assert (found.container, found.codec) == (None, "mp3")


async def is_refused(path: Path, bench) -> bool:
    try:
        found = await probe(path, bench)
    except PermanentError as refusal:
        return refusal.reason is Reason.NOT_AUDIO
    return not (found.has_audio or found.has_video)


async def test_chance_is_never_sound(tmp_path, bench):
    async def refused(seed: int) -> bool:
        path = tmp_path / f"{seed}"
        path.write_bytes(chance(seed, (300, 4_096, 20_000, 65_536)[seed % 4]))
        return await is_refused(path, bench)

    assert all(await asyncio.gather(*map(refused, range(100))))


def zipped(path: Path, name: str) -> bytes:
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(AUDIO / name, name)
    return path.read_bytes()


def database(path: Path) -> bytes:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE blobs (content)")
        connection.executemany("INSERT INTO blobs VALUES (?)", [(chance(seed, 500),) for seed in range(500)])
        connection.commit()
    return path.read_bytes()


async def test_texts_documents_and_programs_are_never_sound(tmp_path, bench):
    words = (AUDIO / "make.sh").read_text()
    junk = [
        *(words.encode(code) for code in ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32")),
        *(zipped(tmp_path / "zip", "speech.mp3"), zipped(tmp_path / "zip2", "speech.ts"), database(tmp_path / "db")),
        *(b"%PDF-1.7\n" + chance(1, 50_000), b"\xff\xd8\xff\xe0\0\x10JFIF\0" + chance(2, 50_000)),
        *(b"<html><body>" + LIST, b"#EXTM3U\n#EXTINF:3,\nspeech.ts\n", b"MZ" + chance(3, 50_000)),
        *(PROGRAM, (AUDIO / "speech.wav").read_bytes()[44:]),
        *(bytes([value]) * 200_000 for value in (0, 0x3C, 0x47, 0x7C, 0xFF)),
        *(b"\xff\xfb\x90\x64" * 20_000, b"\xff\xf1\x50\x80\x02\x00\xfc" * 10_000, bytes(range(256)) * 500),
    ]
    for number, data in enumerate(junk):
        path = tmp_path / f"{number}"
        path.write_bytes(data)
        assert await is_refused(path, bench), f"{number}: {data[:20]!r}"


async def test_other_files_are_not_opened_although_an_unknown_one_asks_for_it(tmp_path, bench):
    (tmp_path / "speech.ts").write_bytes((AUDIO / "speech.ts").read_bytes())
    playlists = [
        b"\n#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:3.0,\nspeech.ts\n#EXT-X-ENDLIST\n",
        b" ffconcat version 1.0\nfile speech.ts\n",
        b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n",
    ]
    for number, data in enumerate(playlists):
        path = tmp_path / f"playlist{number}"
        path.write_bytes(data)
        assert await is_refused(path, bench), data
