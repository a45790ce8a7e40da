"""Recordings share the space for passing files: none begins before there is room for it, and all are answered."""

import shutil
from types import SimpleNamespace

import pytest

from bot.engine import patience
from storage.words import State
from tests.world import other_voice, texts

ROOM = 600_000  # bytes; a voice note and its conversion might take 450,000


@pytest.fixture
def little_room(monkeypatch):
    """A small file system, of which a part is kept free."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(total=16 * ROOM, free=2 * ROOM))


async def send_voices(world, number):
    alice = world.telegram.user("Alice")
    chat = world.telegram.private(alice)
    for _ in range(number):
        chat.send_voice(alice, other_voice())
    return chat


async def test_recordings_take_turns_where_there_is_little_room(world, little_room):
    happened = []
    world.telegram.watch("file", lambda: happened.append("fetched"), times=5)
    world.speech.watch("create", lambda: happened.append("created"), "after", times=5)
    chat = await send_voices(world, 5)
    await world.turn()
    assert texts(chat) == ["Transcribing…"] * 5
    assert [job.state for job in await world.jobs()] == [State.SUBMITTED] * 5
    assert happened == ["fetched", "created"] * 5


async def test_a_recording_without_room_waits_and_spends_nothing(world, little_room, monkeypatch):
    monkeypatch.setattr(patience, "ROOM_TIMEOUT", 0)
    world.speech.says("my turn")
    chat = await send_voices(world, 3)
    await world.turn()
    jobs = await world.jobs()
    assert [job.state for job in jobs].count(State.SUBMITTED) == 1
    assert [(job.slot, job.attempts) for job in jobs if job.state is State.QUEUED] == [(None, 0)] * 2
    assert texts(chat) == ["Transcribing…"] * 3
    await world.settle()
    assert texts(chat) == ["my turn"] * 3
