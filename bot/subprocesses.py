"""Child processes: how they are started, and how they are ended with all their own children."""

import asyncio
import os
import shutil
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from imageio_ffmpeg import get_ffmpeg_exe


def ffmpeg_path(search_path: str | None = None, bundled: Callable[[], str] = get_ffmpeg_exe) -> str:
    """Return the ffmpeg on `search_path` (by default PATH), else imageio-ffmpeg's; RuntimeError if there is none."""
    return shutil.which("ffmpeg", path=search_path) or bundled()


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
