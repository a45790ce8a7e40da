"""The bot as a child process: started as an operator starts it, with its log read, and restarted when it dies."""

import asyncio
import json
import sys
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from bot.machine.subprocesses import start
from bot.playground.demo.kill import kill_with_children
from bot.playground.notifier import Notifier

# -P: modules are not searched in the current directory or that of the program.
DIE_WITH_PARENT = (sys.executable, "-P", str(Path(__file__).with_name("die_with_parent.py")))
PROGRAM = (*DIE_WITH_PARENT, "-m", "bot", "run")
LINES_KEPT = 1000
LONGEST_LINE = 1024 * 1024
STOP_SECONDS = 10.0  # the bot promises 8
PAUSE_SECONDS = 1.0  # before a restart, unless the bot was killed on purpose
MOST_DEATHS = 5  # in a row, of a bot that was neither killed on purpose nor ready in between
WRONG_SETTINGS = 2
READY = "telegram.ready"
KILLED = "Killed with kill -9."

State = Literal["starting", "running", "restarting", "stopped"]


class BotProcess:
    """The bot's process: `run` keeps it alive, and restarts it at once after `kill`."""

    def __init__(  # noqa: PLR0913 - the last three are for tests
        self,
        environment: Mapping[str, str],
        folder: Path,
        notifier: Notifier,
        clock: Callable[[], float],
        *,
        program: Sequence[str] = PROGRAM,
        pause_seconds: float = PAUSE_SECONDS,
        stop_seconds: float = STOP_SECONDS,
    ) -> None:
        self.state: State = "starting"
        self.lives = 0
        self.note = ""
        self._environment = dict(environment)
        self._folder = folder
        self._notifier = notifier
        self._clock = clock
        self._program = program
        self._pause_seconds = pause_seconds
        self._stop_seconds = stop_seconds
        self._lines = deque[dict[str, Any]](maxlen=LINES_KEPT)
        self._numbered = 0
        self._deaths = 0
        self._killed = False
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int | None:
        process = self._process
        return process.pid if process is not None and process.returncode is None else None

    @property
    def lines(self) -> Sequence[dict[str, Any]]:
        """The latest lines of its log, over all its lives, numbered from 1 upwards."""
        return self._lines

    def as_json(self) -> dict[str, Any]:
        return {"state": self.state, "pid": self.pid, "lives": self.lives, "note": self.note}

    def kill(self) -> bool:
        """Kill the bot and its children with SIGKILL; return False if it is not alive at the moment."""
        if self._process is None or self.pid is None:
            return False
        self._killed = True
        self._change("restarting", KILLED)
        kill_with_children(self._process)
        return True

    async def run(self) -> None:
        """Start the bot again and again, until that is hopeless. If this is cancelled, the bot is stopped first."""
        try:
            while await self._live():
                pass
        finally:
            await self._stop()

    async def _live(self) -> bool:
        """Run one life of the bot, and return whether there should be another."""
        try:
            self._process = process = await self._start()
        except OSError as error:
            self._change("stopped", f"The bot cannot be started: {error.strerror}.")
            return False
        self.lives += 1
        self._notifier.notify()
        await self._listen(process)
        return await self._should_restart(await process.wait())

    async def _should_restart(self, code: int) -> bool:
        """Decide about a restart: after `kill` always and at once, else after a pause and not too often."""
        if self._killed:
            self._killed = False
            self._change("restarting", KILLED)
            return True
        self._deaths += 1
        if code == WRONG_SETTINGS or self._deaths >= MOST_DEATHS:
            self._change("stopped", f"The bot has ended with exit code {code}. {self._last_words()}")
            return False
        self._change("restarting", f"The bot has ended with exit code {code}; starting it again.")
        await asyncio.sleep(self._pause_seconds)
        return True

    async def _start(self) -> asyncio.subprocess.Process:
        return await start(
            *self._program,
            stderr=asyncio.subprocess.STDOUT,
            limit=LONGEST_LINE,
            environment=self._environment,
            folder=self._folder,
        )

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        while True:
            try:
                line = await process.stdout.readline()
            except ValueError:  # the line is longer than LONGEST_LINE; asyncio has dropped what it has read of it
                continue
            if not line:
                return
            self._add_line(line.decode(errors="replace").rstrip())

    def _add_line(self, text: str) -> None:
        line = read_line(text, self._clock())
        self._numbered += 1
        self._lines.append(line | {"number": self._numbered})
        if line["event"] == READY:
            self._deaths = 0
            self._change("running", "")
        self._notifier.notify()

    def _last_words(self) -> str:
        return str(self._lines[-1]["event"]) if self._lines else ""

    def _change(self, state: State, note: str) -> None:
        self.state, self.note = state, note
        self._notifier.notify()

    async def _stop(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            process.terminate()
        listening = asyncio.create_task(self._listen(process))
        try:
            async with asyncio.timeout(self._stop_seconds):
                await process.wait()
        except TimeoutError:
            kill_with_children(process)
            await process.wait()
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


def read_line(text: str, now: float) -> dict[str, Any]:
    """Parse a line of the bot's log. A line that is not JSON, such as one of a traceback, becomes the event itself."""
    try:
        line = json.loads(text)
        at = datetime.fromisoformat(line.pop("timestamp")).timestamp()
        return {"job": None, **line, "at": at, "level": str(line["level"]), "event": str(line["event"])}
    except (ValueError, TypeError, KeyError, AttributeError):
        return {"at": now, "level": "error", "event": text, "job": None}
