"""Runs another program to its end, and reads all that it writes."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.subprocesses import end, start


class ProgramError(Exception):
    """A program did not do its work; the message says which one and why."""


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
    timeout: float,  # noqa: ASYNC109 - at its end the process is killed, which a cancelled caller could not do
) -> Ended:
    """Run `command` with `feed` as its standard input; no process outlives the call, however it ends.

    Raises ProgramError if it cannot be started, takes more than `timeout` seconds, or is killed by somebody else.
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
