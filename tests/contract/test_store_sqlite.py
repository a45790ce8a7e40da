"""The engine on one SQLite file: its schema, its locks, its bad days, and what outlives a kill."""

import asyncio
import shutil
import sqlite3
import sys
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path

import pytest

from storage.apology import Apology, Notice, Reason
from storage.chats import ChatSettings
from storage.errors import (
    DatabaseDamagedError,
    DatabaseInUseError,
    SchemaTooNewError,
    StorageError,
    StorageUnavailableError,
)
from storage.intake import NewJob
from storage.options import Options
from storage.outcomes import Ended, Known, Ready, Waiting
from storage.sqlite.engine import open_store
from storage.sqlite.migrate import migrations, statements
from storage.statements.guarded import note
from storage.statements.making import make
from storage.transcript import Transcript
from storage.upkeep import Correction
from storage.words import PAUSED, Generation, State
from tests.contract.stored import (
    LATER,
    NOW,
    accepted,
    again,
    claimed,
    delivering,
    died,
    due,
    everything,
    fetching,
    leased,
    message,
    part,
    recorded,
    uploading,
)
from tests.contract.test_store_moments import BOUNDS
from tests.patience import patience


@pytest.fixture
def database():
    """No other engine than this one."""
    return ""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "verbatim.db"


@asynccontextmanager
async def opened(path, now=lambda: NOW, **options):
    store = await open_store(path, now, **options)
    try:
        yield store
    finally:
        await store.close()


async def try_to_open(path, **options):
    """Open and close at once; what could be opened by mistake must not outlive its test."""
    async with opened(path, **options):
        pass


def raw(path):
    """A connection of somebody else, a shell for instance."""
    return closing(sqlite3.connect(path, isolation_level=None, timeout=0))


