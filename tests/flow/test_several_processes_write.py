"""Several processes of one bot write to Telegram, which counts what they write together."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.app import App, build
from bot.machine.clock import SteadyClock
from bot.playground.speech import FakeSpeech
from bot.playground.telegram import FakeTelegram
from bot.telegram import pace
from bot.telegram.application import introduce
from bot.telegram.pacing import shared
from tests.patience import until
from tests.world import KEY, World, answers, other_voice

pytestmark = pytest.mark.only_english  # they take as long as Telegram's pace, and are about it alone
# A fifth of what the bot writes, and twice as much of what Telegram takes. Without a pace a machine writes more than
# that; with one, even a machine that stands still for most of a second does not.
TAKEN, EACH, VOICES = 10, 5, 30


@pytest.fixture
async def world(tmp_path, postgres_url):
    """A bot on PostgreSQL that takes its time from the machine, as Telegram does here, and as PostgreSQL does."""
    world = World(tmp_path, database_url=postgres_url, nova_concurrency=100, nova_concurrency_most=100)
    world.telegram, world.speech = FakeTelegram(), FakeSpeech(key=KEY)
    async with world.telegram, world.speech:
        yield world


@asynccontextmanager
async def process(world: World) -> AsyncIterator[App]:
    """One more process, which works on what there is."""
    async with build(world.settings(), SteadyClock(), random=lambda: 0.5) as app:
        await app.presence.begin(app.maintenance.set_clock)
        await introduce(app.telegram)
        work = [asyncio.create_task(each) for each in (app.presence.run(), app.poller.run())]
        yield app
        await asyncio.gather(app.poller.stop(5.0), app.replies.stop(0))
        work[0].cancel()
        await asyncio.gather(*work, return_exceptions=True)


async def all_answered(world, chats):
    await until(world.telegram, lambda: all(answers(chat) == ["there you are"] for chat in chats))


def crowd(world, voices):
    """So many people with a chat each, of whom everybody sends a voice note at the same moment."""
    people = [world.telegram.user("Person") for _ in range(voices)]
    chats = [world.telegram.private(person) for person in people]
    for chat, person in zip(chats, people, strict=True):
        chat.send_voice(person, other_voice())
    return chats


def messages_of(app):
    return app.metrics.telegram.labels("sendMessage", "200")._value.get()


@pytest.fixture
def slower(monkeypatch):
    monkeypatch.setattr(shared, "EACH", EACH)
    monkeypatch.setattr(shared, "QUIET", 1)
    monkeypatch.setattr(pace, "KEPT_EDITS", 1)


async def test_many_voices_at_once_are_answered_by_two_processes_without_a_refusal(world, slower):
    world.telegram.enforce_pace(overall_per_second=TAKEN, count_edits=False)
    world.speech.says("there you are")
    async with process(world) as one, process(world) as another:
        chats = []
        for app in (one, another):
            chats += crowd(world, VOICES // 2)
            await app.receiver.turn(0)
        await all_answered(world, chats)
        written = [messages_of(app) for app in (one, another)]
    assert min(written) >= VOICES / 4
    assert sum(written) == VOICES
    assert [call for call in world.telegram.calls if call.status == 429] == []
