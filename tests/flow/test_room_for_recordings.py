"""Recordings share the space for passing files: none begins before there is room for it, and all are answered."""

import os
import shutil
import tempfile
from types import SimpleNamespace

import pytest

from bot.engine import patience
from bot.machine.ledger import Ledger
from storage.words import State
from tests.world import other_voice, texts

ROOM = 600_000  # bytes; a voice note and its conversion might take 450,000
NO_SPACE = "The disk of the machine this bot runs on has no space for this recording"


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    """Other tests may reserve much elsewhere."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


@pytest.fixture
def disk(monkeypatch):
    """A disk whose space the story changes."""
    usage = SimpleNamespace(total=16 * ROOM, free=2 * ROOM)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    monkeypatch.setattr(patience, "ROOM_TIMEOUT", 0)
    return usage


@pytest.fixture
def other_process(tmp_path):
    """Another process on the same disk, which has a conversion of its own."""
    ledger = Ledger(tmp_path / f"verbatim-room-{os.geteuid()}")
    yield ledger
    ledger.close()


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


async def test_recordings_take_turns_where_there_is_little_room(world, little_room, monkeypatch):
    monkeypatch.setattr(patience, "ROOM_TIMEOUT", 60)  # the last one waits for four, and a busy machine for each
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


async def test_a_recording_that_waits_for_another_process_says_so_and_goes_on_by_itself(world, disk, other_process):
    world.speech.says("at last")
    assert other_process.enter(ROOM, lambda _: True)
    chat = await send_voices(world, 1)
    await world.turn()
    assert texts(chat) == ["Transcribing…"]
    world.clock.pass_(patience.ROOM_TOLD_AFTER + 1)
    await world.turn()
    assert texts(chat) == [
        f"{NO_SPACE} at the moment. I will go on by myself as soon as there is some; there is nothing you need to do."
    ]
    (job,) = await world.jobs()
    assert (job.attempts, job.slot, job.state) == (0, None, State.QUEUED)
    other_process.close()
    await world.settle()
    assert texts(chat) == ["at last"]


async def test_a_disk_that_is_full_is_waited_for(world, disk):
    world.speech.says("at last")
    disk.free = 10
    chat = await send_voices(world, 1)
    await world.turn()
    assert texts(chat) == ["Transcribing…"]
    assert world.telegram.calls_of("file") == []
    disk.free = 2 * ROOM
    await world.settle()
    assert texts(chat) == ["at last"]


async def test_a_recording_that_fits_no_disk_as_small_as_this_is_told_at_once(world, disk):
    alice = world.telegram.user("Alice")
    chat = world.telegram.private(alice)
    chat.send_audio(alice, b"sound", file_size=disk.total)
    await world.turn()
    apology = f"{NO_SPACE}. Please tell the operator of this bot to make room for it (TMPDIR), or send a smaller file."
    assert texts(chat) == [apology]
    assert world.telegram.calls_of("file") == []


async def test_nobody_waits_for_room_longer_than_a_day(world, disk):
    disk.free = 10
    chat = await send_voices(world, 1)
    await world.turn()
    world.clock.pass_(patience.ROOM_GIVE_UP_AFTER + 1)
    await world.settle()
    (answer,) = texts(chat)
    assert answer.startswith(f"{NO_SPACE}. Please tell the operator")