def tables(path):
    with raw(path) as shell:
        return {name for (name,) in shell.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def version(path):
    with raw(path) as shell:
        return shell.execute("PRAGMA user_version").fetchone()[0]


# The schema


@pytest.mark.parametrize("table", ["jobs", "generations", "chats"])
async def test_a_table_that_another_program_has_dropped_is_damage_in_this_life_and_the_next(path, table):
    async with opened(path) as store:
        with raw(path) as shell:
            shell.execute("PRAGMA foreign_keys = OFF")
            shell.execute(f"DROP TABLE {table}")
        with pytest.raises(DatabaseDamagedError, match="repair"):
            await use_every_table(store, 1)
    with pytest.raises(DatabaseDamagedError, match="repair"):
        await use_after_opening(path)


async def use_every_table(store, number):
    job = await accepted(store, number)
    await store.generations(job)


async def use_after_opening(path):
    async with opened(path) as store:
        await use_every_table(store, 2)


async def test_a_fresh_database_has_every_table_and_the_newest_version(path):
    async with opened(path):
        pass
    assert {"chats", "transcripts", "jobs", "generations", "pages", "pulse"} <= tables(path)
    assert version(path) == migrations()[-1][0]


async def test_opening_again_changes_nothing_and_loses_nothing(path):
    async with opened(path) as store:
        job = await accepted(store)
    async with opened(path) as store:
        assert await store.job(job.id) == job
    assert version(path) == migrations()[-1][0]


async def test_the_folder_of_the_database_is_made(path):
    deep = path.parent / "a" / "b" / "verbatim.db"
    async with opened(deep):
        assert deep.exists()


def test_migrations_are_numbered_without_gaps_from_one():
    assert [number for number, _ in migrations()] == list(range(1, len(migrations()) + 1))


FIRST_SCHEMA = Path(__file__).with_name("first_schema.sql")


async def test_jobs_of_the_first_schema_go_on_under_their_new_names(path):
    with raw(path) as shell:
        for statement in statements(dict(migrations())[1] + FIRST_SCHEMA.read_text()):
            shell.execute(statement)
        shell.execute("PRAGMA user_version = 1")
        shell.commit()
    async with opened(path) as store:
        claimed_jobs = {job.id: job for job in (await store.claim(NOW, LATER, 10)).jobs}
        paused, woken, at_provider, said, sorry, creating = [claimed_jobs[number] for number in range(1, 7)]
        assert (paused.notice, paused.waiting_for, paused.woken) == (Notice.PAUSED, PAUSED, False)
        assert (woken.waiting_for, woken.woken) == (None, True)
        assert (at_provider.options, at_provider.cache_key) == (Options("en"), "u|3|m|language=en")
        assert (at_provider.creates_in_doubt, at_provider.generations_lost) == (2, 1)
        assert await store.generations(at_provider) == (Generation(0, "g", 0.0, 1.0),)
        assert sorry.apology == Apology(Reason.PAUSED)
        assert (creating.create_started, creating.slot) == (True, "nova")
        assert (await store.transcript(said.transcript_id)).text == "said"
        new = NewJob(8, 1, None, 42, "voice", "f", "u4", None, "#g1_nova-2-general", Options("pt-BR"))
        job = await store.accept(new, NOW)
        assert job.cache_key == said.cache_key
        (job,) = (await store.claim(NOW, LATER, 10)).jobs
        assert await store.admit(job, "nova", 9, NOW) == Known(1)


async def test_jobs_of_the_first_schema_are_counted(path):
    with raw(path) as shell:
        for statement in statements(dict(migrations())[1] + FIRST_SCHEMA.read_text()):
            shell.execute(statement)
        shell.execute("PRAGMA user_version = 1")
    async with opened(path) as store:
        assert await store.backlog(NOW) == {"queued": 3, "submitted": 1, "ready": 2, "due": 6}
        await accepted(store, 10)
        await store.record(await claimed_job(store, 5), Ended(State.DELIVERED), NOW)
        assert await store.backlog(NOW) == {"queued": 4, "submitted": 1, "ready": 1, "due": 0}


async def claimed_job(store, number):
    """Lease all that is due; the job of this number."""
    return next(job for job in (await store.claim(NOW, LATER, 10)).jobs if job.id == number)


async def test_a_transaction_that_fails_leaves_the_counts_as_they_were(path):
    async def accept_and_fail(tx):
        await make(tx, message(2), NOW, NOW)
        raise RuntimeError

    async with opened(path) as store:
        await accepted(store)
        with pytest.raises(RuntimeError):
            await store.engine.write(accept_and_fail)
        assert await store.backlog(NOW) == {"queued": 1, "due": 1}


async def test_the_counts_are_those_of_the_jobs_that_outlive_a_death(path, tmp_path):
    """What a death leaves are the files as they are, without those changes that were not committed."""
    copy = tmp_path / "copy.db"
    async with opened(path) as store:
        await recorded(store, await delivering(store, 1), Ended(State.DELIVERED))
        await accepted(store, 2)
        shutil.copy(path, copy)
        shutil.copy(f"{path}-wal", f"{copy}-wal")
    async with opened(copy) as store:
        assert await store.backlog(NOW) == {"queued": 1, "due": 1}


async def test_jobs_of_before_the_turns_go_on_in_the_order_they_came(path):
    with raw(path) as shell:
        for number, script in migrations():
            if number < 4:
                for statement in statements(script):
                    shell.execute(statement)
        columns = "id, from_chat_id, message_id, chat_id, kind, file_id, model, options, cache_key, created_at, next_at"
        for number, waiting_for, attempts in ((1, None, 30), (2, "nova", 0), (3, None, 0)):
            shell.execute(
                f"INSERT INTO jobs ({columns}, waiting_for, attempts) VALUES"
                " (?1, 7, ?1, 7, 'voice', 'f', 'm', '{}', 'key ' || ?1, ?2, ?3, ?4, ?5)",
                (number, NOW - number, NOW, waiting_for, attempts),
            )
        shell.execute("PRAGMA user_version = 3")
    async with opened(path) as store:
        jobs = (await store.claim(NOW, LATER, 10)).jobs
        assert [(job.id, job.turn, job.tried_seconds) for job in jobs] == [
            (3, NOW - 3, 0.0),
            (2, NOW - 2, 0.0),
            (1, NOW - 1, 1800.0),
        ]
        assert [job.waiting_for for job in jobs] == [None, "nova", None]


async def test_a_database_of_the_second_schema_knows_no_last_moment_and_its_jobs_go_on(path):
    with raw(path) as shell:
        for number in (1, 2):
            for statement in statements(dict(migrations())[number]):
                shell.execute(statement)
        shell.execute(
            "INSERT INTO jobs (from_chat_id, message_id, chat_id, kind, file_id, model, options, cache_key,"
            " created_at, next_at) VALUES (7, 1, 7, 'voice', 'f', 'm', '{}', 'k', ?, ?)",
            (LATER, LATER),
        )
        shell.execute("PRAGMA user_version = 2")
    async with opened(path) as store:
        assert await store.set_right(NOW, BOUNDS) == Correction(moved=0, ahead=LATER - NOW, gap=0)
        assert await due(store) == {1}
        await store.keep_time(NOW, 0)


async def test_what_older_programs_have_deleted_is_overwritten_once(path):
    with raw(path) as shell:
        shell.execute("PRAGMA secure_delete = OFF")
        for number, script in migrations():
            for statement in statements(script) if number < 21 else ():
                shell.execute(statement)
        for text in ("erased" * 5000, "kept" * 5000):
            shell.execute("INSERT INTO transcripts (cache_key, body, expires_at) VALUES ('k', ?, ?)", (text, LATER))
        shell.execute("DELETE FROM transcripts WHERE body LIKE 'erased%'")
        shell.execute("PRAGMA user_version = 20")
    assert b"erased" * 100 in path.read_bytes()
    async with opened(path):
        files = b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*"))
    assert b"erased" * 100 not in files
    assert b"kept" * 100 in files


@pytest.mark.parametrize("script", [script for _, script in migrations()])
def test_no_statement_of_a_migration_is_left_out(script):
    assert "".join(statements(script)).rstrip() == script.rstrip()


def test_a_semicolon_in_a_comment_or_a_text_ends_no_statement():
    script = "-- one; two\nCREATE TABLE a (\n  b TEXT DEFAULT ';\n;'\n);\nSELECT 1;\n"
    assert statements(script) == ["-- one; two\nCREATE TABLE a (\n  b TEXT DEFAULT ';\n;'\n);\n", "SELECT 1;\n"]


async def test_a_database_newer_than_this_program_is_refused_and_left_alone(path):
    with raw(path) as shell:
        shell.execute("PRAGMA user_version = 9999")
    with pytest.raises(SchemaTooNewError, match=r"version 9999.*use a newer program"):
        await try_to_open(path)
    assert tables(path) == set()
    assert version(path) == 9999


async def test_a_migration_that_fails_half_way_leaves_nothing_and_can_be_tried_again(path):
    with raw(path) as shell:
        shell.execute("CREATE TABLE pages (in_the_way)")
    with pytest.raises(DatabaseDamagedError, match="already exists"):
        await try_to_open(path)
    assert tables(path) == {"pages"}
    assert version(path) == 0
    with raw(path) as shell:
        shell.execute("DROP TABLE pages")
    async with opened(path) as store:
        await accepted(store)


NEW_ROW = {
    "from_chat_id": 7,
    "chat_id": 7,
    "message_id": 1,
    "kind": "voice",
    "file_id": "f",
    "model": "nova-3",
    "options": "{}",
    "cache_key": "k",
    "created_at": NOW,
    "next_at": NOW,
}
IMPOSSIBLE = {
    "an unknown state": {"state": "running"},
    "unfinished and never due": {"next_at": None},
    "unfinished, never due, and yet ended": {"next_at": None, "ended_at": NOW},
    "ended and due": {"state": "delivered", "ended_at": NOW},
    "ended at no moment": {"state": "delivered", "next_at": None},
    "unfinished with an end": {"ended_at": NOW},
    "ended and leased": {"state": "delivered", "next_at": None, "ended_at": NOW, "lease_token": "t"},
    "ready with nothing to say": {"state": "ready"},
    "ready with a slot": {"state": "ready", "apology": "{}", "slot": "nova"},
    "ended with a slot": {"state": "failed", "next_at": None, "ended_at": NOW, "slot": "nova"},
    "waiting at the provider": {"state": "submitted", "waiting_for": "same"},
    "woken at the provider": {"state": "submitted", "woken": 1},
    "waiting with a slot": {"slot": "nova", "waiting_for": "same"},
    "a transcript that does not exist": {"state": "ready", "transcript_id": 77},
    "from no chat": {"from_chat_id": None},
    "in no chat": {"chat_id": None},
    "no message": {"message_id": None},
    "no key": {"cache_key": None},
}
POSSIBLE = {
    "queued": {},
    "queued with a slot": {"slot": "nova"},
    "waiting": {"waiting_for": "same"},
    "woken": {"woken": 1},
    "submitted": {"state": "submitted", "slot": "nova"},
    "ready with an apology": {"state": "ready", "apology": "{}"},
    "leased": {"lease_token": "t"},
    "delivered": {"state": "delivered", "next_at": None, "ended_at": NOW},
    "failed": {"state": "failed", "next_at": None, "ended_at": NOW},
    "cancelled": {"state": "cancelled", "next_at": None, "ended_at": NOW},
}


def insert(path, changed):
    row = NEW_ROW | changed
    with raw(path) as shell:
        shell.execute("PRAGMA foreign_keys = ON")
        shell.execute(f"INSERT INTO jobs ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", list(row.values()))


@pytest.mark.parametrize("changed", IMPOSSIBLE.values(), ids=IMPOSSIBLE)
async def test_the_schema_refuses_a_job_that_is(path, changed):
    async with opened(path):
        with pytest.raises(sqlite3.IntegrityError, match="constraint failed"):
            insert(path, changed)


@pytest.mark.parametrize("changed", POSSIBLE.values(), ids=POSSIBLE)
async def test_the_schema_takes_a_job_that_is(path, changed):
    async with opened(path):
        insert(path, changed)


async def test_the_schema_refuses_a_second_job_of_a_message(path):
    async with opened(path):
        insert(path, {})
        with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
            insert(path, {})


async def test_the_schema_refuses_to_take_the_transcript_from_a_ready_job(path):
    async with opened(path):
        with raw(path) as shell:
            shell.execute("PRAGMA foreign_keys = ON")
            shell.execute("INSERT INTO transcripts VALUES (1, 'k', 'said', 0, 0, NULL)")
        insert(path, {"state": "ready", "transcript_id": 1})
        with raw(path) as shell:
            shell.execute("PRAGMA foreign_keys = ON")
            with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
                shell.execute("DELETE FROM transcripts")


@pytest.mark.parametrize("table", ["generations", "pages"])
async def test_the_schema_refuses_rows_of_a_job_that_does_not_exist(path, table):
    values = {"generations": "(77, 0, 'g', 0, 0, NULL, 0, 0, 0)", "pages": "(77, 1, 901)"}[table]
    async with opened(path):
        with raw(path) as shell:
            shell.execute("PRAGMA foreign_keys = ON")
            with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
                shell.execute(f"INSERT INTO {table} VALUES {values}")


# One process


async def test_a_second_opener_is_refused_while_the_first_works_and_served_afterwards(path):
    async with opened(path):
        with pytest.raises(DatabaseInUseError, match="stop it first, or give this one its own DATABASE_URL"):
            await try_to_open(path)
    async with opened(path) as store:
        await accepted(store)


async def test_a_refused_opener_does_not_disturb_the_first(path):
    async with opened(path) as store:
        with pytest.raises(DatabaseInUseError):
            await try_to_open(path)
        with pytest.raises(DatabaseInUseError):
            await try_to_open(path)
        await accepted(store)


async def test_two_databases_in_one_folder_do_not_lock_each_other(path):
    async with opened(path), opened(path.with_name("other.db")) as other:
        await accepted(other)


async def test_a_link_to_the_database_leads_to_the_same_lock(path):
    link = path.with_name("link.db")
    link.symlink_to(path)
    async with opened(path):
        with pytest.raises(DatabaseInUseError):
            await try_to_open(link)


async def test_the_database_of_one_bot_is_refused_to_another(path):
    await try_to_open(path, owner=1)
    with pytest.raises(StorageError, match="holds the jobs of bot 1, and the token is bot 2's"):
        await try_to_open(path, owner=2)
    await try_to_open(path, owner=1)


async def test_a_database_that_nobody_has_used_belongs_to_the_first_bot_that_does(path):
    await try_to_open(path)
    await try_to_open(path, owner=2)
    with pytest.raises(StorageError, match="jobs of bot 2"):
        await try_to_open(path, owner=1)


async def test_whoever_only_looks_whether_a_database_works_need_not_own_it(path):
    await try_to_open(path, owner=1)
    await try_to_open(path)


@pytest.mark.parametrize("spoil", ["too new", "half migrated", "no database"])
async def test_an_opener_that_failed_keeps_nobody_out(path, spoil):
    if spoil == "no database":
        path.write_bytes(b"Dear diary, " * 1000)
    else:
        with raw(path) as shell:
            shell.execute("PRAGMA user_version = 9999" if spoil == "too new" else "CREATE TABLE pages (in_the_way)")
    with pytest.raises((StorageError, sqlite3.Error)):
        await try_to_open(path)
    path.unlink()
    async with opened(path) as store:
        await accepted(store)


PREAMBLE = """
import asyncio, sys
from pathlib import Path
from storage.errors import DatabaseInUseError
from storage.intake import NewJob
from storage.options import Options
from storage.sqlite.engine import open_store
path = Path(sys.argv[1])
new = NewJob(7, 1, None, 42, "voice", "file", "unique", 1000, "nova-3", Options())
now = lambda: 1_800_000_000.0
"""


@asynccontextmanager
async def another_process(script, path):
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PREAMBLE + script, path),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        async with patience(30):
            yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


