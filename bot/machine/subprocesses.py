"""Child processes: how they are started, under which limits, and how they are ended with all their own children."""

import asyncio
import errno
import math
import os
import shutil
import signal
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from bot.machine import launcher
from bot.sizes import MEGABYTE

NOT_STARTED = launcher.NOT_STARTED
# ffmpeg ends in an orderly way when it is told once a second that its time is over, at the latest at the fourth time.
_CPU_SECONDS_TO_END = 5
_GIVING_WAY = 10  # of 19: gets a tenth of a processor that others want
_STACK_BYTES = 2 * MEGABYTE  # of each thread; they count as memory from the start
# More addresses than memory: the C library sets 64 MB of them aside for a thread, and uses few.
_ADDRESS_BYTES = 384 * MEGABYTE
# -I -S: nothing of the environment and no package is looked at, which halves the time of the start.
_LAUNCH = (sys.executable, "-I", "-S", launcher.__file__)


def bundled_ffmpeg() -> str:
    """Return the ffmpeg in the package imageio-ffmpeg; RuntimeError if it has none for this kind of machine.

    The package has a function for this too, which starts ffmpeg with the whole environment of this process.
    """
    for file in resources.files("imageio_ffmpeg.binaries").iterdir():
        if file.name.startswith("ffmpeg-"):
            return str(file)
    raise RuntimeError("there is no ffmpeg in imageio-ffmpeg")


def ffmpeg_path(search_path: str | None = None, bundled: Callable[[], str] = bundled_ffmpeg) -> str:
    """Return the ffmpeg on `search_path` (by default PATH), else imageio-ffmpeg's; RuntimeError if there is none."""
    return shutil.which("ffmpeg", path=search_path) or bundled()


@dataclass(frozen=True, slots=True)
class ChildLimits:
    """The most that a child process may use: seconds of processors, bytes of any one file that it writes, of memory.

    A program that only reads may still write a megabyte: the operator's may be a script that keeps a log. It writes no
    core. The number of processes is not limited: that limit counts all processes of a user, also those
    of other containers, so any number could be too small for a reason that lies elsewhere.
    """

    cpu_seconds: float
    file_bytes: int = MEGABYTE
    memory_bytes: int = 512 * MEGABYTE
    gives_way: bool = False  # to all other processes that have something to do

    def as_text(self) -> str:
        """Return them as the launcher reads them."""
        cpu_seconds = math.ceil(self.cpu_seconds)
        limits = {
            "AS": (_ADDRESS_BYTES + self.memory_bytes, _ADDRESS_BYTES + self.memory_bytes),
            "DATA": (self.memory_bytes, self.memory_bytes),
            "CPU": (cpu_seconds, cpu_seconds + _CPU_SECONDS_TO_END),
            "FSIZE": (self.file_bytes, self.file_bytes),
            "STACK": (_STACK_BYTES, _STACK_BYTES),
            "CORE": (0, 0),
        }
        if sys.platform != "linux":
            del limits["AS"], limits["DATA"]  # elsewhere it cannot be set, or counts what all processes share
        return ",".join(f"{name}:{soft}:{hard}" for name, (soft, hard) in limits.items())


async def start_limited(
    *command: str, limits: ChildLimits, stdin: int = asyncio.subprocess.DEVNULL
) -> asyncio.subprocess.Process:
    """Start a program as `start` does, under limits and with an empty environment; it dies with this process.

    A program that cannot be started after all ends with NOT_STARTED, having said why.
    """
    program = shutil.which(command[0])
    if program is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), command[0])
    launch = (*_LAUNCH, str(os.getpid()), limits.as_text(), program, *command[1:])
    process = await start(*launch, stdin=stdin, environment={})
    if limits.gives_way:
        with suppress(ProcessLookupError):
            os.setpriority(os.PRIO_PROCESS, process.pid, _GIVING_WAY)
    return process


async def start(
    *command: str,
    stdin: int = asyncio.subprocess.DEVNULL,
    stderr: int = asyncio.subprocess.PIPE,
    limit: int = 64 * 1024,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> asyncio.subprocess.Process:
    """Start a program in a process group of its own, with a pipe for its output.

    Ctrl-C does not reach the group, and `end` kills all of it. The caller must `end` the process, but a start that
    is cancelled leaves none. Raises OSError if the program cannot be started.
    """
    starting = asyncio.create_task(
        asyncio.create_subprocess_exec(
            *command,
            stdin=stdin,
            stdout=asyncio.subprocess.PIPE,
            stderr=stderr,
            limit=limit,
            env=environment,
            cwd=folder,
            start_new_session=True,
        )
    )
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        # Without the shield asyncio would kill the process alone and leave its children.
        with suppress(OSError):
            await end(await starting)
        raise


async def end(process: asyncio.subprocess.Process) -> None:
    """Kill the group of a process, unless it has ended by itself, and wait until the process is dead."""
    if process.returncode is None:
        kill_group(process.pid)
        await process.communicate()


def kill_group(pid: int) -> None:
    """Kill the process group of a process; nothing happens if it is gone."""
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
