"""The command line as a process with all its children, as somebody at a terminal starts and ends it."""

import asyncio
import re
import signal
from collections.abc import Callable
from typing import Any

import psutil

from tests.crash.process import BotProcess

SAMPLE_SECONDS = 0.02  # between two looks at the memory


class Command(BotProcess):
    """`python -m bot demo` or `playground`; with its children it is counted for coverage."""

    kept_variables = ("PATH", "COVERAGE_")

    @property
    def url(self) -> str:
        """The address of the page, which is told once."""
        (url,) = set(re.findall(r"http://127\.0\.0\.1:\d+/(?=\s)", self.output))
        return url

    async def is_up(self) -> str:
        await self.says("Ctrl-C.\n")
        return self.url

    def tree(self) -> list[psutil.Process]:
        """The process and everything that it has started, by handles that no other process can inherit."""
        whole = psutil.Process(self._process.pid)
        return [whole, *whole.children(recursive=True)]

    async def leave(self, number: signal.Signals) -> tuple[int, list[psutil.Process]]:
        """Ask it to leave; its exit code, and whoever of its tree is still there."""
        tree = self.tree()
        code = await self.stop(number)
        return code, [one for one in tree if alive(one)]

    async def end(self) -> None:
        """Whatever a test has left; the parent first, as it would start its children again."""
        if self._process.returncode is None:
            for one in self.tree():
                one.kill()
        await self.wait()

    async def peak(self, until: asyncio.Task[Any], measure: Callable[[psutil.Process], int]) -> int:
        """The most that its tree measured at once until that was done, in bytes."""
        most = 0
        while not until.done():
            most = max(most, sum(measured(one, measure) for one in self.tree()))
            await asyncio.wait({until}, timeout=SAMPLE_SECONDS)
        return most


def alive(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def measured(process: psutil.Process, measure: Callable[[psutil.Process], int]) -> int:
    """0 for a process that has ended since the tree was looked at."""
    try:
        return measure(process)
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0