REFUSED = """
try:
    asyncio.run(open_store(path, now))
except DatabaseInUseError:
    print("refused")
"""


async def test_another_process_is_refused(path):
    async with opened(path), another_process(REFUSED, path) as process:
        assert (await process.communicate())[0] == b"refused\n"
        assert process.returncode == 0


ACCEPT_AND_HANG = """
async def main():
    store = await open_store(path, now)
    await store.accept(new, now())
    print("accepted", flush=True)
    await asyncio.to_thread(sys.stdin.read)
asyncio.run(main())
"""


async def test_a_job_outlives_a_process_that_is_killed_right_after_accepting_it_and_so_does_no_lock(path):
    async with another_process(ACCEPT_AND_HANG, path) as process:
        assert await process.stdout.readline() == b"accepted\n"
        with pytest.raises(DatabaseInUseError):
            await try_to_open(path)
        process.kill()
        await process.wait()
        async with opened(path) as store:
            assert await due(store) == {1}


CLOSE = """
async def main():
    store = await open_store(path, now)
    await store.accept(new, now())
    await store.close()
    print("closed", flush=True)
asyncio.run(main())
"""


async def test_a_process_ends_when_its_store_is_closed(path):
    async with another_process(CLOSE, path) as process:
        assert (await process.communicate())[0] == b"closed\n"
        assert process.returncode == 0


