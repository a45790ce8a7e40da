"""The ledger of a folder for passing files: each process sees what the others have, and a death takes it back."""

import asyncio
import signal
import subprocess
import sys

import pytest

from bot.machine.ledger import BusyError, Ledger
from bot.machine.workplace import NeverRoomError, NoRoomError, Workplace

ENTERED = """
import sys, time
from pathlib import Path
from bot.machine.ledger import Ledger
ledger = Ledger(Path(sys.argv[1]))
assert ledger.enter(700_000, lambda others: True)
print("entered", flush=True)
time.sleep(600)
"""
MEGABYTE = 1024 * 1024


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "room"


def others(ledger):
    """What others have, as one that enters is told."""
    seen = []
    ledger.enter(0, lambda size: bool(seen.append(size)))
    return seen[0]


def workplace(tmp_path, name, folder, free=100 * MEGABYTE):
    return Workplace(tmp_path / name, free=lambda _: free, ledger=Ledger(folder))


def test_each_sees_what_the_others_have(folder):
    one, two, three = Ledger(folder), Ledger(folder), Ledger(folder)
    assert one.enter(100, lambda size: size == 0)
    assert two.enter(20, lambda size: size == 100)
    assert others(three) == 120
    one.lower(60)
    assert others(three) == 80
    two.close()
    assert others(three) == 60


def test_what_does_not_fit_is_not_entered(folder):
    one, two = Ledger(folder), Ledger(folder)
    assert not one.enter(100, lambda _: False)
    assert others(two) == 0


def test_nobody_has_more_by_lowering(folder):
    one, two = Ledger(folder), Ledger(folder)
    one.enter(100, lambda _: True)
    one.lower(500)
    assert others(two) == 100


def test_the_last_one_leaves_nothing(folder):
    one, two = Ledger(folder), Ledger(folder)
    one.enter(1, lambda _: True)
    two.enter(1, lambda _: True)
    one.close()
    assert folder.exists()
    two.close()
    assert not folder.exists()
    assert one.enter(1, lambda size: size == 0)


def test_a_death_gives_back_what_a_process_had(folder):
    mine = Ledger(folder)
    with subprocess.Popen([sys.executable, "-c", ENTERED, folder], stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"entered\n"
        assert others(mine) == 700_000
        other.send_signal(signal.SIGKILL)
        other.wait()
        assert others(mine) == 0
    assert [entry.name for entry in folder.iterdir()] == ["lock"]


def test_who_had_nothing_removes_what_the_dead_have_left(folder):
    with subprocess.Popen([sys.executable, "-c", ENTERED, folder], stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"entered\n"
        Ledger(folder).close()
        assert folder.is_dir()
        process.send_signal(signal.SIGKILL)
    Ledger(folder).close()
    assert not folder.exists()


def test_two_do_not_enter_at_once(folder):
    one, two = Ledger(folder), Ledger(folder)

    def while_one_looks(_size):
        with pytest.raises(BusyError):
            two.enter(1, lambda _: True)
        return True

    assert one.enter(1, while_one_looks)
    assert two.enter(1, lambda size: size == 1)


def test_a_folder_that_leads_elsewhere_is_not_used(folder, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    folder.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PermissionError):
        Ledger(folder).enter(1, lambda _: True)
    assert list((tmp_path / "elsewhere").iterdir()) == []


async def test_two_processes_do_not_have_the_same_room(folder, tmp_path):
    here, there = workplace(tmp_path, "here", folder), workplace(tmp_path, "there", folder)
    with here.scratch() as one, there.scratch() as other:
        await here.reserve(one, 60 * MEGABYTE, wait=0)
        with pytest.raises(NoRoomError):
            await there.reserve(other, 50 * MEGABYTE, wait=0)
        await there.reserve(other, 40 * MEGABYTE, wait=0)
    with there.scratch() as other:
        await there.reserve(other, 100 * MEGABYTE, wait=0)
    here.close()
    there.close()


async def test_room_that_is_used_is_not_counted_twice_by_others(folder, tmp_path, monkeypatch):
    monkeypatch.setattr("bot.machine.workplace._TELL_EVERY", 0.01)
    left = [100 * MEGABYTE]
    here = workplace(tmp_path, "here", folder)
    there = Workplace(tmp_path / "there", free=lambda _: left[0], ledger=Ledger(folder))
    with here.scratch() as one, there.scratch() as other:
        await here.reserve(one, 60 * MEGABYTE, wait=0)
        one.file().write_bytes(bytes(20 * MEGABYTE))
        left[0] -= 20 * MEGABYTE
        await there.reserve(other, 40 * MEGABYTE, wait=60)
    here.close()


async def test_what_is_little_passes_those_who_wait_for_more(folder, tmp_path):
    here = workplace(tmp_path, "here", folder, free=1000 * MEGABYTE)
    with here.scratch() as first, here.scratch() as large, here.scratch() as small:
        await here.reserve(first, 900 * MEGABYTE, wait=0)
        waiting = asyncio.create_task(here.reserve(large, 800 * MEGABYTE, wait=60))
        await asyncio.sleep(0)
        await here.reserve(small, MEGABYTE, wait=0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    here.close()


async def test_what_is_little_keeps_nobody_from_being_tried_alone(folder, tmp_path):
    here = workplace(tmp_path, "here", folder, free=1000 * MEGABYTE)
    with here.scratch() as small, here.scratch() as large:
        await here.reserve(small, MEGABYTE, wait=0)
        await here.reserve(large, 5000 * MEGABYTE, wait=0)
    here.close()


async def test_what_is_larger_than_the_disk_never_has_room(tmp_path):
    here = Workplace(tmp_path / "here")
    with here.scratch() as scratch:
        with pytest.raises(NeverRoomError):
            await here.reserve(scratch, 2**60, wait=60, surely=2**60)
        await here.reserve(scratch, 2**60, wait=0)  # which may be less


async def test_where_no_ledger_can_be_kept_each_counts_for_itself(tmp_path):
    (tmp_path / "room").write_text("no folder")
    told = []
    here = Workplace(
        tmp_path / "here", free=lambda _: 100 * MEGABYTE, ledger=Ledger(tmp_path / "room"), not_shared=told.append
    )
    with here.scratch() as one, here.scratch() as other:
        await here.reserve(one, 60 * MEGABYTE, wait=0)
        with pytest.raises(NoRoomError):
            await here.reserve(other, 60 * MEGABYTE, wait=0)
    assert len(told) == 1
