"""A ledger for tests that have a hand on the clock: what the one in PostgreSQL promises, in memory."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence

from bot.telegram.pacing.windows import Window
from storage.errors import StorageUnavailableError
from storage.ledger import Answer, Ask, Limit, Narrowing, Verdict
from tests.clock import Clock


class MemoryLedger:
    """Counts the writes of several paces. While it is `away` every question fails; `asked` has all that were put."""

    def __init__(self, clock: Clock) -> None:
        self.away = False
        self.asked: list[Ask] = []
        self.late: list[tuple[float, float]] = []
        self.begun: list[float | None] = []
        self.blocked: dict[int, float] = {}
        self._clock = clock
        self._overall: dict[bool, list[float]] = {True: [], False: []}
        self._next_at = {True: 0.0, False: 0.0}
        self._chats: dict[tuple[int, bool], list[float]] = defaultdict(list)

    async def ask(self, write: Ask, late: Sequence[tuple[float, float]]) -> Answer:
        await self._reach()
        self.asked.append(write)
        self.late += late
        now = self._clock()
        if self.blocked.get(write.chat_id, 0.0) > now:
            return Answer(Verdict.BLOCKED, self.blocked[write.chat_id] - now, 0.0)
        free_at = self._chat_at(write, now)
        if free_at > now:
            return Answer(Verdict.CHAT, free_at - now, 0.0)
        return self._in_all(write, now)

    def _chat_at(self, write: Ask, now: float) -> float:
        messages, edits = (self._chats[write.chat_id, kind] for kind in (True, False))
        free_at = _next(sorted(messages + edits), write.of_chat, now)
        if write.is_message and write.of_messages is not None:
            free_at = max(free_at, _next(messages, write.of_messages, now))
        return free_at

    def _in_all(self, write: Ask, now: float) -> Answer:
        kind, written = write.is_message, self._overall[write.is_message]
        due = max(_next(written, Limit(write.overall, 1.0), now), self._next_at[kind])
        if due > now and write.overall < write.most:
            return Answer(Verdict.OVERALL, due - now, 0.0)
        if due > now:
            self._next_at[kind] = due + 1 / write.most
        written.append(due)
        written.sort()
        self._chats[write.chat_id, kind].append(due)
        return Answer(Verdict.GRANTED, due - now, due)

    async def block(self, chat_id: int, seconds: float) -> None:
        await self._reach()
        self.blocked[chat_id] = self._clock() + seconds

    async def refused(self, begun: float | None, narrowing: Narrowing) -> int | None:
        await self._reach()
        self.begun.append(begun)
        return narrowing.most if len(self.begun) == narrowing.several else None

    async def _reach(self) -> None:
        await asyncio.sleep(0)  # as over a network
        if self.away:
            raise StorageUnavailableError("nobody answers")


def _next(moments: Sequence[float], limit: Limit, now: float) -> float:
    return Window(limit.writes, limit.span, moments=list(moments)).next(now, limit.writes)
