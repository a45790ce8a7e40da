import asyncio
import os

import pytest

from bot.playground.engines.program import Ended, ProgramError, run
from tests.patience import patience
from tests.unit.playground.programs import lifeline, script


async def test_a_program_gets_what_it_is_fed_and_is_heard_out(tmp_path):
    program = script(tmp_path / "program", "cat; echo done >&2; exit 3")
    fed = bytes(1_000_000)
    assert await run(program, fed, name="cat", timeout=60) == Ended(3, fed, "done\n")


async def test_a_program_that_does_not_listen_to_the_end_is_heard_all_the_same(tmp_path):
    program = script(tmp_path / "program", "echo enough")
    assert (await run(program, bytes(1_000_000), name="deaf", timeout=60)).stdout == b"enough\n"


async def test_a_program_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ProgramError, match="the ear could not be started: No such file"):
        await run([str(tmp_path / "missing")], name="the ear", timeout=5)


async def test_a_program_that_something_else_kills_has_not_done_its_work(tmp_path):
    program = script(tmp_path / "program", "echo half; kill -9 $$")
    with pytest.raises(ProgramError, match="the ear was killed by signal 9"):
        await run(program, name="the ear", timeout=5)


async def test_a_program_that_takes_too_long_is_killed_with_all_its_children(tmp_path):
    held = lifeline(tmp_path)
    slow = script(tmp_path / "slow", f"sleep 60 > {held} &\nwait")
    end = os.open(held, os.O_RDONLY | os.O_NONBLOCK)
    with pytest.raises(ProgramError, match=r"the ear took more than 0\.2 s"):
        await run(slow, bytes(1_000_000), name="the ear", timeout=0.2)
    os.set_blocking(end, True)
    async with patience(5):  # while a process holds the other end, the reading waits
        assert await asyncio.to_thread(os.read, end, 1) == b""
    os.close(end)


async def test_a_program_that_nobody_waits_for_any_more_is_killed_with_all_its_children(tmp_path):
    held = lifeline(tmp_path)
    slow = script(tmp_path / "slow", f"sleep 60 > {held} &\nwait")
    async with patience(5):
        running = asyncio.create_task(run(slow, bytes(1_000_000), name="the ear", timeout=60))
        with await asyncio.to_thread(held.open, "rb") as end:
            running.cancel()
            assert await asyncio.to_thread(end.read) == b""
        with pytest.raises(asyncio.CancelledError):
            await running
