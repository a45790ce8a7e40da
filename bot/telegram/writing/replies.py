"""Replies: what handlers say and ask over the network, after their updates are confirmed, one chat after the other.

Each chat has a queue of its own, in order and short: what is too much drops the oldest, for good. Chats take turns,
and a chat has one reply on its way at a time, so nobody waits for those of somebody else. Nothing is repeated, as the
person who asked can ask again.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, NamedTuple

from bot.errors import ChatMovedError, RateLimitedError, VerbatimError
from bot.log import get_logger
from bot.metrics import Metrics
from bot.telegram.pace import Pace
from storage.errors import StorageUnavailableError

log = get_logger(__name__)
Say = Callable[[], Awaitable[None]]
Follow = Callable[[int, int], Awaitable[None]]

MOST_OF_A_CHAT = 20  # replies that wait; a person reads no more of them, and a group gets so many writes a minute
MOST = 2000  # of all chats, so that many chats do not fill the memory
AT_ONCE = 10  # Telegram answers in about 0.1 s: a hundred replies a second, more than it takes


class _Reply(NamedTuple):
    say: Say
    counts: bool
    dropped: Say | None


class Replies:
    """Says what was put there as soon as it is its chat's turn. What counts as a write waits for the pace.

    `follow` is called with the old and the new id of a chat that turns out to have moved.
    """

    def __init__(self, pace: Pace, metrics: Metrics, follow: Follow) -> None:
        self._pace = pace
        self._metrics = metrics
        self._follow = follow
        self._queues: dict[int, deque[_Reply]] = {}  # of chats that have something to say, or say it
        self._turns: deque[int] = deque()  # chats that may say something now
        self._running: set[asyncio.Task[None]] = set()
        self._resting: dict[int, asyncio.Task[None]] = {}  # by chat, until its reply may be said
        self._waiting = 0
        self._later: set[asyncio.Task[None]] = set()

    def put(self, chat_id: int, say: Say, *, counts: bool = False, dropped: Say | None = None) -> None:
        """Call `say` when it is the turn of the chat, or `dropped` if it is dropped as too much; a stop calls neither.

        `counts` if it writes a message.
        """
        if self._waiting >= MOST:
            self._drop_oldest(max(self._queues, key=lambda chat: len(self._queues[chat])))
        queue = self._queues.get(chat_id)
        if queue is None:
            queue = self._queues[chat_id] = deque()
            self._turns.append(chat_id)
        elif len(queue) >= MOST_OF_A_CHAT:
            self._drop_oldest(chat_id)
        queue.append(_Reply(say, counts, dropped))
        self._waiting += 1
        self._serve()

    def put_later(self, chat_id: int, say: Say, seconds: float, *, counts: bool = False) -> None:
        """Put something there that is to be said in a while; a stop drops it. Only for what is stored."""
        task = asyncio.create_task(self._put_at(self._pace.clock() + seconds, chat_id, say, counts=counts))
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def _put_at(self, moment: float, chat_id: int, say: Say, *, counts: bool) -> None:
        await self._pace.clock.until(moment)
        self.put(chat_id, say, counts=counts)

    def _drop_oldest(self, chat_id: int) -> None:
        reply = self._queues[chat_id].popleft()
        self._waiting -= 1
        self._metrics.replies_dropped.inc()
        if reply.dropped is not None:
            self._run(self._carry_out(reply.dropped()))

    def _serve(self) -> None:
        while self._turns and len(self._running) < AT_ONCE:
            chat_id = self._turns.popleft()
            if not self._queues.get(chat_id):
                self._queues.pop(chat_id, None)
            elif self._may_speak(chat_id):
                self._run(self._say_next(chat_id))
            else:
                self._resting[chat_id] = asyncio.create_task(self._rest(chat_id))

    def _run(self, what: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(what)
        self._running.add(task)
        task.add_done_callback(self._ended)

    def _may_speak(self, chat_id: int) -> bool:
        """Tell whether the oldest reply of a chat has its place, or needs none."""
        has_rested = self._resting.pop(chat_id, None) is not None
        if has_rested or not self._queues[chat_id][0].counts:
            return True
        self._pace.refusing.ask_again(chat_id)  # somebody there has just written
        return self._pace.reserve_at_once(chat_id)

    async def _rest(self, chat_id: int) -> None:
        """Let a chat have its next turn when the pace has a place for its reply, which keeps no other one waiting."""
        while True:
            try:
                await self._pace.reserve(chat_id)
            except RateLimitedError as error:
                await self._pace.clock.until(self._pace.clock() + (error.retry_after or 0.0))
            else:
                break
        self._turns.appendleft(chat_id)
        self._serve()

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._serve()

    async def _say_next(self, chat_id: int) -> None:
        """Say the oldest reply of the chat."""
        reply = self._queues[chat_id].popleft()
        self._waiting -= 1
        try:
            await self._carry_out(self._say(chat_id, reply))
        finally:
            self._turns.append(chat_id)

    async def _carry_out(self, what: Awaitable[None]) -> None:
        try:
            await what
        except (VerbatimError, StorageUnavailableError) as error:
            log.info("reply.failed", reason=str(error))
        except Exception as error:
            self._metrics.bug("reply")
            log.error("reply.bug", exc_info=error)

    async def _say(self, chat_id: int, reply: _Reply) -> None:
        try:
            await reply.say()
        except ChatMovedError as error:
            log.info("reply.dropped", reason=str(error))
            await self._follow(chat_id, error.new_chat_id)

    async def idle(self) -> None:
        """Wait until nothing is left to say but what waits for the pace."""
        while self._running:
            await asyncio.wait(self._running)

    async def stop(self, grace_seconds: float) -> None:
        """Say for a while what can still be said, and drop the rest."""
        try:
            async with asyncio.timeout(grace_seconds):
                await self.idle()
        except TimeoutError:
            log.info("replies.dropped", replies=self._waiting)
        self._turns.clear()
        self._queues.clear()
        left = [*self._running, *self._resting.values(), *self._later]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
