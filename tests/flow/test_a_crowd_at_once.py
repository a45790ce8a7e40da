"""Many voice notes at once: their recordings go up while their placeholders still wait for Telegram's pace."""

import pytest

from bot.telegram.pacing import line
from bot.telegram.pacing.line import EACH
from bot.telegram.pacing.windows import LONGEST_WAIT
from storage.words import State
from tests.world import other_voice, texts

pytestmark = pytest.mark.only_english  # they are long, and about the pace alone

VOICES = 4 * EACH
LATER = 10.0  # seconds of speech time, by when all placeholders are out
SOON = 0.5  # seconds in which recordings go up that wait for nothing


@pytest.fixture
async def world(stopped_world):
    """The bot with a slot for everybody, and a Telegram that counts new messages."""
    stopped_world.telegram.enforce_pace(count_edits=False)
    stopped_world.speech.says("there you are")
    stopped_world.speech.latency = LATER
    async with stopped_world.running(nova_concurrency=300, nova_concurrency_most=300) as world:
        yield world


def crowd(world, voices=VOICES):
    """So many people with a chat each, of whom everybody sends a voice note at the same moment."""
    chats = []
    for number in range(voices):
        person = world.telegram.user(f"Person {number}")
        chats.append(world.telegram.private(person))
        chats[-1].send_voice(person, other_voice())
    return chats


def teams(world, groups=VOICES):
    alice = world.telegram.user("Alice")
    made = [world.telegram.group(f"Team {number}", [alice], privacy=False) for number in range(groups)]
    return alice, made


def refused(world):
    return [call for call in world.telegram.calls if call.status == 429]


def placed_at(world):
    return [call.at for call in world.telegram.calls_of("sendMessage")]


async def test_a_crowd_of_recordings_goes_up_before_all_placeholders_are_out(world):
    started = world.clock()
    chats = crowd(world)
    await world.settle(seconds=SOON)
    assert len(world.speech.uploads) == VOICES
    assert sum(bool(chat.bot_messages) for chat in chats) <= 2 * EACH
    await world.settle()
    assert [texts(chat) for chat in chats] == [["there you are"]] * VOICES
    assert max(placed_at(world)) - started <= 1.2 * VOICES / EACH
    assert world.clock() - started <= 1.1 * LATER + VOICES / 40 + 1
    assert len(world.speech.uploads) == len(placed_at(world)) == VOICES
    assert refused(world) == []


async def test_a_text_that_is_there_comes_before_the_placeholders_of_those_that_are_not(stopped_world):
    person, voice = stopped_world.telegram.user("Quick"), other_voice()
    stopped_world.speech.says("there you are")
    stopped_world.speech.latency = lambda _model, data: 0.3 if data == voice else LATER
    async with stopped_world.running(nova_concurrency=300, nova_concurrency_most=300, looks_per_second=400) as world:
        chats = crowd(world)
        chat = world.telegram.private(person)
        chat.send_voice(person, voice)
        await world.settle(seconds=1.5)
        assert texts(chat) == ["there you are"]
        assert not all(other.bot_messages for other in chats)
        assert len(chat.history) == 2  # first a promise, and that became the text


async def test_a_crowd_uses_every_slot_although_its_placeholders_come_later(stopped_world):
    stopped_world.telegram.enforce_pace(count_edits=False)
    stopped_world.speech.says("there you are")
    stopped_world.speech.latency = 1.0
    async with stopped_world.running(nova_concurrency=60, nova_concurrency_most=60, looks_per_second=400) as world:
        started = world.clock()
        chats = crowd(world, 4 * 60)
        await world.settle()
        assert max(upload.at for upload in world.speech.uploads) - started <= 3.5 * 1.2
        assert [texts(chat) for chat in chats] == [["there you are"]] * 240
        assert refused(world) == []


async def test_who_waits_for_a_slot_gets_a_placeholder_as_soon_as_telegram_takes_it(stopped_world):
    stopped_world.telegram.enforce_pace(count_edits=False)
    stopped_world.speech.latency = 60.0
    async with stopped_world.running(nova_concurrency=5, nova_concurrency_most=5) as world:
        started = world.clock()
        chats = crowd(world)
        await world.settle(seconds=1.5 * VOICES / EACH)
        assert all(chat.bot_messages for chat in chats)
        assert len(world.speech.uploads) == 5
        assert max(placed_at(world)) - started <= 1.2 * VOICES / EACH


