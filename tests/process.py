"""The command line as a process with all its children: started, listened to, and ended in every way there is."""

import asyncio
import contextlib
import os
import re
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, Self

import psutil

from bot.playground.notifier import Notifier
from tests.patience import Seen, family, patience, promised, until

PROMISED_SECONDS = 8.0  # from a SIGTERM to the end
QUIET_SECONDS = 20.0
SAMPLE_SECONDS = 0.02  # between two looks at the memory
CHECKOUT = Path(__file__).parents[1]


class Process(Protocol):
    """What is needed of `asyncio.subprocess.Process`."""

    pid: int

    @property
    def returncode(self) -> int | None: ...

    @property
    def stdout(self) -> asyncio.StreamReader | None: ...

    def send_signal(self, number: signal.Signals, /) -> None: ...

    def kill(self) -> None: ...

    async def wait(self) -> int: ...


class Starter(Protocol):
    """A way to start `python -m bot` with arguments; the environment given is all that the process gets."""

    def __call__(
        self, arguments: Sequence[str], environment: Mapping[str, str], folder: Path
    ) -> Awaitable[Process]: ...


def executed_as(module: str) -> Starter:
    """A way to start it as `python -m module`."""

    async def start(arguments: Sequence[str], environment: Mapping[str, str], folder: Path) -> Process:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", module, *arguments),
            cwd=folder,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )

    return start


executed = executed_as("bot")  # as an operator starts it


class Command:
    """One run of a command; `output` is what it has said so far, on both streams."""

    def __init__(self, process: Process) -> None:
        self.output = ""
        self._process = process
        self.notifier = Notifier()
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def start(
        cls, arguments: Sequence[str], environment: Mapping[str, str], folder: Path, starter: Starter = executed
    ) -> Self:
        """`environment` is all it gets, beside the ways to programs and to this checkout."""
        ways = {"PATH": os.environ["PATH"], "PYTHONPATH": str(CHECKOUT)}
        return cls(await starter(arguments, ways | dict(environment), folder))

    async def _listen(self) -> None:
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            self.output += line.decode()
            self.notifier.notify()

    async def ended(self) -> None:
        """Wait until it has ended by itself, however long that takes."""
        await self._process.wait()

    async def until(self, predicate: Callable[[], Seen]) -> Seen:
        """Wait for something to become true; looked at again after every line it says."""
        return await until(self, predicate, QUIET_SECONDS)

    async def says(self, words: str) -> None:
        await self.until(lambda: words in self.output)

    async def wait(self) -> int:
        """The exit code, negative for a signal, once it has ended by itself."""
        async with patience(QUIET_SECONDS, happened=lambda: self.notifier.count, describe=self.describe):
            code = await self._process.wait()
            await self._listening
            return code

    def describe(self) -> str:
        return f"it said\n{self.output}"

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to leave; its exit code, which must come within the promised time.

        From its first line on it leaves in order; before, a signal ends it at once, as nothing is begun.
        """
        await self.until(lambda: self.output or self._process.returncode is not None)
        async with promised(PROMISED_SECONDS, self.describe):
            self._process.send_signal(number)
            return await self.wait()

    async def kill(self) -> None:
        """SIGKILL, unless it has ended before; it is dead when this returns."""
        if self._process.returncode is None:
            self._process.kill()
        await self.wait()

    def stand_still(self) -> None:
        """Let nothing of it run, as on a machine that is paused; a kill ends it all the same."""
        os.kill(self._process.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        os.kill(self._process.pid, signal.SIGCONT)

    async def live_for(self, seconds: float) -> None:
        """Let it live so long and not longer."""
        try:
            await asyncio.wait_for(self._process.wait(), seconds)
        except TimeoutError:
            await self.kill()

    @property
    def url(self) -> str:
        """The address of the page, which is told once."""
        (url,) = set(re.findall(r"http://127\.0\.0\.1:\d+/(?=\s)", self.output))
        assert isinstance(url, str)
        return url

    async def is_up(self) -> str:
        await self.says("Ctrl-C.\n")
        return self.url

    def tree(self) -> list[psutil.Process]:
        """The process and everything that it has started, by handles that no other process can inherit."""
        return family(psutil.Process(self._process.pid))

    async def leave(self, number: signal.Signals) -> tuple[int, list[psutil.Process]]:
        """Ask it to leave; its exit code, and whoever of its tree is still there."""
        tree = self.tree()
        code = await self.stop(number)
        return code, [one for one in tree if alive(one)]

    async def end(self) -> None:
        """Whatever a test has left; the parent first, as it would start its children again."""
        if self._process.returncode is None:
            for one in self.tree():
                with contextlib.suppress(psutil.NoSuchProcess):
                    one.kill()
        await self.wait()

    async def peak(self, until: asyncio.Task[Any], measure: Callable[[psutil.Process], int]) -> int:
        """The most that its tree measured at once until that was done, in bytes."""
        most = 0
        while not until.done():
            most = max(most, sum(quantity(one, measure) for one in self.tree()))
            await asyncio.wait({until}, timeout=SAMPLE_SECONDS)
        return most


def alive(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def quantity(process: psutil.Process, measure: Callable[[psutil.Process], int]) -> int:
    """0 for a process that has ended since the tree was looked at."""
    try:
        return measure(process)
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0
