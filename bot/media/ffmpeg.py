"""Runs of ffmpeg on files from strangers: with named demuxers, no network and limits of memory, work and time."""

import asyncio
import errno
import math
import re
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec, TypeVar

from bot.activity import moved
from bot.errors import PermanentError, TemporaryError, VerbatimError, told
from bot.machine.progress import progress_of
from bot.machine.scratch import Scratch
from bot.machine.subprocesses import NOT_STARTED, ChildLimits, end, start_limited
from bot.media import edits
from bot.media.demuxers import whitelist
from bot.media.places import Order, Places
from bot.media.threads import Threads
from bot.sizes import MEGABYTE
from storage.apology import Reason

_P = ParamSpec("_P")
_R = TypeVar("_R")

_FIRST = Order()
# Of the beginning of the output, where ffmpeg lists the streams, and of its end, where the last progress and the
# errors are. Each takes a few kilobytes, and more would only cost memory.
_KEPT_BYTES = 32_768
# For reading a file without decoding it: 2 GB, the largest of a local Bot API server, take a tenth of that.
READING_CPU_SECONDS = 30.0
USUALLY_LONGEST = 2 * 3600.0  # seconds of a recording, for which the limits of work are made
_MAX_PIXELS = "36000000"  # of a picture: a video of the largest common size, 8K, has 33 million
STILL_SECONDS = 60.0  # without any use of a processor, and without wanting one: it has got stuck
_LOOKS = 12  # at what a run has got done, while it may stand still
NOT_LOADED = 127  # the exit code where a library of ffmpeg's is missing
_BY_LIMIT = {-signal.SIGXCPU: "processor time", -signal.SIGXFSZ: "space"}
_BY_FILE = frozenset({-signal.SIGSEGV, -signal.SIGABRT, -signal.SIGFPE, -signal.SIGBUS})
# ffmpeg catches the signal of the limit and ends in an orderly way, or by itself after a few of them.
_OUT_OF_TIME = {255: re.compile(rf"received signal {signal.SIGXCPU:d}\b"), 123: re.compile(r"> 3 system signals")}
_OUT_OF_MEMORY = ("Cannot allocate memory", "Out of memory")
# ffmpeg ends with the error of the system, which no file can write, while the text of an error may quote the file.
# Our own files are all that it opens, so one that is not there or not allowed is not the recording's fault either.
_SYSTEM_ERRORS = (
    *(errno.ENOENT, errno.EACCES, errno.EROFS, errno.ENOSPC, errno.EDQUOT),
    *(errno.EMFILE, errno.ENFILE, errno.EAGAIN),
)
_BY_MACHINE = {256 - number: told(OSError(number, "")) for number in _SYSTEM_ERRORS} | {
    NOT_STARTED: "could not be started",
    NOT_LOADED: "could not be started",
}
_TOLD_TO_END = 255  # by a signal that ffmpeg catches


@dataclass(frozen=True, slots=True)
class FfmpegRun:
    """The end of a run; `stdout` and `stderr` lack their middle when they were long."""

    returncode: int
    stdout: str
    stderr: str


def source(path: Path, demuxer: str | None) -> tuple[str, ...]:
    """Return the arguments that open `path` with this demuxer and no other, or with a trusted one that fits.

    Without a whitelist ffmpeg would recognise a playlist and open the files it lists. The whitelist forbids other
    demuxers also for data inside a container, such as the subtitles of an AVI file. A cover is decoded to learn
    its colours, so a huge one is left out.
    """
    named = ("-f", demuxer) if demuxer else ()
    lean = ("-advanced_editlist", "0") if edits.are_needless(path, demuxer) else ()
    return (*named, *lean, "-format_whitelist", whitelist(demuxer), "-max_pixels", _MAX_PIXELS, "-i", f"file:{path}")


class SureError(PermanentError):
    """A refusal that does not depend on what ffmpeg can read."""


class HarmfulError(PermanentError):
    """A file that needs more than the limits allow, or makes ffmpeg crash. No other ffmpeg is tried on it."""


class StarvedError(TemporaryError):
    """A run for which the machine had no processor. Another ffmpeg would get none either."""


async def _no_doubt(_path: str) -> str | None:
    return None


