"""Files for passing use. They have no names, so nothing of them is left when the process dies, whatever it dies of."""

import os
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Self


class Scratch:
    """Makes files in a folder. On leaving the `with` block they are gone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: list[Path] = []
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
        self._removal.callback(os.close, descriptor)
        path = Path(f"/proc/{os.getpid()}/fd/{descriptor}")
        if os.access(path, os.R_OK | os.W_OK):
            Path(name).unlink()
        else:
            path = Path(name)
            self._removal.callback(path.unlink, missing_ok=True)
        self._files.append(path)
        return path

    def used(self) -> int:
        """Return the bytes that the files take up."""
        return sum(file.stat().st_blocks * 512 for file in self._files)
