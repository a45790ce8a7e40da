"""Moving a database to another engine and back: nothing is lost, ids stay, and an error changes nothing."""

import hashlib
import sqlite3
from contextlib import closing
from dataclasses import replace

import asyncpg
import pytest

from storage.address import path_of
from storage.copying import OWN
from storage.errands import ErrandKind, NewErrand
from storage.errors import DatabaseDamagedError, DatabaseInUseError, StorageError
from storage.moving import move
from storage.opening import open_store
from storage.outcomes import Ended, Hopeless, Ready
from storage.postgres import connection
from storage.postgres.side import new_database
from storage.sqlite.lock import FileLock
from storage.texts import storable
from storage.transcript import Transcript
from storage.words import State
from tests import postgres
from tests.contract.stored import (
    APOLOGY,
    CHAT,
    KEPT_UNTIL,
    LATER,
    NOW,
    accepted,
    again,
    claim_all,
    claimed,
    delivering,
    everything,
    fetching,
    leased,
    ready,
    recorded,
    submitted,
    uploading,
    waiting,
)

BOT = 5


@pytest.fixture
def old(tmp_path):
    return f"sqlite:///{tmp_path}/old.db"


@pytest.fixture
def new(postgres_url):
    return postgres_url


@pytest.fixture
def back(tmp_path):
    return f"sqlite:///{tmp_path}/deeper/back.db"


async def opened(url):
    return await open_store(url, lambda: NOW, owner=BOT)


async def fill(store):
    """Make a job in every state, and something in every other table; return the jobs."""
    made = [await ended(store, 1), await apologising(store, 2), await delivering(store, 3), await fetching(store, 4)]
    made += [await submitted(store, 5), await uploading(store, 6)]
    made.append(await waiting(store, 7, full=False, file="unique-6"))
    made += [await waiting(store, 8, full=True), await leased(store, 9), await ready(store, 10)]
    made.append(await accepted(store, 11))
    await store.page_placed(await again(store, made[2]), 1, 321)
    await store.change_settings(CHAT, lambda chosen: replace(chosen, model="nova-2-meeting", keep_days=7))
    await store.ask_errand(NewErrand(ErrandKind.EXPORT, "srt", CHAT, 1, None), NOW)
    await store.opt_out(77)
    await store.tell_once(CHAT, "something")
    await store.keep_learned({("nova-2-general", 3): 1.5})
    await store.move_chat(-900, -901)
    return made


async def ended(store, number):
    return await recorded(store, await delivering(store, number), Ended(State.DELIVERED))


async def apologising(store, number):
    await recorded(store, await leased(store, number), Hopeless(APOLOGY))
    return await claimed(store)


@pytest.fixture
async def filled(old):
    store = await opened(old)
    jobs = await fill(store)
    stored = await seen(store, jobs)
    await store.close()
    return jobs, stored


async def seen(store, jobs):
    """All that can be read of a store of such jobs, by its own methods."""
    texts = [await store.transcript(number) for number in range(1, 10)]
    files = [await store.files_of(job) for job in jobs]
    of_chat = files, await store.settings(CHAT), await store.moves(), await store.learned(), await store.held(CHAT, 99)
    return await everything(store, *jobs), texts, of_chat, await store.backlog(LATER), await store.slots_taken()


def silent(_):
    """Say nothing."""


async def test_everything_is_there_after_a_move_and_after_the_way_back(filled, old, new, back):
    jobs, stored = filled
    moved = await move(old, new, silent)
    store = await opened(new)
    assert await seen(store, jobs) == stored
    await store.close()
    assert moved.mended == 0
    assert (await move(new, back, silent)).rows == moved.rows
    store = await opened(back)
    assert await seen(store, jobs) == stored
    await store.close()


@pytest.mark.parametrize("way", ["there", "and back"])
async def test_every_job_that_was_moved_comes_to_its_end(filled, old, new, back, way):
    jobs, _ = filled
    await move(old, new, silent)
    if way == "and back":
        await move(new, back, silent)
    store = await opened(back if way == "and back" else new)
    await store.recover(NOW, lambda _interrupted, _deaths: 0.0)
    for _ in range(20):
        for job in await claim_all(store, LATER) + await interrupted(store):
            await bring_on(store, job)
    assert {(await store.job(job.id)).state for job in jobs} <= {State.DELIVERED, State.FAILED}
    await store.close()


