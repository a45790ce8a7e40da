"""What the processes of one user that pass files through one folder have reserved in it.

Each process has a file with its number of bytes, and a lock on that. The lock ends with the process, whatever that dies
of, and with it the reservation.
"""

import errno
import fcntl
import os
import secrets
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_LOCK = "lock"
_DIGITS = 20  # of a number, all of which are written at once


class BusyError(Exception):
    """Another process reads or writes just now; that takes it a fraction of a millisecond."""


class Ledger:
    """The entry of this process, which is made when something is reserved for the first time, and those of others."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._own: int | None = None
        self._name = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._bytes = 0

    def enter(self, size: int, fits: Callable[[int], bool]) -> bool:
        """Have `size` bytes in all, if that `fits` what all others together have; nothing changes where it does not.

        Raises BusyError, and OSError where the folder cannot be used.
        """
        with self._locked():
            if not fits(self._of_others()):
                return False
            self._write(size)
            return True

    def lower(self, size: int) -> None:
        """Have no more than `size` bytes from now on."""
        if size < self._bytes:
            self._write(size)

    def close(self) -> None:
        """Have nothing, as if this process had died, and leave no trace of others that have."""
        if self._own is not None:
            with suppress(OSError):
                (self._folder / self._name).unlink()
            os.close(self._own)
            self._own, self._bytes = None, 0
        if self._folder.is_dir():
            self._tidy()

    def _tidy(self) -> None:
        """Remove what the dead have left, and the folder if nobody else has something."""
        with suppress(BusyError, OSError), self._locked():
            self._of_others()
            if [entry.name for entry in self._folder.iterdir()] == [_LOCK]:
                (self._folder / _LOCK).unlink()
                self._folder.rmdir()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        lock = self._opened_lock()
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(lock).st_nlink == 0:  # the last one has just removed it
                raise BusyError
            yield
        except BlockingIOError:
            raise BusyError from None
        finally:
            os.close(lock)

    def _opened_lock(self) -> int:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        try:
            folder = self._folder.lstat()
            if folder.st_uid != os.geteuid() or not stat.S_ISDIR(folder.st_mode):
                raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))
            return os.open(self._folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except FileNotFoundError:
            raise BusyError from None

    def _of_others(self) -> int:
        return sum(self._read(entry) for entry in self._folder.iterdir() if entry.name not in {_LOCK, self._name})

    def _read(self, entry: Path) -> int:
        """Return what another process has. The entry of one that has died is removed."""
        try:
            file = os.open(entry, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        except FileNotFoundError:
            return 0
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(os.pread(file, _DIGITS, 0) or b"0")
        else:
            entry.unlink(missing_ok=True)
            return 0
        finally:
            os.close(file)

    def _write(self, size: int) -> None:
        if self._own is None:
            self._own = self._made()
        os.pwrite(self._own, b"%0*d" % (_DIGITS, size), 0)
        self._bytes = size

    def _made(self) -> int:
        own = os.open(self._folder / self._name, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(own, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(own)
            raise
        return own
