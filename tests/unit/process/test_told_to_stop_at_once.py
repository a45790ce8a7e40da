"""A bot that is told to stop before it has begun anything, alone and as the first process of a container."""

import asyncio
import os
import re
import shutil
import signal
import sys
from pathlib import Path

import psutil
import pytest

from tests.patience import patience, patiently, ran
from tests.process import CHECKOUT, SAMPLE_SECONDS

OF_A_CONTAINER = ("unshare", "--map-root-user", "--pid", "--fork", "--kill-child")  # its first process


def may_be_first():
    return shutil.which("unshare") is not None and ran([*OF_A_CONTAINER, "true"]).returncode == 0


async def being_read(pipe):
    """Wait until somebody opens a pipe to read it, and return its other end."""
    async with patience():
        while True:
            try:
                return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
            except OSError:
                await asyncio.sleep(SAMPLE_SECONDS)


async def told_to_stop(folder, command, *around):
    """The exit code and the output of a command that hears SIGTERM while it reads its settings."""
    pipe = folder / "token"
    os.mkfifo(pipe)
    process = await asyncio.create_subprocess_exec(
        *(*around, sys.executable, "-m", "bot", command),
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(CHECKOUT), "TELEGRAM_BOT_TOKEN_FILE": str(pipe)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        writing = await being_read(pipe)
        bot = psutil.Process(process.pid).children()[0] if around else process
        bot.send_signal(signal.SIGTERM)
        output, _ = await patiently(process.communicate())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    os.close(writing)
    return process.returncode, output


async def test_a_run_that_has_begun_nothing_ends_at_once_as_told(tmp_path):
    assert await told_to_stop(tmp_path, "run") == (0, b"")


@pytest.mark.skipif(not may_be_first(), reason="this system gives no namespace of processes")
async def test_the_first_process_of_a_container_hears_it_too(tmp_path):
    assert await told_to_stop(tmp_path, "run", *OF_A_CONTAINER) == (0, b"")


async def test_a_check_that_is_ended_has_not_found_everything_working(tmp_path):
    assert await told_to_stop(tmp_path, "check") == (-signal.SIGTERM, b"")


def handles_sigterm(process):
    """Tell whether a process handles SIGTERM, as Linux knows it."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(r"SigCgt:\s*(\w+)", status)[1], 16) >> (signal.SIGTERM - 1) & 1


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="this system does not tell what a process handles")
async def test_a_selftest_that_is_ended_has_not_passed(tmp_path):
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo", "--selftest"),
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(CHECKOUT)},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    async with patience():
        while not handles_sigterm(process):  # noqa: ASYNC110 - the kernel tells only who asks
            await asyncio.sleep(SAMPLE_SECONDS)
    process.send_signal(signal.SIGTERM)
    assert await patiently(process.wait()) == 1