async def interrupted(store):
    return list((await store.claim_interrupted(LATER, LATER + 60)).jobs)


async def bring_on(store, job):
    if job.state is State.READY:
        assert await store.record(job, Ended(State.FAILED if job.apology else State.DELIVERED), LATER)
    else:
        assert await store.record(job, Ready(Transcript("said"), KEPT_UNTIL), LATER)


async def test_no_id_is_given_twice(old, new, back):
    """Not even one whose job is gone: a button may carry it."""
    store = await opened(old)
    for number in range(1, 4):
        last = await accepted(store, number)
    await store.close()
    with shell(old) as database:
        database.execute("DELETE FROM jobs WHERE id > 1")
    await move(old, new, silent)
    await move(new, back, silent)
    for url in (new, back):
        store = await opened(url)
        assert (await accepted(store, 9)).id == last.id + 1
        await store.close()


async def test_texts_that_postgresql_refuses_are_mended_and_counted(filled, old, new):
    with shell(old) as database:
        database.execute("UPDATE jobs SET file_id = 'a' || char(0) || 'b' WHERE id = 1")
        database.execute("UPDATE jobs SET speaks = CAST(x'64eda080' AS TEXT) WHERE id = 2")
        database.execute("UPDATE jobs SET speaks = CAST(x'ff' AS TEXT) WHERE id = 3")
    assert (await move(old, new, silent)).mended == 3
    store = await opened(new)
    assert (await store.job(1)).file_id == "a\N{REPLACEMENT CHARACTER}b"
    await store.close()


def test_halves_of_characters_are_replaced_and_whole_ones_are_kept():
    assert storable("\ud83d a \U0001f600 \ud83d\ude00") == "\N{REPLACEMENT CHARACTER} a \U0001f600 \U0001f600"


async def test_a_value_that_does_not_belong_there_is_told_without_it(filled, old, new):
    with shell(old) as database:
        database.execute("PRAGMA ignore_check_constraints = 1")
        database.execute("UPDATE jobs SET message_id = 'secret words' WHERE id = 1")
    await refused(old, new, DatabaseDamagedError, "a row of jobs has a value in message_id")


async def test_a_target_with_jobs_is_refused_and_stays_as_it_is(filled, old, new):
    store = await opened(new)
    job = await accepted(store, 99)
    await store.close()
    await refused(old, new, StorageError, "has jobs or chats already")
    store = await opened(new)
    assert await again(store, job) == job
    await store.close()


async def test_a_target_on_which_a_bot_has_only_started_is_taken(filled, old, new):
    await (await opened(new)).close()
    assert (await move(old, new, silent)).rows > 20


async def test_a_database_in_use_is_refused(filled, old, new):
    store = await opened(old)
    await refused(old, new, DatabaseInUseError, "another process is working on")
    await store.close()


async def test_a_postgresql_database_in_use_is_refused(filled, old, new, back):
    store = await opened(new)
    await store.replicas.enter("1.0", "polling")
    await refused(old, new, DatabaseInUseError, "in 1 processes")
    await refused(new, back, DatabaseInUseError, "in 1 processes")
    await store.replicas.leave()
    await store.close()


async def test_no_replica_begins_on_a_postgresql_database_that_is_moved(filled, old, new):
    async with new_database(new) as database, database.changing():
        with pytest.raises(asyncpg.LockNotAvailableError):
            await begin_beside(new)
    async with new_database(new) as database:
        await begin_beside(new)
        with pytest.raises(DatabaseInUseError):
            async with database.changing():
                pass


async def begin_beside(url):
    async with postgres.connected(url) as connection, connection.transaction():
        await connection.execute("SET LOCAL lock_timeout = '10ms'")
        await connection.execute("INSERT INTO replicas VALUES ('other', '1.0', 'polling', extract(epoch FROM now()))")


async def test_a_database_is_not_moved_onto_itself(filled, old):
    before = hashed(old)
    with pytest.raises(DatabaseInUseError):
        await move(old, old, silent)
    assert hashed(old) == before


