"""What a step is doing, and whether it gets on: told by those who do it, read by the turn that takes the step.

A step that was cut off for its time, or that an error of the system ended, was doing something then: `doing` says what,
and by that whose fault it is. `moved` says that bytes have passed, `resting` that nothing is done before a moment
comes. Outside of a step they do nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

Result = TypeVar("Result")


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
    """One step: what it was doing when it was cut off, and how often something of it has moved.

    `changed` is called whenever `rests` may have changed, and when the same hand goes on with the next step. `sure` is
    that of `surely_ours`; None where only one process works, so that nobody else can take a job over.
    """

    changed: Callable[[], None] = lambda: None
    sure: Callable[[], Awaitable[None]] | None = None
    edits: int = 0  # that were begun beside other processes, and after which no lease was found to hold
    cut: Doing = Doing.WORKING
    moves: int = 0
    branches: int = 1  # of the step, that go on side by side
    waits: int = 0  # branches that wait for a moment
    awaited: set["asyncio.Task[Any]"] = field(default_factory=set)  # branches for the first of which the step waits

    @property
    def rests(self) -> bool:
        """Tell whether all of the step waits for a moment."""
        return self.waits > 0 and self.waits >= self.branches


_activity: ContextVar[Activity | None] = ContextVar("activity", default=None)


@contextmanager
def watched(activity: Activity) -> Iterator[None]:
    """Watch what this task, and those that it starts, are doing from here on."""
    token = _activity.set(activity)
    try:
        yield
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


async def surely_ours(*, edits: bool = False) -> None:
    """Return while the job of this step is surely led by nobody else; wait where that is unknown, and raise if it is.

    Called right before something is shown or paid for. A machine that was paused may have slept since the last write.
    """
    activity = _activity.get()
    if activity is not None and activity.sure is not None:
        await activity.sure()
        activity.edits += edits


def done_at(error: Exception) -> Doing | None:
    """Return what was being done when an exception was raised; None where nobody said."""
    noted = next(iter(getattr(error, "__notes__", ())), None)
    return noted if isinstance(noted, Doing) else None


def moved() -> None:
    """Tell that bytes have passed."""
    if (activity := _activity.get()) is not None:
        activity.moves += 1


@contextmanager
def resting() -> Iterator[None]:
    """Tell that nothing is done in this block, as a moment has to come."""
    activity = _activity.get() or Activity()
    activity.waits += 1
    activity.changed()
    try:
        yield
    finally:
        activity.waits -= 1
        activity.changed()


def beside(work: Coroutine[Any, Any, Result]) -> "asyncio.Task[Result]":
    """Begin some work beside the step, as a branch of its own until it ends."""
    activity = _activity.get() or Activity()

    async def counted() -> Result:
        try:
            return await work
        finally:
            if asyncio.current_task() not in activity.awaited:
                activity.branches -= 1
                activity.changed()

    activity.branches += 1
    return asyncio.create_task(counted())


async def until_done(*branches: "asyncio.Task[Any]") -> None:
    """Wait until one of these branches has ended, however it did.

    A step that only waits for its branches rests when they do. One that has ended counts until the step goes on.
    """
    activity = _activity.get() or Activity()
    pending = {branch for branch in branches if not branch.done()}
    activity.awaited |= pending
    activity.branches -= 1
    activity.changed()
    try:
        await asyncio.wait(branches, return_when=asyncio.FIRST_COMPLETED)
    finally:
        activity.awaited -= pending
        activity.branches += 1 - sum(branch.done() for branch in pending)
