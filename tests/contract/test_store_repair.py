"""Damage of a database: noticed before anything is lost to it, and repaired with all that can be read."""

import json
import os
import random
import shutil
import sqlite3
from contextlib import closing
from itertools import islice

import pytest

from storage.errands import ErrandKind, NewErrand
from storage.errors import DatabaseDamagedError, DatabaseInUseError, SchemaTooNewError, StorageUnavailableError
from storage.outcomes import Ended
from storage.sqlite import repair as repairing
from storage.sqlite.engine import open_store
from storage.sqlite.migrate import migrations, statements
from storage.sqlite.repair import repair
from storage.sqlite.salvage import Reading, opened
from storage.words import State
from tests.contract.stored import CHAT, LATER, NOW, accepted, again, claimed, delivering, due, fetching, leased, message

PAGE = 4096
JOBS = 60


@pytest.fixture
def path(tmp_path):
    return tmp_path / "verbatim.db"


@pytest.fixture(scope="module")
def master(tmp_path_factory):
    """A database with jobs in every state, closed, from which each test has a copy."""
    return tmp_path_factory.mktemp("master") / "verbatim.db"


@pytest.fixture
async def full(master, path):
    if not master.exists():
        store = await open_store(master, lambda: NOW, owner=5)
        await fill(store)
        await store.close()
    shutil.copy(master, path)
    return path


async def fill(store):
    await store.record(await delivering(store, 1), Ended(State.DELIVERED), NOW)
    await store.ask_errand(NewErrand(ErrandKind.EXPORT, "srt", CHAT, 1, None), NOW)
    for number in range(2, 31):
        await delivering(store, number)
    for number in range(31, 41):
        await fetching(store, number, slots=99)
    for number in range(41, JOBS + 1):
        await accepted(store, number)


def shell(path):
    return closing(sqlite3.connect(path, isolation_level=None))


def ask(path, sql):
    with shell(path) as connection:
        return connection.execute(sql).fetchall()


def root(path, name):
    return ask(path, f"SELECT rootpage FROM sqlite_master WHERE name = '{name}'")[0][0]


def overwrite(path, page, content=b"\0"):
    with path.open("r+b") as file:
        file.seek((page - 1) * PAGE)
        file.write((content * PAGE)[:PAGE])


def repaired(path):
    """Repair it; the lines that were said, and the file that was kept."""
    lines = []
    repair(path, NOW, lines.append)
    kept = [file for file in path.parent.glob("*.damaged-*") if not file.name.endswith("-wal")]
    return lines, kept


def at_once(*_counts):
    """A job that a process died over is due again without a wait."""
    return 0.0


async def claimed_jobs(path):
    """Every job that is not over can be claimed and read, with what belongs to it."""
    store = await open_store(path, lambda: NOW, owner=5)
    try:
        states = "SELECT state, count(*) FROM jobs WHERE next_at IS NOT NULL GROUP BY state"
        counted = await store.backlog(NOW)
        assert counted == dict(ask(path, states)) | {"due": counted["due"]}
        await store.recover(NOW, at_once)
        jobs = {job.id: job for job in (await store.claim(LATER, LATER + 1, 100)).jobs}
        while interrupted := (await store.claim_interrupted(LATER, LATER + 1)).jobs:
            jobs |= {job.id: job for job in interrupted}
        for job in jobs.values():
            assert job.transcript_id is None or await store.transcript(job.transcript_id) is not None
            assert job.state is not State.SUBMITTED or await store.generations(job)
        assert await store.accept(message(1000), NOW) is not None
        return jobs
    finally:
        await store.close()


# Noticing


async def test_damage_is_noticed_when_the_database_is_opened(full):
    overwrite(full, root(full, "jobs_due"))
    with pytest.raises(
        DatabaseDamagedError, match=r"restore a backup of it, or save .* `python -m bot repair`"
    ) as told:
        await open_store(full, lambda: NOW)
    assert "\n" not in str(told.value)


