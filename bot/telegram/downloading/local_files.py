"""Files of a Bot API server on this machine: opened only below the folder that the operator named for them."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
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
    opened = _open_each(root, _below(folder, root, path))
    if not stat.S_ISREG(os.fstat(opened).st_mode):
        os.close(opened)
        raise NotLocalError("no regular file")
    return os.fdopen(opened, "rb")


def why_refused(folder: Path, path: str | None = None) -> str:
    """Say what keeps this program from reading below a folder, or from a file there, and what to do about it.

    Empty where nothing does. No name below the folder is told, as one of them is the bot's token.
    """
    root = folder.resolve()
    try:
        parts = _below(folder, root, path) if path is not None else ()
    except (NotLocalError, OSError):
        parts = ()
    place, named = root, "the folder itself"
    for part in ("", *parts):
        place /= part
        try:
            found = place.stat()
        except OSError:
            return ""
        is_folder = stat.S_ISDIR(found.st_mode)
        wanted = os.R_OK | (os.X_OK if is_folder else 0)
        if not os.access(place, wanted, effective_ids=os.access in os.supports_effective_ids):
            return _refusal(named, found)
        named = "what is in it"
    return ""


def _refusal(named: str, found: os.stat_result) -> str:
    mode, is_folder = stat.S_IMODE(found.st_mode), stat.S_ISDIR(found.st_mode)
    groups = ", ".join(map(str, sorted({os.getegid(), *os.getgroups()})))
    whose = f"{named} belongs to user {found.st_uid} and group {found.st_gid} with mode {mode:04o}"
    ours = f"and this program is user {os.geteuid()} in group {groups}"
    wanted = stat.S_IRGRP | (stat.S_IXGRP if is_folder else 0)
    if mode & wanted != wanted:
        advice = "let the group read there (chmod -R g+rX), and run the Bot API server with umask 027"
    else:
        advice = "put this program into that group: group_add in Compose, supplementalGroups in Kubernetes"
    return f"{whose}, {ours}; {advice}"


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


def _below(folder: Path, root: Path, path: str) -> tuple[str, ...]:
    """Return the parts of the path below `root`, which `folder` leads to. There is at least one."""
    try:
        for place in _places(folder, root, path):
            found = place.resolve()
            if found != root and found.is_relative_to(root):
                return found.relative_to(root).parts
    except (ValueError, RuntimeError):  # a NUL in it, or links in a circle
        pass
    raise NotLocalError("not below the folder")


def _places(folder: Path, root: Path, path: str) -> Iterator[Path]:
    """Yield where a path may lead: there, or where the server is in a container, to what ends like it below `root`.

    Of what ends like it the longest is meant that is there; else one of which at least the beginning is there.
    """
    named = Path(path)
    yield named
    parts = PurePosixPath(path).parts[1:]
    if any(named.is_relative_to(each) for each in (folder, root)) or ".." in parts:
        return
    ends = [parts[start:] for start in range(len(parts))]
    yield from (root.joinpath(*end) for end in ends if _is_there(root.joinpath(*end)))
    yield from (root.joinpath(*end) for end in ends if len(end) > 1 and _is_there(root / end[0]))


def _is_there(place: Path) -> bool:
    """Tell whether something is there, as far as this program may know."""
    try:
        place.stat()
    except PermissionError:
        return True
    except OSError:
        return False
    return True
