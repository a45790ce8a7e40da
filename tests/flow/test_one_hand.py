"""One hand leads a voice note from the door to its text; what a story sees of that."""

import asyncio
from itertools import groupby

import pytest

from storage.words import State
from tests.world import audio, other_voice, texts


@pytest.fixture
def alice(world):
    return world.telegram.user("Alice")


@pytest.fixture
async def chat(world, alice):
    """A private chat of Alice, who has sent one voice note that is at the provider by now."""
    chat = world.telegram.private(alice)
    world.speech.says("said")
    world.speech.latency = lambda _model, _data: 1.0
    chat.send_voice(alice, audio())
    await world.turn()
    return chat


def counting(store, monkeypatch):
    """Count what is asked of the database."""
    asked = {"write": 0, "read": 0}

    def counted(name):
        ask = getattr(store.engine, name)

        async def call(*args, **how):
            asked[name] += 1
            return await ask(*args, **how)

        return call

    for name in asked:
        monkeypatch.setattr(store.engine, name, counted(name))
    return asked


async def led_by_one_hand(world):
    """Receive what was sent, and let time pass until the steps that began with it are done; nothing is claimed."""
    await world.app.receiver.turn(0)
    while world.app.poller._running:
        world.clock.seconds = max(world.clock.seconds, world.clock.next_at or 0.0)
        await world.app.poller._changed.wait()
        world.app.poller._changed.clear()


async def test_a_voice_note_costs_six_writes_and_one_read_however_often_it_is_looked_at(world, alice, monkeypatch):
    chat = world.telegram.private(alice)
    world.speech.says("said")
    world.speech.latency = lambda _model, _data: 2.0
    chat.send_voice(alice, audio())
    await world.app.poller.turn()  # nothing is left of an earlier life
    asked = counting(world.app.store, monkeypatch)
    await led_by_one_hand(world)
    assert texts(chat) == ["said"]
    assert len(world.speech.fetches) > 5
    assert asked["write"] <= 6
    assert asked["write"] + asked["read"] <= 7


async def test_a_voice_note_costs_twenty_statements(world, alice):
    chat = world.telegram.private(alice)
    world.speech.says("said")
    await world.app.poller.turn()  # nothing is left of an earlier life
    said = []
    await world.app.store.engine._connection.hop(lambda connection: connection.set_trace_callback(said.append))
    chat.send_voice(alice, audio())
    await led_by_one_hand(world)
    assert texts(chat) == ["said"]
    once = [each for each, _ in groupby(said)]  # a trigger repeats the statement that fires it
    assert len([each for each in once if each.startswith(("SELECT", "INSERT", "UPDATE", "DELETE"))]) <= 20


async def test_while_the_provider_works_the_hand_keeps_the_job_and_takes_no_place(world, chat):
    (job,) = await world.jobs()
    assert (job.state, job.next_at > world.clock() + 60) == (State.SUBMITTED, True)
    assert job.lease_token is not None
    assert world.app.poller._working() == 0


async def test_a_text_is_shown_at_the_first_look_after_it_is_there(world, chat):
    started = world.clock()
    await world.settle()
    assert texts(chat) == ["said"]
    assert world.clock() - started <= 1.1


async def test_a_voice_note_that_is_cancelled_while_its_hand_waits_is_not_shown_later(world, alice, chat):
    chat.press(alice, chat.bot_messages[-1], "Cancel")
    await world.settle()
    assert [(job.state, job.lease_token) for job in await world.jobs()] == [(State.CANCELLED, None)]
    assert "Cancelled." in texts(chat)[0]


async def test_a_stop_while_the_hand_waits_gives_the_job_back_at_once(stopped_world):
    alice = stopped_world.telegram.user("Alice")
    chat = stopped_world.telegram.private(alice)
    stopped_world.speech.says("said")
    async with stopped_world.running() as world:
        chat.send_voice(alice, audio())
        await world.turn()
        await world.app.poller.stop(60)
        (job,) = await world.jobs()
        assert (job.state, job.lease_token) == (State.SUBMITTED, None)
    async with stopped_world.running() as world:
        (job,) = await world.jobs()
        assert job.interrupted == 0
        await world.settle()
    assert texts(chat) == ["said"]
    assert len(stopped_world.speech.uploads) == 1


async def test_a_stop_right_after_a_voice_note_was_stored_leaves_its_lease_with_nobody(stopped_world, monkeypatch):
    alice = stopped_world.telegram.user("Alice")
    chat = stopped_world.telegram.private(alice)
    stopped_world.speech.says("said")
    stored, told = asyncio.Event(), asyncio.Event()
    async with stopped_world.running() as world:
        accept = world.app.store.accept

        async def slowly(*given):
            job = await accept(*given)
            stored.set()
            await told.wait()
            return job

        monkeypatch.setattr(world.app.store, "accept", slowly)
        chat.send_voice(alice, audio())
        receiving = asyncio.create_task(world.app.receiver.turn(0))
        await stored.wait()
        receiving.cancel()
        await world.app.poller.stop(0)
        told.set()
        await asyncio.wait([receiving])
        (job,) = await world.jobs()
        assert (job.state, job.lease_token) == (State.QUEUED, None)
    async with stopped_world.running() as world:
        await world.settle()
    assert texts(chat) == ["said"]


async def test_a_message_that_comes_again_while_its_hand_waits_is_known(world, alice):
    chat = world.telegram.private(alice)
    world.speech.says("said")
    chat.send_voice(alice, audio())
    (update,) = world.telegram.pending_updates
    await world.turn()
    world.telegram.redeliver(update)
    await world.settle()
    assert len(await world.jobs()) == 1
    assert texts(chat) == ["said"]


async def test_a_look_that_is_far_away_waits_in_the_database(world, alice, chat):
    world.speech.latency = lambda _model, _data: 3600.0
    chat.send_voice(alice, other_voice())
    await world.settle(seconds=60)
    (late,) = [job for job in await world.jobs() if job.state is State.SUBMITTED]
    assert late.lease_token is None
