"""A note is sent and the bot is killed in the middle of it."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from bot.playground.samples import SAMPLES
from tests.sim.process import TalkingProcess
from tests.sim.sim_client import open_sim

PATH = "/sim/process/kill-in-the-middle"
FROM_ALICE = {"chat": 1001, "from": 1001}


@asynccontextmanager
async def demo(**settings):
    """A playground with a process that has said something already."""
    process = TalkingProcess()
    process.says("job.accepted", 1)
    async with open_sim(process=process, **settings) as sim:
        process.notifier = sim.playground.notifier
        yield sim, process


async def a_voice_of(sim):
    return await sim.playground.notifier.wait_for(lambda: [one for one in sim.chat.messages if "voice" in one])


async def test_the_bot_is_killed_once_the_provider_has_the_note_and_not_before():
    async with demo() as (sim, process):
        killing = asyncio.create_task(sim.post(PATH, FROM_ALICE))
        (voice,) = await a_voice_of(sim)
        process.says("job.submitted", 1)  # of another note, which was sent before
        process.says("telegram.ready")
        process.says("job.accepted", 2)
        await sim.get("/sim/state")
        assert process.kills == 0
        process.says("job.submitted", 2)
        killed = await killing
        assert process.kills == 1
        assert (killed["job"], killed["message"]["message_id"]) == (2, voice["message_id"])
        assert killed["process"]["state"] == "restarting"
        file = sim.telegram.state.files.find(voice["voice"]["file_id"])
        assert (file.data, voice["voice"]["duration"]) == (SAMPLES[0].path.read_bytes(), 3)


async def test_a_note_can_be_sent_into_a_topic():
    async with demo() as (sim, process):
        group = sim.telegram.supergroup("Hikers", members=[sim.alice], topics=True, bot_admin=True)
        thread = group.topic("Plans", sim.alice)
        killing = asyncio.create_task(sim.post(PATH, {"chat": group.id, "from": 1001, "thread": thread}))
        await sim.playground.notifier.wait_for(lambda: "voice" in group.messages[-1])
        process.says("job.accepted", 2)
        process.says("job.submitted", 2)
        assert (await killing)["message"]["message_thread_id"] == thread


async def test_a_bot_that_never_begins_is_not_killed():
    async with demo(middle_seconds=0.01) as (sim, process):
        status, sentence = (await sim.ask("POST", PATH, FROM_ALICE)).refusal
        assert process.kills == 0
    assert status == 409
    assert sentence == "The provider did not accept a recording within 0.01 seconds, so the bot was not killed."


async def test_a_bot_that_is_not_running_gets_no_note():
    async with demo() as (sim, process):
        process.change(pid=None)
        assert (await sim.ask("POST", PATH, FROM_ALICE)).refusal == (409, "The bot is not running at the moment.")
        assert sim.chat.messages == []


async def test_a_bot_that_dies_before_it_is_killed_was_not_killed():
    async with demo() as (sim, process):
        killing = asyncio.create_task(sim.ask("POST", PATH, FROM_ALICE))
        await a_voice_of(sim)
        process.change(pid=None)
        process.says("job.accepted", 2)
        process.says("job.submitted", 2)
        assert (await killing).refusal == (409, "The bot is not running at the moment.")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"chat": 1001}, 400),
        ({"chat": 5, "from": 1001}, 404),
        ({"chat": 1001, "from": 5}, 404),
        (FROM_ALICE | {"thread": 9}, 404),
        (FROM_ALICE | {"text": "x"}, 400),
    ],
    ids=str,
)
async def test_a_note_that_cannot_be_sent_kills_nobody(body, status):
    async with demo() as (sim, process):
        assert (await sim.ask("POST", PATH, body)).status == status
        assert (process.kills, sim.chat.messages) == (0, [])


async def test_a_bot_that_was_started_elsewhere_gets_no_note(sim):
    refusal = (await sim.ask("POST", PATH, FROM_ALICE)).refusal
    assert refusal == (409, "The bot was not started here, so it cannot be killed from here.")
    assert sim.chat.messages == []
