"""The clock of the process: the system's clock at the start, going on evenly, also while the machine sleeps."""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

from bot.activity import resting

# Linux has a clock of its own that goes on while the machine sleeps; that of macOS does so anyway.
_CLOCK: int = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class Clock(Protocol):
    """Tells the moment in seconds since the epoch, and waits for one."""

    def __call__(self) -> float: ...

    async def until(self, moment: float) -> None:
        """Wait for a moment; return at once where it has come. A step that waits here takes no place meanwhile."""


class SteadyClock:
    """Tells the moment. A change of the system's clock changes no wait; `moved` tells how far it has gone since."""

    def __init__(self) -> None:
        self._asleep = seconds_asleep()
        self._offset = time.time() - time.monotonic() - self._asleep

    def __call__(self) -> float:
        self._asleep = max(self._asleep, seconds_asleep())  # nothing makes a sleep shorter, whatever a clock says
        return self._offset + time.monotonic() + self._asleep

    async def until(self, moment: float) -> None:
        with resting():
            await asyncio.sleep(max(0.0, moment - self()))

    def moved(self) -> float:
        """Return how many seconds the system's clock is ahead of this one, negative for behind."""
        return time.time() - self()


class SharedClock:
    """Tells the moment of a database, which `tell` returns, so that all who work on it have the same."""

    def __init__(self, tell: Callable[[], float]) -> None:
        self._tell = tell

    def __call__(self) -> float:
        return self._tell()

    async def until(self, moment: float) -> None:
        with resting():
            await asyncio.sleep(max(0.0, moment - self()))


def seconds_passed() -> float:
    """Return seconds from any start. Nobody sets this clock, and it goes on while the machine sleeps."""
    return time.clock_gettime(_CLOCK)


def seconds_asleep() -> float:
    """Return how long the machine has slept since its start, plus a constant."""
    return time.clock_gettime(_CLOCK) - time.monotonic()
