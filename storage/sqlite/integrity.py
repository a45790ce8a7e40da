"""Looking for damage: of pages and indexes by SQLite's own check, for files that this does not take long with."""

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from storage.errors import damaged
from storage.sqlite.connection import FAILURES, failure_of

LARGEST_VERIFIED = 32 * 1024 * 1024  # bytes; takes about a second, and 30,000 jobs are less


def verify(connection: sqlite3.Connection) -> None:
    """Raise DatabaseDamagedError if pages or indexes of a file that is not too large are damaged."""
    pages: int = connection.execute("PRAGMA page_count").fetchone()[0]
    size: int = connection.execute("PRAGMA page_size").fetchone()[0]
    if pages * size <= LARGEST_VERIFIED:
        found: str = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if found != "ok":
            raise damaged(found)


def verify_file(path: Path) -> None:
    """Do so with a connection that only reads; a file that cannot be opened just now is not looked at."""
    try:
        with closing(open_file(path)) as connection:
            verify(connection)
    except FAILURES as error:
        failure = failure_of(error)
        if failure is not error:
            raise failure from error


def open_file(path: Path, mode: str = "ro") -> sqlite3.Connection:
    """Open a file that is there, to read it, or in another of SQLite's modes."""
    return sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode={mode}", uri=True, isolation_level=None)
