import asyncio
import os
import time
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.activity import Activity, watched
from bot.errors import PermanentError, TemporaryError
from bot.machine.subprocesses import ChildLimits, bundled_ffmpeg
from bot.media import ffmpeg
from bot.media.ffmpeg import Ffmpeg, FfmpegRun, failure_of, run_once, source
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


def of(executable: str) -> Ffmpeg:
    async def path() -> str:
        return executable

    return Ffmpeg(path)


async def test_no_ffmpeg_at_all_is_for_the_operator_to_mend_and_for_the_job_to_wait():
    """It is looked for again before the next run."""
    found = []

    async def look() -> str:
        if not found:
            raise TemporaryError("no ffmpeg", reason=Reason.MACHINE)
        return found[0]

    looking = Ffmpeg(look)
    with pytest.raises(TemporaryError, match="no ffmpeg"):
        await looking.run("-version", timeout=60)
    found.append(bundled_ffmpeg())
    assert (await looking.run("-version", timeout=60)).returncode == 0


async def test_an_ffmpeg_that_cannot_be_started_is_a_temporary_failure(tmp_path):
    with pytest.raises(TemporaryError, match="could not be started") as failure:
        await of(str(tmp_path / "missing")).run("-version", timeout=5)
    assert failure.value.reason is Reason.MACHINE


async def test_a_run_returns_what_ffmpeg_said_and_how_it_ended(bench):
    ran = await bench.run(*source(AUDIO / "voice.ogg", "ogg"), *TO_NOWHERE)
    assert ran.returncode == 0
    assert "Audio: opus" in ran.stderr
    assert ran.stdout == ""


async def test_of_endless_complaints_the_beginning_and_the_end_are_kept(tmp_path):
    talkative = script(
        tmp_path / "talkative", 'echo first >&2; yes "more and more" | head -c 2000000 >&2; echo last >&2'
    )
    ran = await of(talkative).run(timeout=60)
    assert ran.stderr.startswith("first\n")
    assert ran.stderr.endswith("last\n")
    assert len(ran.stderr) <= 65_536


async def test_a_run_that_stands_still_is_killed_with_all_its_children(tmp_path, monkeypatch, lifeline):
    monkeypatch.setattr(ffmpeg, "STILL_SECONDS", 0.2)
    slow = script(tmp_path / "slow", f"sleep 60 > {lifeline} &\nwait")
    held = os.open(lifeline, os.O_RDONLY | os.O_NONBLOCK)
    with pytest.raises(TemporaryError, match=r"stood still for 0\.2 s") as failure:  # as without memory
        await of(slow).run(timeout=60)
    os.set_blocking(held, True)
    async with patience(5):  # while a process holds the other end, the reading waits
        assert await asyncio.to_thread(os.read, held, 1) == b""
    os.close(held)
    assert failure.value.reason is Reason.TOO_DEMANDING


async def test_a_cancelled_run_is_killed_with_all_its_children(tmp_path, lifeline):
    slow = script(tmp_path / "slow", f"sleep 60 > {lifeline} &\nwait")
    async with patience(5):
        running = asyncio.create_task(of(slow).run(timeout=60))
        with await asyncio.to_thread(lifeline.open, "rb") as held:
            running.cancel()
            assert await asyncio.to_thread(held.read) == b""
        with pytest.raises(asyncio.CancelledError):
            await running


@pytest.mark.parametrize("name", ["-y", "http:", "a;b $(c) %d", "pipe:0"])
async def test_a_file_name_is_nothing_but_a_name(tmp_path, name, bench):
    path = tmp_path / name
    path.write_bytes((AUDIO / "voice.ogg").read_bytes())
    ran = await bench.run(*source(path, "ogg"), *TO_NOWHERE)
    assert ran.returncode == 0


@pytest.mark.parametrize("demuxer", ["ogg", "mp3", "mp4"])
async def test_a_playlist_is_not_followed_although_ffmpeg_left_to_guess_would(demuxer, bench):
    playlist = AUDIO / "concat.ogg"
    left_to_guess = await bench.run("-i", f"file:{playlist}", *TO_NOWHERE)
    assert "Audio: opus" in left_to_guess.stderr

    ran = await bench.run(*source(playlist, demuxer), *TO_NOWHERE)
    assert ran.returncode != 0
    assert "Audio: opus" not in ran.stderr


async def test_ffmpeg_opens_no_address(bench):
    visits = []

    async def visited(request):
        visits.append(request.path)
        return web.FileResponse(AUDIO / "voice.ogg")

    app = web.Application()
    app.router.add_get("/voice.ogg", visited)
    async with TestServer(app) as server:
        ran = await bench.run("-i", str(server.make_url("/voice.ogg")), *TO_NOWHERE)
    assert ran.returncode != 0
    assert visits == []


