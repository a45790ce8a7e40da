"""The bell that wakes those who wait for a change of the playground."""

import asyncio

import pytest

from bot.playground.bell import Bell
from bot.playground.speech import FakeSpeech
from bot.playground.telegram import FakeTelegram


async def test_a_ring_that_came_before_the_wait_is_not_missed():
    bell = Bell()
    seen = bell.rings
    bell.ring()
    assert await bell.beyond(seen) == seen + 1


async def test_who_waits_is_woken_by_the_next_ring():
    bell = Bell()
    waiting = asyncio.create_task(bell.beyond(bell.rings))
    await asyncio.sleep(0)
    assert not waiting.done()
    bell.ring()
    assert await waiting == 1


async def test_what_does_not_happen_in_time_is_told_with_what_was_there():
    with pytest.raises(AssertionError, match="nothing is there"):
        await Bell().told_within(0.01, lambda: False, lambda: "nothing is there")


async def test_two_servers_may_share_one_bell():
    bell = Bell()
    telegram, speech = FakeTelegram(bell=bell), FakeSpeech(bell=bell)
    user = telegram.user("Alice")
    before = bell.rings
    telegram.private(user).say(user, "hello")
    assert bell.rings > before
    assert await speech.wait_for(lambda: bell.rings) == bell.rings


async def test_a_fault_of_the_provider_can_be_taken_away_alone():
    speech = FakeSpeech()
    first, second = speech.fault("create", status=503, times=None), speech.fault("fetch", status=500)
    speech.heal(first)
    assert speech.faults == [second]
    speech.heal()
    assert speech.faults == []
