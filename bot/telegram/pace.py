"""Telegram's pace: which write may go now, and how long another one waits for its turn.

"About 30 messages a second" overall, 1 a second in a chat where short bursts pass, and 20 a minute in a group (Bots
FAQ). Of edits it says nothing: they are taken to count in a chat like messages, but neither among the 20 of a group nor
among the 30 overall, until refusals tell otherwise.

A write that finds no room waits in memory for its turn, for seconds; where that would be long it is refused with the
seconds to wait, so that its step comes back later. Answers go first, and before that placeholders leave the last writes
of a chat to them. Chats that have written much lately leave the last ones overall to those that have not: one chat
cannot use up all there is.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from enum import StrEnum
from typing import Any, TypeVar

from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

from bot.errors import RateLimitedError
from bot.machine.clock import Clock
from bot.outgoing.waits import SHORTEST, asked_wait
from bot.telegram.pacing.chat import Chat
from bot.telegram.pacing.line import Line
from bot.telegram.pacing.shared import Shared, SharedLine
from bot.telegram.pacing.together import SPAN, Together
from bot.telegram.pacing.windows import LONGEST_WAIT, Turn, Window, Write
from bot.telegram.refusing import Refusing
from storage.ledger import Ledger

MANY = 1000  # chats remembered before the idle ones are forgotten
KEPT_EDITS = 6  # of all chats, left to answers by what else is edited; few answers are messages
SHARE_OF_MESSAGES = 0.6  # of places that edits wait for too: each message brings an edit, and nothing begins without it
AT_ONCE = 1.0  # second, within which a ledger has answered for a write that does not wait

Answer = TypeVar("Answer")


class Urgency(StrEnum):
    """The purpose of a write, said with `rate_limit_args`; a write without it never waits and is never refused."""

    PLACEHOLDER = "placeholder"
    ANSWER = "answer"
    PROGRESS = "progress"  # goes at once or not at all


class Pace(BaseRateLimiter[str]):
    """Asked by python-telegram-bot before every call.

    With a ledger it is the pace of all processes that share it. What a chat refuses at the moment is remembered in
    `refusing`.
    """

    def __init__(self, clock: Clock, ledger: Ledger | None = None) -> None:
        self.clock = clock
        self.refusing = Refusing(clock)
        self._together = Together()
        self._messages: Line | SharedLine = Line(clock, self._together, SHARE_OF_MESSAGES, kept=0)
        self._edits: Line | SharedLine = Line(clock, self._together, 1 - SHARE_OF_MESSAGES, KEPT_EDITS)
        self._shared: Shared | None = None
        if ledger is not None:
            self._shared = shared = Shared(clock, ledger)
            self._messages, self._edits = SharedLine(clock, shared, kept=0), SharedLine(clock, shared, KEPT_EDITS)
        self._chats: dict[int, Chat] = {}
        self._swept_at = 0.0

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
        line = self._line_of(endpoint)
        if not isinstance(chat_id, int) or line is None:
            return await callback(*args, **kwargs)
        urgency = Urgency(rate_limit_args) if rate_limit_args else None
        topic = data.get("message_thread_id") or data.get("direct_messages_topic_id")
        return await self.paced(endpoint, chat_id, topic, urgency, lambda: callback(*args, **kwargs))

    async def paced(
        self,
        endpoint: str,
        chat_id: int,
        topic: int | None,
        urgency: Urgency | None,
        call: Callable[[], Awaitable[Answer]],
    ) -> Answer:
        """Make a call that writes to a topic of a chat when it is its turn, unless the chat refuses it.

        RateLimitedError, with the seconds to wait, where that takes longer than LONGEST_WAIT, or any time for progress.
        """
        line = self._line_of(endpoint)
        assert line is not None
        await self.refusing.heard(chat_id, endpoint, topic)  # which costs no place
        chat = self._chat(chat_id)
        is_answer = urgency is None or urgency is Urgency.ANSWER
        write = chat.write(is_answer=is_answer, is_message=line is self._messages)
        turn = await self._turn(chat, line, write, urgency)
        try:
            return await self.refusing.asked(chat_id, endpoint, call, topic)
        except RetryAfter as error:
            await self._refused(chat, turn, seconds(error))
            raise
        finally:
            self._ended(chat, line, write, turn)

    async def reserve(self, chat_id: int, longest: float = LONGEST_WAIT) -> None:
        """Wait until a placeholder may go to a chat, and keep its place for one that is sent within a second.

        RateLimitedError, with the seconds to wait, where that takes longer than `longest`.
        """
        chat = self._chat(chat_id)
        chat.reserve(await self._take(chat, self._messages, _placeholder(chat), longest))

    def others_come_first(self, chat_id: int) -> bool:
        """Tell whether a placeholder for a chat has to wait now, for other chats only and LONGEST_WAIT at the most."""
        now, chat = self.clock(), self._chat(chat_id)
        write = _placeholder(chat)
        return chat.next(now, write) <= now < self._messages.expected(now, write) <= now + LONGEST_WAIT

    def reserve_at_once(self, chat_id: int) -> bool:
        """Reserve if a placeholder may go to a chat now, unless a ledger has to be asked; tell whether that is so."""
        if self._shared is not None:
            return False
        now, chat = self.clock(), self._chat(chat_id)
        write = _placeholder(chat)
        if max(chat.next(now, write), self._messages.expected(now, write)) > now:
            return False
        chat.add(now, write)
        self._messages.count(now)
        chat.reserve(Turn(now))
        return True

    def block(self, chat_id: int, seconds: float) -> None:
        """Let no write go to this chat for so many seconds, as Telegram asked for patience."""
        self._chat(chat_id).block(self.clock(), seconds)

    def has_room_to_edit(self, chat_id: int) -> bool:
        """Tell whether an edit may go to a chat now that no answer needs the room for, as far as is known here."""
        now, chat = self.clock(), self._chat(chat_id)
        write = chat.write(is_answer=False, is_message=False)
        return max(chat.next(now, write), self._edits.expected(now, write)) <= now

    async def _turn(self, chat: Chat, line: Line | SharedLine, write: Write, urgency: Urgency | None) -> Turn:
        """Return the turn of a write: one that is reserved, or the one that comes next."""
        now = self.clock()
        if urgency is None:
            chat.add(now, write)
            line.count(now)
            return Turn(now)
        if write.is_message and (reserved := chat.take_reserved(now)) is not None:
            return reserved
        if urgency is not Urgency.PROGRESS:
            return await self._take(chat, line, write)
        try:
            async with asyncio.timeout(AT_ONCE):
                return await self._take(chat, line, write, longest=0.0)
        except TimeoutError:
            raise RateLimitedError("our own pace", retry_after=AT_ONCE) from None

    async def _take(self, chat: Chat, line: Line | SharedLine, write: Write, longest: float = LONGEST_WAIT) -> Turn:
        """Wait for the turn of a write and count it; its place in the chat is counted from the start.

        A wait that is given up gives that place back.
        """
        now = self.clock()
        due = chat.next(now, write)
        _refuse_if_long(now, due, chat, write, longest)
        _refuse_if_long(now, line.expected(now, write), line.window, write, longest)
        chat.add(due, write)
        try:
            turn = await self._wait(chat, line, write, due)
        except BaseException:
            chat.remove(due, write)
            raise
        chat.move(due, turn.at, write)
        line.count(turn.at)
        return turn

    async def _wait(self, chat: Chat, line: Line | SharedLine, write: Write, due: float) -> Turn:
        """Wait for the chat, then in line; again if the chat has to be waited for by then."""
        while True:
            if due > self.clock():
                await self.clock.until(due)
            turn = await line.turn(write, chat)
            now, due = self.clock(), turn.at
            if due <= now:
                return turn
            _refuse_if_long(now, due, chat, write)

    async def _refused(self, chat: Chat, turn: Turn, seconds: float) -> None:
        """Leave the chat alone for as long as Telegram says, and learn from it if all chats together are meant."""
        now = self.clock()
        chat.block(now, seconds)
        is_about_all = not chat.is_fast(now)
        if self._shared is not None:
            await self._shared.refused(chat, seconds, turn if is_about_all else None)
        elif is_about_all:
            self._together.refused(turn.at, now)

    def _ended(self, chat: Chat, line: Line | SharedLine, write: Write, turn: Turn) -> None:
        """Count a write from its end: when Telegram counted it is not known, but it was not later."""
        now = self.clock()
        if now > turn.at:
            chat.move(turn.at, now, write)
            line.move(turn, now)

    def _line_of(self, endpoint: str) -> Line | SharedLine | None:
        """Return where a call counts: messages and edits do, downloads, chat actions and questions do not."""
        if endpoint.startswith("edit"):
            return self._edits
        return self._messages if endpoint.startswith("send") and endpoint != "sendChatAction" else None

    def _chat(self, chat_id: int) -> Chat:
        chat = self._chats.get(chat_id)
        if chat is None:
            if len(self._chats) >= MANY:
                self._forget_idle()
            chat = self._chats[chat_id] = Chat(chat_id)
        return chat

    def _forget_idle(self) -> None:
        """Forget chats of which nothing needs to be known, once a second at the most."""
        now = self.clock()
        if 0 <= now - self._swept_at < SPAN:
            return
        self._swept_at = now
        self._chats = {chat_id: chat for chat_id, chat in self._chats.items() if not chat.is_idle(now)}


def _placeholder(chat: Chat) -> Write:
    return chat.write(is_answer=False, is_message=True)


def _refuse_if_long(
    now: float, moment: float, place: Chat | Window, write: Write, longest: float = LONGEST_WAIT
) -> None:
    """Raise RateLimitedError, with a moment to come back to `place`, if a write would wait there for long."""
    if moment - now > longest:
        raise RateLimitedError("our own pace", retry_after=place.promise(moment, write) - now)


def seconds(error: RetryAfter) -> float:
    """Return `retry_after` in seconds, fit to wait for: it is an int or, with PTB_TIMEDELTA set, a timedelta."""
    return asked_wait(error.retry_after) or SHORTEST