# Bad days


@asynccontextmanager
async def locked_by_another(path):
    with raw(path) as shell:
        shell.execute("BEGIN IMMEDIATE")
        yield shell


async def test_a_database_locked_by_another_tool_is_unavailable_for_writing_and_can_still_be_read(path):
    async with opened(path, busy_seconds=0.01) as store:
        job = await accepted(store)
        async with locked_by_another(path):
            with pytest.raises(
                StorageUnavailableError, match=r"cannot be used just now: database is locked \(SQLITE_BUSY\)$"
            ):
                await store.accept(message(2), NOW)
            assert await store.job(job.id) == job
        assert await store.accept(message(2), NOW) is not None


async def test_another_tool_is_waited_for(path):
    async with opened(path) as store:
        async with locked_by_another(path):
            accepting = asyncio.create_task(store.accept(message(), NOW))
            await asyncio.sleep(0)
        assert await accepting is not None


async def test_another_tool_is_waited_for_no_longer_once_the_end_is_near(path):
    async with opened(path, busy_seconds=60) as store:
        store.stop_waiting()
        async with locked_by_another(path), patience():
            with pytest.raises(StorageUnavailableError, match="locked"):
                await store.accept(message(), NOW)


async def test_a_database_locked_by_another_tool_cannot_be_migrated_just_now(path):
    with raw(path) as shell:
        shell.execute("PRAGMA journal_mode = WAL")
    async with locked_by_another(path):
        with pytest.raises(StorageUnavailableError, match="locked"):
            await try_to_open(path, busy_seconds=0.01)
    async with opened(path) as store:
        await accepted(store)