async def test_damage_that_a_statement_meets_is_what_every_method_meets_from_then_on(full):
    store = await open_store(full, lambda: NOW)
    try:
        connection = await store.engine._connection.hop(lambda connection: connection)
        await store.engine._connection.hop(lambda connection: connection.execute("PRAGMA cache_size = 0").close())
        for page in range(2, full.stat().st_size // PAGE + 1):
            overwrite(full, page)
        with pytest.raises(DatabaseDamagedError, match="malformed"):
            await store.accept(message(1000), NOW)
        with pytest.raises(DatabaseDamagedError, match="malformed"):
            await store.ping()
        with pytest.raises(DatabaseDamagedError, match="malformed"):
            store.require_place()
        assert "malformed" in str(await store.until_damaged())
        assert connection.in_transaction is False
    finally:
        await store.close()


async def test_damage_that_only_the_disk_has_is_noticed_by_looking(full):
    store = await open_store(full, lambda: NOW)
    try:
        await store.verify()
        overwrite(full, root(full, "jobs_by_chat"))
        with pytest.raises(DatabaseDamagedError):
            await store.verify()
        with pytest.raises(DatabaseDamagedError):
            await store.verify()
    finally:
        await store.close()


async def test_damage_that_looks_like_a_bug_is_called_damage(full):
    store = await open_store(full, lambda: NOW)
    try:
        overwrite(full, root(full, "jobs_by_chat"))
        with pytest.raises(DatabaseDamagedError):
            await store.engine.read(list, "SELECT no_such_column FROM jobs")
    finally:
        await store.close()


async def test_a_bug_is_called_a_bug_where_nothing_is_damaged(full):
    store = await open_store(full, lambda: NOW)
    try:
        with pytest.raises(sqlite3.OperationalError, match="no_such_column"):
            await store.engine.read(list, "SELECT no_such_column FROM jobs")
        await store.ping()
    finally:
        await store.close()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE jobs SET options = '{'",
        "UPDATE jobs SET file_id = 7.5 WHERE id = 2; UPDATE jobs SET file_id = x'ff'",
        "UPDATE jobs SET kind = CAST(x'ff' AS TEXT)",
        "UPDATE jobs SET created_at = 'yesterday'",
        "UPDATE jobs SET apology = '[]'",
    ],
)
async def test_a_row_that_cannot_be_what_was_stored_is_damage(full, change):
    with shell(full) as connection:
        connection.executescript(change)
    store = await open_store(full, lambda: NOW)
    try:
        await store.recover(NOW, at_once)
        with pytest.raises(DatabaseDamagedError, match="cannot be read"):
            await store.claim(LATER, LATER, 100)
    finally:
        await store.close()


async def test_a_long_transcript_that_cannot_be_read_is_damage(full):
    with shell(full) as connection:
        connection.execute("UPDATE transcripts SET body = '{' || printf('%200000s', '')")
        (number,) = connection.execute("SELECT max(id) FROM transcripts").fetchone()
    store = await open_store(full, lambda: NOW)
    try:
        with pytest.raises(DatabaseDamagedError, match="cannot be read"):
            await store.transcript(number)
        assert "cannot be read" in str(await store.until_damaged())
    finally:
        await store.close()


# Repairing


def test_where_there_is_none_there_is_nothing_to_repair(path):
    lines, kept = repaired(path)
    assert kept == []
    assert "there is none" in lines[0]
    assert not path.exists()


def test_a_database_that_is_in_order_is_left_alone(full):
    before = full.read_bytes()
    lines, kept = repaired(full)
    assert lines == [f"database: {full} is in order, so nothing was changed"]
    assert kept == []
    assert full.read_bytes() == before
    assert {file.name for file in full.parent.iterdir()} == {"verbatim.db", "verbatim.db.lock"}


