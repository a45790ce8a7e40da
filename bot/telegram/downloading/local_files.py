"""Files of a Bot API server on this machine: opened only below the folder that the operator named for them."""

import os
import stat
from pathlib import Path
from typing import BinaryIO

_FOLDER = os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC | getattr(os, "O_PATH", os.O_RDONLY)
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK  # a pipe must not keep anybody waiting


class NotLocalError(Exception):
    """A path leads out of the folder, or to something that is no file."""


def open_below(folder: Path, path: str) -> BinaryIO:
    """Open a regular file below `folder`; NotLocalError for anything else that is there, OSError where nothing is.

    Links are followed first. Each part of what they lead to is then opened without following any, so that nobody can
    put a link in its place meanwhile.
    """
    root = folder.resolve()
    opened = _open_each(root, _below(root, path))
    if not stat.S_ISREG(os.fstat(opened).st_mode):
        os.close(opened)
        raise NotLocalError("no regular file")
    return os.fdopen(opened, "rb")


def _open_each(root: Path, parts: tuple[str, ...]) -> int:
    *folders, name = parts
    descriptor = os.open(root, _FOLDER)
    try:
        for each in folders:
            outer, descriptor = descriptor, os.open(each, _FOLDER, dir_fd=descriptor)
            os.close(outer)
        return os.open(name, _FILE, dir_fd=descriptor)
    finally:
        os.close(descriptor)


def _below(root: Path, path: str) -> tuple[str, ...]:
    """Return the parts of the path below `root`, of which there is at least one."""
    try:
        parts = Path(path).resolve().relative_to(root).parts
    except (ValueError, RuntimeError):  # elsewhere, a NUL in it, or links in a circle
        parts = ()
    if not parts:
        raise NotLocalError("not below the folder")
    return parts
