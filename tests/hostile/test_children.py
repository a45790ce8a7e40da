"""What strangers send is worked on by child processes: these have limits, know no secret and leave nothing behind."""

import asyncio
import os
import shutil
import struct
import zlib

import psutil
import pytest

from bot.machine.subprocesses import bundled_ffmpeg
from bot.sizes import MEGABYTE
from tests.ffmpegs import ffmpeg_that
from tests.patience import patience, promised
from tests.world import audio, texts

PART_OF_A_COVER = 1024 * 1024  # points that are compressed once and repeated


async def test_ffmpeg_runs_under_limits_and_without_an_environment(scene):
    seen = scene.folder / "seen"
    seen.mkdir()
    note = f"cat /proc/$$/environ > {seen}/$$.environment; cat /proc/$$/limits > {seen}/$$.limits"
    scene.speech.says("heard")
    await scene.start(FFMPEG=ffmpeg_that(scene.folder, note))
    assert await scene.answer_to(audio("speech.amr"), "note.amr") == "heard"
    environments = [file.read_bytes() for file in seen.glob("*.environment")]
    assert len(environments) > 4  # of the trial, the list of streams, the count and the conversion
    assert set(environments) == {b""}
    for file in seen.glob("*.limits"):
        limits = {line[:25].strip(): line[25:].split()[1] for line in file.read_text().splitlines()[1:]}
        assert int(limits["Max data size"]) == 512 * MEGABYTE
        assert int(limits["Max address space"]) < 1_000_000_000
        assert int(limits["Max cpu time"]) <= 300
        assert int(limits["Max file size"]) <= 100 * MEGABYTE
        assert int(limits["Max core file size"]) == 0


async def test_a_bot_that_is_killed_takes_ffmpeg_along_and_leaves_no_recording(scene):
    lifeline = scene.folder / "lifeline"
    os.mkfifo(lifeline)
    await scene.start(FFMPEG=ffmpeg_that(scene.folder, f"exec sleep 60 > {lifeline}", "*amr*libopus*"))
    scene.document(audio("speech.amr"), "lecture.amr")
    async with patience(20):
        with await asyncio.to_thread(lifeline.open, "rb") as held:
            await scene.life.kill()
            async with promised(1):
                assert await asyncio.to_thread(held.read) == b""
    assert scene.files_left() == []


def cover(points):
    """A PNG of black points, compressed to a thousandth."""
    size = points * (3 * points + 1)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    part = packer.compress(bytes(PART_OF_A_COVER)) + packer.flush(zlib.Z_FULL_FLUSH)
    rest = packer.compress(bytes(size % PART_OF_A_COVER)) + packer.flush()
    adler = (size % 65521) << 16 | 1
    packed = b"\x78\xda" + part * (size // PART_OF_A_COVER) + rest + struct.pack(">I", adler)
    head = struct.pack(">IIBBBBB", points, points, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", packed), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def with_cover(mp3, picture):
    def size(number):
        return bytes(number >> shift & 127 for shift in (21, 14, 7, 0))

    frame = b"\0image/png\0\3\0" + picture
    tag = b"APIC" + size(len(frame)) + b"\0\0" + frame
    return b"ID3\4\0\0" + size(len(tag)) + tag + mp3


def box(kind, *content):
    body = b"".join(content)
    return struct.pack(">I", 8 + len(body)) + kind + body


def with_many_samples(samples):
    """An MP4 of about 600 bytes whose only track claims to have so many samples."""
    entry = box(b"mp4a", struct.pack(">6xHIIHHHHI", 1, 0, 0, 2, 16, 0, 0, 48000 << 16))
    table = box(
        b"stbl",
        box(b"stsd", struct.pack(">II", 0, 1), entry),
        box(b"stts", struct.pack(">IIII", 0, 1, samples, 1024)),
        box(b"stsc", struct.pack(">IIIII", 0, 1, 1, samples, 1)),
        box(b"stsz", struct.pack(">III", 0, 1, samples)),
        box(b"stco", struct.pack(">III", 0, 1, 0)),
    )
    where = box(b"dinf", box(b"dref", struct.pack(">II", 0, 1), box(b"url ", struct.pack(">I", 1))))
    track = box(
        b"trak",
        box(b"tkhd", struct.pack(">IIIIII", 7, 0, 0, 1, 0, 48000), bytes(60)),
        box(
            b"mdia",
            box(b"mdhd", struct.pack(">IIIIIHH", 0, 0, 0, 48000, 48000, 0, 0)),
            box(b"hdlr", struct.pack(">II4sIII", 0, 0, b"soun", 0, 0, 0), b"\0"),
            box(b"minf", box(b"smhd", bytes(8)), where, table),
        ),
    )
    movie = box(b"moov", box(b"mvhd", struct.pack(">IIIII", 0, 0, 0, 1000, 1000), bytes(80)), track)
    return box(b"ftyp", b"isom\0\0\2\0isom") + movie + box(b"mdat", bytes(64))


@pytest.mark.parametrize(
    ("data", "name", "answer"),
    [
        (with_cover(audio("speech.mp3"), cover(16_000)), "song.mp3", "the voice beside it"),
        (with_many_samples(60_000_000), "tiny.m4a", "I could not read this file"),
    ],
    ids=["a huge cover", "a huge table"],
)
async def test_a_small_file_takes_no_large_memory(scene, data, name, answer):
    scene.speech.says("the voice beside it")
    await scene.start()
    await scene.life.says("ffmpeg.chosen")
    answering = asyncio.create_task(scene.answer_to(data, name))
    peak = await scene.life.peak(answering, lambda process: process.memory_info().rss)
    assert (await answering).startswith(answer)
    assert peak < 400 * MEGABYTE


async def test_an_ffmpeg_that_does_not_work_is_told_and_replaced(scene):
    broken = shutil.which("false")
    scene.speech.says("all the same")
    await scene.start(FFMPEG=broken)
    await scene.life.says("ffmpeg.refused")
    await scene.life.says("ffmpeg.chosen")
    assert await scene.answer_to(audio("speech.amr"), "note.amr") == "all the same"
    assert await scene.life.stop() == 0
    check = await scene.start("check", FFMPEG=broken)
    assert await check.wait() == 0
    assert f"ffmpeg: FFMPEG names {broken}, which does not work" in check.output
    assert f"ffmpeg: {bundled_ffmpeg()} works" in check.output


async def test_a_child_that_outgrows_its_memory_is_none_of_the_others_trouble(scene):
    """Every process of the bot together stays small, however many recordings want much at once."""
    scene.speech.says("the voice beside it")
    data = with_cover(audio("speech.mp3"), cover(16_000))
    await scene.start()
    for number in range(4):
        scene.document(data + bytes(number + 1), "song.mp3")
    answering = asyncio.create_task(scene.until(lambda: texts(scene.chat).count("the voice beside it") == 4 or None))
    peak = await scene.life.peak(answering, lambda process: process.memory_info().rss)
    await answering
    assert peak < 500 * MEGABYTE
    assert psutil.Process(scene.life._process.pid).num_fds() < 60
