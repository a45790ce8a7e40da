"""Child processes, which leave no process behind, even if their start is cancelled."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from bot.playground.demo.kill import kill_with_children
from bot.subprocesses import end, ffmpeg_path, start
from tests.patience import patience


@pytest.fixture
def lifeline(tmp_path):
    """A named pipe: reading from it ends when every process that has it open for writing is dead."""
    path = tmp_path / "lifeline"
    os.mkfifo(path)
    return path


def family(lifeline):
    """A program with a child, both of which would live for a minute."""
    return ("/bin/sh", "-c", f"sleep 60 > {lifeline} &\nwait")


def test_the_ffmpeg_on_the_path_comes_first(tmp_path):
    own = tmp_path / "ffmpeg"
    own.touch(mode=0o755)
    assert ffmpeg_path(str(tmp_path)) == str(own)


def test_without_one_on_the_path_the_bundled_ffmpeg_is_used(tmp_path):
    assert Path(ffmpeg_path(str(tmp_path))).is_file()


async def test_the_end_of_a_process_is_that_of_its_children(lifeline):
    process = await start(*family(lifeline))
    with await asyncio.to_thread(lifeline.open, "rb") as held:
        await end(process)
        assert held.read() == b""
    await end(process)  # a second time, which does nothing


@pytest.mark.parametrize("turns", range(1, 9))
async def test_a_start_that_is_cancelled_leaves_no_process_and_no_child_behind(lifeline, turns):
    held = os.open(lifeline, os.O_RDONLY | os.O_NONBLOCK)
    starting = asyncio.create_task(start(*family(lifeline)))
    for _ in range(turns):
        await asyncio.sleep(0)
    starting.cancel()
    [process] = await asyncio.gather(starting, return_exceptions=True)
    if not isinstance(process, asyncio.CancelledError):  # the process had been started already
        await end(process)
    os.set_blocking(held, True)
    async with patience():  # while a process holds the other end, the reading waits
        assert await asyncio.to_thread(os.read, held, 1) == b""
    os.close(held)


async def test_a_start_that_fails_after_its_cancellation_stays_cancelled(tmp_path):
    starting = asyncio.create_task(start(str(tmp_path / "missing")))
    await asyncio.sleep(0)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no /proc that lists children")
async def test_a_killed_process_takes_along_what_it_has_started(lifeline):
    """This includes a child with a session of its own, as every process has that `start` starts."""
    process = await start("/bin/sh", "-c", f"setsid sleep 60 > {lifeline} &\nwait")
    with await asyncio.to_thread(lifeline.open, "rb") as held:
        kill_with_children(process)
        assert held.read() == b""
    assert await process.wait() == -signal.SIGKILL
