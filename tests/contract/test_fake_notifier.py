"""The notifier, which wakes the tasks that wait for a change of the playground."""

import asyncio

import pytest

from bot.playground.notifier import Notifier
from bot.playground.speech import FakeSpeech
from bot.playground.telegram import FakeTelegram


async def test_a_notification_that_came_before_the_wait_is_not_missed():
    notifier = Notifier()
    seen = notifier.count
    notifier.notify()
    assert await notifier.wait_past(seen) == seen + 1


async def test_who_waits_is_woken_by_the_next_notification():
    notifier = Notifier()
    waiting = asyncio.create_task(notifier.wait_past(notifier.count))
    await asyncio.sleep(0)
    assert not waiting.done()
    notifier.notify()
    assert await waiting == 1


async def test_what_does_not_happen_in_time_is_told_with_what_was_there():
    with pytest.raises(AssertionError, match="nothing is there"):
        await Notifier().wait_or_fail(0.01, lambda: False, lambda: "nothing is there")


async def test_two_servers_may_share_one_notifier():
    notifier = Notifier()
    telegram, speech = FakeTelegram(notifier=notifier), FakeSpeech(notifier=notifier)
    user = telegram.user("Alice")
    before = notifier.count
    telegram.private(user).say(user, "hello")
    assert notifier.count > before
    assert await speech.wait_for(lambda: notifier.count) == notifier.count


async def test_a_fault_of_the_provider_can_be_taken_away_alone():
    speech = FakeSpeech()
    first, second = speech.fault("create", status=503, times=None), speech.fault("fetch", status=500)
    speech.clear_faults(first)
    assert speech.faults == [second]
    speech.clear_faults()
    assert speech.faults == []
