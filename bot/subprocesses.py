"""Other programs as processes that nobody leaves behind, for whoever runs one."""

import asyncio
import os
import shutil
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from imageio_ffmpeg import get_ffmpeg_exe


def ffmpeg_path(search_path: str | None = None, bundled: Callable[[], str] = get_ffmpeg_exe) -> str:
    """The ffmpeg on `search_path` (PATH unless given), else the one that came with imageio-ffmpeg.

    A RuntimeError if there is none.
    """
    return shutil.which("ffmpeg", path=search_path) or bundled()


async def start(
    *command: str,
    stdin: int = asyncio.subprocess.DEVNULL,
    stderr: int = asyncio.subprocess.PIPE,
    limit: int = 64 * 1024,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> asyncio.subprocess.Process:
    """Start a program in a group of its own: out of reach of Ctrl-C, and killed as one by `end`.

    Its output is a pipe. An OSError if it cannot be started; cancelled halfway, it is ended.
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
        # Cancelled halfway, asyncio would kill the process and leave its children.
        with suppress(OSError):
            await end(await starting)
        raise


async def end(process: asyncio.subprocess.Process) -> None:
    """Kill its group, if it has not ended by itself; it is dead when this returns."""
    if process.returncode is None:
        _kill_group(process.pid)
        await process.communicate()


def kill_with_children(process: asyncio.subprocess.Process) -> None:
    """SIGKILL for a process and for those it started, each with its group; where /proc tells of none, for it alone."""
    with suppress(ProcessLookupError):  # it is dead already
        process.send_signal(signal.SIGSTOP)  # so that it starts no more of them
        children = _children(process.pid)
        process.kill()
        for child in children:
            _kill_group(child)
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)  # one that has no group of its own yet


def _kill_group(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def _children(pid: int) -> list[int]:
    """Those of its first thread, where asyncio starts them all."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
