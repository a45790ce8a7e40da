import asyncio
from contextlib import AsyncExitStack

import pytest

from bot.media.places import Places

FULL = 0.05  # seconds after which a place is not given any more; one that is there is given at once


async def take(places: Places, stack: AsyncExitStack, *, long: bool) -> bool:
    try:
        async with asyncio.timeout(FULL):
            await stack.enter_async_context(places.taken(long=long))
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
    assert Places()._for_all._value == Places()._for_long._value + 1
