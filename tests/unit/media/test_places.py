import asyncio
from contextlib import AsyncExitStack

import pytest

from bot.media.places import Order, Places
from bot.media.turns import Turns

FULL = 0.05  # seconds after which a place is not given any more; one that is there is given at once


async def take(places: Places, stack: AsyncExitStack, *, long: bool) -> bool:
    try:
        async with asyncio.timeout(FULL):
            await stack.enter_async_context(places.taken(Order(is_long=long)))
    except TimeoutError:
        return False
    return True


@pytest.mark.parametrize("processors", [1, 2, 4])
async def test_long_runs_leave_a_place_for_short_ones(processors):
    places = Places(processors)
    async with AsyncExitStack() as stack:
        assert [await take(places, stack, long=True) for _ in range(processors + 1)] == [True] * processors + [False]
        assert await take(places, stack, long=False)
        assert not await take(places, stack, long=False)


async def test_short_runs_take_all_places():
    places = Places(2)
    async with AsyncExitStack() as stack:
        assert [await take(places, stack, long=False) for _ in range(4)] == [True, True, True, False]
        assert not await take(places, stack, long=True)


@pytest.mark.parametrize("long", [True, False])
async def test_a_place_is_given_back(long):
    places = Places(1)
    for _ in range(3):
        async with AsyncExitStack() as stack:
            assert await take(places, stack, long=long)
            assert not (long and await take(places, stack, long=True))


def test_there_are_as_many_places_as_the_machine_has_processors_and_one_more():
    assert Places()._for_all.free == Places()._for_long.free + 1


async def order(*arrivals: tuple[float, int]) -> list[int]:
    """The sizes of files in the order in which they get the only two places, which are taken when they come."""
    now, served = 0.0, []
    places = Places(1, lambda: now)

    async def run(size: int) -> None:
        async with places.taken(Order(chat=size, size=size)):
            served.append(size)

    async with AsyncExitStack() as taken:
        for _ in range(2):
            await taken.enter_async_context(places.taken(Order()))
        tasks = []
        for now, size in arrivals:  # noqa: B007 - the clock reads it
            tasks.append(asyncio.create_task(run(size)))
            await asyncio.sleep(0)
    await asyncio.gather(*tasks)
    return served


async def test_a_small_file_does_not_wait_for_large_ones_that_came_a_little_earlier():
    assert await order((0, 19_000_000), (1, 18_000_000), (2, 1)) == [1, 19_000_000, 18_000_000]


async def test_a_large_file_does_not_wait_for_ever():
    assert await order((0, 19_000_000), (20, 1)) == [19_000_000, 1]


async def test_who_gives_up_waiting_keeps_nobody_from_a_place():
    places = Places(1)
    async with AsyncExitStack() as stack:
        assert [await take(places, stack, long=False) for _ in range(3)] == [True, True, False]
    async with AsyncExitStack() as stack:
        assert [await take(places, stack, long=False) for _ in range(3)] == [True, True, False]


async def test_a_place_that_is_handed_over_to_somebody_who_leaves_is_passed_on():
    places = Places(1)
    async with AsyncExitStack() as stack:
        for _ in range(2):
            await stack.enter_async_context(places.taken(Order()))
        leaver = asyncio.create_task(take(places, stack, long=False))
        await asyncio.sleep(0)
    leaver.cancel()
    await asyncio.gather(leaver, return_exceptions=True)
    async with AsyncExitStack() as stack:
        assert [await take(places, stack, long=False) for _ in range(2)] == [True, True]


async def turns(*chats: int, places: int = 1) -> list[int]:
    """The chats in the order in which they get the places, all of which are taken when they come."""
    line, served = Turns(places), []

    async def run(chat: int) -> None:
        async with line.taken(chat):
            served.append(chat)

    async with AsyncExitStack() as taken:
        for _ in range(places):
            await taken.enter_async_context(line.taken(9))
        tasks = [asyncio.create_task(run(chat)) for chat in chats]
        await asyncio.sleep(0)
    await asyncio.gather(*tasks)
    return served


@pytest.mark.parametrize("places", [1, 2])
async def test_chats_get_places_in_turn(places):
    assert await turns(1, 1, 1, 1, 2, 2, 3, places=places) == [1, 2, 3, 1, 2, 1, 1]


async def test_a_chat_that_comes_late_enters_the_turn_that_is_on():
    line, served = Turns(1), []

    async def run(chat: int) -> None:
        async with line.taken(chat):
            served.append(chat)
            if served == [1, 1]:
                tasks.append(asyncio.create_task(run(2)))
                await asyncio.sleep(0)

    async with line.taken(9):
        tasks = [asyncio.create_task(run(1)) for _ in range(5)]
        await asyncio.sleep(0)
    await asyncio.gather(*tasks)
    await asyncio.gather(*tasks)
    assert served == [1, 1, 2, 1, 1, 1]


async def test_nothing_is_kept_of_chats_that_wait_no_more():
    line = Turns(1)
    async with line.taken(9):
        leavers = [asyncio.create_task(take_turn(line, chat)) for chat in range(20)]
        await asyncio.sleep(0)
        for leaver in leavers:
            leaver.cancel()
        await asyncio.gather(*leavers, return_exceptions=True)
    assert not line._last
    assert not line._waiting
    assert line.free == 1


async def take_turn(line: Turns, chat: int) -> None:
    async with line.taken(chat):
        pass
