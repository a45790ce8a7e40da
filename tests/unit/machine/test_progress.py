import asyncio
import signal
import sys

import pytest

from bot.machine.progress import progress_of
from bot.machine.subprocesses import end, start
from tests.patience import patience

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems have no /proc")
SPIN = "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done"


async def told_by(script):
    """A shell that has said something by now."""
    process = await start("/bin/sh", "-c", script)
    async with patience():
        await process.stdout.readline()
    return process


async def until(condition):
    async with patience():
        while not condition():  # noqa: ASYNC110 - nothing tells when a process waits
            await asyncio.sleep(0)


async def test_a_process_that_computes_has_had_time_and_wants_more():
    process = await told_by("echo; while :; do :; done")
    await until(lambda: progress_of(process.pid).cpu_seconds > 0.05 and progress_of(process.pid).wants_more)
    await end(process)


async def test_a_process_that_waits_wants_nothing():
    process = await told_by("echo; exec sleep 60")
    await until(lambda: not progress_of(process.pid).wants_more)
    await end(process)


async def test_a_process_that_somebody_stopped_would_go_on():
    process = await told_by("echo; exec sleep 60")
    process.send_signal(signal.SIGSTOP)
    await until(lambda: progress_of(process.pid).wants_more)
    await end(process)


@pytest.mark.parametrize("background", ["& wait", ""], ids=["still there", "ended"])
async def test_what_children_have_had_counts(background):
    process = await told_by(f"({SPIN}; echo; exec sleep 60) & wait" if background else f"({SPIN}); echo; sleep 60")
    assert progress_of(process.pid).cpu_seconds > 0.05
    await until(lambda: not progress_of(process.pid).wants_more)
    await end(process)


async def test_of_a_process_that_is_gone_nothing_is_known():
    process = await told_by("echo")
    await process.wait()
    assert progress_of(process.pid) is None
