"""Two locks against a second process on the same database: a file beside it, and a byte of the file itself.

The byte goes with the file, whatever name leads to it and whatever becomes of the file beside it. SQLite never reads or
locks it, as it is beyond the end of every database. Where a system or a file system knows no such locks, the file
beside the database is the only one.
"""

import errno
import fcntl
import os
import struct
from collections.abc import Callable
from pathlib import Path

from storage.errors import DatabaseInUseError, StorageUnavailableError
from storage.sqlite.files import LOCK, beside

BYTE = 2**62
LOCK_OF_OPEN_FILE: int | None = getattr(fcntl, "F_OFD_SETLK", None)  # of Linux
HELD = frozenset({errno.EAGAIN, errno.EACCES})


class FileLock:
    """Held from construction until `release` or the end of the process, however it ends.

    `database` is a descriptor of the database. It must be open before SQLite opens the file and closed after SQLite has
    closed it: to close any descriptor of a file gives up the locks that SQLite has on it.
    """

    def __init__(self, database: Path) -> None:
        database = database.resolve()  # whatever links lead there, the file has one lock
        self._path = database
        self._file = _open(beside(database, LOCK), 0o600)
        try:
            self._lock(lambda: fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB))
            self.database = _open(database, 0o644)
        except BaseException:
            os.close(self._file)
            raise
        try:
            self._lock(lambda: _lock_byte(self.database))
        except BaseException:
            self.release()
            raise

    def _lock(self, lock: Callable[[], None]) -> None:
        try:
            lock()
        except OSError as error:
            if error.errno not in HELD:
                raise
            raise DatabaseInUseError(
                f"another process is working on {self._path}: stop it first, or give this one its own DATABASE_URL"
            ) from None

    def release(self) -> None:
        os.close(self.database)
        os.close(self._file)


def _open(path: Path, mode: int) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, mode)
    except OSError as error:
        raise StorageUnavailableError(f"cannot open {path}: {told(error)}") from error


def told(error: OSError) -> str:
    """Return the name, the number and the words of an error of the system, as all log lines have them."""
    return f"{errno.errorcode.get(error.errno or 0, 'error')} ({error.errno}, {error.strerror})"


def _lock_byte(file: int) -> None:
    if LOCK_OF_OPEN_FILE is None:
        return
    # struct flock, see fcntl(2): type, whence, start, length, and a pid that must be 0
    wanted = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, BYTE, 1, 0)
    try:
        fcntl.fcntl(file, LOCK_OF_OPEN_FILE, wanted)
    except OSError as error:
        if error.errno in HELD:
            raise
