"""The parts of a long recording go to the provider side by side, within the slots that others need less."""

import itertools

import pytest

from bot.engine import patience
from storage.words import State
from tests.long import lecture_in_parts
from tests.world import answers, other_voice

SLOW = 60.0  # seconds for a part
MANY = patience.PARTS_AT_ONCE + 1
FEW = 3


@pytest.fixture
def alice(stopped_world):
    return stopped_world.telegram.user("Alice")


@pytest.fixture
def chat(stopped_world, alice):
    """Alice's chat. The provider takes its time for everything, and every part says something else."""
    speech = stopped_world.speech
    speech.latency = SLOW
    speech.new_id = map(str, itertools.count()).__next__
    stopped_world.changed |= {"times_from_minutes": 0, "split_minutes": 1, "looks_per_second": 1}
    return stopped_world.telegram.private(alice)


def send(chat, person, parts, behind=b""):
    data = lecture_in_parts(parts) + behind
    chat.send_document(person, data, file_name="lecture.mp3", mime_type="audio/mpeg")


def sent(world):
    """The bytes of each part that went up, and how often it did."""
    uploads = [upload.data for upload in world.speech.uploads]
    return {data: uploads.count(data) for data in uploads}


async def test_parts_are_heard_side_by_side_a_few_at_a_time(stopped_world, chat, alice):
    async with stopped_world.running() as world:
        started = world.clock()
        send(chat, alice, MANY)
        await world.settle(seconds=3600)
        parts = len(world.speech.uploads)
        assert parts == len(sent(world)) == MANY
        assert world.speech.peak["nova"] == patience.PARTS_AT_ONCE
        assert chat.history[-1].at - started < (parts / patience.PARTS_AT_ONCE + 1) * SLOW * 1.3
        assert answers(chat) == ["\n\n".join(["hello world"] * parts)]
        assert await world.app.store.slots_taken() == {}


@pytest.mark.parametrize(("slots", "at_once"), [(1, 1), (2, 1), (3, 2), (5, 3)])
async def test_a_long_recording_leaves_slots_to_others(stopped_world, chat, alice, slots, at_once):
    async with stopped_world.running(nova_concurrency=slots, nova_concurrency_most=slots) as world:
        send(chat, alice, at_once + 1)
        await world.settle(seconds=1)
        bob = world.telegram.user("Bob")
        other = world.telegram.private(bob)
        await world.settle(seconds=30)
        assert world.speech.peak["nova"] == at_once
        assert await world.app.store.slots_taken() == {"nova": at_once}
        world.speech.latency = 2.0
        noted = world.clock()
        other.send_voice(bob, other_voice())
        await world.settle(seconds=SLOW * 1.3)
        assert answers(other) == ["hello world"]
        if slots > at_once:
            assert other.history[-1].at - noted < 10
        await world.settle(seconds=3600)
        assert len(world.speech.uploads) == at_once + 1 + 1
        assert world.speech.peak["nova"] <= slots
        assert [job.state for job in await world.jobs()] == [State.DELIVERED] * 2
        assert await world.app.store.slots_taken() == {}


async def test_slots_are_never_exceeded_while_many_long_recordings_and_notes_are_there(stopped_world, chat, alice):
    samples = []

    async def sample():
        samples.append((await stopped_world.app.store.slots_taken()).get("nova", 0))

    async with stopped_world.running(nova_concurrency=6, nova_concurrency_most=6) as world:
        world.speech.watch("create", sample, "before", times=None)
        world.speech.watch("create", sample, "after", times=None)
        for number in range(3):
            person = world.telegram.user(f"Lecturer {number}")
            send(world.telegram.private(person), person, 2, bytes(number))
        for number in range(12):
            person = world.telegram.user(f"Person {number}")
            world.telegram.private(person).send_voice(person, other_voice())
            await world.settle(seconds=15)
        await world.settle(seconds=3600)
        assert {job.state for job in await world.jobs()} == {State.DELIVERED}
        assert len(world.speech.uploads) == 3 * 2 + 12
        assert max(samples) == 6
        assert world.speech.peak["nova"] == 6
        assert await world.app.store.slots_taken() == {}


