"""Runs ffmpeg on files from strangers: one named demuxer, no network, and always an end."""

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from weakref import WeakKeyDictionary

from bot.errors import TemporaryError
from bot.subprocesses import end, ffmpeg_path, start
from storage.apology import Reason

_KEPT_BYTES = 32_768  # of either end of what ffmpeg says
_places: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class FfmpegRun:
    """How a run ended; of `stdout` and `stderr` only the beginning and the end when they were long."""

    returncode: int
    stdout: str
    stderr: str

    def raise_if_ours(self) -> None:
        """Raise TemporaryError when it failed for a reason that lies with this machine, not with the file."""
        if self.returncode < 0:
            raise _ours(f"ffmpeg was killed by signal {-self.returncode}")
        for sign in ("Unknown encoder", "No space left", "Permission denied"):
            if self.returncode and sign in self.stderr:
                raise _ours(f"ffmpeg: {sign}")


def found_by(find: Callable[[], str]) -> str:
    """The ffmpeg that `find` finds, or else a TemporaryError."""
    try:
        return find()
    except RuntimeError as failure:
        raise _ours("there is no ffmpeg on this machine") from failure


def source(path: Path, demuxer: str) -> tuple[str, ...]:
    """The arguments that open `path` with this demuxer and no other.

    Left to guess, ffmpeg takes a playlist for a recording and opens whatever files it lists. The whitelist
    forbids the same to data inside a container, such as the subtitles of an AVI file.
    """
    return ("-f", demuxer, "-format_whitelist", demuxer, "-i", f"file:{path}")


async def run(
    *arguments: str,
    timeout: float,  # noqa: ASYNC109 - at its end the process is killed, which a cancelled caller could not do
    executable: str | None = None,
) -> FfmpegRun:
    """Run ffmpeg with one input and one thread; no process outlives the call, however it ends.

    As many run at once as there are processors; the others wait, and their time has not begun. Raises
    TemporaryError after `timeout` seconds, or when there is no ffmpeg to run.
    """
    if executable is None:
        executable = await asyncio.to_thread(found_by, ffmpeg_path)
    async with _turns():
        return await _run(executable, *arguments, timeout=timeout)


def _turns() -> asyncio.Semaphore:
    """The places for ffmpeg in this event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _places:
        _places[loop] = asyncio.Semaphore(os.cpu_count() or 1)
    return _places[loop]


async def _run(executable: str, *arguments: str, timeout: float) -> FfmpegRun:  # noqa: ASYNC109 - as above
    process = await _start(executable, *arguments)
    assert process.stdout
    assert process.stderr
    try:
        async with asyncio.timeout(timeout):
            stdout, stderr = await asyncio.gather(_both_ends(process.stdout), _both_ends(process.stderr))
            return FfmpegRun(await process.wait(), stdout, stderr)
    except TimeoutError as late:
        raise _ours(f"ffmpeg took more than {timeout:g} s") from late
    finally:
        await end(process)


async def _start(executable: str, *arguments: str) -> asyncio.subprocess.Process:
    try:
        return await start(
            executable,
            *("-nostdin", "-hide_banner", "-nostats", "-y", "-threads", "1"),
            *("-protocol_whitelist", "file,pipe"),
            *arguments,
        )
    except OSError as failure:
        raise _ours("ffmpeg could not be started") from failure


async def _both_ends(stream: asyncio.StreamReader) -> str:
    """The first and the last _KEPT_BYTES; a broken file can make ffmpeg complain without end."""
    kept = bytearray()
    while chunk := await stream.read(_KEPT_BYTES):
        kept += chunk
        del kept[_KEPT_BYTES:-_KEPT_BYTES]
    return kept.decode(errors="replace")


def _ours(message: str) -> TemporaryError:
    return TemporaryError(message, reason=Reason.INTERNAL)
