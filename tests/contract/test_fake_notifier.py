"""The notifier, which wakes the tasks that wait for a change of the playground."""

import asyncio

from bot.playground.notifier import Notifier
from bot.playground.speech import FakeSpeech
from bot.playground.telegram import FakeTelegram
from tests.patience import until


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


async def test_two_servers_may_share_one_notifier():
    notifier = Notifier()
    telegram, speech = FakeTelegram(notifier=notifier), FakeSpeech(notifier=notifier)
    user = telegram.user("Alice")
    before = notifier.count
    telegram.private(user).say(user, "hello")
    assert notifier.count > before
    assert await until(speech, lambda: notifier.count) == notifier.count


async def test_a_fault_of_the_provider_can_be_taken_away_alone():
    speech = FakeSpeech()
    first, second = speech.fault("create", status=503, times=None), speech.fault("fetch", status=500)
    speech.clear_faults(first)
    assert speech.faults == [second]
    speech.clear_faults()
    assert speech.faults == []