@pytest.mark.parametrize("name", ["sqlite_autoindex_jobs_1", "jobs_due", "jobs_by_key", "transcripts_by_key"])
async def test_a_damaged_index_costs_nothing(full, name):
    overwrite(full, root(full, name), b"damage")
    damaged = full.read_bytes()
    lines, [kept] = repaired(full)
    assert f"jobs: {JOBS} kept" in lines
    assert "lost" not in "".join(lines)
    assert kept.read_bytes() == damaged
    assert len(await claimed_jobs(full)) == JOBS - 1


@pytest.mark.parametrize("page", ["the first", "the list of tables"])
async def test_a_lost_list_of_tables_costs_nothing(full, page):
    overwrite(full, 1 if page == "the first" else _page_of_the_list(full), b"damage")
    lines, _ = repaired(full)
    assert f"jobs: {JOBS} kept" in lines
    assert len(await claimed_jobs(full)) == JOBS - 1
    assert ask(full, "SELECT seq >= 1000060 FROM sqlite_sequence") == [(1,)]


def _page_of_the_list(path):
    """The last page that the list of tables has beside the first page of the file, which leads to it."""
    content = path.read_bytes()
    assert content[100] == 5  # an interior page
    return int.from_bytes(content[108:112])


async def test_jobs_whose_transcripts_are_lost_begin_again(full):
    overwrite(full, root(full, "transcripts"))
    lines, _ = repaired(full)
    assert "transcripts: 0 kept; some could not be read and are lost" in lines
    assert "jobs: 29 of them begin again, and what was paid for them may be paid again" in lines
    jobs = await claimed_jobs(full)
    assert [jobs[number].state for number in range(2, 31)] == [State.QUEUED] * 29
    assert [jobs[number].state for number in range(31, 41)] == [State.SUBMITTED] * 10


async def test_jobs_whose_generations_are_lost_begin_again(full):
    overwrite(full, root(full, "generations"))
    repaired(full)
    jobs = await claimed_jobs(full)
    assert [jobs[number].state for number in range(31, 41)] == [State.QUEUED] * 10


async def test_jobs_around_a_lost_page_are_kept(full):
    pages = [page for (page,) in ask(full, "SELECT pageno FROM dbstat WHERE name = 'jobs' AND pagetype = 'leaf'")]
    overwrite(full, pages[1])
    lines, _ = repaired(full)
    assert any(line.startswith("jobs: ") and "some could not be read" in line for line in lines)
    kept = set(await claimed_jobs(full))
    assert kept
    assert {2, JOBS} <= kept


@pytest.mark.parametrize(
    ("change", "begin_again"),
    [
        ("UPDATE jobs SET options = '{' WHERE id = 41", 1),
        ("UPDATE jobs SET apology = '[]' WHERE id = 41", 1),
        ("UPDATE jobs SET thread_id = 'x', created_at = 'y' WHERE id = 41", 1),
        ("UPDATE transcripts SET body = '{' WHERE id = 7", 1),
        ("UPDATE generations SET body = '{' WHERE job_id = 31", 0),
        ("UPDATE generations SET generation_id = x'ff' WHERE job_id = 31", 1),
        ("PRAGMA foreign_keys = OFF; DELETE FROM transcripts WHERE id = 7", 1),
        ("PRAGMA ignore_check_constraints = ON; UPDATE jobs SET slot = 'x', woken = 1 WHERE id = 41", 1),
    ],
)
async def test_a_row_that_makes_no_sense_costs_no_job(full, change, begin_again):
    with shell(full) as connection:
        connection.executescript(change)
    lines, _ = repaired(full)
    assert [line for line in lines if "begin again" in line] == begin_again * [
        "jobs: 1 of them begin again, and what was paid for them may be paid again"
    ]
    assert len(await claimed_jobs(full)) == JOBS - 1


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        ("SELECT 1", 1),
        ("UPDATE errands SET chat_id = 'x'", 0),
        ("PRAGMA foreign_keys = OFF; UPDATE errands SET job_id = 999", 0),
    ],
)
async def test_what_people_have_asked_for_is_kept_where_it_makes_sense(full, change, kept):
    with shell(full) as connection:
        connection.executescript(change)
    repaired(full)
    assert len(ask(full, "SELECT 1 FROM errands")) == kept


