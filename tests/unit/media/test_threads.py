import asyncio
import threading
import time

import pytest

from bot.media.places import Order
from bot.media.threads import Threads
from tests.patience import patience


async def test_a_function_runs_beside_the_loop_and_its_result_comes_back():
    threads = Threads()
    assert await threads.run(Order(), divmod, 7, 2) == (3, 1)
    assert await threads.run(Order(), lambda: threading.current_thread().name) != threading.current_thread().name
    with pytest.raises(ZeroDivisionError):
        await threads.run(Order(), divmod, 7, 0)
    threads.close()


async def test_work_on_recordings_does_not_hold_up_other_threads_and_ends_when_nobody_waits():
    threads = Threads()
    ended = threading.Semaphore(0)

    def endless() -> None:
        while not threads.closed():
            time.sleep(0.001)
        ended.release()

    working = [asyncio.ensure_future(threads.run(Order(), endless)) for _ in range(8)]
    async with patience(5):
        assert await asyncio.to_thread(divmod, 7, 2) == (3, 1)
        threads.close()
        results = await asyncio.gather(*working, return_exceptions=True)
    begun = [result for result in results if result is None]
    assert len(begun) == 2
    assert all(isinstance(result, asyncio.CancelledError) for result in results if result is not None)
    assert all(ended.acquire(timeout=5) for _ in begun)
