"""A placeholder that is given up while it is sent, and then fails."""

import asyncio
import gc

import pytest

from bot.engine.lease import LeaseLostError
from bot.engine.placing import Placing
from bot.engine.sent import uninterrupted


@pytest.fixture
async def unheard():
    """The failures that a task ended with and nobody asked for, which the program logs as errors."""
    found = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: found.append(context["exception"]))
    return found


async def all_else_has_ended():
    """Wait for all other tasks, until nothing knows of them any more."""
    while others := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(others)
        del others
    gc.collect()


async def test_what_finds_its_lease_lost_after_a_stop_is_no_unknown_error(unheard):
    placing, go_on = Placing(), asyncio.Event()

    async def send():
        await go_on.wait()
        raise LeaseLostError

    placing.begin(uninterrupted(send()), in_line=False)
    stopping = asyncio.create_task(placing.end())
    await asyncio.sleep(0)
    stopping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await stopping
    go_on.set()
    del placing, stopping
    await all_else_has_ended()
    assert unheard == []