async def pragma(store, text):
    """The conditions of a disk, as a connection can be given them."""
    return await store.engine._connection.hop(lambda connection: connection.execute(f"PRAGMA {text}").fetchone())


FILLING = {
    "an outcome": lambda store, job: store.record(job, Ready(Transcript("x" * 10**6), LATER), NOW),
    "a note": lambda store, job: store.note(job, "x" * 10**6),
    "what a part says": lambda store, job: store.part_ready(job, 0, Transcript("x" * 10**6), NOW),
    "a choice": lambda store, job: store.change_settings(job.chat_id, lambda _: ChatSettings("x" * 10**6)),
}


@pytest.mark.parametrize("write", FILLING.values(), ids=FILLING)
async def test_a_full_disk_makes_the_database_unavailable_and_leaves_nothing_half_done(path, write):
    async with opened(path) as store:
        job = await fetching(store)
        before = await everything(store, job)
        (pages,) = await pragma(store, "page_count")
        await pragma(store, f"max_page_count = {pages}")
        with pytest.raises(StorageUnavailableError, match="full"):
            await write(store, job)
        assert await everything(store, job) == before
        await pragma(store, "max_page_count = 1000000")
        assert await store.record(job, Ready(Transcript("said"), LATER), NOW)


async def test_a_database_that_became_read_only_is_unavailable(path):
    async with opened(path) as store:
        await pragma(store, "query_only = ON")
        with pytest.raises(StorageUnavailableError, match="readonly"):
            await store.ping()
        await pragma(store, "query_only = OFF")
        await store.ping()


