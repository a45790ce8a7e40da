import asyncio

from bot.places import Places
from tests.patience import patiently


async def test_a_task_keeps_its_place_until_it_ends():
    places, order = Places(1), []
    go_on = asyncio.Event()

    async def first():
        await places.take()
        await places.take()  # it has one already
        order.append("first")
        await go_on.wait()

    async def second():
        await places.take()
        order.append("second")

    tasks = [asyncio.create_task(each()) for each in (first, second)]
    await asyncio.sleep(0)
    assert order == ["first"]
    go_on.set()
    await patiently(asyncio.gather(*tasks))
    assert order == ["first", "second"]


async def test_a_place_may_be_asked_for_without_a_wait():
    places = Places(1)

    async def take():
        return await places.take_if_free()

    assert await places.take_if_free()
    assert await places.take_if_free()
    assert not await asyncio.create_task(take())


async def test_a_task_that_is_cancelled_gives_its_place_back():
    places = Places(1)

    async def hold():
        await places.take()
        await asyncio.Event().wait()

    holding = asyncio.create_task(hold())
    await asyncio.sleep(0)
    holding.cancel()
    await asyncio.wait([holding])
    await patiently(places.take())
