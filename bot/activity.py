"""What a step is doing, and whether it gets on: told by those who do it, read by the turn that takes the step.

A step that was cut off for its time, or that an error of the system ended, was doing something then: `doing` says what,
and by that whose fault it is. `moved` says that bytes have passed. Outside of a step both do nothing.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum


class Doing(StrEnum):
    """What takes the time of a step."""

    DOWNLOADING = "downloading from Telegram"
    CONVERTING = "converting the recording"
    UPLOADING = "uploading to the speech service"
    ASKING = "asking the speech service"
    WRITING = "writing to Telegram"
    WORKING = "working"  # on nothing that another server or another program does


@dataclass(slots=True)
class Activity:
    """One step: what it was doing when it was cut off, and how often something of it has moved."""

    cut: Doing = Doing.WORKING
    moves: int = 0


_activity: ContextVar[Activity | None] = ContextVar("activity", default=None)


@contextmanager
def watched() -> Iterator[Activity]:
    """Watch what this task, and those that it starts, are doing from here on."""
    token = _activity.set(activity := Activity())
    try:
        yield activity
    finally:
        _activity.reset(token)


@contextmanager
def doing(what: Doing) -> Iterator[None]:
    """Tell what is done in this block. An exception that leaves it carries that as a note."""
    try:
        yield
    except asyncio.CancelledError:
        if (activity := _activity.get()) is not None:
            activity.cut = what
        raise
    except Exception as error:
        error.add_note(what)
        raise


def done_at(error: Exception) -> Doing | None:
    """Return what was being done when an exception was raised; None where nobody said."""
    noted = next(iter(getattr(error, "__notes__", ())), None)
    return noted if isinstance(noted, Doing) else None


def moved() -> None:
    """Tell that bytes have passed."""
    if (activity := _activity.get()) is not None:
        activity.moves += 1
