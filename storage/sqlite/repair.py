"""Repairing a damaged database: what can be read goes into a new file, and the damaged one is kept beside it.

The database is at its place all the time. A repair that dies leaves the damaged file there, perhaps with a second name,
and can be started again.
"""

import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from storage.errors import DatabaseDamagedError, damaged
from storage.sqlite.connection import FAILURES, failure_of
from storage.sqlite.files import INDEX, JOURNAL, ROLLBACK, beside
from storage.sqlite.integrity import open_file
from storage.sqlite.lock import FileLock
from storage.sqlite.mend import Mended, begin_again, go_on_counting, insert, mend
from storage.sqlite.migrate import apply, migrations, require_known
from storage.sqlite.salvage import Reading, columns_of, fitting_version, opened, version_of
from storage.statements.rows import (
    ERRAND_COLUMNS,
    GENERATION_COLUMNS,
    JOB_COLUMNS,
    errand_of,
    generation_of,
    job_of,
    transcript_of,
)

Say = Callable[[str], None]
# A table is read after those that its rows refer to, and the one with which most begins last.
TABLES = (
    "chats",
    "transcripts",
    "jobs",
    "generations",
    "pages",
    "errands",
    "names",
    "chat_names",
    "questions",
    "guests",
    "opted_out",
    "told",
    "unfinished",
    "usage",
    "pulse",
)


@dataclass(slots=True)
class Kept:
    """What was kept of a table: so many rows, and whether some could not be read at all."""

    rows: int = 0
    incomplete: bool = False
    again: set[int] = field(default_factory=set)


def repair(path: Path, now: float, say: Say) -> None:
    """Repair the database, unless it is in order. What is done, kept and lost is said in lines.

    DatabaseInUseError while a bot works on it, SchemaTooNewError for one of a newer program.
    """
    if not path.exists():
        say(f"database: there is none at {path}; the bot makes one when it starts")
        return
    lock = FileLock(path)
    try:
        path = path.resolve()
        _undo_interrupted(path)
        damage = _damage_of(path)
        if damage is None:
            say(f"database: {path} is in order, so nothing was changed")
            return
        say(f"database: {path} is damaged: {damage}")
        repaired = beside(path, ".repaired")
        _remove(repaired)
        _write_anew(path, repaired, now, say)
        say(f"database: the damaged file is kept as {_swap(path, repaired, now)}")
        say("database: repaired; the bot can be started")
    finally:
        lock.release()


def _damage_of(path: Path) -> str | None:
    """Return what is wrong with the database, None if nothing is; SchemaTooNewError if only its program can know."""
    try:
        with _reading(path) as source:
            _check_as_a_bot_would(path)
            version = source.execute("PRAGMA user_version").fetchone()[0]
            if version == require_known(version):
                _read_everything(source)
            elif fitting_version(source) not in {None, version}:
                raise damaged("its schema is not that of its version")
    except DatabaseDamagedError as error:
        return error.why
    except FAILURES as error:
        failure = failure_of(error)
        if failure is not error and not isinstance(failure, DatabaseDamagedError):
            raise failure from error
        return failure.why if isinstance(failure, DatabaseDamagedError) else str(error)
    return None


def _check_as_a_bot_would(path: Path) -> None:
    """Let SQLite check the file, while another connection reads it.

    A connection that only reads knows no CHECK of a table. One that may write brings the journal to the file when it is
    closed, but only if it is the last one.
    """
    with closing(open_file(path, "rw")) as source:
        found: str = source.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if found != "ok":
            raise damaged(found)


