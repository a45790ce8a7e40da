"""Running another program to its end under limits, and reading its output."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.machine.subprocesses import NOT_STARTED, ChildLimits, end, start_limited
from bot.sizes import MEGABYTE

MEMORY_BYTES = 1024 * MEGABYTE  # a model for recognising speech takes some hundred megabytes
NOT_LOADED = 127  # the exit code where a library is missing


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

    It may use the processor for as long as it may last. Raises ProgramError if it cannot be started, takes more than
    `timeout` seconds, or is killed by a signal.
    """
    process = await _start(command, name, ChildLimits(cpu_seconds=timeout, memory_bytes=MEMORY_BYTES))
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
    if returncode in {NOT_STARTED, NOT_LOADED}:
        raise ProgramError(f"{name} could not be started")
    return Ended(returncode, stdout, stderr.decode(errors="replace"))


async def _start(command: Sequence[str], name: str, limits: ChildLimits) -> asyncio.subprocess.Process:
    try:
        return await start_limited(*command, limits=limits, stdin=asyncio.subprocess.PIPE)
    except OSError as failure:
        raise ProgramError(f"{name} could not be started: {failure.strerror}") from failure