async def test_a_document_that_begins_again_is_looked_at_again(full):
    with shell(full) as connection:
        connection.executescript("UPDATE jobs SET options = '{', must_sniff = 1 WHERE id = 41")
    repaired(full)
    jobs = await claimed_jobs(full)
    assert jobs[41].must_sniff
    assert not jobs[40].must_sniff


async def test_what_is_in_the_journal_is_kept_too(full):
    store = await open_store(full, lambda: NOW, owner=5)
    await accepted(store, 2000)
    for file in full.parent.iterdir():
        if "lock" not in file.name:
            shutil.copy(file, file.with_name("copy-" + file.name.removeprefix("copy-")))
    await store.close()
    copy = full.with_name("copy-verbatim.db")
    overwrite(copy, root(full, "transcripts_by_key"))
    _, [kept] = repaired(copy)
    assert kept.with_name(kept.name + "-wal").exists()
    assert len(await claimed_jobs(copy)) == JOBS


async def test_a_database_of_the_first_schema_is_repaired_and_brought_up_to_date(path):
    with shell(path) as connection:
        for statement in statements(dict(migrations())[1]):
            connection.execute(statement)
        connection.execute(
            "INSERT INTO jobs (from_chat_id, message_id, chat_id, kind, file_id, model, language, cache_key,"
            " created_at, next_at) VALUES (7, 1, 7, 'voice', 'f', 'm', 'en', 'u|m|en', 1, 1)"
        )
        connection.execute("PRAGMA user_version = 1")
    overwrite(path, root(path, "jobs_by_key"))
    repaired(path)
    [job] = (await claimed_jobs(path)).values()
    assert job.options.language == "en"


@pytest.mark.parametrize("version", [-5, 0, 1, len(migrations()) - 1, 10_000])
async def test_a_wrong_version_in_the_header_is_damage_that_costs_nothing(full, version):
    with shell(full) as connection:
        connection.execute(f"PRAGMA user_version = {version}")
    with pytest.raises(DatabaseDamagedError, match="its schema"):
        await open_store(full, lambda: NOW)
    lines, [_] = repaired(full)
    assert f"jobs: {JOBS} kept" in lines
    assert len(await claimed_jobs(full)) == JOBS - 1


def test_a_database_of_a_newer_program_is_refused(full):
    with shell(full) as connection:
        connection.execute("PRAGMA user_version = 9999")
    with pytest.raises(SchemaTooNewError):
        repaired(full)


async def test_a_database_at_work_is_refused(full):
    store = await open_store(full, lambda: NOW)
    try:
        with pytest.raises(DatabaseInUseError):
            repaired(full)
    finally:
        await store.close()


@pytest.mark.parametrize("content", [b"Dear diary, " * 1000, b"SQLite format 3\0"], ids=["no database", "cut short"])
async def test_a_file_of_which_nothing_can_be_read_is_kept_beside_a_new_database(path, content):
    path.write_bytes(content)
    lines, [kept] = repaired(path)
    assert "jobs: 0 kept; some could not be read and are lost" in lines
    assert kept.read_bytes() == content
    assert await claimed_jobs(path) == {}


async def test_a_file_that_ends_within_a_page_is_not_read_again_and_again(full):
    content = full.read_bytes()
    for end in range(2 * PAGE + 17, len(content), PAGE):  # SQLite takes the rest of the page for zeros
        full.write_bytes(content[:end])
        with opened(full) as source:
            rows = list(islice(Reading(source, "jobs", ["id"]).rows(), 10 * JOBS))
        assert len(rows) < 2 * JOBS


