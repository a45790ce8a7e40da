import asyncio

from bot.machine.task_limit import TaskLimit
from tests.patience import patiently


async def test_a_task_keeps_its_place_until_it_ends():
    limit, order = TaskLimit(1), []
    go_on = asyncio.Event()

    async def first():
        await limit.take()
        await limit.take()  # it has one already
        order.append("first")
        await go_on.wait()

    async def second():
        await limit.take()
        order.append("second")

    tasks = [asyncio.create_task(each()) for each in (first, second)]
    await asyncio.sleep(0)
    assert order == ["first"]
    go_on.set()
    await patiently(asyncio.gather(*tasks))
    assert order == ["first", "second"]


async def test_a_place_may_be_asked_for_without_a_wait():
    limit = TaskLimit(1)

    async def take():
        return await limit.take_if_free()

    assert await limit.take_if_free()
    assert await limit.take_if_free()
    assert not await asyncio.create_task(take())


async def test_a_task_that_is_cancelled_gives_its_place_back():
    limit = TaskLimit(1)

    async def hold():
        await limit.take()
        await asyncio.Event().wait()

    holding = asyncio.create_task(hold())
    await asyncio.sleep(0)
    holding.cancel()
    await asyncio.wait([holding])
    await patiently(limit.take())