def _read_everything(source: sqlite3.Connection) -> None:
    """Raise DatabaseDamagedError or sqlite3.Error for what a bot could not read."""
    for sql, read in (
        (f"SELECT {JOB_COLUMNS} FROM jobs", job_of),
        (f"SELECT {GENERATION_COLUMNS} FROM generations", generation_of),
        ("SELECT body FROM transcripts", transcript_of),
        (f"SELECT {ERRAND_COLUMNS} FROM errands", errand_of),
    ):
        for row in source.execute(sql):
            read(row)
    if source.execute("PRAGMA foreign_key_check").fetchone() is not None:
        raise damaged("rows that belong together are not all there")
    if source.execute("SELECT 1 FROM pulse").fetchone() is None:
        raise damaged("a row that every database has is lost")


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the database so that reading leaves no file behind that was not there."""
    there = {suffix for suffix in (JOURNAL, INDEX) if beside(path, suffix).exists()}
    try:
        with closing(open_file(path)) as source:
            source.execute("PRAGMA user_version").fetchone()
            source.row_factory = sqlite3.Row
            yield source
    finally:
        for suffix in {JOURNAL, INDEX} - there:
            beside(path, suffix).unlink(missing_ok=True)


def _write_anew(path: Path, repaired: Path, now: float, say: Say) -> None:
    """Write what can be read into a database of its own, and bring it to the disk."""
    with opened(path) as source, closing(sqlite3.connect(repaired, isolation_level=None)) as new:
        new.row_factory = sqlite3.Row
        new.execute("PRAGMA synchronous = FULL")
        new.execute("BEGIN IMMEDIATE")
        version = version_of(source)
        apply(new, 0, require_known(version) and version)
        kept = {table: _copy(source, new, table, now) for table in TABLES}
        apply(new, version, migrations()[-1][0])
        mended = mend(new, now, generations_incomplete=kept["generations"].incomplete)
        go_on_counting(new, _largest_id_seen(source))
        new.execute("COMMIT")
        _tell(new, kept, mended, say)
    _sync(repaired)


def _copy(source: sqlite3.Connection, new: sqlite3.Connection, table: str, now: float) -> Kept:
    kept = Kept()
    known = columns_of(new, table)
    columns = [name for name in columns_of(source, table) if name in known]
    if not columns:
        kept.incomplete = True
        return kept
    reading = Reading(source, table, columns)
    for stored in reading.rows():
        if insert(new, table, stored):
            kept.rows += 1
        elif table == "jobs" and begin_again(new, stored, now):
            kept.rows += 1
            kept.again.add(stored["id"])
        else:
            kept.incomplete = True
    kept.incomplete = kept.incomplete or reading.incomplete
    return kept


def _largest_id_seen(source: sqlite3.Connection) -> int | None:
    try:
        found = source.execute("SELECT seq FROM sqlite_sequence WHERE name = 'jobs'").fetchone()
    except FAILURES:
        return None
    return found[0] if found and isinstance(found[0], int) else None


def _tell(new: sqlite3.Connection, kept: dict[str, Kept], mended: Mended, say: Say) -> None:
    for table, what in kept.items():
        if table == "pulse":
            continue
        count: int = new.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        lost = "; some could not be read and are lost" if what.incomplete or count < what.rows else ""
        say(f"{table}: {count} kept{lost}")
    unanswered = new.execute("SELECT count(*) FROM jobs WHERE next_at IS NOT NULL").fetchone()[0]
    say(f"jobs: {unanswered} have no answer yet, and go on")
    if again := len(kept["jobs"].again | mended.again):
        say(f"jobs: {again} of them begin again, and what was paid for them may be paid again")


def _swap(path: Path, repaired: Path, now: float) -> Path:
    """Give the damaged file a second name, and put the repaired one in its place; return the second name."""
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
    kept = next(
        name
        for number in range(1000)
        if not (name := beside(path, f".damaged-{stamp}{f'-{number}' if number else ''}")).exists()
    )
    _name_too(path, kept)
    if beside(path, JOURNAL).exists():
        _name_too(beside(path, JOURNAL), beside(kept, JOURNAL))
    _sync(path.parent)
    for suffix in (JOURNAL, INDEX):
        beside(path, suffix).unlink(missing_ok=True)
    repaired.replace(path)
    _sync(path.parent)
    return kept


def _undo_interrupted(path: Path) -> None:
    """Take the second names away that a repair gave to the damaged file before it died, and bring the journal back."""
    for kept in path.parent.glob(f"{path.name}.damaged-*"):
        if kept.name.endswith(JOURNAL) or not kept.samefile(path):
            continue
        journal = beside(kept, JOURNAL)
        if journal.exists():
            if not beside(path, JOURNAL).exists():
                _name_too(journal, beside(path, JOURNAL))
            journal.unlink()
        kept.unlink()


def _name_too(file: Path, name: Path) -> None:
    """Give a file a second name; where the file system has none, a copy."""
    try:
        os.link(file, name)
    except OSError:
        shutil.copyfile(file, name)
        _sync(name)


def _remove(path: Path) -> None:
    for suffix in ("", JOURNAL, INDEX, ROLLBACK):
        beside(path, suffix).unlink(missing_ok=True)


def _sync(path: Path) -> None:
    """Bring a file, or the names in a folder, to the disk."""
    with suppress(OSError):  # some file systems cannot do so for a folder
        file = os.open(path, os.O_RDONLY)
        try:
            os.fsync(file)
        finally:
            os.close(file)
