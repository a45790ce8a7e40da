"""Whether the files at the database's place are still those that were opened.

A file that was deleted, moved or replaced goes on to take every write, and all of it is gone when the process ends.
"""

import os
import sqlite3
import time
from pathlib import Path

from storage.errors import DatabaseDamagedError, StorageError, StorageUnavailableError
from storage.sqlite.files import INDEX, JOURNAL, beside

JOURNAL_GRACE = 5.0  # seconds: who moves all files of a database back does not move them at once
MARK = slice(68, 72)  # where the header has `application_id`, which is a random number here, another one in each life
MISPLACED = (
    "the database is no longer the file that was opened ({path} was deleted, moved or replaced): put that file back,"
    " or start the bot again with the one that is there now"
)
JOURNAL_GONE = (
    "the journal of the database ({path}) was deleted, moved or replaced: start the bot again, which saves what it has"
)
Identity = tuple[int, int]


class Place:
    """The identities of the database and its journals. `database` is an open descriptor of it, `mark` its mark."""

    def __init__(self, path: Path, database: int, mark: int) -> None:
        self._path = path
        self._database = database
        real = path.resolve()  # SQLite names the journals after the file that links lead to
        names = [beside(real, ending) for ending in (JOURNAL, INDEX)]
        journals = {name: _identity(name) for name in names}
        self._journals = {path: known for path, known in journals.items() if known is not None}
        self._known = _identity_of(os.fstat(database))
        self._marks = {mark.to_bytes(MARK.stop - MARK.start), self._read_mark()}  # it may still be in the journal alone
        self._journal_missed_at: float | None = None

    def require(self) -> None:
        """Raise StorageUnavailableError while the database is not at its place.

        DatabaseDamagedError if that cannot change any more, because its journal is gone.
        """
        if not self._database_is_there():
            raise StorageUnavailableError(MISPLACED.format(path=self._path))
        missing = [path for path, known in self._journals.items() if _identity(path) != known]
        if not missing:
            self._journal_missed_at = None
            return
        since = self._journal_missed_at = self._journal_missed_at or time.monotonic()
        lost = time.monotonic() - since > JOURNAL_GRACE
        raise (DatabaseDamagedError if lost else StorageUnavailableError)(JOURNAL_GONE.format(path=missing[0]))

    def _database_is_there(self) -> bool:
        try:
            there = self._path.stat()
        except OSError:
            return False
        return there.st_nlink > 0 and _identity_of(there) == self._known and self._read_mark() in self._marks

    def _read_mark(self) -> bytes:
        """Read what is written anew at every start, and overwritten with a file that is copied onto this one."""
        return os.pread(self._database, MARK.stop - MARK.start, MARK.start)


def require_one_name(path: Path, database: int) -> None:
    """Refuse a file with hard links: SQLite names its journal after the name, and would not find it by another one."""
    if os.fstat(database).st_nlink > 1:
        raise StorageError(
            f"the database {path} has a second name (a hard link), by which it would lose what is in its journal:"
            " remove that name. After a repair that was interrupted, start `python -m bot repair` again"
        )


def mark(connection: sqlite3.Connection) -> int:
    """Give the database a new random number in its header, bring it to the file, and return it.

    New for each life, so that an older copy is known from it that somebody copies onto the file.
    """
    new = int.from_bytes(os.urandom(4)) >> 1 or 1
    connection.execute(f"PRAGMA application_id = {new}")
    connection.execute("PRAGMA wal_checkpoint").fetchall()
    return new


def _identity_of(status: os.stat_result) -> Identity:
    return status.st_dev, status.st_ino


def _identity(path: Path) -> Identity | None:
    try:
        return _identity_of(path.stat())
    except OSError:
        return None
