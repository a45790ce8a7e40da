"""Limits to what one chat and one person use: told with when there is room again, exact, and not for the owner."""

import pytest

from storage.host import DAY
from tests.english import ENGLISH
from tests.world import other_voice, texts

SECONDS = 3.84  # of a voice note
TWO = 2.5 * SECONDS / 60  # minutes in which two of them fit


@pytest.fixture
def alice(stopped_world):
    stopped_world.speech.says("hello")
    return stopped_world.telegram.user("Alice")


@pytest.fixture
def chat(stopped_world, alice):
    return stopped_world.telegram.private(alice)


async def used(world, chat):
    day = int(world.clock() // DAY)
    return (await world.app.store.usage(chat.id, 0, day, day)).today


async def test_a_chat_that_sends_too_many_in_a_minute_is_told_when_to_send_again(stopped_world, alice, chat):
    async with stopped_world.running(notes_per_minute_per_chat=2) as world:
        for _ in range(4):
            chat.send_voice(alice, other_voice())
        await world.settle(5)
        told = [text for text in texts(chat) if "again" in text]
        assert len(texts(chat)) == 3
        assert "2 recordings a minute" in told[0]
        assert "in 1 minute" in told[0] or "seconds" in told[0]
        world.clock.seconds += 61
        chat.send_voice(alice, other_voice())
        await world.settle()
        assert texts(chat).count("hello") == 3


async def test_a_person_has_a_limit_in_all_groups_together(stopped_world, alice, chat):
    group = stopped_world.telegram.group("Team", [alice], privacy=False)
    async with stopped_world.running(notes_per_minute_per_user=1) as world:
        chat.send_voice(alice, other_voice())
        group.send_voice(alice, other_voice())
        await world.settle(5)
        assert texts(chat) == ["hello"]
        assert "You may send 1 recording a minute" in texts(group)[0]


@pytest.mark.parametrize("limit", ["daily_minutes_per_chat", "daily_minutes_per_user"])
async def test_what_is_over_the_limit_of_a_day_is_told_when_there_is_room_again(stopped_world, alice, chat, limit):
    async with stopped_world.running(**{limit: TWO}) as world:
        for _ in range(3):
            chat.send_voice(alice, other_voice())
        await world.settle()
        assert texts(chat).count("hello") == 2
        (over,) = [text for text in texts(chat) if text != "hello"]
        assert "at 00:00 UTC, in " in over
        assert len(world.speech.uploads) == 2
        world.clock.seconds += DAY - world.clock.seconds % DAY
        chat.send_voice(alice, other_voice())
        await world.settle()
        assert texts(chat).count("hello") == 3


async def test_a_text_that_is_known_is_free_also_over_the_limit(stopped_world, alice, chat):
    async with stopped_world.running(daily_minutes_per_chat=TWO) as world:
        voices = [chat.send_voice(alice, other_voice()) for _ in range(3)]
        await world.settle()
        chat.forward(alice, voices[0])
        await world.settle()
        assert texts(chat).count("hello") == 3
        assert (await used(world, chat)).recordings == 3


async def test_what_the_provider_refuses_or_fails_at_is_given_back(stopped_world, alice, chat):
    async with stopped_world.running() as world:
        world.speech.fault("create", status=400, times=1)
        chat.send_voice(alice, other_voice())
        await world.settle()
        assert (await used(world, chat)).seconds == 0
        world.speech.fault("create", status=503, times=1)
        chat.send_voice(alice, other_voice())
        await world.turn()
        await world.settle()
        assert (await used(world, chat)).seconds == pytest.approx(SECONDS, abs=0.2)


async def test_no_limit_holds_for_the_owner(stopped_world, alice, chat):
    async with stopped_world.running(
        access="invited", notes_per_minute_per_chat=1, daily_minutes_per_chat=TWO / 5, daily_minutes_per_user=TWO / 5
    ) as world:
        chat.say(alice, f"/start own-{world.app.guests.invitation}")
        for _ in range(3):
            chat.send_voice(alice, other_voice())
        await world.settle()
        assert texts(chat).count("hello") == 3


async def test_another_try_of_the_owner_is_not_limited_either(stopped_world, alice, chat):
    async with stopped_world.running(access="invited", notes_per_minute_per_chat=1) as world:
        chat.say(alice, f"/start own-{world.app.guests.invitation}")
        world.speech.fault("create", status=400, times=2)
        for _ in range(2):
            chat.send_voice(alice, other_voice())
        await world.settle()
        for message in chat.bot_messages[1:]:
            chat.press(alice, message, ENGLISH.again.button())
        await world.settle(5)
        assert texts(chat)[1:] == ["hello"] * 2


async def test_a_limit_that_is_used_up_says_so_in_its_own_words(stopped_world, alice, chat):
    async with stopped_world.running(daily_minutes_per_chat=0.02) as world:
        chat.send_voice(alice, other_voice())
        await world.settle()
        assert "1 second of 1 second" in texts(chat)[0]