class Ffmpeg:
    """Runs the ffmpeg that `choose` returns, which is asked before the first run. See Places for how many run at once.

    `choose` raises TemporaryError if there is no ffmpeg that works; then it is asked again before the next run.
    `try_again` is given the path of an ffmpeg that failed. It raises TemporaryError if that one no longer works, and
    returns the path of another one that may be tried, if there is one.
    """

    def __init__(
        self,
        choose: Callable[[], Awaitable[str]],
        try_again: Callable[[str], Awaitable[str | None]] = _no_doubt,
        places: Places | None = None,
    ) -> None:
        self._choose = choose
        self._try_again = try_again
        self._choosing = asyncio.Lock()
        self._path: str | None = None
        self._doubting = asyncio.Lock()
        self._tried_at = -math.inf
        self._other: str | None = None
        self._places = places or Places()

    @property
    def chosen(self) -> str | None:
        """The path of the chosen ffmpeg; None before the choice."""
        return self._path

    async def path(self) -> str:
        """Return the path of the chosen ffmpeg. Raises TemporaryError."""
        async with self._choosing:
            if self._path is None:
                self._path = await self._choose()
            return self._path

    async def doubt(self, used: str | None) -> "Ffmpeg | None":
        """Try the chosen ffmpeg again, as it failed on a file; return another one to try that file with, if there is.

        `used` is what was chosen when the work on the file began. Raises TemporaryError if the failure says nothing
        about the file: this ffmpeg no longer works, or has been replaced since. Another one is chosen before the next
        run then.
        """
        failed_at = time.monotonic()
        async with self._doubting:
            if self._path is None or used not in {None, self._path}:
                raise TemporaryError("another ffmpeg has to be used", reason=Reason.MACHINE)
            if self._tried_at <= failed_at:  # else a trial that began later has passed while this one waited
                await self._try(self._path)
        return None if self._other is None else Ffmpeg(chosen(self._other), places=self._places)

    async def _try(self, path: str) -> None:
        began = time.monotonic()
        try:
            self._other = await self._try_again(path)
        except TemporaryError:
            self._path = None
            raise
        self._tried_at = began

    def give_way(self, other: "Ffmpeg") -> None:
        """Use the other one from now on."""
        self._path = other.chosen

    async def run(
        self,
        *arguments: str,
        timeout: float,  # noqa: ASYNC109 - counts from the start of the process, not from the call
        cpu_seconds: float = READING_CPU_SECONDS,
        file_bytes: int = MEGABYTE,
        order: Order = _FIRST,
    ) -> FfmpegRun:
        """Run ffmpeg with one input and one thread, when it is its turn by this order, and return how it ended.

        It may use so many seconds of processors, and write no file with more than `file_bytes`. No process outlives
        the call, also when the call is cancelled. Raises as `failure_of` and `run_once` say.
        """
        path = await self.path()
        limits = ChildLimits(cpu_seconds, file_bytes, gives_way=order.is_long)
        async with self._places.taken(order):
            ran = await run_once(path, *arguments, timeout=timeout, limits=limits)
        if (failure := failure_of(ran)) is not None:
            raise failure
        return ran


def chosen(path: str) -> Callable[[], Awaitable[str]]:
    """Return a choice without a choice."""

    async def choose() -> str:
        return path

    return choose


@dataclass(frozen=True, slots=True)
class Bench:
    """What one recording is worked on with: ffmpeg, a place for files, the seconds that a run may take, and threads.

    `chat` is that of the recording, and `is_long` tells whether the runs take one of the places for long ones.
    `longest` is how many seconds a recording may last.
    """

    ffmpeg: Ffmpeg
    scratch: Scratch
    timeout: float
    threads: Threads
    chat: int = 0
    is_long: bool = False
    longest: float = USUALLY_LONGEST

    @property
    def stretch(self) -> float:
        """How many times the usual work a recording may need, as it may last so many times as long; 1 at the least."""
        return max(1.0, self.longest / USUALLY_LONGEST)

    async def run(
        self, *arguments: str, cpu_seconds: float = READING_CPU_SECONDS, file_bytes: int = MEGABYTE
    ) -> FfmpegRun:
        """See `Ffmpeg.run`."""
        return await self.ffmpeg.run(
            *arguments,
            timeout=self.timeout,
            cpu_seconds=cpu_seconds,
            file_bytes=file_bytes,
            order=self._order(),
        )

    async def compute(self, function: Callable[_P, _R], *arguments: _P.args, **named: _P.kwargs) -> _R:
        """Call a function in one of the threads and return what it returns."""
        return await self.threads.run(self._order(), function, *arguments, **named)

    def _order(self) -> Order:
        return Order(self.chat, self.scratch.size(), self.is_long)


