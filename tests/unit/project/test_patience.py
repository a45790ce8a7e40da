"""The waits of the tests: when they end, and what a promise in seconds counts."""

import asyncio
import sys
import time

import pytest

from bot.playground.notifier import Notifier
from tests.patience import patience, promised, until

BUSY = "import time\nwhile time.process_time() < 2: pass"


class Told:
    def __init__(self):
        self.notifier = Notifier()

    def describe(self):
        return "what is there"


async def test_a_wait_in_which_nothing_happens_ends_with_what_was_there():
    with pytest.raises(AssertionError, match=r"^nothing has happened for 1 s\nwhat is there$"):
        await until(Told(), lambda: False, 1)


async def test_a_wait_goes_on_while_something_is_told():
    told = Told()
    coming = [asyncio.get_running_loop().call_later(tick / 4, told.notifier.notify) for tick in range(1, 7)]
    assert await until(told, lambda: told.notifier.count == len(coming), 1)


async def test_a_wait_goes_on_while_a_process_that_was_started_works():
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", BUSY)
    async with patience(1.5, looking_around=0.01):  # a little is enough, as a busy machine may have no more for it
        assert await process.wait() == 0


async def test_a_wait_that_works_and_gets_nowhere_ends():
    async def spin():
        while True:  # noqa: ASYNC110 - this is what it is about
            await asyncio.sleep(0)

    with pytest.raises(AssertionError, match=r"s of work have led to nothing"):
        async with patience(0.1, looking_around=0.0):  # so all of it is work, as little as a busy machine lets it do
            await spin()


async def test_what_a_block_raises_by_itself_is_not_taken_for_the_end_of_patience():
    with pytest.raises(TimeoutError):
        async with patience():
            raise TimeoutError


async def test_a_promise_that_is_not_kept_is_told():
    with pytest.raises(AssertionError, match=r"^it took \d\.\d s\nwhat is there$"):
        async with promised(0.1, Told().describe):
            await asyncio.to_thread(time.sleep, 1.0)
