"""How many recordings are at the provider at once: as many as it takes, whatever that is."""

import itertools

import pytest

from bot.engine import patience
from storage.words import State
from tests.world import other_voice, texts


@pytest.fixture(autouse=True)
def few_asks(monkeypatch):
    """On a busy machine some preparations are late, and ask for a slot that gets free when the clock is moved."""
    monkeypatch.setattr(patience, "SLOT_ASKED_FOR", 2)


def crowd(world, voices):
    """So many people with a chat each, of whom everybody sends a voice note at the same moment."""
    chats = []
    for number in range(voices):
        person = world.telegram.user(f"Person {number}")
        chats.append(world.telegram.private(person))
        chats[-1].send_voice(person, other_voice())
    return chats


def refused(world):
    return [call for call in world.speech.calls if call.path.endswith("/create") and call.status == 429]


def replied(message):
    return message["reply_to_message"]["message_id"]


def gauge(world, name, family="nova"):
    return world.app.metrics.registry.get_sample_value(name, {"family": family})


async def seconds_for(world, voices):
    """Let a crowd be answered; return how long that took."""
    chats, started = crowd(world, voices), world.clock()
    world.speech.says("heard")
    await world.settle()
    assert [texts(chat) for chat in chats] == [["heard"]] * voices
    return max(chat.history[-1].at for chat in chats) - started


async def test_a_provider_that_takes_any_number_gets_more_and_a_crowd_is_faster(stopped_world):
    seconds = itertools.cycle((1.0, 1.3, 1.6, 1.9, 2.2))
    stopped_world.speech.latency = lambda model, data: next(seconds)
    async with stopped_world.running(nova_concurrency=5, nova_concurrency_most=5) as world:
        fixed = await seconds_for(world, 40)
    assert world.speech.peak["nova"] == 5
    async with world.running(nova_concurrency_most=100) as world:
        assert await seconds_for(world, 40) < fixed / 2, world.speech.peak
    assert world.speech.peak["nova"] > 10
    assert refused(world) == []
    assert len(world.speech.uploads) == 80


async def test_a_provider_that_refuses_more_than_20_is_not_stormed_and_nothing_is_paid_twice(stopped_world):
    stopped_world.speech.latency = 2.0
    stopped_world.speech.concurrency = {"nova": 20}
    async with stopped_world.running() as world:
        await seconds_for(world, 100)
        assert world.speech.peak["nova"] == 20
        assert len(refused(world)) <= 40  # of the first 50 at once 30, and some more of the next 25
        assert len(world.speech.uploads) == 100
        assert {job.attempts for job in await world.jobs()} == {0}
        assert 1 <= gauge(world, "verbatim_slots") <= 50


async def test_a_provider_that_takes_more_again_gets_more_after_minutes(stopped_world):
    stopped_world.speech.latency = 2.0
    stopped_world.speech.concurrency = {"nova": 4}
    async with stopped_world.running(nova_concurrency=8) as world:
        await seconds_for(world, 12)
        assert gauge(world, "verbatim_slots") <= 5
        stopped_world.speech.concurrency = {}
        world.clock.pass_(300)
        before = len(refused(world))
        await seconds_for(world, 30)
        assert gauge(world, "verbatim_slots") > 8
        assert len(refused(world)) == before


async def test_one_at_a_time_is_one_at_a_time_for_whoever_says_so_twice(stopped_world):
    async with stopped_world.running(nova_concurrency=1, nova_concurrency_most=1) as world:
        await seconds_for(world, 6)
    assert world.speech.peak["nova"] == 1


async def test_whisper_gets_no_more_than_its_vendor_takes_and_less_after_a_refusal(stopped_world):
    stopped_world.speech.latency = 2.0
    stopped_world.speech.concurrency = {"whisper": 2}
    async with stopped_world.running(default_model="whisper-tiny") as world:
        await seconds_for(world, 10)
        assert gauge(world, "verbatim_slots", "whisper") <= 2
        assert gauge(world, "verbatim_slots") == 50
        world.speech.concurrency = {}
        world.clock.pass_(300)
        await seconds_for(world, 16)
        assert world.speech.peak["whisper"] == 5


async def test_what_waits_while_the_provider_asks_for_patience_goes_on_when_it_is_over(stopped_world):
    """Slots get free in the pause, and their offers find it; nobody may be left in the line for that."""
    stopped_world.speech.latency = 2.0
    async with stopped_world.running(nova_concurrency=10, nova_concurrency_most=10) as world:
        chats = crowd(world, 10)
        world.speech.says("heard")
        await world.settle(seconds=2)
        world.speech.fault("create", status=429, headers={"Retry-After": "30"})
        chats += crowd(world, 20)
        await world.settle(seconds=15)
        started = world.clock()
        await world.settle()
        assert [texts(chat) for chat in chats] == [["heard"]] * 30
        assert world.clock() - started < 120
        assert {job.state for job in await world.jobs()} == {State.DELIVERED}


async def test_what_can_be_shown_in_minutes_only_is_not_at_the_provider_before(stopped_world):
    """A group takes 20 messages a minute: 60 recordings and their answers take six minutes, also with 300 slots."""
    async with stopped_world.running(nova_concurrency=300) as world:
        alice = world.telegram.user("Alice")
        group = world.telegram.group("Team", [alice], privacy=False)
        voices = [other_voice() for _ in range(60)]
        sent = {group.send_voice(alice, voice)["message_id"]: voice for voice in voices}
        world.speech.says("heard")
        await world.settle()
        assert texts(group) == ["heard"] * 60
        uploaded = {upload.data: upload.at for upload in world.speech.uploads}
        assert len(world.speech.uploads) == len(uploaded) == 60
        placed = {voice: message["date"] for message in group.bot_messages if (voice := sent[replied(message)])}
        assert max(placed[voice] - uploaded[voice] for voice in voices) <= patience.PASSING
        assert max(uploaded.values()) - min(uploaded.values()) > 120


async def test_nothing_is_sent_for_a_chat_that_takes_nothing_for_an_hour(stopped_world):
    async with stopped_world.running(nova_concurrency=300) as world:
        alice = world.telegram.user("Alice")
        chat = world.telegram.private(alice)
        held_back = world.telegram.fault("sendMessage", 429, retry_after=3600, chat_id=chat.id, times=None)
        for _ in range(20):
            chat.send_voice(alice, other_voice())
        world.speech.says("heard")
        await world.settle(seconds=3500)
        assert world.speech.uploads == []
        held_back.clear()
        await world.settle()
        assert [text for text in texts(chat) if not text.startswith("Ready: ")] == ["heard"] * 20
        assert len(world.speech.uploads) == 20
