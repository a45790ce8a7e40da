"""What a child process gets done: the processor time that it has had, and whether it waits for more, as proc(5) tells.

A process that does not get on may be stuck, or on a machine that is too busy. Only the second one wants a processor.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_WANTS = frozenset("RDTt")  # it could run, waits for a disk, or was stopped by somebody
# Of the fields behind the name, which stands in brackets.
_STATE = 0
_TIMES = slice(11, 15)  # in user and system mode, and the same of children that have ended


@dataclass(frozen=True, slots=True)
class Progress:
    """The seconds of processors that a process and all below it have had, and whether a thread of theirs wants more."""

    cpu_seconds: float
    wants_more: bool


def progress_of(pid: int) -> Progress | None:
    """Return the progress of a process and of all below it; None if it is gone, or the system does not tell."""
    ticks, states = 0, set()
    for one in _with_children(pid):
        with suppress(OSError, ValueError, IndexError):
            ticks += sum(int(time) for time in _fields(_PROC / str(one) / "stat")[_TIMES])
            states |= {_fields(thread / "stat")[_STATE] for thread in _threads(one)}
    return Progress(ticks / os.sysconf("SC_CLK_TCK"), not _WANTS.isdisjoint(states)) if states else None


def _with_children(pid: int) -> Iterator[int]:
    yield pid
    with suppress(OSError, ValueError):
        for thread in _threads(pid):
            for child in (thread / "children").read_text().split():
                yield from _with_children(int(child))


def _threads(pid: int) -> list[Path]:
    return list((_PROC / str(pid) / "task").iterdir())


def _fields(file: Path) -> list[str]:
    return file.read_text().rpartition(")")[2].split()