@pytest.mark.parametrize(
    ("returncode", "stderr", "reason"),
    [
        (-9, "", Reason.MACHINE),  # somebody else killed it
        (-15, "", Reason.MACHINE),
        (255, "Exiting normally, received signal 15.", Reason.MACHINE),  # what it wrote is not whole
        (254, "", Reason.MACHINE),  # our file is not there
        (228, "", Reason.MACHINE),  # no space
        (243, "", Reason.MACHINE),  # no permission
        (126, "it cannot be started: Exec format error", Reason.MACHINE),
        (127, "error while loading shared libraries: libx.so: Cannot allocate memory", Reason.MACHINE),
    ],
)
def test_a_failure_of_this_machine_is_temporary(returncode, stderr, reason):
    failure = failure_of(FfmpegRun(returncode, "", stderr))
    assert isinstance(failure, TemporaryError)
    assert failure.reason is reason


@pytest.mark.parametrize(
    ("returncode", "stderr", "reason"),
    [
        (-24, "", Reason.TOO_DEMANDING),  # SIGXCPU
        (255, "Exiting normally, received signal 24.\n", Reason.TOO_DEMANDING),
        (123, "Received > 3 system signals, hard exiting\n", Reason.TOO_DEMANDING),
        (-25, "", Reason.TOO_DEMANDING),  # SIGXFSZ
        (244, "in.mp4: Cannot allocate memory", Reason.TOO_DEMANDING),
        (-11, "", Reason.NOT_AUDIO),
        (-6, "", Reason.NOT_AUDIO),
    ],
)
def test_a_file_that_needs_too_much_or_makes_ffmpeg_crash_is_to_blame_itself(returncode, stderr, reason):
    failure = failure_of(FfmpegRun(returncode, "", stderr))
    assert isinstance(failure, PermanentError)
    assert failure.reason is reason


@pytest.mark.parametrize(
    "ran",
    [
        FfmpegRun(0, "", "title: No space left"),
        FfmpegRun(0, "", "cover: Cannot allocate memory"),
        FfmpegRun(1, "", "Invalid data found"),
        FfmpegRun(183, "", "title: No space left on device"),
        FfmpegRun(1, "", "[error] Permission denied"),
    ],
)
def test_any_other_end_is_nobodys_fault(ran):
    assert failure_of(ran) is None


async def test_work_without_end_ends_at_its_limit():
    endless = ("-f", "lavfi", "-i", "anoisesrc=r=192000", *TO_NOWHERE)
    ran = await run_once(bundled_ffmpeg(), *endless, timeout=60, limits=ChildLimits(cpu_seconds=1))
    failure = failure_of(ran)
    assert isinstance(failure, PermanentError)
    assert failure.reason is Reason.TOO_DEMANDING


async def test_an_ffmpeg_that_works_is_waited_for(tmp_path, monkeypatch):
    monkeypatch.setattr(ffmpeg, "STILL_SECONDS", 0.1)
    working = script(tmp_path / "working", "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; echo done")
    with watched(activity := Activity()):
        assert (await of(working).run(timeout=60)).stdout == "done\n"
    assert activity.moves > 0  # which keeps its step from being cut off


async def test_an_ffmpeg_that_works_is_waited_for_although_nobody_looks_at_it_for_long(tmp_path, monkeypatch):
    monkeypatch.setattr(ffmpeg, "STILL_SECONDS", 0.1)
    working = script(tmp_path / "working", "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; echo done")
    running = asyncio.create_task(of(working).run(timeout=60))
    for _ in range(5):
        await asyncio.sleep(0.01)
        time.sleep(0.2)  # noqa: ASYNC251 - as where others have the processor
    assert (await running).stdout == "done\n"


async def test_an_ffmpeg_for_which_the_machine_has_no_processor_is_not_to_blame(tmp_path, monkeypatch):
    monkeypatch.setattr(ffmpeg, "STILL_SECONDS", 0.1)
    stopped = script(tmp_path / "stopped", "kill -STOP $$")
    with pytest.raises(TemporaryError, match="no processor for ffmpeg in 1 s") as failure:
        await of(stopped).run(timeout=1)
    assert failure.value.reason is Reason.MACHINE


async def test_no_more_is_written_than_is_allowed(bench, tmp_path):
    with pytest.raises(PermanentError, match="needs more space"):
        await bench.run("-f", "lavfi", "-i", "anullsrc", "-f", "s16le", f"file:{tmp_path}/sound", file_bytes=100_000)
    assert (tmp_path / "sound").stat().st_size <= 100_000
