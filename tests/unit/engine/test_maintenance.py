import asyncio
import sqlite3

import pytest

from bot.engine.learned import Learned
from bot.engine.maintenance import Maintenance
from bot.engine.patience import JOBS_KEPT_FOR, PURGE_FEWEST
from bot.metrics import Metrics
from storage.errors import StorageUnavailableError
from storage.outcomes import Ended
from storage.words import State
from tests.clock import Clock
from tests.unit.workbench import Neighbour, impatient_store, new_job


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def store(tmp_path, clock):
    store = await impatient_store(tmp_path / "jobs.db", clock)
    yield store
    await store.close()


@pytest.fixture
def neighbour(tmp_path, store):
    neighbour = Neighbour(tmp_path / "jobs.db")
    yield neighbour
    neighbour.close()


def backlog(metrics) -> dict[str, float]:
    return {sample.labels["state"]: sample.value for metric in metrics.backlog.collect() for sample in metric.samples}


def copy_job(path, times):
    """More jobs like the first one, faster than a store would make them."""
    with sqlite3.connect(path) as connection:
        columns = [column[1] for column in connection.execute("PRAGMA table_info(jobs)")]
        kept = ", ".join(column for column in columns if column not in {"id", "message_id"})
        connection.executemany(
            f"INSERT INTO jobs (message_id, {kept}) SELECT ?, {kept} FROM jobs WHERE id = 1",
            [(1000 + number,) for number in range(times)],
        )
    connection.close()


async def end_all(store, clock):
    for job in (await store.claim(clock(), clock() + 600, 10_000)).jobs:
        assert await store.record(job, Ended(State.FAILED), clock())


async def test_a_round_proves_that_the_database_takes_writes(store, clock):
    clock.pass_(100)
    await Maintenance(store, Metrics(), clock).turn()
    assert store.last_write_at == clock()


async def test_a_round_counts_the_backlog(store, clock):
    metrics = Metrics()
    for message_id in (1, 2):
        await store.accept(new_job(message_id), clock())
    await Maintenance(store, metrics, clock).turn()
    assert backlog(metrics) == {"queued": 2.0, "due": 2.0}
    await end_all(store, clock)
    await Maintenance(store, metrics, clock).turn()
    assert backlog(metrics) == {"due": 0.0}


async def test_a_round_counts_the_slots_that_are_taken(store, clock):
    metrics = Metrics()
    for message_id in (1, 2, 3):
        await store.accept(new_job(message_id), clock())
    jobs = (await store.claim(clock(), clock() + 600, 10)).jobs
    for job in jobs[:2]:
        await store.admit(job, "nova", 9, clock())
    await Maintenance(store, metrics, clock).turn()
    assert metrics.registry.get_sample_value("verbatim_slots_taken", {"family": "nova"}) == 2.0
    for job in jobs:
        await store.record(job, Ended(State.FAILED), clock())
    await Maintenance(store, metrics, clock).turn()
    assert metrics.registry.get_sample_value("verbatim_slots_taken", {"family": "nova"}) is None


async def test_jobs_are_kept_for_a_week_after_their_end_and_then_purged_in_pieces(store, clock, tmp_path):
    await store.accept(new_job(1), clock())
    await end_all(store, clock)
    copy_job(tmp_path / "jobs.db", times=PURGE_FEWEST)
    maintenance = Maintenance(store, Metrics(), clock)
    clock.pass_(JOBS_KEPT_FOR - 1)
    assert await maintenance.turn() == 0
    clock.pass_(1)
    assert await maintenance.turn() == PURGE_FEWEST + 1
    assert await store.job(1) is None


async def test_a_count_that_fails_leaves_the_last_one_to_be_read(store, clock, neighbour):
    metrics = Metrics()
    await store.accept(new_job(1), clock())
    maintenance = Maintenance(store, metrics, clock)
    await maintenance.turn()
    neighbour.lock()
    with pytest.raises(StorageUnavailableError):
        await maintenance.turn()
    assert backlog(metrics) == {"queued": 1.0, "due": 1.0}


async def test_a_database_that_cannot_be_used_does_not_end_the_maintenance(store, clock, neighbour, lines):
    neighbour.lock()
    told = asyncio.Event()
    lines.when("storage.unavailable", told.set)
    running = asyncio.create_task(Maintenance(store, Metrics(), clock).run())
    await told.wait()
    assert not running.done()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert lines.of("storage.unavailable")[0]["level"] == "error"


async def test_a_database_that_is_taken_away_and_brought_back_is_told_once_each(store, clock, tmp_path, lines):
    maintenance = Maintenance(store, Metrics(), clock)
    path, away = tmp_path / "jobs.db", tmp_path / "away.db"
    assert await maintenance.look(was_usable=True)
    path.rename(away)
    assert not await maintenance.look(was_usable=True)
    assert not await maintenance.look(was_usable=False)
    away.rename(path)
    assert await maintenance.look(was_usable=False)
    assert [line["event"] for line in lines] == ["database.unavailable", "database.back"]


async def test_damage_is_told_by_what_ends_the_process(store, clock, tmp_path, lines):
    maintenance = Maintenance(store, Metrics(), clock)
    await store.accept(new_job(1), clock())
    with (tmp_path / "jobs.db").open("r+b") as file:
        file.seek(4096)
        file.write(b"damage" * 4096)
    assert not await maintenance.look(was_usable=True)
    assert lines.of("database.unavailable") == []
    assert "is damaged" in str(await store.until_damaged())


@pytest.mark.parametrize(
    ("seconds", "moved", "events"),
    [
        (20, 0.0, []),
        (3600, 0.0, [("clock.gap", 3600)]),
        (-3600, 0.0, [("clock.jumped", -3600)]),
        (3600, 3600.0, [("clock.corrected", 3600)]),
    ],
)
async def test_a_clock_that_was_wrong_is_told_at_the_start(store, clock, lines, seconds, moved, events):
    maintenance = Maintenance(store, Metrics(), clock, lambda: moved)
    await maintenance.turn()
    clock.pass_(seconds)
    await maintenance.set_clock()
    assert [(line["event"], line["seconds"]) for line in lines] == events


async def test_a_round_keeps_what_was_learned_since_the_last_one(store, clock):
    learned = Learned()
    maintenance = Maintenance(store, Metrics(), clock, learned=learned)
    await maintenance.turn()
    assert await store.learned() == {}
    learned.learn("nova-2-general", 10.0, 5.0)
    await maintenance.turn()
    assert await store.learned() == {("nova-2-general", 0): 5.0}
    assert learned.unsaved() == {}


async def test_what_was_learned_is_kept_for_the_next_round_while_the_database_is_locked(store, clock, neighbour):
    learned = Learned()
    learned.learn("nova-2-general", 10.0, 5.0)
    maintenance = Maintenance(store, Metrics(), clock, learned=learned)
    neighbour.lock()
    with pytest.raises(StorageUnavailableError):
        await maintenance.keep_learned()
    neighbour.let_go()
    await maintenance.keep_learned()
    assert await store.learned() == {("nova-2-general", 0): 5.0}