async def test_what_is_no_database_of_a_bot_is_refused_and_nothing_is_made(old, new, back, tmp_path):
    with pytest.raises(StorageError, match="there is no database"):
        await move(old, back, silent)
    with closing(sqlite3.connect(path_of(old))) as database:
        database.execute("CREATE TABLE recipes (name TEXT)")
    with pytest.raises(StorageError, match="not a database of this program"):
        await move(old, back, silent)
    path_of(old).write_text("no database at all, but long enough to be read as one" * 20)
    with pytest.raises(StorageError):
        await move(old, back, silent)
    assert not path_of(back).exists()


async def test_tables_of_another_program_are_refused_on_either_side(filled, old, new, back):
    async with postgres.connected(new) as connection:
        await connection.execute("CREATE TABLE recipes (made timestamptz)")
        try:
            await refused(old, new, StorageError, "tables of another program")
        finally:
            await connection.execute("DROP TABLE recipes")
    with shell(old) as database:
        database.execute("CREATE TABLE recipes (name)")
    await refused(old, back, StorageError, "tables of another program")
    assert not path_of(back).exists()


async def test_an_unreachable_database_is_told_without_its_password(filled, old, refusing_port):
    with pytest.raises(StorageError) as caught:
        await move(old, f"postgresql://someone:hunter2@127.0.0.1:{refusing_port}/name", silent)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("after", [0, 1, 5])
async def test_a_move_that_is_interrupted_changes_nothing(filled, old, new, back, after):
    """It is stopped after so many tables, as by Ctrl-C."""
    said = []

    def say(line):
        said.append(line)
        if len(said) > after:
            raise KeyboardInterrupt

    before = hashed(old)
    for target in (new, back):
        said.clear()
        with pytest.raises(KeyboardInterrupt):
            await move(old, target, say)
    assert not path_of(back).exists()
    assert hashed(old) == before
    assert (await move(old, new, silent)).rows > 20


async def test_a_database_waits_as_long_as_the_other_one_takes(filled, old, new, back, monkeypatch):
    """The shortest wait is so long that no busy machine makes it between any other two statements."""
    monkeypatch.setitem(connection._SETTINGS, "idle_in_transaction_session_timeout", "1500")

    def take_long(line):
        if line.startswith("jobs: "):
            postgres.select(new, "SELECT pg_sleep(1.8)")

    await move(old, new, take_long)
    await move(new, back, take_long)


async def test_everything_is_said_in_lines(filled, old, new):
    said = []
    await move(old, new, said.append)
    assert "jobs: 11 rows" in said


async def test_the_file_of_an_older_version_is_brought_up_to_date(old, new, tmp_path):
    from storage.sqlite.migrate import apply  # noqa: PLC0415

    with shell(old) as database:
        apply(database, 0, 12)
        database.execute(
            "INSERT INTO jobs (from_chat_id, message_id, chat_id, kind, file_id, model, options, cache_key, created_at,"
            " next_at) VALUES (1, 2, 1, 'voice', 'f', 'm', '{}', 'k', 1, 1)"
        )
    assert (await move(old, new, silent)).rows >= 1


async def test_a_lock_is_given_back(filled, old, new):
    await move(old, new, silent)
    FileLock(path_of(old)).release()


async def test_every_table_is_moved_or_known_to_be_an_engines_own(old, new):
    await (await opened(old)).close()
    with shell(old) as database:
        in_sqlite = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    async with postgres.connected(new) as connection:
        found = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    assert in_sqlite ^ {row["tablename"] for row in found} <= OWN


async def refused(old, new, kind, words):
    before = hashed(old)
    with pytest.raises(kind, match=words) as caught:
        await move(old, new, silent)
    assert "secret" not in str(caught.value)
    assert hashed(old) == before


def hashed(url):
    """What is in a file; None for other databases."""
    if url.startswith("postgres"):
        return None
    with shell(url) as database:
        return hashlib.sha256("\n".join(database.iterdump()).encode("utf-8", "replace")).hexdigest()


def shell(url):
    connection = sqlite3.connect(path_of(url), isolation_level=None)
    connection.text_factory = lambda value: value.decode("utf-8", "replace")
    return closing(connection)
