"""Transfers that move: they may take as long as they need, and one that stands still or crawls is ended.

The bytes of a recording take a second or an hour, so no limit on the whole can be right. All limits of transfers are
in `Limits`.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

from bot.activity import moved


@dataclass(frozen=True, slots=True)
class Limits:
    """How slow a transfer may be. Spans are in seconds."""

    connect: float = 10.0  # until there is a connection: a server that takes longer to say hello is down
    answer: float = 20.0  # until the answer to a question begins, which takes the server milliseconds
    result: float = 120.0  # until the answer to an upload begins: gateways give up after 100 seconds
    local_file: float = 300.0  # until a Bot API server on this machine has a file that it fetches where we see nothing
    local_rate: float = 500_000.0  # bytes a second, of what is large: so long it gets on top of that
    unseen_every: float = 60.0  # that such a fetch gets on is believed
    still: float = 60.0  # without a byte: a network that is back after more has lost the connection
    floor: float = 8_000.0  # bytes a second, on average: 20 MB take three quarters of an hour, and nobody waits longer
    floor_over: float = 300.0  # over which that average is taken, as a mobile network has bad minutes
    look_every: float = 1.0  # at what has left in an upload, of which nobody tells
    go_on_after: float = 1.0  # a download that broke off, so that a server that restarts is there again


LIMITS = Limits()
_NEAR = 0.02  # of the seconds of a standstill


class StillError(TimeoutError):
    """A transfer was ended for standing still. The message says so, as what the other side did."""


class CrawlError(StillError):
    """A transfer was ended for being too slow, although it moved."""


class Moving:
    """Pushes the end of a transfer into the future as long as bytes pass; times are those of the event loop."""

    def __init__(self, limits: Limits, end: asyncio.Timeout, seconds: float) -> None:
        self._limits = limits
        self._end = end
        self._now = asyncio.get_running_loop().time
        self._passed = 0
        self._look_back_at = self._now() + limits.floor_over
        self._crawls = False
        self._expected: float | None = None  # seconds until an answer begins
        self.expect(seconds)

    def expect(self, seconds: float) -> None:
        """Expect the beginning of an answer within so many seconds from now on."""
        self._expected = seconds
        self._end.reschedule(self._now() + seconds)

    def passed(self, count: int) -> None:
        """Tell that bytes have passed. Those of every `floor_over` seconds must be as many as the floor asks for."""
        if count:
            moved()
        limits, now = self._limits, self._now()
        if now >= self._look_back_at:
            self._look_back_at, self._passed = now + limits.floor_over, 0
        self._passed += count
        self._expected = None
        self._crawls = self._passed < limits.floor * limits.floor_over and self._look_back_at < now + limits.still
        self._end_at(self._look_back_at if self._crawls else now + limits.still)

    def _end_at(self, moment: float) -> None:
        """Move the end, unless it comes hardly later than that: most chunks of a quick transfer need not move it."""
        end = self._end.when()
        if end is None or not moment <= end <= moment + _NEAR * self._limits.still:
            self._end.reschedule(moment + _NEAR * self._limits.still * (not self._crawls))

    def failure(self) -> StillError:
        """Return why the transfer was ended."""
        limits = self._limits
        if self._expected is not None:
            return StillError(f"did not answer within {self._expected:g} s")
        if self._crawls:
            return CrawlError(f"was slower than {limits.floor / 1000:g} kB/s over {limits.floor_over:g} s")
        return StillError(f"let nothing through for {limits.still:g} s")

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Expect nothing of the other side during this block, which waits for something of ours."""
        self._end.reschedule(None)
        yield
        self.passed(0)

    @contextmanager
    def sending(self, sent: Callable[[], int], size: int) -> Iterator[None]:
        """Look at how many bytes have been `sent`, until the answer begins; after all `size` of them, wait for that."""
        loop, before, ended = asyncio.get_running_loop(), 0, False

        def look() -> None:
            nonlocal before
            if ended:
                return
            if (now := sent()) > before:
                self.passed(now - before)
                before = now
            if now >= size:
                self.expect(self._limits.result)
            else:
                loop.call_later(self._limits.look_every, look)

        self.passed(0)
        look()
        try:
            yield
        finally:
            ended = True


@asynccontextmanager
async def moving(limits: Limits, seconds: float) -> AsyncIterator[Moving]:
    """Bound what is done in the block by movement alone. Its first byte must come within so many seconds.

    StillError or CrawlError ends it.
    """
    try:
        async with asyncio.timeout(None) as end:
            transfer = Moving(limits, end, seconds)
            yield transfer
    except TimeoutError:
        if not end.expired():
            raise
        raise transfer.failure() from None
