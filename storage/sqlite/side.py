"""A SQLite file that is moved from, or moved to."""

import sqlite3
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

from storage.copying import OF_NOBODY, OWN, Columns, Row, kind_of
from storage.errors import StorageError, StorageUnavailableError
from storage.sqlite.connection import FAILURES, PRAGMAS, failure_of
from storage.sqlite.files import INDEX, JOURNAL, beside
from storage.sqlite.integrity import open_file, verify
from storage.sqlite.lock import FileLock, told
from storage.sqlite.migrate import migrate

_PIECE = 1000  # rows


class SQLiteFile:
    """A file that this process has locked."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.name = str(path)

    async def is_free(self) -> bool:
        with _failing_for_people(), _opened(self._path) as connection:
            tables = _tables(connection).keys() - OF_NOBODY
            return not any(connection.execute(f"SELECT 1 FROM {each} LIMIT 1").fetchone() for each in tables)

    @asynccontextmanager
    async def changing(self) -> AsyncIterator["SQLiteSide"]:
        with _failing_for_people(), _opened(self._path) as connection:
            for pragma in PRAGMAS:
                connection.execute(pragma)
            verify(connection)
            migrate(connection)
            connection.execute("BEGIN IMMEDIATE")
            yield SQLiteSide(self.name, connection)
            connection.execute("COMMIT")


class SQLiteSide:
    """See `storage.copying.Side`."""

    def __init__(self, name: str, connection: sqlite3.Connection) -> None:
        self.name = name
        self._connection = connection

    async def tables(self) -> Mapping[str, Columns]:
        return _tables(self._connection)

    async def count(self, table: str) -> int:
        counted: int = self._connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        return counted

    async def rows(self, table: str, columns: Sequence[str]) -> AsyncIterator[Sequence[Row]]:
        found = self._connection.execute(f"SELECT {', '.join(columns)} FROM {table}")
        while piece := found.fetchmany(_PIECE):
            yield piece

    async def largest_id(self, table: str) -> int:
        given = self._connection.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).fetchone()
        there: int = self._connection.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()[0]
        return max(there, given[0] if given else 0)

    async def clear(self, table: str) -> None:
        self._connection.execute(f"DELETE FROM {table}")

    async def insert(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        places = ", ".join("?" for _ in columns)
        self._connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", rows)

    async def go_on_after(self, table: str, largest_id: int) -> None:
        """Do so where ids are never given again; elsewhere the largest one of those that are there goes on."""
        sql = "UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?"
        if not self._connection.execute(sql, (largest_id, table)).rowcount:
            self._connection.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, largest_id))


@contextmanager
def old_file(path: Path) -> Iterator[SQLiteFile]:
    """Lock a file that is there; StorageError where there is none, or no bot has made it."""
    if not path.is_file():
        raise StorageError(f"there is no database at {path}")
    with _locked(path), _failing_for_people():
        with _opened(path) as connection:
            if "jobs" not in _tables(connection):
                raise StorageError(f"{path} is not a database of this program")
        yield SQLiteFile(path)


@contextmanager
def new_file(path: Path) -> Iterator[SQLiteFile]:
    """Lock a file, made where there is none, and removed again after an error."""
    is_new = not path.exists()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageUnavailableError(f"cannot make {path.parent}: {told(error)}") from error
    with _locked(path):
        try:
            yield SQLiteFile(path)
        except BaseException:
            for file in (path, beside(path, JOURNAL), beside(path, INDEX)) if is_new else ():
                file.unlink(missing_ok=True)
            raise


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    lock = FileLock(path)
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    connection = open_file(path, "rw")
    connection.text_factory = _text
    try:
        yield connection
    finally:
        with suppress(sqlite3.Error):
            connection.close()


def _text(value: bytes) -> str | bytes:
    """Read a text; bytes where it is none."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value


@contextmanager
def _failing_for_people() -> Iterator[None]:
    try:
        yield
    except FAILURES as error:
        raise failure_of(error) from error


def _tables(connection: sqlite3.Connection) -> dict[str, Columns]:
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()]
    return {
        name: {row[1]: kind_of(row[2]) for row in connection.execute(f"PRAGMA table_info({name})").fetchall()}
        for name in names
        if name not in OWN
    }
