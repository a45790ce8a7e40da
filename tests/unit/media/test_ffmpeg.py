import asyncio
import os
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.errors import TemporaryError
from bot.media.ffmpeg import FfmpegRun, find_ffmpeg, run, source
from storage.apology import Reason
from tests.patience import patience

AUDIO = Path(__file__).parents[2] / "audio"
TO_NOWHERE = ("-f", "null", "-")


def script(path: Path, body: str) -> str:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def lifeline(tmp_path):
    """A named pipe: reading from it ends when every process that has it open for writing is dead."""
    path = tmp_path / "lifeline"
    os.mkfifo(path)
    return path


def test_no_ffmpeg_at_all_is_for_the_operator_to_mend_and_for_the_job_to_wait():
    def nothing_bundled() -> str:
        raise RuntimeError

    with pytest.raises(TemporaryError, match="no ffmpeg") as failure:
        find_ffmpeg(nothing_bundled)
    assert failure.value.reason is Reason.INTERNAL


async def test_an_ffmpeg_that_cannot_be_started_is_a_temporary_failure(tmp_path):
    with pytest.raises(TemporaryError, match="could not be started") as failure:
        await run("-version", timeout=5, executable=str(tmp_path / "missing"))
    assert failure.value.reason is Reason.MACHINE


async def test_a_run_returns_what_ffmpeg_said_and_how_it_ended():
    ran = await run(*source(AUDIO / "voice.ogg", "ogg"), *TO_NOWHERE, timeout=60)
    assert ran.returncode == 0
    assert "Audio: opus" in ran.stderr
    assert ran.stdout == ""


async def test_of_endless_complaints_the_beginning_and_the_end_are_kept(tmp_path):
    talkative = script(
        tmp_path / "talkative", 'echo first >&2; yes "more and more" | head -c 2000000 >&2; echo last >&2'
    )
    ran = await run(timeout=60, executable=talkative)
    assert ran.stderr.startswith("first\n")
    assert ran.stderr.endswith("last\n")
    assert len(ran.stderr) <= 65_536


async def test_a_run_that_takes_too_long_is_killed_with_all_its_children(tmp_path, lifeline):
    slow = script(tmp_path / "slow", f"sleep 60 > {lifeline} &\nwait")
    async with patience(5):
        held = asyncio.create_task(asyncio.to_thread(lifeline.read_bytes))
        with pytest.raises(TemporaryError, match=r"more than 0\.2 s") as failure:
            await run(timeout=0.2, executable=slow)
        assert await held == b""
    assert failure.value.reason is Reason.INTERNAL


async def test_a_cancelled_run_is_killed_with_all_its_children(tmp_path, lifeline):
    slow = script(tmp_path / "slow", f"sleep 60 > {lifeline} &\nwait")
    async with patience(5):
        running = asyncio.create_task(run(timeout=60, executable=slow))
        with await asyncio.to_thread(lifeline.open, "rb") as held:
            running.cancel()
            assert await asyncio.to_thread(held.read) == b""
        with pytest.raises(asyncio.CancelledError):
            await running


@pytest.mark.parametrize("name", ["-y", "http:", "a;b $(c) %d", "pipe:0"])
async def test_a_file_name_is_nothing_but_a_name(tmp_path, name):
    path = tmp_path / name
    path.write_bytes((AUDIO / "voice.ogg").read_bytes())
    ran = await run(*source(path, "ogg"), *TO_NOWHERE, timeout=60)
    assert ran.returncode == 0


@pytest.mark.parametrize("demuxer", ["ogg", "mp3", "mp4"])
async def test_a_playlist_is_not_followed_although_ffmpeg_left_to_guess_would(demuxer):
    playlist = AUDIO / "concat.ogg"
    left_to_guess = await run("-i", f"file:{playlist}", *TO_NOWHERE, timeout=60)
    assert "Audio: opus" in left_to_guess.stderr

    ran = await run(*source(playlist, demuxer), *TO_NOWHERE, timeout=60)
    assert ran.returncode != 0
    assert "Audio: opus" not in ran.stderr


async def test_ffmpeg_opens_no_address():
    visits = []

    async def visited(request):
        visits.append(request.path)
        return web.FileResponse(AUDIO / "voice.ogg")

    app = web.Application()
    app.router.add_get("/voice.ogg", visited)
    async with TestServer(app) as server:
        ran = await run("-i", str(server.make_url("/voice.ogg")), *TO_NOWHERE, timeout=60)
    assert ran.returncode != 0
    assert visits == []


@pytest.mark.parametrize(
    ("returncode", "stderr", "reason"),
    [
        (-9, "", Reason.INTERNAL),  # the file may have been the cause
        (1, "Unknown encoder 'libopus'", Reason.MACHINE),
        (1, "av_interleaved_write_frame(): No space left on device", Reason.MACHINE),
        (1, "part-000.ogg: Permission denied", Reason.MACHINE),
    ],
)
def test_a_failure_of_this_machine_is_temporary(returncode, stderr, reason):
    with pytest.raises(TemporaryError) as failure:
        FfmpegRun(returncode, "", stderr).raise_machine_failure()
    assert failure.value.reason is reason


@pytest.mark.parametrize("ran", [FfmpegRun(0, "", "title: No space left"), FfmpegRun(1, "", "Invalid data found")])
def test_any_other_end_is_not_this_machines_fault(ran):
    ran.raise_machine_failure()
