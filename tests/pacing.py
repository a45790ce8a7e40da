"""Writes that ask the pace while a test has its hand on the clock: which have gone, when, and which still wait."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from bot.errors import RateLimitedError
from bot.telegram.pace import Pace, Urgency
from tests.clock import Clock
from tests.ledger import MemoryLedger

MESSAGE, EDIT = "sendMessage", "editMessageText"
TURNS = 12  # of the loop, in which what needs no clock is done


@dataclass(slots=True, eq=False)
class Written:
    """A write: when it came, when it went, or how long it was told to stay away."""

    chat_id: int
    endpoint: str
    urgency: Urgency | None
    came: float
    went: float | None = None
    told: float | None = None


class Writers:
    """Everybody who writes through one process; the others have the same clock and the same ledger."""

    def __init__(self, clock: Clock | None = None, ledger: MemoryLedger | None = None) -> None:
        self.clock = clock or Clock()
        self.pace = Pace(self.clock, ledger)
        self._ledger = ledger
        self.all: list[Written] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def write(
        self,
        chat_id: int,
        urgency: Urgency | None = Urgency.ANSWER,
        endpoint: str = MESSAGE,
        answer: Callable[[], Coroutine[Any, Any, str]] | None = None,
    ) -> Written:
        """Begin a write and return it; it has gone by then if it may go at once."""
        written = Written(chat_id, endpoint, urgency, self.clock())
        self.all.append(written)
        self._tasks.append(asyncio.create_task(self._write(written, answer)))
        await turns()
        return written

    async def _write(self, written: Written, answer: Callable[[], Coroutine[Any, Any, str]] | None) -> None:
        async def call() -> str:
            written.went = self.clock()
            return await answer() if answer else "sent"

        try:
            asked = (written.endpoint, {"chat_id": written.chat_id}, written.urgency)
            await self.pace.process_request(call, (), {}, *asked)
        except RateLimitedError as error:
            written.told = error.retry_after

    async def give_up(self, written: Written) -> None:
        """Cancel a write, as a stop does."""
        task = self._tasks[self.all.index(written)]
        task.cancel()
        await asyncio.wait({task})

    async def pass_(self, seconds: float) -> None:
        """Let time pass, and whatever comes due meanwhile happen in its moment."""
        until = self.clock() + seconds
        while (moment := self.clock.next_at) is not None and moment <= until:
            self.clock.seconds = max(moment, self.clock())
            await self._turns()
        self.clock.seconds = until
        await self._turns()

    async def _turns(self) -> None:
        """Let everything happen that needs no clock. Where a ledger is asked, one question follows another."""
        await turns()
        asked = 0
        while self._ledger is not None and asked < len(self._ledger.asked):
            asked = len(self._ledger.asked)
            await turns()

    async def end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def turns() -> None:
    for _ in range(TURNS):
        await asyncio.sleep(0)