async def test_what_cannot_be_said_within_seconds_is_not_sent_to_the_provider(stopped_world, monkeypatch):
    monkeypatch.setattr(line, "EACH", 3)
    monkeypatch.setattr(line, "QUIET", 1)
    stopped_world.speech.says("there you are")
    async with stopped_world.running(nova_concurrency=300, nova_concurrency_most=300) as world:
        chats, started = crowd(world), world.clock()
        await world.settle(seconds=SOON)
        assert 3 * LONGEST_WAIT - 3 <= len(world.speech.uploads) <= 3 * LONGEST_WAIT + 6
        await world.settle()
    assert [texts(chat) for chat in chats] == [["there you are"]] * VOICES
    assert len(world.speech.uploads) == VOICES
    assert world.clock() - started <= 1.5 * VOICES / 3


async def test_groups_of_which_nobody_knows_whether_they_take_messages_pay_nothing_before_they_do(world):
    alice, groups = teams(world)
    for group in groups:
        group.permit(shut="CHAT_RESTRICTED")
        group.send_voice(alice, other_voice())
    await world.settle(seconds=5)
    assert world.speech.uploads == []


async def test_groups_that_took_a_message_before_need_not_wait(world):
    alice, groups = teams(world)
    world.speech.latency = 0.0
    for group in groups:
        group.send_voice(alice, other_voice())
    await world.settle()
    for group in groups:
        group.send_voice(alice, other_voice())
    await world.settle(seconds=SOON)
    assert len(world.speech.uploads) == 2 * VOICES
    await world.settle()
    assert [texts(group) for group in groups] == [["there you are"] * 2] * VOICES


async def test_a_chat_that_telegram_holds_back_pays_nothing_beside_a_crowd(world):
    alice = world.telegram.user("Alice")
    chat = world.telegram.private(alice)
    world.telegram.fault("sendMessage", 429, retry_after=3600, chat_id=chat.id, times=None)
    chat.send_voice(alice, other_voice())
    await world.turn()
    crowd(world)
    voice = other_voice()
    chat.send_voice(alice, voice)
    await world.settle(seconds=60)
    assert voice not in [upload.data for upload in world.speech.uploads]
    assert len(world.speech.uploads) == VOICES


async def test_people_who_block_the_bot_while_their_recordings_are_at_the_provider_harm_nobody(world):
    chats = crowd(world)
    await world.settle(seconds=SOON)
    blocking = [chat for chat in chats if not chat.bot_messages][:10]
    for chat in blocking:
        chat.block()
    await world.settle()
    assert [texts(chat) for chat in chats if chat not in blocking] == [["there you are"]] * (VOICES - 10)
    assert sorted(job.state for job in await world.jobs()).count(State.FAILED) == 10
    assert len(world.speech.uploads) == VOICES


async def test_a_group_that_moves_while_its_placeholder_waits_is_answered_where_it_is(world):
    alice, groups = teams(world, 1)
    (group,) = groups
    world.speech.latency = 0.0
    group.send_voice(alice, other_voice())
    await world.settle()
    world.speech.latency = LATER
    chats = crowd(world)
    group.send_voice(alice, other_voice())
    await world.settle(seconds=SOON)
    assert len(world.speech.uploads) == 1 + VOICES + 1
    supergroup = group.upgrade()
    await world.settle()
    assert texts(supergroup) == ["there you are"]
    assert [texts(chat) for chat in chats] == [["there you are"]] * VOICES
    assert len(world.speech.uploads) == 1 + VOICES + 1


async def test_a_stop_while_placeholders_wait_costs_nothing_twice(stopped_world):
    stopped_world.telegram.enforce_pace(count_edits=False)
    stopped_world.speech.says("there you are")
    stopped_world.speech.latency = LATER
    async with stopped_world.running(nova_concurrency=300, nova_concurrency_most=300) as world:
        chats = crowd(world)
        await world.settle(seconds=SOON)
        assert not all(chat.bot_messages for chat in chats)
    assert len(world.speech.uploads) == VOICES
    async with stopped_world.running() as world:
        assert {job.interrupted for job in await world.jobs()} == {0}
        await world.settle()
    assert [texts(chat) for chat in chats] == [["there you are"]] * VOICES
    assert len(world.speech.uploads) == VOICES


async def test_hands_whose_placeholders_wait_beside_their_recordings_take_no_place(world):
    crowd(world)
    await world.settle(seconds=SOON)
    assert world.app.poller._working() == 0
    assert {job.state for job in await world.jobs()} == {State.SUBMITTED}
    assert all(job.lease_token for job in await world.jobs())
