"""One SQLite connection on a thread of its own, and one way to use it: a whole function in one hop.

Statements of different coroutines must never meet inside an open BEGIN, and a cancelled coroutine must not leave one
open. Both are impossible when a transaction never leaves its thread.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import aiosqlite

from storage.store import StorageError, StorageUnavailableError

Result = TypeVar("Result")
BUSY_SECONDS = 5.0
PRAGMAS = ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA foreign_keys = ON")
# Conditions of the disk or of another program; everything else that sqlite3 raises is a bug of ours.
TRANSIENT = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_PROTOCOL,
    }
)


class Connection(aiosqlite.Connection):
    """An aiosqlite connection that runs whole functions on its worker thread."""

    waits_for_locks = True  # that another program has on the database

    def join(self) -> None:
        """Wait for the thread of a connection that could not be made: it still tells the event loop that it ends."""
        self._thread.join()

    async def hop(self, function: Callable[[sqlite3.Connection], Result]) -> Result:
        """Run `function` on the thread to its end, even when the caller is cancelled meanwhile."""

        def run(connection: sqlite3.Connection) -> Result:
            if not self.waits_for_locks:
                connection.execute("PRAGMA busy_timeout = 0")
            return function(connection)

        try:
            return await self._execute(run, self._conn)  # type: ignore[no-any-return, no-untyped-call]
        except sqlite3.Error as error:
            raise failure_of(error) from error


def failure_of(error: sqlite3.Error) -> Exception:
    """Return StorageUnavailableError where waiting may help, the error itself where it is a bug."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None and code & 0xFF in TRANSIENT:
        return StorageUnavailableError(f"the database cannot be used just now: {error}")
    return error


async def connect(path: Path, *, busy_seconds: float = BUSY_SECONDS) -> Connection:
    """Open (or make) the database; StorageUnavailableError where it is refused, StorageError where it is none."""

    def open_file() -> sqlite3.Connection:
        connection = sqlite3.connect(path, isolation_level=None, timeout=busy_seconds)
        connection.row_factory = sqlite3.Row
        try:
            for pragma in PRAGMAS:
                connection.execute(pragma).close()
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    connection = Connection(open_file, iter_chunk_size=64)
    try:
        await connection
    except sqlite3.Error as error:
        connection.join()
        if error.sqlite_errorcode == sqlite3.SQLITE_NOTADB:
            raise StorageError(f"{path} is not a database: move that file away, or name another one") from error
        raise failure_of(error) from error
    return connection


def write(function: Callable[[sqlite3.Connection], Result]) -> Callable[[sqlite3.Connection], tuple[Result, bool]]:
    """Wrap `function` in BEGIN IMMEDIATE … COMMIT, undone if it fails; with the result, whether it changed a row."""

    def transaction(connection: sqlite3.Connection) -> tuple[Result, bool]:
        before = connection.total_changes
        connection.execute("BEGIN IMMEDIATE")
        try:
            result = function(connection)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        return result, connection.total_changes > before

    return transaction
