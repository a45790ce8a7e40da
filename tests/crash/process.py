"""The bot as a process of its own: started as an operator starts it, and ended in every way there is."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar, Self

from bot.playground.notifier import Notifier

PROMISED_SECONDS = 8.0  # from a SIGTERM to the end
PATIENCE_SECONDS = 20.0  # with a slow machine
CHECKOUT = Path(__file__).parents[2]


class BotProcess:
    """One life of `python -m bot`; `output` is what it has said so far, on both streams.

    Its lines are not counted for coverage, which would slow down every one of its many starts; other tests run them.
    """

    kept_variables: ClassVar[tuple[str, ...]] = ("PATH",)

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.output = ""
        self._process = process
        self._said = Notifier()
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def start(cls, command: str, environment: Mapping[str, str], folder: Path, *arguments: str) -> Self:
        """`environment` is all it gets, beside the ways to programs and to this checkout."""
        kept = {name: value for name, value in os.environ.items() if name.startswith(cls.kept_variables)}
        kept["PYTHONPATH"] = str(CHECKOUT)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", command, *arguments),
            cwd=folder,
            env=kept | dict(environment),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
        return cls(process)

    async def _listen(self) -> None:
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            self.output += line.decode()
            self._said.notify()

    async def until(self, predicate: Callable[[], object]) -> None:
        """Wait for something to become true; looked at again after every line it says."""
        await self._patiently(self._said.wait_for(predicate), PATIENCE_SECONDS)

    async def says(self, words: str) -> None:
        await self.until(lambda: words in self.output)

    async def wait(self, seconds: float = PATIENCE_SECONDS) -> int:
        """The exit code, negative for a signal, once it has ended by itself."""
        code: int = await self._patiently(self._process.wait(), seconds)
        await self._listening
        return code

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to leave; its exit code, which must come within the promised time."""
        self._process.send_signal(number)
        return await self.wait(PROMISED_SECONDS)

    async def kill(self) -> None:
        """SIGKILL, unless it has ended before; it is dead when this returns."""
        if self._process.returncode is None:
            self._process.kill()
        await self.wait()

    async def live_for(self, seconds: float) -> None:
        """Let it live so long and not longer."""
        try:
            await asyncio.wait_for(self._process.wait(), seconds)
        except TimeoutError:
            await self.kill()

    async def _patiently(self, awaited: Awaitable[Any], seconds: float) -> Any:
        try:
            return await asyncio.wait_for(awaited, seconds)
        except TimeoutError:
            raise AssertionError(f"nothing of it within {seconds} s; it said\n{self.output}") from None
