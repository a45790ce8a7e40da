"""A lock file beside the database: a second process on the same file is refused, not tolerated."""

import fcntl
import os
from pathlib import Path

from storage.store import DatabaseInUseError, StorageUnavailableError


class FileLock:
    """Held from construction until `release` or the end of the process, however it ends."""

    def __init__(self, database: Path) -> None:
        database = database.resolve()  # whatever links lead there, the file has one lock
        path = database.with_name(database.name + ".lock")
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StorageUnavailableError(f"cannot open {path}: {error.strerror}") from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._file)
            raise DatabaseInUseError(
                f"another process is working on {database}: stop it first, or give this one its own DATABASE_URL"
            ) from None

    def release(self) -> None:
        os.close(self._file)
