"""Waits that end when nothing has happened for long, and spans that do not count the time others held the processor.

Seconds on the wall say how busy a machine is. A wait goes on while something happens: a line, a call, an event, or
work of this process and of those that it has started. A deadlock ends it after `quiet_seconds`, an endless loop after
MOST_CPU_SECONDS, and what talks for ever after LONGEST_SECONDS.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TypeVar

import psutil

from bot.playground.notifier import Notifier

Seen = TypeVar("Seen")

QUIET_SECONDS = 20.0
MOST_CPU_SECONDS = 60.0  # with nothing to show for it
LONGEST_SECONDS = 900.0
TICK_SECONDS = 0.5  # between two looks; a late look counts no more than one in time
WORK = 0.05  # of a processor: less than this is no work but looking around, as a waiting process does


class Patience:
    """Asked after every TICK_SECONDS: `why_to_end` says why there is nothing to wait for any more, or nothing."""

    def __init__(self, happened: Callable[[], object], quiet_seconds: float) -> None:
        self._happened = happened
        self._quiet_seconds = quiet_seconds
        self._seen = happened()
        self._began = self._looked = time.monotonic()
        self._used: float | None = None
        self._quiet = 0.0
        self._spent = 0.0

    def why_to_end(self) -> str:
        worked = self._work()
        seen, self._seen = self._seen, self._happened()
        if seen != self._seen:
            self._quiet = self._spent = 0.0
        elif worked:
            self._quiet = 0.0
        else:
            self._quiet += TICK_SECONDS
        if self._quiet >= self._quiet_seconds:
            return f"nothing has happened for {self._quiet:g} s"
        if self._spent >= MOST_CPU_SECONDS:
            return f"{self._spent:.0f} s of work have led to nothing"
        if time.monotonic() - self._began >= LONGEST_SECONDS:
            return f"it has gone on for {LONGEST_SECONDS:g} s"
        return ""

    def _work(self) -> bool:
        """Whether a process has done something since the last look, or has ended."""
        now, used = time.monotonic(), cpu_seconds()
        since, self._looked = now - self._looked, now
        before, self._used = self._used, used
        if before is None:
            return True
        self._spent += max(0.0, used - before)
        return not 0 <= used - before < WORK * since


@asynccontextmanager
async def patience(
    describe: Callable[[], object] = lambda: "",
    *,
    happened: Callable[[], object] = lambda: None,
    quiet_seconds: float = QUIET_SECONDS,
) -> AsyncIterator[None]:
    """Raise an AssertionError in the block, with what `describe` says, once there is nothing to wait for.

    Something has happened whenever `happened` gives another value than before.
    """
    loop, waiting, reason = asyncio.get_running_loop(), Patience(happened, quiet_seconds), ""

    def look() -> None:
        nonlocal reason, looking
        reason = waiting.why_to_end()
        if reason:
            limit.reschedule(loop.time())
        else:
            looking = loop.call_later(TICK_SECONDS, look)

    looking = loop.call_later(TICK_SECONDS, look)
    try:
        async with asyncio.timeout(None) as limit:
            try:
                yield
            finally:
                looking.cancel()
    except TimeoutError:
        if not limit.expired():
            raise
        raise AssertionError(f"{reason}\n{describe()}") from None


async def patiently(
    awaited: Awaitable[Seen],
    describe: Callable[[], object] = lambda: "",
    *,
    happened: Callable[[], object] = lambda: None,
    quiet_seconds: float = QUIET_SECONDS,
) -> Seen:
    """The result of `awaited`, for which `patience` waits."""
    async with patience(describe, happened=happened, quiet_seconds=quiet_seconds):
        return await awaited


async def until(
    notifier: Notifier,
    predicate: Callable[[], Seen],
    describe: Callable[[], object] = lambda: "",
    *,
    quiet_seconds: float = QUIET_SECONDS,
) -> Seen:
    """The first true value of `predicate`, asked again after every notification."""
    return await patiently(
        notifier.wait_for(predicate), describe, happened=lambda: notifier.count, quiet_seconds=quiet_seconds
    )


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


async def measured(awaited: Awaitable[Seen]) -> tuple[Seen, float]:
    """The result of `awaited`, and the seconds of a Stopwatch that it took."""
    watch, task = Stopwatch(), asyncio.ensure_future(awaited)
    while not task.done():
        await asyncio.wait({task}, timeout=TICK_SECONDS / 2)
        watch.look()
    return await task, watch.seconds


def _queues() -> Iterable[tuple[Path, float]]:
    """How long each thread of ours has been ready to run and did not, in seconds; see proc(5), schedstat."""
    for process in family(psutil.Process()):
        for thread in Path(f"/proc/{process.pid}/task").glob("*/schedstat"):
            with suppress(OSError):
                yield thread, int(thread.read_text().split()[1]) / 1e9
