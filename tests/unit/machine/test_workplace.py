"""The folder for passing files: nothing in it has a name, and no step takes the room of another."""

import asyncio
import os
import resource
import shutil
import subprocess
from pathlib import Path

import pytest

from bot.machine.scratch import Scratch
from bot.machine.workplace import NoRoomError, Workplace, free_bytes


def test_a_file_has_no_name_and_can_be_opened_by_this_process_and_its_children(tmp_path):
    with Scratch(tmp_path) as scratch:
        first, second = scratch.file(), scratch.file()
        first.write_bytes(b"first")
        assert list(tmp_path.iterdir()) == []
        assert first.read_bytes() == b"first"
        assert subprocess.check_output(["/bin/cat", first]) == b"first"
        assert second.stat().st_size == 0
    assert not first.exists()


def test_the_path_of_a_closed_file_leads_to_no_other(tmp_path):
    """Somebody who has not heard of its end may still open it for writing."""
    with Scratch(tmp_path) as scratch:
        old = scratch.file()
    with Scratch(tmp_path) as scratch, (tmp_path / "database").open("w"):
        others = [scratch.file() for _ in range(20)]
        assert old not in others
        with pytest.raises(FileNotFoundError):
            old.open("wb")


def test_numbers_of_closed_files_come_round_again(tmp_path):
    allowed, highest = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, highest))
    try:
        for _ in range(300):
            with Scratch(tmp_path) as scratch:
                scratch.file().write_bytes(b"one of many")
        with Scratch(tmp_path) as scratch, pytest.raises(OSError, match="Too many open files"):
            [scratch.file() for _ in range(256)]
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, highest))
    assert list(tmp_path.iterdir()) == []


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
    with workplace.scratch() as first, workplace.scratch() as second:
        await workplace.reserve(first, 900_000, wait=0)
        with pytest.raises(NoRoomError):
            await workplace.reserve(second, 200_000, wait=0)
        await workplace.reserve(second, 100_000, wait=0)
    with workplace.scratch() as third:
        await workplace.reserve(third, 1_000_000, wait=0)


async def test_room_that_is_given_back_goes_to_those_who_wait_in_their_order(workplace):
    served = []

    async def work(name, size):
        with workplace.scratch() as scratch:
            await workplace.reserve(scratch, size, wait=60)
            served.append(name)

    with workplace.scratch() as scratch:
        await workplace.reserve(scratch, 900_000, wait=0)
        waiting = [asyncio.create_task(work(*each)) for each in (("large", 800_000), ("small", 50_000))]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert served == []
    await asyncio.gather(*waiting)
    assert served == ["large", "small"]


async def test_a_recording_that_is_alone_always_finds_room(workplace):
    with workplace.scratch() as large, workplace.scratch() as small:
        await workplace.reserve(large, 5_000_000, wait=0)
        with pytest.raises(NoRoomError):
            await workplace.reserve(small, 1, wait=0)


async def test_where_there_is_room_for_all_that_is_reserved_no_file_is_looked_at(workplace, monkeypatch):
    monkeypatch.setattr(Scratch, "used", lambda _: pytest.fail("a file was looked at"))
    with workplace.scratch() as first, workplace.scratch() as second:
        await workplace.reserve(first, 900_000, wait=0)
        await workplace.reserve(second, 100_000, wait=0)


async def test_what_is_written_already_is_not_counted_twice(tmp_path):
    left = [1_000_000]
    workplace = Workplace(tmp_path / "workplace", free=lambda _: left[0])
    with workplace.scratch() as first, workplace.scratch() as second:
        await workplace.reserve(first, 600_000, wait=0)
        first.file().write_bytes(bytes(512_000))
        left[0] -= 512_000
        with pytest.raises(NoRoomError):
            await workplace.reserve(second, 450_000, wait=0)
        await workplace.reserve(second, 350_000, wait=0)


async def test_room_that_others_free_is_found_too(tmp_path):
    room = iter([0, 2_000_000])
    workplace = Workplace(tmp_path / "workplace", free=lambda _: next(room))
    with workplace.scratch() as first, workplace.scratch() as second:
        await workplace.reserve(first, 600_000, wait=0)
        await workplace.reserve(second, 600_000, wait=60)


def test_some_space_is_kept_free(tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)  # which the tests beside this one change from moment to moment
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    assert 0 < usage.free - free_bytes(tmp_path) < 64 * 1024 * 1024


def test_what_lies_on_another_disk_takes_no_room_here(tmp_path):
    workplace = Workplace(tmp_path)
    assert workplace.is_elsewhere(Path("/proc"))
    assert not workplace.is_elsewhere(tmp_path / "..")
    assert not workplace.is_elsewhere(tmp_path / "absent")
