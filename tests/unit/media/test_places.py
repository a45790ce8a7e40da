import asyncio
from contextlib import AsyncExitStack

import pytest

from bot.media.places import Places

FULL = 0.05  # seconds after which a place is not given any more; one that is there is given at once


async def take(places: Places, stack: AsyncExitStack, *, long: bool) -> bool:
    try:
        async with asyncio.timeout(FULL):
            await stack.enter_async_context(places.taken(0, long=long))
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
    assert Places()._free == Places()._for_long._value + 1


async def order(*arrivals: tuple[float, int]) -> list[int]:
    """The sizes of files in the order in which they get the only two places, which are taken when they come."""
    now, served = 0.0, []
    places = Places(1, lambda: now)

    async def run(size: int) -> None:
        async with places.taken(size, long=False):
            served.append(size)

    async with AsyncExitStack() as taken:
        for _ in range(2):
            await taken.enter_async_context(places.taken(0, long=False))
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
            await stack.enter_async_context(places.taken(0, long=False))
        leaver = asyncio.create_task(take(places, stack, long=False))
        await asyncio.sleep(0)
    leaver.cancel()
    await asyncio.gather(leaver, return_exceptions=True)
    async with AsyncExitStack() as stack:
        assert [await take(places, stack, long=False) for _ in range(2)] == [True, True]