@pytest.mark.parametrize("death", ["replace", "unlink"])
async def test_a_repair_that_dies_can_be_started_again(full, death, monkeypatch):
    store = await open_store(full, lambda: NOW, owner=5)
    await accepted(store, 2000)
    journal = full.with_name("verbatim.db-wal").read_bytes()
    content = full.read_bytes()
    await store.close()
    full.write_bytes(content)
    full.with_name("verbatim.db-wal").write_bytes(journal)
    overwrite(full, 20)

    def die(*_arguments, **_more):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(f"pathlib.Path.{death}", die if death == "replace" else die_at_journal)
        with pytest.raises(KeyboardInterrupt):
            repaired(full)
    lines, [kept] = repaired(full)
    assert kept.with_name(kept.name + "-wal").read_bytes() == journal
    assert "database: repaired; the bot can be started" in lines


def die_at_journal(file, missing_ok=False):
    if file.name.endswith("db-wal"):
        raise KeyboardInterrupt
    if file.exists():
        os.remove(file)  # noqa: PTH107 - its own way is what dies here


def test_two_repairs_within_a_second_keep_two_files(full):
    for _ in range(2):
        overwrite(full, 3)
        _, kept = repaired(full)
    assert len(kept) == 2


async def test_a_file_system_without_hard_links_gets_a_copy(full, monkeypatch):
    def none(*_names):
        raise PermissionError

    monkeypatch.setattr(repairing.os, "link", none)
    overwrite(full, root(full, "jobs_due"))
    damaged = full.read_bytes()
    _, [kept] = repaired(full)
    assert kept.read_bytes() == damaged
    assert len(await claimed_jobs(full)) == JOBS - 1


@pytest.mark.parametrize("seed", range(12))
async def test_whatever_is_damaged_a_repaired_database_can_be_worked_with(full, seed):
    chance = random.Random(seed)
    content = bytearray(full.read_bytes())
    for _ in range(chance.choice([1, 2, 5])):
        length = chance.choice([20, 200, PAGE])
        place = chance.randrange(len(content) // length) * length
        content[place : place + length] = chance.randbytes(length)
    full.write_bytes(content)
    repaired(full)
    await claimed_jobs(full)
    lines, _ = repaired(full)
    assert "is in order" in lines[0]


def test_no_line_of_a_repair_shows_what_was_said(full):
    with shell(full) as connection:
        connection.execute("UPDATE transcripts SET body = ?", (json.dumps("confidential") + "\ud7ff",))
    lines, _ = repaired(full)
    assert "confidential" not in str(lines)


# The place


async def test_a_database_that_is_gone_takes_no_writes_until_it_is_back(path):
    store = await open_store(path, lambda: NOW)
    try:
        away = path.with_name("away.db")
        path.rename(away)
        with pytest.raises(StorageUnavailableError, match=r"no longer the file that was opened"):
            await accepted(store)
        away.rename(path)
        job = await accepted(store)
        assert await again(store, await claimed(store)) is not None
        assert await store.job(job.id) is not None
    finally:
        await store.close()
    assert await due_after_all(path) == {1}


async def due_after_all(path):
    store = await open_store(path, lambda: NOW)
    try:
        await store.recover(NOW, at_once)
        return await due(store)
    finally:
        await store.close()


async def test_a_journal_that_is_gone_is_waited_for_and_then_is_damage(path, monkeypatch):
    store = await open_store(path, lambda: NOW)
    try:
        await leased(store)
        path.with_name("verbatim.db-wal").unlink()
        with pytest.raises(StorageUnavailableError, match="the journal of the database") as told:
            await store.ping()
        assert not isinstance(told.value, DatabaseDamagedError)
        monkeypatch.setattr("storage.sqlite.place.JOURNAL_GRACE", -1)
        with pytest.raises(DatabaseDamagedError, match="start the bot again"):
            store.require_place()
    finally:
        await store.close()
    assert await due_after_all(path) == {1}
