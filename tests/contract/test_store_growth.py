"""What the store does at a start, for its gauges and for one job costs the same with few rows and with many.

SQLite tells how many steps of its own it takes. They do not depend on how busy the machine is, and all but the search
through an index grow with the rows that are looked at.
"""

import shutil

import pytest

from storage.outcomes import Submitted
from storage.sqlite.engine import open_store
from storage.statements.waking import PAUSED_WOKEN_AT_ONCE
from storage.words import Job
from tests.contract.stored import LATER, LEASE, NOW, died, due, message, recorded, uploading
from tests.contract.test_store_moments import BOUNDS, DAY
from tests.rows import KINDS, fill_database

FEW, MANY = 1_500, 6_000
EVERY = 10  # steps between two looks at them
SLACK = 30  # looks: an index of more rows may be a level deeper
OTHER_CHAT = 5_000_000


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A function that fills a database with so many rows, once each."""
    folder, made = tmp_path_factory.mktemp("filled"), {}

    def fill(kind, rows):
        if (kind, rows) not in made:
            made[kind, rows] = folder / f"{len(made)}.db"
            fill_database(made[kind, rows], kind, rows, rows, now=NOW)
        return made[kind, rows]

    return fill


async def looks(store, work):
    """How often SQLite took EVERY steps during a piece of work."""
    count = 0

    def look():
        nonlocal count
        count += 1

    await store.engine._connection.hop(lambda connection: connection.set_progress_handler(look, EVERY))
    try:
        await work(store)
    finally:
        await store.engine._connection.hop(lambda connection: connection.set_progress_handler(None, EVERY))
    return count


async def start(store, now=NOW + 5):
    await store.require_owner(1)
    await store.set_right(now, BOUNDS)
    await died(store, now)
    await store.moves()


async def start_after_an_hour(store):
    await start(store, NOW + 3600)


async def start_after_a_month(store):
    await start(store, NOW + 30 * DAY)


async def gauges(store):
    await store.keep_time(NOW, 0.0)
    await store.backlog(NOW + DAY)


async def claim(store):
    await store.claim(NOW, NOW + LEASE, 10)
    await store.claim_interrupted(NOW, NOW + LEASE)


async def accept(store):
    assert isinstance(await store.accept(message(1, chat_id=OTHER_CHAT), NOW, 100), Job)


async def purge_what_is_not_old(store):
    assert await store.purge(NOW, NOW - 8 * DAY, 500) == 0


async def purge_a_piece(store):
    assert await store.purge(NOW + DAY, NOW, 50) == 100


async def nothing_to_erase(store):
    assert await store.erase(NOW, 50) == 0


async def erase_a_piece(store):
    await store.forget(1)
    assert await store.erase(NOW, 5)


async def cancel(store):
    job = await store.accept(message(2, chat_id=OTHER_CHAT), NOW)
    assert (await store.cancel(job.id, OTHER_CHAT, 7, NOW)).accepted


WORKS = (
    start,
    start_after_an_hour,
    start_after_a_month,
    gauges,
    claim,
    accept,
    purge_what_is_not_old,
    purge_a_piece,
    nothing_to_erase,
    erase_a_piece,
    cancel,
)


@pytest.fixture
def cost(filled, tmp_path):
    """A function that does some work on a copy of a filled database, and says how many looks that was."""

    async def cost_of(work, kind, rows):
        path = tmp_path / f"{rows}.db"
        shutil.copy(filled(kind, rows), path)
        store = await open_store(path, lambda: NOW)
        try:
            return await looks(store, work)
        finally:
            await store.close()

    return cost_of


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("work", WORKS)
async def test_with_many_jobs_nothing_takes_longer(cost, work, kind):
    assert await cost(work, kind, MANY) <= await cost(work, kind, FEW) + SLACK


@pytest.fixture
async def paused(tmp_path):
    """A store in which three times as many jobs wait for the end of a pause as one wake is for."""
    path = tmp_path / "paused.db"
    fill_database(path, "paused", 0, 3 * PAUSED_WOKEN_AT_ONCE, now=NOW)
    store = await open_store(path, lambda: NOW)
    yield store
    await store.close()


async def test_the_end_of_a_pause_wakes_the_first_in_turn_and_theirs_the_next(paused):
    for wave in range(3):
        job = await uploading(paused, wave, chat_id=OTHER_CHAT)
        await recorded(paused, job, Submitted(LATER, 3.0, None))
        first = wave * PAUSED_WOKEN_AT_ONCE + 1
        assert await due(paused) == set(range(first, first + PAUSED_WOKEN_AT_ONCE))