async def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StorageUnavailableError, match=r"cannot make .*file/data: ENOTDIR \(20, Not a directory\)"):
        await try_to_open(tmp_path / "file" / "data" / "verbatim.db")


async def test_a_lock_file_that_cannot_be_opened_is_named(path):
    path.with_name("verbatim.db.lock").mkdir()
    with pytest.raises(
        StorageUnavailableError, match=r"cannot open .*verbatim\.db\.lock: EISDIR \(21, Is a directory\)"
    ):
        await try_to_open(path)


async def test_a_folder_in_the_place_of_the_database_is_refused(path):
    path.mkdir()
    with pytest.raises(StorageUnavailableError, match=r"cannot open .*verbatim\.db: EISDIR"):
        await try_to_open(path)


async def test_a_file_that_is_no_database_is_refused_in_a_sentence_and_left_alone(path):
    diary = b"Dear diary, " * 1000
    path.write_bytes(diary)
    with pytest.raises(DatabaseDamagedError, match=r"verbatim\.db is not a database"):
        await try_to_open(path)
    assert path.read_bytes() == diary


# Transactions


async def test_a_transaction_that_fails_leaves_nothing_of_it_and_nothing_open(store):
    job = await uploading(store)
    await store.start_create(job)
    with pytest.raises(sqlite3.IntegrityError):
        await store.record(job, Known(77), NOW)
    assert (await again(store, job)).create_started
    assert await store.created(job, part(1))


async def test_a_transaction_that_waits_for_anything_but_statements_is_a_bug_and_is_rolled_back(store):
    job = await leased(store)

    async def waits(tx):
        await note(tx, job, Notice.PAUSED)
        await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match="awaited something that is not a statement"):
        await store.engine.write(waits)
    assert (await again(store, job)).notice is Notice.NONE
    assert await store.note(job, Notice.RETRYING)


async def test_a_transaction_that_begins_with_reading_keeps_other_writers_out_from_its_beginning(path):
    """Else what it read could be outdated when it comes to write, and it would fail for nothing."""
    refused = []

    def tries_to_write(statement):
        if statement.startswith("SELECT"):
            with raw(path) as shell, suppress(sqlite3.OperationalError):
                shell.execute("BEGIN IMMEDIATE")
                refused.append(False)
                return
            refused.append(True)

    async with opened(path) as store:
        job = await leased(store)
        await store.engine._connection.hop(lambda connection: connection.set_trace_callback(tries_to_write))
        await store.admit(job, "nova", 1, NOW)
        await store.engine._connection.hop(lambda connection: connection.set_trace_callback(None))
    assert refused
    assert all(refused)


async def test_a_caller_cancelled_in_the_middle_of_a_write_leaves_it_written_and_nothing_open(path):
    async with opened(path) as store:
        async with locked_by_another(path):
            accepting = asyncio.create_task(store.accept(message(1), NOW))
            await asyncio.sleep(0)
            accepting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await accepting
        second = await accepted(store, 2)
        assert await due(store) == {1, second.id}
        with raw(path) as shell:
            shell.execute("BEGIN IMMEDIATE")


async def test_a_store_closed_while_a_cancelled_write_is_on_its_way_writes_it_first(path):
    async with opened(path) as store:
        accepting = asyncio.create_task(store.accept(message(1), NOW))
        await asyncio.sleep(0)
        accepting.cancel()
    async with opened(path) as store:
        assert await due(store) == {1}


