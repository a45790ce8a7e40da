"""Waits that end when nothing has happened for long, and promises in seconds that hold on a busy machine.

A clock on the wall says how busy a machine is. A wait goes on while something happens: a line, a call, an event, or
work of this process and of those that it has started. A deadlock ends it after `quiet_seconds`, an endless loop after
three times as many seconds of work, and what talks for ever after LONGEST_SECONDS.
"""

import asyncio
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol, TypeVar

import psutil

from bot.playground.notifier import Notifier

Seen = TypeVar("Seen")

QUIET_SECONDS = 10.0
LONGEST_SECONDS = 900.0
TICK_SECONDS = 0.5  # between two looks; a late look counts no more than one in time
LOOKING_AROUND = 0.05  # of a processor: what processes use that wait for something


class Observed(Protocol):
    """Something whose changes can be waited for, and which can be described when they do not come."""

    @property
    def notifier(self) -> Notifier: ...

    def describe(self) -> str: ...


class Patience:
    """Is asked every TICK_SECONDS whether there is still something to wait for."""

    def __init__(
        self, happened: Callable[[], object], quiet_seconds: float, looking_around: float = LOOKING_AROUND
    ) -> None:
        self._happened = happened
        self._quiet_seconds = quiet_seconds
        self._looking_around = looking_around
        self._seen = happened()
        self._began = self._looked = time.monotonic()
        self._own = time.process_time()
        self._used: float | None = None
        self._quiet = 0.0
        self._spent = 0.0

    def why_to_end(self) -> str:
        """The reason not to wait any longer, if there is one."""
        worked = self._work()
        before, self._seen = self._seen, self._happened()
        if before != self._seen:
            self._quiet = self._spent = 0.0
        else:
            self._quiet = 0.0 if worked else self._quiet + TICK_SECONDS
        if not worked and self._quiet >= self._quiet_seconds:
            return f"nothing has happened for {self._quiet:g} s"
        if self._spent > 3 * self._quiet_seconds:
            return f"{self._spent:.0f} s of work have led to nothing"
        if time.monotonic() - self._began > LONGEST_SECONDS:
            return f"it has gone on for {LONGEST_SECONDS:g} s"
        return ""

    def _work(self) -> bool:
        """Whether a process has done something since the last look, or has ended."""
        now, used = time.monotonic(), cpu_seconds()
        since, self._looked = now - self._looked, now
        before, self._used = self._used, used
        if before is None:  # to begin with, only a look at itself is cheap enough
            return time.process_time() - self._own >= self._looking_around * since
        self._spent += max(0.0, used - before)
        return not 0 <= used - before < self._looking_around * since


@asynccontextmanager
async def patience(
    quiet_seconds: float = QUIET_SECONDS,
    *,
    happened: Callable[[], object] = lambda: None,
    describe: Callable[[], str] = str,
    looking_around: float = LOOKING_AROUND,
) -> AsyncIterator[None]:
    """End the block with an AssertionError, which `describe` explains, once there is nothing to wait for.

    Something has happened whenever `happened` gives another value than before, and when processes have used more
    than `looking_around` of a processor.
    """
    waiting, reason = Patience(happened, quiet_seconds, looking_around), ""

    def look() -> None:
        nonlocal reason
        reason = reason or waiting.why_to_end()
        if reason:
            limit.reschedule(asyncio.get_running_loop().time())

    try:
        async with asyncio.timeout(None) as limit:
            with again_and_again(look, TICK_SECONDS):
                yield
    except TimeoutError:
        if not limit.expired():
            raise
        raise AssertionError(f"{reason}\n{describe()}") from None


async def patiently(awaited: Awaitable[Seen], quiet_seconds: float = QUIET_SECONDS) -> Seen:
    """The result of `awaited`, for which `patience` waits."""
    async with patience(quiet_seconds):
        return await awaited


async def until(observed: Observed, predicate: Callable[[], Seen], quiet_seconds: float = QUIET_SECONDS) -> Seen:
    """The first true value of `predicate`, which is asked again after every change of what is observed."""
    notifier = observed.notifier
    async with patience(quiet_seconds, happened=lambda: notifier.count, describe=observed.describe):
        return await notifier.wait_for(predicate)


@asynccontextmanager
async def promised(seconds: float, describe: Callable[[], str] = str) -> AsyncIterator[None]:
    """The block must not take longer than that, by a Stopwatch."""
    watch = Stopwatch()
    with again_and_again(watch.look, TICK_SECONDS / 2):
        async with patience(QUIET_SECONDS + seconds, describe=describe):
            yield
    watch.look()
    assert watch.seconds <= seconds, f"it took {watch.seconds:.1f} s\n{describe()}"


@contextmanager
def again_and_again(look: Callable[[], None], seconds: float) -> Iterator[None]:
    """Call `look` after so many seconds, and again and again, until the block is left."""
    loop, left = asyncio.get_running_loop(), False

    def call() -> None:
        if not left:
            look()
            loop.call_later(seconds, call)

    loop.call_later(seconds, call)
    try:
        yield
    finally:
        left = True


class Stopwatch:
    """Counts seconds, but for those in which a process of ours stood in the queue for a processor.

    What the bot promises in seconds it promises to somebody who gives it a processor. Without anybody else at work
    these are seconds of the wall, and so they are where the system tells of no queue (it is Linux that does).
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self._looked = time.monotonic()
        self._queues = dict(_queues())

    def look(self) -> None:
        """Count until now. It is done often: who has ended cannot tell any more how long it stood."""
        before, self._queues = self._queues, self._queues | dict(_queues())
        stood = sum(self._queues.values()) - sum(before.values())
        now, since = time.monotonic(), self._looked
        self._looked = now
        self.seconds += max(0.0, now - since - stood)


def ran(command: Sequence[str], **more: Any) -> subprocess.CompletedProcess[str]:
    """How a program ended and what it wrote; for tests that have nothing else to do meanwhile."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more) as process:
        waiting = Patience(lambda: None, QUIET_SECONDS)
        while True:
            try:
                stdout, stderr = process.communicate(timeout=TICK_SECONDS)
            except subprocess.TimeoutExpired:
                if reason := waiting.why_to_end():
                    process.kill()
                    raise AssertionError(reason) from None
            else:
                return subprocess.CompletedProcess(command, process.returncode, stdout, stderr)


def cpu_seconds() -> float:
    """What this process, those that it has started, and those that these have waited for have used so far."""
    return sum(_used(process) for process in family(psutil.Process()))


def _used(process: psutil.Process) -> float:
    with suppress(psutil.Error):
        return float(sum(process.cpu_times()[:4]))  # user and system, its own and of children that have ended
    return 0.0


def family(process: psutil.Process) -> list[psutil.Process]:
    """A process and everything that it has started, by handles that no other process can inherit."""
    return [process, *process.children(recursive=True)]


def _queues() -> Iterable[tuple[Path, float]]:
    """How long each thread of ours has been ready to run and did not, in seconds; see proc(5), schedstat."""
    for process in family(psutil.Process()):
        with suppress(OSError):  # of one that has ended since
            threads = list(Path(f"/proc/{process.pid}/task").iterdir())
            for thread in threads:
                with suppress(OSError):
                    yield thread, int((thread / "schedstat").read_text().split()[1]) / 1e9
