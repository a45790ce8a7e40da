"""Runs of ffmpeg on files from strangers: with one named demuxer, no network and a time limit."""

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from weakref import WeakKeyDictionary

from bot.errors import TemporaryError
from bot.subprocesses import end, ffmpeg_path, start
from storage.apology import Reason

# Of the beginning of the output, where ffmpeg lists the streams, and of its end, where the last progress and the
# errors are. Each takes a few kilobytes, and more would only cost memory.
_KEPT_BYTES = 32_768
_slots: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class FfmpegRun:
    """The end of a run; `stdout` and `stderr` lack their middle when they were long."""

    returncode: int
    stdout: str
    stderr: str

    def raise_machine_failure(self) -> None:
        """Raise TemporaryError if the run failed because of this machine and not because of the file."""
        if self.returncode < 0:
            raise failure_of(FfmpegBrokenError(f"ffmpeg was killed by signal {-self.returncode}"))
        for sign in ("Unknown encoder", "No space left", "Permission denied"):
            if self.returncode and sign in self.stderr:
                raise failure_of(OSError(f"ffmpeg: {sign}"))


def find_ffmpeg(locate: Callable[[], str]) -> str:
    """Return the path that `locate` returns; raise TemporaryError if it raises RuntimeError."""
    try:
        return locate()
    except RuntimeError as error:
        raise failure_of(error) from error


def source(path: Path, demuxer: str) -> tuple[str, ...]:
    """Return the arguments that open `path` with this demuxer and no other.

    Without a named demuxer ffmpeg would recognise a playlist and open the files it lists. The whitelist forbids
    other demuxers also for data inside a container, such as the subtitles of an AVI file.
    """
    return ("-f", demuxer, "-format_whitelist", demuxer, "-i", f"file:{path}")


async def run(
    *arguments: str,
    timeout: float,  # noqa: ASYNC109 - counts from the start of the process, not from the call
    executable: str | None = None,
) -> FfmpegRun:
    """Run ffmpeg with one input and one thread, and return how it ended.

    No process outlives the call, also when the call is cancelled. As many run at once as there are processors;
    the time of a run begins when it need wait no longer. Raises TemporaryError after `timeout` seconds, or if
    there is no ffmpeg.
    """
    if executable is None:
        executable = await asyncio.to_thread(find_ffmpeg, ffmpeg_path)
    async with _process_slots():
        return await _run(executable, *arguments, timeout=timeout)


def _process_slots() -> asyncio.Semaphore:
    """Return the semaphore of this event loop: a semaphore cannot be shared between two."""
    loop = asyncio.get_running_loop()
    if loop not in _slots:
        _slots[loop] = asyncio.Semaphore(os.cpu_count() or 1)
    return _slots[loop]


async def _run(executable: str, *arguments: str, timeout: float) -> FfmpegRun:  # noqa: ASYNC109 - as above
    process = await _start(executable, *arguments)
    assert process.stdout
    assert process.stderr
    try:
        async with asyncio.timeout(timeout):
            stdout, stderr = await asyncio.gather(_read_both_ends(process.stdout), _read_both_ends(process.stderr))
            return FfmpegRun(await process.wait(), stdout, stderr)
    except TimeoutError as late:
        raise failure_of(FfmpegBrokenError(f"ffmpeg took more than {timeout:g} s")) from late
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
    except OSError as error:
        raise failure_of(OSError("ffmpeg could not be started")) from error


async def _read_both_ends(stream: asyncio.StreamReader) -> str:
    """Read all, as a broken file makes ffmpeg complain without end, and return the first and last _KEPT_BYTES."""
    kept = bytearray()
    while chunk := await stream.read(_KEPT_BYTES):
        kept += chunk
        del kept[_KEPT_BYTES:-_KEPT_BYTES]
    return kept.decode(errors="replace")


class FfmpegBrokenError(Exception):
    """A run that failed because of this machine and not because of the file."""


def failure_of(error: Exception) -> TemporaryError:
    """Return what a failure to run ffmpeg means: it lies with this machine, and another try may help."""
    reason = Reason.INTERNAL
    match error:
        case FfmpegBrokenError():
            said = str(error)
        case OSError():
            said, reason = str(error), Reason.MACHINE
        case Exception():  # RuntimeError of imageio-ffmpeg
            said = "there is no ffmpeg on this machine"
    return TemporaryError(said, reason=reason)
