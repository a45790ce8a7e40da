"""Files for passing use. They have no names, so nothing of them is left when the process dies, whatever it dies of."""

import fcntl
import os
import resource
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Self

_HIGHEST = 8192  # the table of descriptors is as long as the highest number, and is copied for every child process


class _Numbers:
    """Gives descriptors numbers that go round, far above those that the system gives.

    A path of a closed file leads nowhere then. Were its number given away at once, a thread that has not heard of the
    end yet could open, and empty, what now has the number: another recording, or the database.
    """

    def __init__(self) -> None:
        self._next = 0

    def move(self, descriptor: int) -> int:
        """Give a descriptor another number, and return that."""
        allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        highest = _HIGHEST if allowed == resource.RLIM_INFINITY else min(allowed, _HIGHEST)
        lowest = highest // 2
        try:
            moved = self._duplicate(descriptor, lowest, highest)
        finally:
            os.close(descriptor)
        self._next = moved + 1
        return moved

    def _duplicate(self, descriptor: int, lowest: int, highest: int) -> int:
        if lowest <= self._next < highest:
            with suppress(OSError):  # all above are taken, so the round begins again
                return fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, self._next)
        return fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, lowest)


_numbers = _Numbers()  # descriptors are shared by the whole process


def can_borrow() -> bool:
    """Tell whether this system has paths that lead through descriptors."""
    return Path(f"/proc/{os.getpid()}/fd").is_dir()


class Scratch:
    """Makes files in a folder. On leaving the `with` block they are gone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: list[Path] = []
        self._borrowed = 0
        self._removal = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        self._files.clear()
        self._removal.close()

    def file(self) -> Path:
        """Make an empty file, and return a path by which this process and its children can open it.

        The path leads through the descriptors of this process in /proc. Where that cannot be used, the file has a name.
        """
        descriptor, name = tempfile.mkstemp(dir=self._folder)
        try:
            path = self._without_name(descriptor)
        except OSError:
            Path(name).unlink()
            raise
        if os.access(path, os.R_OK | os.W_OK):
            Path(name).unlink()
        else:
            path = Path(name)
            self._removal.callback(path.unlink, missing_ok=True)
        self._files.append(path)
        return path

    def borrow(self, descriptor: int) -> Path | None:
        """Take over a descriptor of a file that lies elsewhere, and return a path as `file` does, to read it by.

        None where there is no such path. The descriptor is closed at the end. The file is neither changed nor removed.
        """
        size = os.fstat(descriptor).st_size
        path = self._without_name(descriptor)
        if not os.access(path, os.R_OK):
            return None
        self._borrowed += size
        return path

    def _without_name(self, descriptor: int) -> Path:
        descriptor = _numbers.move(descriptor)
        self._removal.callback(os.close, descriptor)
        return Path(f"/proc/{os.getpid()}/fd/{descriptor}")

    def used(self) -> int:
        """Return the bytes that the files take up, without those that were borrowed."""
        return sum(file.stat().st_blocks * 512 for file in self._files)

    def size(self) -> int:
        """Return the bytes of all that is worked on here."""
        return self._borrowed + self.used()
