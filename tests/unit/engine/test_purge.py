"""A purge is done in short pieces, and leaves four fifths of the time to others."""

from dataclasses import dataclass, field

import pytest

from bot.engine.patience import JOBS_KEPT_FOR, MAINTENANCE_EVERY, PURGE_FEWEST, PURGE_MOST
from bot.engine.purge import Purge

NOW = 1_800_000_000.0
MILLISECOND = 0.001
LONGEST_PIECE = 10 * MILLISECOND


@dataclass
class Disk:
    """A store with old rows, each of which takes its time to delete, and the clock on which that time passes."""

    rows: int
    row_takes: float = 0.05 * MILLISECOND
    commit_takes: float = 1 * MILLISECOND
    seconds: float = 0.0
    pieces: list[float] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)

    async def erase(self, _now, _limit):
        return 0

    async def purge(self, now: float, ended_before: float, limit: int) -> int:
        assert (now, ended_before) == (NOW, NOW - JOBS_KEPT_FOR)
        gone = min(limit, self.rows)
        took = self.commit_takes + gone * self.row_takes
        self.rows -= gone
        self.seconds += took
        self.pieces.append(took)
        self.sizes.append(limit)
        return gone

    async def pause(self, seconds: float) -> None:
        self.seconds += seconds
        self.pauses.append(seconds)


def purge_of(disk):
    return Purge(disk, lambda: NOW, lambda: disk.seconds, disk.pause)


@pytest.mark.parametrize("row_takes", [0.01, 0.03, 0.1, 0.4])
async def test_no_piece_takes_long_and_all_rows_go(row_takes):
    disk = Disk(5_000, row_takes * MILLISECOND)
    assert await purge_of(disk).run(most_seconds=3600) == 5_000
    assert disk.rows == 0
    assert max(disk.pieces) <= LONGEST_PIECE


async def test_pieces_grow_to_what_fits_so_that_the_purge_ends():
    disk = Disk(100_000, 0.02 * MILLISECOND)
    await purge_of(disk).run(most_seconds=3600)
    assert disk.sizes[0] == PURGE_FEWEST
    assert 150 < max(disk.sizes) <= PURGE_MOST


async def test_a_piece_has_a_fifth_of_the_time_at_the_most():
    disk = Disk(20_000)
    await purge_of(disk).run(most_seconds=3600)
    assert sum(disk.pieces) / disk.seconds <= 0.201  # the last look finds nothing
    assert all(pause >= 4 * piece * 0.999 for piece, pause in zip(disk.pieces, disk.pauses, strict=False))


async def test_rows_that_become_heavier_make_the_next_piece_small():
    disk = Disk(100_000, 0.01 * MILLISECOND)
    purge = purge_of(disk)
    await purge.run(most_seconds=1)
    disk.row_takes *= 10
    disk.pieces.clear()
    await purge.run(most_seconds=1)
    assert all(piece <= LONGEST_PIECE for piece in disk.pieces[1:])


async def test_few_rows_that_took_no_time_make_no_large_piece_of_the_next_ones():
    disk = Disk(0)
    purge = purge_of(disk)
    for _ in range(50):
        disk.rows = 3
        await purge.run()
    assert disk.sizes[-1] == PURGE_FEWEST


async def test_a_slow_disk_still_lets_the_fewest_rows_go():
    disk = Disk(200, commit_takes=50 * MILLISECOND)
    await purge_of(disk).run(most_seconds=3600)
    assert disk.rows == 0


async def test_nothing_to_purge_costs_one_look_and_no_pause():
    disk = Disk(0)
    assert await purge_of(disk).run() == 0
    assert (len(disk.pieces), disk.pauses) == (1, [])


async def test_a_purge_of_a_million_rows_is_gone_on_with_in_the_next_round():
    disk = Disk(1_000_000)
    purge = purge_of(disk)
    gone = await purge.run()
    assert 0 < gone < 1_000_000
    assert MAINTENANCE_EVERY <= disk.seconds <= MAINTENANCE_EVERY + 1
    assert await purge.run() > 0
