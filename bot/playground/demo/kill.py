"""Killing a process together with the processes that it started."""

import asyncio
import os
import signal
from contextlib import suppress
from pathlib import Path

from bot.machine.subprocesses import kill_group


def kill_with_children(process: asyncio.subprocess.Process) -> None:
    """Kill a process and those that it started, these with their groups; without /proc the process alone."""
    with suppress(ProcessLookupError):  # it is dead already
        process.send_signal(signal.SIGSTOP)  # so that it starts no more children
        children = _children(process.pid)
        process.kill()
        for child in children:
            kill_group(child)
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)  # in case it was started just now and has no group of its own yet


def _children(pid: int) -> list[int]:
    """Return the children of the first thread of a process, in which asyncio starts them all."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
