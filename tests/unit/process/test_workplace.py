"""The folder for passing files: nothing in it has a name, and no step takes the room of another."""

import asyncio
import os
import subprocess
from contextlib import AsyncExitStack

import pytest

from bot.scratch import Scratch
from bot.workplace import NoRoomError, Workplace, free_bytes


def test_a_file_has_no_name_and_can_be_opened_by_this_process_and_its_children(tmp_path):
    with Scratch(tmp_path) as scratch:
        first, second = scratch.file(), scratch.file()
        first.write_bytes(b"first")
        assert list(tmp_path.iterdir()) == []
        assert first.read_bytes() == b"first"
        assert subprocess.check_output(["/bin/cat", first]) == b"first"
        assert second.stat().st_size == 0
    assert not first.exists()


def test_where_there_is_no_proc_it_has_a_name_until_the_end(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "getpid", lambda: 0)  # no process has this number
    with Scratch(tmp_path) as scratch:
        path = scratch.file()
        path.write_bytes(b"named")
        assert list(tmp_path.iterdir()) == [path]
    assert list(tmp_path.iterdir()) == []


def test_what_the_files_take_up_is_known(tmp_path):
    with Scratch(tmp_path) as scratch:
        assert scratch.used() == 0
        scratch.file().write_bytes(bytes(100_000))
        scratch.file().write_bytes(bytes(50_000))
        assert 150_000 <= scratch.used() < 200_000


@pytest.fixture
def workplace(tmp_path):
    """One for a thousand kilobytes."""
    return Workplace(tmp_path / "workplace", free=lambda _: 1_000_000)


async def test_who_finds_no_room_in_time_is_told(workplace):
    async with workplace.reserved(900_000, wait=0):
        assert not workplace.has_room(200_000)
        with pytest.raises(NoRoomError):
            async with workplace.reserved(200_000, wait=0):
                raise AssertionError
        async with workplace.reserved(100_000, wait=0):
            pass
    assert workplace.has_room(200_000)


async def test_room_that_is_given_back_goes_to_those_who_wait_in_their_order(workplace):
    served = []

    async def work(name, size):
        async with workplace.reserved(size, wait=60):
            served.append(name)

    async with AsyncExitStack() as others:
        await others.enter_async_context(workplace.reserved(900_000, wait=0))
        waiting = [asyncio.create_task(work(*each)) for each in (("large", 800_000), ("small", 50_000))]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert served == []
    await asyncio.gather(*waiting)
    assert served == ["large", "small"]


async def test_a_recording_that_is_alone_always_finds_room(workplace):
    async with workplace.reserved(5_000_000, wait=0):
        assert not workplace.has_room(1)


async def test_what_is_written_already_is_not_counted_twice(tmp_path):
    left = [1_000_000]
    workplace = Workplace(tmp_path / "workplace", free=lambda _: left[0])
    async with workplace.reserved(600_000, wait=0) as scratch:
        scratch.file().write_bytes(bytes(512_000))
        left[0] -= 512_000
        assert workplace.has_room(350_000)
        assert not workplace.has_room(450_000)


async def test_room_that_others_free_is_found_too(tmp_path):
    room = iter([0, 2_000_000])
    workplace = Workplace(tmp_path / "workplace", free=lambda _: next(room))
    async with workplace.reserved(600_000, wait=0), workplace.reserved(600_000, wait=60):
        pass


def test_some_space_is_kept_free(tmp_path):
    stat = os.statvfs(tmp_path)
    assert 0 < stat.f_bavail * stat.f_frsize - free_bytes(tmp_path) < 64 * 1024 * 1024
