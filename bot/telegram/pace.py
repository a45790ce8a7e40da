"""Telegram's pace: which write may go now, and which one comes back later. Nothing waits here.

About 30 messages a second overall, 1 a second in a chat and 20 a minute in a group (Bots FAQ); short bursts
pass, and edits count. A write that would go beyond is refused with the seconds to wait, so that its step
comes back later and keeps no other one waiting. Placeholders leave the last writes to answers, and chats that
have written much lately leave the last ones overall to those that have not: one chat cannot use up all there is.
"""

from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

from bot.errors import RateLimitedError
from bot.outgoing.waits import SHORTEST, asked_wait
from bot.telegram.refusing import Refusing

OVERALL = (30, 1.0, 6)  # writes, in so many seconds, of them left to answers
PRIVATE = (60, 60.0, 10)
GROUP = (20, 60.0, 4)
LITTLE = 6  # writes of a chat within its span: three notes and their answers
KEPT_FOR_THE_QUIET = 8  # of the overall writes, left to chats that have written little
MANY = 1000  # chats remembered before the idle ones are forgotten

Answer = TypeVar("Answer")


class Urgency(StrEnum):
    """The purpose of a write, said with `rate_limit_args`; a write without it is never refused here."""

    PLACEHOLDER = "placeholder"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Write:
    """What a write is for, and whether its chat has written much lately."""

    urgency: Urgency
    busy: bool = False


@dataclass(slots=True)
class Window:
    """At most `limit` writes within any `span` seconds, `kept` of them for answers, `quiet` of them for quiet chats."""

    limit: int
    span: float
    kept: int
    quiet: int = 0
    writes: deque[float] = field(default_factory=deque)
    promised: dict[Write, float] = field(default_factory=dict)  # the latest moment a refused write of a kind was told

    def delay(self, now: float, write: Write) -> float:
        """Return the seconds until there is a place for a write, 0 for now."""
        self.forget(now)
        excess = len(self.writes) - self._allowed(write)
        return 0.0 if excess < 0 else self.writes[excess] + self.span - now

    def promise(self, now: float, write: Write) -> float:
        """Return the seconds that a refused write is told to wait; those of a kind are told different moments."""
        after_the_last = self.promised.get(write, 0.0) + self.span / self._allowed(write)
        self.promised[write] = max(now + self.delay(now, write), after_the_last)
        return self.promised[write] - now

    def _allowed(self, write: Write) -> int:
        kept = self.kept if write.urgency is Urgency.PLACEHOLDER else 0
        return self.limit - kept - (self.quiet if write.busy else 0)

    def forget(self, now: float) -> None:
        """Drop what was written before the span, and everything where the clock was put back since."""
        if self.writes and self.writes[-1] > now:
            self.writes.clear()
            self.promised.clear()
        while self.writes and self.writes[0] <= now - self.span:
            self.writes.popleft()

    def is_idle(self, now: float) -> bool:
        return not self.writes or self.writes[-1] <= now - self.span


class Pace(BaseRateLimiter[str]):
    """Asked by python-telegram-bot before every call; `now` is the wall clock in seconds.

    What a chat refuses at the moment is remembered in `refusing`.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self.refusing = Refusing(now)
        self._overall = Window(*OVERALL, quiet=KEPT_FOR_THE_QUIET)
        self._chats: dict[int, Window] = {}
        self._blocked: dict[int, tuple[float, float]] = {}  # since when, until when

    async def initialize(self) -> None:
        """Do nothing: there is nothing to open."""

    async def shutdown(self) -> None:
        """Do nothing: there is nothing to close."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: str | None,
    ) -> Any:
        chat_id = data.get("chat_id")
        if not isinstance(chat_id, int) or not _writes(endpoint):
            return await callback(*args, **kwargs)
        urgency = Urgency(rate_limit_args) if rate_limit_args else None
        return await self.paced(endpoint, chat_id, _topic(data), urgency, lambda: callback(*args, **kwargs))

    async def paced(
        self,
        endpoint: str,
        chat_id: int,
        topic: int | None,
        urgency: Urgency | None,
        call: Callable[[], Awaitable[Answer]],
    ) -> Answer:
        """Make a call that writes to a topic of a chat, unless it may not go now or the chat refuses it."""

        async def write() -> Answer:
            self.spend(chat_id, urgency)
            return await call()

        try:
            return await self.refusing.asked(chat_id, endpoint, write, topic=topic)
        except RetryAfter as error:
            self.block(chat_id, seconds(error))
            raise

    def check(self, chat_id: int, urgency: Urgency) -> None:
        """Raise RateLimitedError, with the seconds to wait, if a write may not go now."""
        now = self._now()
        chat = self._chat(chat_id, now)
        chat.forget(now)
        write = Write(urgency, busy=len(chat.writes) > LITTLE)
        own, overall = chat.delay(now, write), self._overall.delay(now, write)
        wait = self._blocked_for(chat_id, now)
        if max(own, overall) > 0:
            refusing = chat if own >= overall else self._overall
            wait = max(wait, refusing.promise(now, write))
        if wait > 0:
            raise RateLimitedError("our own pace", retry_after=wait)

    def _blocked_for(self, chat_id: int, now: float) -> float:
        """Return the seconds for which Telegram still asks for patience; none where the clock was put back since."""
        since, until = self._blocked.get(chat_id, (now, now))
        return until - now if since <= now else 0.0

    def spend(self, chat_id: int, urgency: Urgency | None) -> None:
        """Count a write, unless `check` refuses it."""
        if urgency is not None:
            self.check(chat_id, urgency)
        now = self._now()
        for window in (self._overall, self._chat(chat_id, now)):
            window.forget(now)
            window.writes.append(now)

    def block(self, chat_id: int, seconds: float) -> None:
        """Refuse writes to this chat for so many seconds, as Telegram asked for patience."""
        now = self._now()
        self._blocked[chat_id] = (now, now + seconds)

    def _chat(self, chat_id: int, now: float) -> Window:
        if chat_id not in self._chats:
            if len(self._chats) >= MANY:
                self._forget_idle(now)
            self._chats[chat_id] = Window(*(GROUP if chat_id < 0 else PRIVATE))
        return self._chats[chat_id]

    def _forget_idle(self, now: float) -> None:
        self._blocked = {chat: span for chat, span in self._blocked.items() if self._blocked_for(chat, now) > 0}
        self._chats = {chat: window for chat, window in self._chats.items() if not window.is_idle(now)}


def seconds(error: RetryAfter) -> float:
    """Return `retry_after` in seconds, fit to wait for: it is an int or, with PTB_TIMEDELTA set, a timedelta."""
    return asked_wait(error.retry_after) or SHORTEST


def _topic(data: dict[str, Any]) -> int | None:
    return data.get("message_thread_id") or data.get("direct_messages_topic_id")


def _writes(endpoint: str) -> bool:
    """Tell whether a call counts: messages and edits do, downloads, chat actions and questions do not."""
    return endpoint.startswith(("send", "edit")) and endpoint != "sendChatAction"