async def test_transactions_of_many_coroutines_do_not_mix(store):
    """Half of them fail; none takes another down with it, and none is kept by another's commit."""
    job = await uploading(store)

    async def fails():
        with pytest.raises(sqlite3.IntegrityError):
            await store.record(job, Known(77), NOW)

    async def works(number):
        return await store.accept(message(number), NOW)

    work = [step for number in range(100, 150) for step in (works(number), fails())]
    done = await asyncio.gather(*work)
    ids = [each.id for each in done if each is not None]
    assert len(ids) == 50
    assert await due(store) == set(ids)


async def test_transactions_asked_for_together_share_a_commit_and_keep_their_order(store):
    said = []
    await store.engine._connection.hop(lambda connection: connection.set_trace_callback(said.append))
    jobs = await asyncio.gather(*(store.accept(message(number), NOW) for number in range(100)))
    await store.engine._connection.hop(lambda connection: connection.set_trace_callback(None))
    assert [job.id for job in jobs] == list(range(1, 101))
    assert said.count("COMMIT") == 1


async def test_a_transaction_that_finds_the_disk_full_does_not_undo_those_beside_it(path):
    async with opened(path) as store:
        job = await fetching(store)
        (pages,) = await pragma(store, "page_count")
        await pragma(store, f"max_page_count = {pages}")
        big = ChatSettings("x" * 10**6)
        done = await asyncio.gather(
            store.note(job, Notice.PAUSED),
            store.change_settings(7, lambda _: big),
            store.ping(),
            return_exceptions=True,
        )
        assert done[::2] == [True, None]
        assert isinstance(done[1], StorageUnavailableError)
        assert (await store.job(job.id)).notice is Notice.PAUSED


async def test_where_sqlite_itself_undoes_everything_the_others_are_written_again(store):
    async def takes_all_down(tx):
        await tx.rows("ROLLBACK")
        await tx.rows("SELECT nothing_like_that")

    work = (store.accept(message(1), NOW), store.engine.write(takes_all_down), store.accept(message(2), NOW))
    first, failed, second = await asyncio.gather(*work, return_exceptions=True)
    assert isinstance(failed, sqlite3.OperationalError)
    assert await due(store) == {first.id, second.id}


async def test_a_closed_store_refuses_to_write_instead_of_waiting_for_ever(path):
    async with opened(path) as store:
        pass
    async with patience():
        with pytest.raises(ValueError, match="no active connection"):
            await store.ping()


async def test_jobs_claimed_by_many_at_once_go_to_one_each(store):
    for number in range(40):
        await accepted(store, number)
    claims = await asyncio.gather(*(store.claim(NOW, LATER, 3) for _ in range(20)))
    ids = [job.id for claim in claims for job in claim.jobs]
    assert len(ids) == len(set(ids)) == 40


# The proof of life


@pytest.fixture
def seconds():
    return [NOW]


@pytest.fixture
async def timed(path, seconds):
    """A store whose clock the test moves."""
    async with opened(path, now=lambda: seconds[0]) as store:
        yield store


async def test_an_opened_store_counts_as_just_written(timed):
    assert timed.last_write_at == NOW


async def test_a_ping_writes(timed, seconds):
    seconds[0] = NOW + 5
    await timed.ping()
    assert timed.last_write_at == NOW + 5


async def test_an_accepted_message_counts_as_a_write(timed, seconds):
    seconds[0] = NOW + 5
    await accepted(timed)
    assert timed.last_write_at == NOW + 5


async def test_reading_and_writing_nothing_does_not_count_as_a_write(timed, seconds):
    job = await accepted(timed)
    seconds[0] = NOW + 5
    await timed.job(job.id)
    await timed.claim(NOW - 1, LATER, 10)
    assert not await timed.note(job, "nobody holds it")
    assert await timed.accept(message(1), NOW) is None
    await timed.purge(NOW, NOW - 1, 10)
    assert timed.last_write_at == NOW


async def test_a_write_that_failed_does_not_count(path, timed, seconds):
    await pragma(timed, "query_only = ON")
    seconds[0] = NOW + 5
    with pytest.raises(StorageUnavailableError):
        await timed.ping()
    assert timed.last_write_at == NOW


async def test_a_job_waits_through_a_restart(path):
    async with opened(path) as store:
        await accepted(store)
        await store.record(await claimed(store), Waiting(LATER), NOW)
    async with opened(path) as store:
        assert await died(store) == ()
        assert await due(store) == set()
        assert await due(store, LATER) == {1}
