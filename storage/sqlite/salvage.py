"""Reading what can be read of a damaged database: row by row, around the pages that cannot be read.

Indexes are not used. Where the list of tables cannot be read, a list is taken whose tables begin at the pages at which
the migrations put them.
"""

import os
import shutil
import sqlite3
from collections import deque
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from storage.sqlite.connection import FAILURES
from storage.sqlite.files import INDEX, JOURNAL, beside
from storage.sqlite.integrity import open_file
from storage.sqlite.migrate import apply, can_be, migrations

FIRST, LAST = -(2**63), 2**63 - 1  # rowids
NEAR = 4096  # rowids: a stretch in which each is tried
MOST_TRIES = 50_000  # of a table; a second or two
PAGE_SIZE = 4096

Stored = dict[str, Any]


class Reading:
    """A walk over the rows of a table. `incomplete` says afterwards that some could not be read."""

    def __init__(self, source: sqlite3.Connection, table: str, columns: list[str]) -> None:
        self.incomplete = False
        self._source = source
        self._sql = (
            f"SELECT rowid AS number_of_row, {', '.join(columns)} FROM {table} NOT INDEXED"
            " WHERE rowid BETWEEN ? AND ? ORDER BY rowid"
        )
        self._tries = 0

    def rows(self) -> Iterator[Stored]:
        """Read forwards and backwards, and then what stands between two places that cannot be read."""
        stretches = deque([(FIRST, LAST)])
        while stretches and self._tries < MOST_TRIES:
            low, high = stretches.popleft()
            reached = yield from self._read(low, high)
            if reached is None:
                continue
            self.incomplete = True
            down_to = yield from self._read(reached, high, backwards=True)
            if down_to is not None and down_to > reached:
                middle = self._readable_between(reached, down_to)
                if middle is not None:
                    stretches += [(middle, down_to), (reached, middle - 1)]

    def _read(self, low: int, high: int, *, backwards: bool = False) -> Generator[Stored, None, int | None]:
        """Yield rows to the end of a stretch; return None there, or else the first rowid that was not reached.

        Damage may put rows where they do not belong. Those bring the walk no further, and each counts as a try.
        """
        self._tries += 1
        at = high if backwards else low
        try:
            for row in self._source.execute(self._sql + (" DESC" if backwards else ""), (low, high)):
                stored = dict(row)
                number = stored.pop("number_of_row")
                if not (low <= number <= at if backwards else at <= number <= high):
                    self._tries += 1
                else:
                    at = max(number - 1, FIRST) if backwards else min(number + 1, LAST)
                yield stored
        except FAILURES:
            return at
        return None

    def _readable_between(self, low: int, high: int) -> int | None:
        """Find a rowid between two from which on a row can be read; far ones are tried by steps that double."""
        near = high - low <= NEAR
        places = range(low + 1, high) if near else (low + 2**step for step in range((high - low).bit_length() - 1))
        for place in places:
            self._tries += 1
            try:
                row = self._source.execute(self._sql + " LIMIT 1", (place, high)).fetchone()
                if row is not None and place <= row["number_of_row"] <= high:
                    return place
            except FAILURES:
                continue
        return None


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a damaged database, or a copy of it with a list of its tables, for reading."""
    with closing(_reader(path)) as source:
        if _lists_tables(source):
            yield source
            return
    copy = beside(path, ".copy")
    try:
        _copy_with_tables(path, copy)
        with closing(_reader(copy)) as source:
            yield source
    finally:
        for ending in ("", JOURNAL, INDEX):
            beside(copy, ending).unlink(missing_ok=True)


def columns_of(source: sqlite3.Connection, table: str) -> list[str]:
    """Return the names of a table's columns, none where the table cannot be read."""
    try:
        return [column["name"] for column in source.execute(f"PRAGMA table_info({table})")]
    except FAILURES:
        return []


def version_of(source: sqlite3.Connection) -> int:
    """Return the version of the schema; the newest one, if it cannot be read or is none."""
    newest = migrations()[-1][0]
    if (fitting := fitting_version(source)) is not None:
        return fitting
    try:
        version: int = source.execute("PRAGMA user_version").fetchone()[0]
    except FAILURES:
        return newest
    return version if version > 0 and can_be(version) else newest


def fitting_version(source: sqlite3.Connection) -> int | None:
    """Return the version whose tables these are, whatever the header says; None if there is none."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as model:
        model.row_factory = sqlite3.Row
        fitting, before = None, 0
        for version, _ in migrations():
            apply(model, before, version)
            tables = [each["name"] for each in model.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            if all(columns_of(source, table) == columns_of(model, table) for table in tables):
                fitting = version
            before = version
    return fitting


def _reader(path: Path) -> sqlite3.Connection:
    source = open_file(path)
    source.execute("PRAGMA writable_schema = ON")  # so that a file that was cut short is read all the same
    source.row_factory = sqlite3.Row
    source.text_factory = lambda text: text.decode("utf-8", "replace")
    return source


def _lists_tables(source: sqlite3.Connection) -> bool:
    """Tell whether the list of tables can be read to its end."""
    try:
        source.execute("SELECT name, sql FROM sqlite_master").fetchall()
    except FAILURES:
        return False
    return bool(columns_of(source, "jobs"))


def _copy_with_tables(path: Path, copy: Path) -> None:
    """Copy the database with another first page, which lists the tables of a database of the newest version."""
    shutil.copyfile(path, copy)
    journal = beside(path, JOURNAL)
    if journal.exists():
        shutil.copyfile(journal, beside(copy, JOURNAL))
    with copy.open("r+b") as file:
        page = bytearray(_first_page())
        page[18:20] = b"\x02\x02"  # the journal is a WAL
        page[28:32] = (copy.stat().st_size // PAGE_SIZE).to_bytes(4)
        file.write(page)
        file.flush()
        os.fsync(file.fileno())


def _first_page() -> bytes:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as model:
        version = migrations()[-1][0]
        apply(model, 0, version)
        roots = dict(model.execute("SELECT name, rootpage FROM sqlite_master WHERE type = 'table'").fetchall())
        tables = {name: _declared(model, name) for name in roots if name != "sqlite_sequence"}
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as made:
        made.execute(f"PRAGMA page_size = {PAGE_SIZE}")
        for name, columns in tables.items():
            made.execute(f"CREATE TABLE {name} ({', '.join(columns)})")
        made.execute(f"PRAGMA user_version = {version}")
        made.execute("PRAGMA writable_schema = ON")
        for name, page in roots.items():
            made.execute("UPDATE sqlite_master SET rootpage = ? WHERE name = ?", (page, name))
        return made.serialize()[:PAGE_SIZE]


def _declared(model: sqlite3.Connection, table: str) -> list[str]:
    """Name the columns; the one that is the rowid is not stored otherwise."""
    columns = model.execute(f"PRAGMA table_info({table})").fetchall()
    keys = [(name, kind) for _, name, kind, _, _, key in columns if key]
    return [f"{name} INTEGER PRIMARY KEY" if keys == [(name, "INTEGER")] else name for _, name, *_ in columns]
