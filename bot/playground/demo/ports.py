"""Listening where one is expected, and saying so when that is not possible."""

import errno
from collections.abc import Awaitable, Callable
from typing import TypeVar

PAGE_PORT = 8100
TELEGRAM_PORT = 8101
SPEECH_PORT = 8102

Started = TypeVar("Started")
Say = Callable[[str], object]


class PortTakenError(Exception):
    """A port that somebody asked for belongs to somebody else."""


async def listen(start: Callable[[int], Awaitable[Started]], asked: int | None, usual: int, say: Say) -> Started:
    """`start` on the port that was asked for, else on the usual one, or on any if that is taken."""
    try:
        return await start(usual if asked is None else asked)
    except OSError as error:
        if asked is not None:
            raise PortTakenError(f"Port {asked} cannot be listened on: {error.strerror}") from None
        if error.errno != errno.EADDRINUSE:
            raise
        say(f"Port {usual} is taken; another one is used.")
    return await start(0)
