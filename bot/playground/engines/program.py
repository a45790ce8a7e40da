"""Running another program to its end, and reading its output."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.subprocesses import end, start


class ProgramError(Exception):
    """A program has failed; the message says which one and why."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended, and what it wrote."""

    returncode: int
    stdout: bytes
    stderr: str


async def run(
    command: Sequence[str],
    feed: bytes = b"",
    *,
    name: str,
    timeout: float,  # noqa: ASYNC109 - a timeout is reported as a ProgramError
) -> Ended:
    """Run `command` with `feed` as its standard input. When the call ends or is cancelled, the process has ended.

    Raises ProgramError if it cannot be started, takes more than `timeout` seconds, or is killed by a signal.
    """
    process = await _start(command, name)
    try:
        async with asyncio.timeout(timeout):
            stdout, stderr = await process.communicate(feed)
    except TimeoutError as late:
        raise ProgramError(f"{name} took more than {timeout:g} s") from late
    finally:
        await end(process)
    returncode = await process.wait()
    if returncode < 0:
        raise ProgramError(f"{name} was killed by signal {-returncode}")
    return Ended(returncode, stdout, stderr.decode(errors="replace"))


async def _start(command: Sequence[str], name: str) -> asyncio.subprocess.Process:
    try:
        return await start(*command, stdin=asyncio.subprocess.PIPE)
    except OSError as failure:
        raise ProgramError(f"{name} could not be started: {failure.strerror}") from failure
