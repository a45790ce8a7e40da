"""One SQLite connection on a thread of its own, and one way to use it: a whole function in one hop.

Statements of different coroutines must never meet inside an open BEGIN, and a cancelled coroutine must not leave one
open. Both are impossible when a transaction never leaves its thread.
"""

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import aiosqlite

from storage.errors import StorageUnavailableError, damaged

Result = TypeVar("Result")
BUSY_SECONDS = 5.0
PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
)
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
ADVICE = {  # on what lies with this machine
    sqlite3.SQLITE_FULL: "free some space beside it",
    sqlite3.SQLITE_IOERR: "look at the space and the health of its disk",
    sqlite3.SQLITE_CANTOPEN: "see whether it is there and whom its folder belongs to, or raise the limit of open files",
    sqlite3.SQLITE_READONLY: "let this program's user write there",
    sqlite3.SQLITE_NOMEM: "give it more memory",
}
FAILURES = (sqlite3.Error, UnicodeDecodeError)  # the latter for a message about a damaged schema, which it quotes
DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
LACKING = "no such table"  # which our schema has: somebody else has dropped it


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
        except FAILURES as error:
            raise failure_of(error) from error


def failure_of(error: Exception) -> Exception:
    """Return StorageUnavailableError where waiting may help, DatabaseDamagedError where only a repair does.

    Anything else is a bug, or damage that SQLite takes for one, and is returned as it is.
    """
    code = _code(error)
    if code is None:
        unreadable = isinstance(error, UnicodeDecodeError) or "decode" in str(error)
        return damaged("a text cannot be read") if unreadable else error  # which would show the text
    if code in DAMAGED:
        return damaged(error)
    if code in TRANSIENT:
        name = getattr(error, "sqlite_errorname", "")
        what_to_do = f"; {ADVICE[code]}" if code in ADVICE else ""
        return StorageUnavailableError(f"the database cannot be used just now: {error} ({name}){what_to_do}")
    if code == sqlite3.SQLITE_ERROR and str(error).startswith(LACKING):
        return damaged(error)
    return error


def _code(error: Exception) -> int | None:
    """Return SQLite's primary code of an error; None for one of the Python module's own."""
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


async def connect(path: Path, *, busy_seconds: float = BUSY_SECONDS) -> Connection:
    """Open (or make) the database; StorageUnavailableError where it is refused, DatabaseDamagedError if it is none."""

    def open_file() -> sqlite3.Connection:
        connection = sqlite3.connect(path, isolation_level=None, timeout=busy_seconds)
        connection.row_factory = sqlite3.Row
        try:
            for pragma in PRAGMAS:
                connection.execute(pragma).close()
        except FAILURES:
            connection.close()
            raise
        return connection

    connection = Connection(open_file, iter_chunk_size=64)
    try:
        await connection
    except FAILURES as error:
        connection.join()
        if _code(error) == sqlite3.SQLITE_NOTADB:
            raise damaged(f"{path} is not a database, or its beginning is lost") from error
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


def write_together(
    functions: Sequence[Callable[[sqlite3.Connection], Result]],
) -> Callable[[sqlite3.Connection], tuple[list[Result | Exception], bool]]:
    """Make one commit of several transactions, in their order; with their results, whether they changed a row.

    Each is kept or undone by itself: one that fails has its exception as its result. Where the commit as a whole fails,
    each gets a commit of its own.
    """

    def run(connection: sqlite3.Connection) -> tuple[list[Result | Exception], bool]:
        try:
            return write(lambda it: [_apart(it, function) for function in functions])(connection)
        except sqlite3.Error as error:
            if len(functions) == 1 or _code(error) == sqlite3.SQLITE_BUSY:
                return [failure_of(error)] * len(functions), False
        alone = [write_together([function])(connection) for function in functions]
        return [result for results, _ in alone for result in results], any(changed for _, changed in alone)

    return run


def _apart(connection: sqlite3.Connection, function: Callable[[sqlite3.Connection], Result]) -> Result | Exception:
    """Run one of several transactions, and undo it alone if it fails, unless SQLite has undone all of them."""
    connection.execute("SAVEPOINT apart")
    result: Result | Exception
    try:
        result = function(connection)
    except Exception as error:
        if not connection.in_transaction:
            raise
        connection.execute("ROLLBACK TO apart")
        result = failure_of(error) if isinstance(error, FAILURES) else error
    connection.execute("RELEASE apart")
    return result
