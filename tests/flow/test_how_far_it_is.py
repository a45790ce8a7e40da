"""The placeholder of a long recording tells how far it is, and that of one that waits for long how many are ahead."""

import itertools
import re

import pytest

from bot.engine import patience
from storage.words import State
from tests.english import ENGLISH
from tests.long import lecture_in_parts
from tests.world import answers, other_voice

HOW_FAR = re.compile(
    r"Transcribing…\n([▓░]{10}) (\d+) of (\d+) min(?:, about (\d+) min left|, less than a minute left)?"
)
AHEAD = re.compile(r"Transcribing…\n(\d+) ahead")
SLOW = 90.0  # seconds for a part
PARTS = 5


@pytest.fixture
def alice(stopped_world):
    return stopped_world.telegram.user("Alice")


@pytest.fixture
def chat(stopped_world, alice):
    stopped_world.speech.latency = SLOW
    stopped_world.changed |= {"times_from_minutes": 0, "looks_per_second": 1}
    return stopped_world.telegram.private(alice)


def send(chat, person, parts=PARTS, behind=b""):
    data = lecture_in_parts(parts) + behind
    chat.send_document(person, data, file_name="lecture.mp3", mime_type="audio/mpeg")


def shown(chat):
    """What the bot's messages have said, in order, but for those that ring."""
    return [seen for seen in chat.history if not (seen.text or "").startswith("Ready: ")]


def told(chat, what=HOW_FAR):
    return [(seen.at, found) for seen in shown(chat) if (found := what.fullmatch(seen.text or ""))]


def assert_seldom(moments):
    assert all(later - earlier >= patience.PROGRESS_EVERY for earlier, later in itertools.pairwise(moments))


async def test_the_placeholder_tells_what_is_heard_and_how_long_the_rest_takes(stopped_world, chat, alice):
    async with stopped_world.running(split_minutes=1) as world:
        send(chat, alice)
        await world.settle(seconds=3600)
        assert [job.state for job in await world.jobs()] == [State.DELIVERED]
    seen = told(chat)
    assert_seldom([chat.history[0].at, *(at for at, _ in seen)])
    assert len(seen) > 3
    heard = [int(found[2]) for _, found in seen]
    assert heard == sorted(heard)
    assert heard[-1] > heard[0] == 0
    assert {found[3] for _, found in seen} == {"4"}
    assert seen[0][1][4] is None
    assert seen[-1][1][0].endswith("left")
    assert shown(chat)[-1].text == "\n\n".join(["hello world"] * len(world.speech.uploads))
    assert all(button for at, _ in seen for button in [one.reply_markup for one in chat.history if one.at == at])


@pytest.mark.only_english  # its person has Telegram in Arabic
async def test_the_second_long_recording_tells_from_the_first_moment_on_how_long_it_takes(stopped_world, chat):
    async with stopped_world.running(split_minutes=1) as world:
        bob = world.telegram.user("Bob", language_code="ar")
        other = world.telegram.private(bob)
        send(other, bob)
        await world.settle(seconds=3600)
        send(other, bob, behind=b"once more")
        await world.settle(seconds=45)
        line = answers(other)[-1].splitlines()[-1]
        assert re.fullmatch(r"[▓░]{10} \d+ من 4 دقيقة، بق[^a-zA-Z]+", line)
        assert not re.search("[a-zA-Z]", line)


async def test_nothing_is_told_after_a_cancel(stopped_world, chat, alice):
    async with stopped_world.running(split_minutes=1) as world:
        send(chat, alice, parts=2)
        await world.settle(seconds=50)
        assert len(told(chat)) == 1
        chat.press(alice, chat.bot_messages[-1], ENGLISH.cancelling.button())
        await world.settle(seconds=3600)
        assert len(told(chat)) == 1
        assert [job.state for job in await world.jobs()] == [State.CANCELLED]
        assert await world.app.store.slots_taken() == {}


async def test_a_restart_tells_on_and_not_too_soon(stopped_world, chat, alice):
    async with stopped_world.running(split_minutes=1) as world:
        send(chat, alice)
        await world.settle(seconds=50)
    async with stopped_world.running() as world:
        await world.settle(seconds=3600)
    assert len(told(chat)) > 3
    assert_seldom([at for at, _ in told(chat)])
    assert answers(chat) == ["\n\n".join(["hello world"] * len(world.speech.uploads))]


async def test_a_quiet_chat_is_told_nothing(stopped_world, chat, alice):
    async with stopped_world.running(split_minutes=1, nova_concurrency=1, nova_concurrency_most=1) as world:
        chat.say(alice, "/quiet on")
        await world.settle(seconds=5)
        send(chat, alice, parts=2)
        await world.settle(seconds=3600)
        assert answers(chat)[-1].startswith("hello world")
        assert told(chat) == []


async def test_a_recording_of_one_part_tells_nothing(stopped_world, chat, alice):
    async with stopped_world.running() as world:
        send(chat, alice)
        await world.settle(seconds=3600)
        assert len(shown(chat)) == 2


async def test_who_waits_for_a_slot_is_told_how_many_are_ahead(stopped_world, chat, alice):
    people = [(stopped_world.telegram.user(f"Person {number}"), number) for number in range(3)]
    async with stopped_world.running(nova_concurrency=1, nova_concurrency_most=1) as world:
        chats = [world.telegram.private(person) for person, _ in people]
        for one, (person, _) in zip(chats, people, strict=True):
            one.send_voice(person, other_voice())
            await world.settle(seconds=1)
        await world.settle(seconds=patience.QUEUE_TOLD_AFTER - 5)
        assert [told(one, AHEAD) for one in chats] == [[], [], []]
        await world.settle(seconds=10)
        assert [[found[1] for _, found in told(one, AHEAD)] for one in chats] == [[], ["1"], ["2"]]
        await world.settle(seconds=3600)
        numbers = [int(found[1]) for _, found in told(chats[2], AHEAD)]
        assert numbers == sorted(numbers, reverse=True)
        assert numbers[-1] == 1
        for one in chats:
            assert_seldom([at for at, _ in told(one, AHEAD)])
            assert answers(one) == ["hello world"]