async def run_once(
    executable: str,
    *arguments: str,
    timeout: float,  # noqa: ASYNC109 - becomes a TemporaryError
    limits: ChildLimits,
) -> FfmpegRun:
    """Run this ffmpeg and return how it ended, well or badly.

    Its limit is one of processor time, so a busy machine ends none that gets on. Raises TemporaryError for one that
    stands still, as it may when it gets no memory, and after `timeout` seconds. That is the machine's fault
    (MACHINE) if ffmpeg would go on, and may be that of the file (TOO_DEMANDING) if not.
    """
    process = await _start(executable, *arguments, limits=limits)
    try:
        async with _while_it_gets_on(process.pid, timeout):
            return await _output_of(process)
    except TimeoutError as late:
        progress = progress_of(process.pid)
        if progress is not None and progress.wants_more:
            message = f"this machine had no processor for ffmpeg in {timeout:g} s"
            raise StarvedError(message, reason=Reason.MACHINE) from late
        message = f"ffmpeg stood still for {min(STILL_SECONDS, timeout):g} s"
        raise TemporaryError(message, reason=Reason.TOO_DEMANDING) from late
    finally:
        await end(process)


async def _output_of(process: asyncio.subprocess.Process) -> FfmpegRun:
    assert process.stdout
    assert process.stderr
    stdout, stderr = await asyncio.gather(_read_both_ends(process.stdout), _read_both_ends(process.stderr))
    return FfmpegRun(await process.wait(), stdout, stderr)


@asynccontextmanager
async def _while_it_gets_on(pid: int, timeout: float) -> AsyncIterator[None]:  # noqa: ASYNC109 - the most
    """End the block with TimeoutError once a process has stood still for STILL_SECONDS, or after `timeout` seconds."""
    async with asyncio.timeout(timeout) as limit:
        watching = asyncio.create_task(_watch(pid, limit, min(STILL_SECONDS, timeout)))
        try:
            yield
        finally:
            watching.cancel()


async def _watch(pid: int, limit: asyncio.Timeout, still: float) -> None:
    """End a process that neither gets on nor would if the machine let it, at all of _LOOKS looks in a row.

    A look that comes late counts as one: this process may be what the machine has no time for. Elsewhere than on Linux
    nothing tells how a process gets on, so it only has its time.
    """
    had, stood = 0.0, 0
    while stood < _LOOKS:
        await asyncio.sleep(still / _LOOKS)
        progress = progress_of(pid)
        if progress is not None and progress.cpu_seconds > had:
            had, stood = progress.cpu_seconds, 0
            moved()
        elif progress is None or progress.wants_more:
            stood = 0
        else:
            stood += 1
    if not limit.expired():
        limit.reschedule(asyncio.get_running_loop().time())


async def _start(executable: str, *arguments: str, limits: ChildLimits) -> asyncio.subprocess.Process:
    try:
        return await start_limited(
            executable,
            *("-nostdin", "-nostats", "-y", "-threads", "1"),
            *("-protocol_whitelist", "file,pipe"),
            *arguments,
            limits=limits,
        )
    except OSError as error:
        raise TemporaryError(f"ffmpeg could not be started: {told(error)}", reason=Reason.MACHINE) from error


async def _read_both_ends(stream: asyncio.StreamReader) -> str:
    """Read all, as a broken file makes ffmpeg complain without end, and return the first and last _KEPT_BYTES."""
    kept = bytearray()
    while chunk := await stream.read(_KEPT_BYTES):
        kept += chunk
        del kept[_KEPT_BYTES:-_KEPT_BYTES]
    return kept.decode(errors="replace")


def failure_of(ran: FfmpegRun) -> VerbatimError | None:
    """Return what a run that went wrong means for its job; None if nothing did, or only the data are broken.

    A file that needs more than the limits allow, or makes ffmpeg crash, is to blame itself: HarmfulError. What lies
    with this machine or with ffmpeg may get better: TemporaryError. SIGKILL comes from somebody else, as no limit sends
    it before ffmpeg has ended by itself.
    """
    code = ran.returncode
    if code == 0:
        return None
    if (spent := _spent(ran)) is not None:
        return HarmfulError(Reason.TOO_DEMANDING, f"ffmpeg needs more {spent} than it may have")
    if code in _BY_FILE:
        return HarmfulError(Reason.NOT_AUDIO, f"ffmpeg crashed with signal {-code}")
    if code < 0 or code == _TOLD_TO_END:
        return TemporaryError(f"ffmpeg was ended by a signal ({code})", reason=Reason.MACHINE)
    error = _BY_MACHINE.get(code)
    return TemporaryError(f"this machine, at ffmpeg: {error}", reason=Reason.MACHINE) if error else None


def _spent(ran: FfmpegRun) -> str | None:
    """Return the name of what a run was allowed too little of, None if that was not its end."""
    told = _OUT_OF_TIME.get(ran.returncode)
    if told is not None and told.search(ran.stderr):
        return _BY_LIMIT[-signal.SIGXCPU]
    if ran.returncode > 0 and ran.returncode != NOT_LOADED and any(sign in ran.stderr for sign in _OUT_OF_MEMORY):
        return "memory"
    return _BY_LIMIT.get(ran.returncode)
