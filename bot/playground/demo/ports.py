"""The usual ports of the playground, and listening on another one if they are taken."""

import errno
from collections.abc import Awaitable, Callable
from typing import TypeVar

PAGE_PORT = 8100
TELEGRAM_PORT = 8101
SPEECH_PORT = 8102

Started = TypeVar("Started")
Say = Callable[[str], object]


class PortTakenError(Exception):
    """A port that was asked for is taken."""


async def listen(start: Callable[[int], Awaitable[Started]], asked: int | None, usual: int, say: Say) -> Started:
    """Call `start` with the port that was asked for, else with the usual one, or with 0 if that is taken.

    Raises PortTakenError if the port that was asked for cannot be used.
    """
    try:
        return await start(usual if asked is None else asked)
    except OSError as error:
        if asked is not None:
            raise PortTakenError(f"Port {asked} cannot be listened on: {error.strerror}") from None
        if error.errno != errno.EADDRINUSE:
            raise
        say(f"Port {usual} is taken; another one is used.")
    return await start(0)