async def test_a_part_that_fails_is_made_again_alone_while_others_go_on(stopped_world, chat, alice):
    stopped_world.speech.fail_generation("next")
    async with stopped_world.running() as world:
        send(chat, alice, FEW)
        await world.settle(seconds=3600)
        assert sorted(sent(world).values())[-2:] == [1, 2]
        assert answers(chat) == ["\n\n".join(["hello world"] * len(sent(world)))]


async def test_a_part_that_is_forgotten_when_all_are_there_is_made_again_alone(stopped_world, chat, alice):
    async with stopped_world.running() as world:
        stopped_world.speech.latency = 2 * patience.NOT_YET_KNOWN
        send(chat, alice, FEW)
        await world.settle(seconds=30)
        first, *others = world.speech.uploads
        assert [job.state for job in await world.jobs()] == [State.SUBMITTED]
        world.speech.forget(first.generation_id)
        await world.settle(seconds=3600)
        assert sent(world) == {first.data: 2} | {other.data: 1 for other in others}
        assert answers(chat) == ["\n\n".join(["hello world"] * (1 + len(others)))]


async def test_all_parts_that_the_provider_has_forgotten_count_as_one_loss(stopped_world, chat, alice):
    async with stopped_world.running() as world:
        stopped_world.speech.latency = 2 * patience.NOT_YET_KNOWN
        send(chat, alice, FEW)
        await world.settle(seconds=30)
        before = len(world.speech.uploads)
        for upload in world.speech.uploads:
            world.speech.forget(upload.generation_id)
        await world.settle(seconds=3600)
        assert len(world.speech.uploads) == 2 * before
        assert [job.generations_lost for job in await world.jobs()] == [1]


async def test_parts_that_are_forgotten_together_while_others_are_to_be_sent_count_as_one_loss(
    stopped_world, chat, alice
):
    stopped_world.speech.latency = 3 * patience.NOT_YET_KNOWN
    async with stopped_world.running() as world:
        send(chat, alice, MANY)
        await world.settle(seconds=patience.NOT_YET_KNOWN + 10)
        assert len(world.speech.uploads) == patience.PARTS_AT_ONCE
    for upload in stopped_world.speech.uploads:
        stopped_world.speech.forget(upload.generation_id)
    async with stopped_world.running() as world:  # where all are looked at in one go
        await world.settle(seconds=3600)
        assert len(world.speech.uploads) == patience.PARTS_AT_ONCE + MANY
        assert [(job.state, job.generations_lost) for job in await world.jobs()] == [(State.DELIVERED, 1)]
        assert world.app.metrics.bugs_seen == 0


async def test_a_create_that_fails_ends_no_other_and_its_part_alone_is_sent_later(stopped_world, chat, alice):
    stopped_world.speech.fault("create", status=500)
    async with stopped_world.running() as world:
        send(chat, alice, FEW)
        await world.settle(seconds=3600)
        assert set(sent(world).values()) == {1}
        assert answers(chat) == ["\n\n".join(["hello world"] * len(sent(world)))]


async def test_too_many_for_the_provider_are_sent_when_it_takes_them(stopped_world, chat, alice):
    stopped_world.speech.concurrency = {"nova": 2}
    async with stopped_world.running() as world:
        send(chat, alice, FEW)
        await world.settle(seconds=3600)
        assert set(sent(world).values()) == {1}
        assert world.speech.peak["nova"] == 2
        assert answers(chat) == ["\n\n".join(["hello world"] * len(sent(world)))]


async def test_a_cancel_ends_all_parts_and_gives_their_slots_back(stopped_world, chat, alice):
    async with stopped_world.running() as world:
        send(chat, alice, MANY)
        await world.settle(seconds=30)
        chat.press(alice, chat.bot_messages[-1], "Cancel")
        await world.settle(seconds=3600)
        assert len(world.speech.uploads) == patience.PARTS_AT_ONCE
        assert await world.app.store.slots_taken() == {}
        assert [job.state for job in await world.jobs()] == [State.CANCELLED]


async def test_a_restart_goes_on_with_what_is_there(stopped_world, chat, alice):
    async with stopped_world.running(nova_concurrency=3, nova_concurrency_most=3) as world:
        send(chat, alice, FEW)
        await world.settle(seconds=SLOW * 1.1)
        before = len(world.speech.uploads)
    async with stopped_world.running() as world:
        assert before > 0
        await world.settle(seconds=3600)
        assert set(sent(world).values()) == {1}
        assert answers(chat) == ["\n\n".join(["hello world"] * len(sent(world)))]
