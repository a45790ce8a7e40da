"""Child processes, which leave no process behind, even if their start is cancelled."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import psutil
import pytest

from bot.machine import launcher
from bot.machine.subprocesses import NOT_STARTED, ChildLimits, end, ffmpeg_path, start, start_limited
from bot.playground.demo.kill import kill_with_children
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


LIMITS = ChildLimits(cpu_seconds=7.5, file_bytes=300_000, memory_bytes=400 * 1024 * 1024)


async def said_by(*command, limits=LIMITS):
    process = await start_limited(*command, limits=limits)
    output, errors = await process.communicate()
    return process.returncode, output.decode(), errors.decode()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no /proc that tells limits")
async def test_a_limited_process_has_limits_and_no_environment(monkeypatch):
    monkeypatch.setenv("AIMLAPI_KEY", "a secret")
    assert await said_by("/usr/bin/env") == (0, "", "")
    _, limits, _ = await said_by("/bin/cat", "/proc/self/limits")
    told = {line[:25].strip(): line[25:].split()[:2] for line in limits.splitlines()}
    assert told["Max cpu time"] == ["8", "13"]
    assert told["Max file size"] == ["300000", "300000"]
    assert told["Max core file size"] == ["0", "0"]
    assert told["Max data size"] == ["419430400", "419430400"]
    assert told["Max address space"] == ["822083584", "822083584"]


@pytest.mark.parametrize(("gives_way", "niceness"), [(True, 10), (False, 0)])
async def test_what_takes_long_gives_way_to_others(gives_way, niceness):
    limits = ChildLimits(cpu_seconds=5, gives_way=gives_way)
    process = await start_limited("/bin/sh", "-c", "while :; do :; done", limits=limits)
    assert psutil.Process(process.pid).nice() - psutil.Process().nice() == niceness
    await end(process)


async def test_what_is_more_than_the_limits_is_ended_by_the_kernel(tmp_path):
    spinning = await said_by("/bin/sh", "-c", "while :; do :; done", limits=ChildLimits(cpu_seconds=0.1))
    writing = await said_by("/bin/sh", "-c", f"exec cat /dev/zero > {tmp_path}/file")
    assert (spinning[0], writing[0]) == (-signal.SIGXCPU, -signal.SIGXFSZ)
    assert (tmp_path / "file").stat().st_size == 300_000


async def test_lower_limits_that_hold_already_are_kept():
    launch = f'exec {sys.executable} {launcher.__file__} $PPID {LIMITS.as_text()} /bin/sh -c "ulimit -f"'
    process = await start("/bin/sh", "-c", f"ulimit -f 100; {launch}")
    assert (await process.communicate())[0] == b"100\n"


async def test_a_program_that_is_not_there_is_an_error_at_once(tmp_path):
    with pytest.raises(FileNotFoundError):
        await start_limited(str(tmp_path / "missing"), limits=LIMITS)


async def test_a_program_that_is_none_says_so_and_ends(tmp_path):
    nonsense = tmp_path / "nonsense"
    nonsense.write_bytes(b"\x7fELF and nothing more")
    nonsense.chmod(0o755)
    assert await said_by(str(nonsense)) == (NOT_STARTED, "", "it cannot be started: Exec format error\n")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has this feature")
async def test_a_limited_process_dies_with_its_parent(lifeline):
    """Also when that is killed, and can do nothing about it."""
    code = (
        "import asyncio; from bot.machine.subprocesses import *\n"
        f"limits = ChildLimits(5, file_bytes=100)\n"
        f"command = '/bin/sh', '-c', 'exec sleep 60 > {lifeline}'\n"
        "async def main(): await (await start_limited(*command, limits=limits)).wait()\n"
        "asyncio.run(main())"
    )
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", code, env={"PYTHONPATH": str(Path.cwd())})
    async with patience():
        with await asyncio.to_thread(lifeline.open, "rb") as held:
            parent.kill()
            assert await asyncio.to_thread(held.read) == b""
    await parent.wait()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has this feature")
async def test_a_process_whose_parent_is_dead_already_does_nothing():
    process = await start(sys.executable, launcher.__file__, "1", LIMITS.as_text(), "/bin/echo", "too late")
    assert await process.communicate() == (b"", b"")
    assert process.returncode == NOT_STARTED
