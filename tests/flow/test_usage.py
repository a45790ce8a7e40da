"""/usage: what a chat has used, what is left of its day, and for the owner all chats with a picture."""

import pytest

from bot.chart import draw_bars
from storage.host import DAY
from tests.english import ENGLISH
from tests.world import other_voice, texts


@pytest.fixture
def alice(stopped_world):
    stopped_world.speech.says("hello")
    return stopped_world.telegram.user("Alice")


@pytest.fixture
def hers(stopped_world, alice):
    return stopped_world.telegram.private(alice)


async def test_a_chat_sees_its_recordings_and_minutes_and_that_there_is_no_limit(stopped_world, alice, hers):
    async with stopped_world.running() as world:
        for _ in range(2):
            hers.send_voice(alice, other_voice())
        await world.settle()
        hers.say(alice, "/usage")
        await world.settle()
        assert texts(hers)[-1] == (
            "This chat today: 2 recordings, 1 minute\nThis month: 2 recordings, 1 minute\n"
            "There is no limit to how much may be transcribed."
        )


async def test_yesterday_counts_for_the_month_alone(stopped_world, alice, hers):
    async with stopped_world.running() as world:
        hers.send_voice(alice, other_voice())
        await world.settle()
        world.clock.seconds += DAY
        hers.say(alice, "/usage")
        await world.settle()
        assert "today: 0 recordings, 0 minutes\nThis month: 1 recording, 1 minute" in texts(hers)[-1]


async def test_what_is_left_of_the_day_is_told_for_the_chat_and_for_the_person(stopped_world, alice, hers):
    bob = stopped_world.telegram.user("Bob")
    group = stopped_world.telegram.group("Team", [alice, bob], privacy=False)
    async with stopped_world.running(daily_minutes_per_chat=60, daily_minutes_per_user=30) as world:
        group.send_voice(alice, other_voice())
        await world.settle()
        group.say(bob, "/usage")
        await world.settle()
        assert "Left for this chat until 00:00 UTC: 59 minutes of 60 minutes" in texts(group)[-1]
        assert "Left for you until 00:00 UTC: 30 minutes of 30 minutes" in texts(group)[-1]


@pytest.mark.parametrize(
    ("limit", "seconds", "left"),
    [
        (10, 0, "10 minutes of 10 minutes"),
        (10, 90, "8 minutes of 10 minutes"),
        (0.5, 0, "1 minute of 1 minute"),
        (0.5, 20, "0 minutes of 1 minute"),
        (1.5, 61, "0 minutes of 2 minutes"),
        (10, 700, "0 minutes of 10 minutes"),
    ],
)
def test_what_is_used_and_what_is_left_add_up_to_the_limit(limit, seconds, left):
    assert ENGLISH.usage.left_to_chat(seconds, limit * 60).endswith(left)
    assert ENGLISH.usage.left_to_person(seconds, limit * 60).endswith(left)


async def test_the_owner_sees_the_largest_chats_by_name_with_a_picture(stopped_world, alice, hers):
    people = [stopped_world.telegram.user(f"Person {number}") for number in range(12)]
    chats = [stopped_world.telegram.private(person) for person in people]
    group = stopped_world.telegram.group("A" * 60 + "\nTeam", [alice, *people], privacy=False)
    async with stopped_world.running(access="invited", allowed_chats=str(group.id)) as world:
        hers.say(alice, f"/start own-{world.app.guests.invitation}")
        for person in people:
            hers.say(alice, f"/allow {person.id}")
        await world.settle()
        for chat, person in zip(chats, people, strict=True):
            chat.send_voice(person, other_voice())
        for _ in range(2):
            group.send_voice(alice, other_voice())
        await world.settle()
        hers.say(alice, "/usage")
        await world.settle()
        shown = hers.bot_messages[-1]
        assert "photo" in shown
        assert "All chats this month: 14 recordings, 1 minute" in shown["caption"]
        assert "1. AAAAAAAAAAAAAAAAAAAAAAA…: 2 recordings" in shown["caption"]
        assert "10. Person" in shown["caption"]
        assert "11." not in shown["caption"]
        group.say(alice, "/usage")
        await world.settle()
        assert "All chats" not in texts(group)[-1]


@pytest.mark.parametrize("values", [[], [0.0] * 30, [0.5, 3.0, 12_345.0]])
def test_a_chart_is_a_picture_whatever_the_amounts(values):
    assert draw_bars(values, ["11-28"] * len(values)).startswith(b"\x89PNG")
