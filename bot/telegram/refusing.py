"""What chats refuse at the moment: one call finds it out for all that the bot would say there.

A chat that refused a message is not asked again before a while has passed, which grows. Of several messages to a chat
that are sent at once, the first one goes alone and the others wait for its answer, so that a refusal costs one call.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from telegram.error import BadRequest, Forbidden

from bot.errors import ChatRefusesError, FormRefusedError, RefusedError, UndeliverableError, VerbatimError
from bot.log import get_logger
from bot.telegram.refusals import ThreadGoneError, refusal_of

log = get_logger(__name__)
Answer = TypeVar("Answer")

# Seconds from each refusal in a row to the next question. An answer that is refused costs two calls, as a text and as
# a file, so these are at most 4 in 15 seconds; the last wait is what a chat waits whose rights have been given back.
WAITS = (10.0, 20.0, 40.0, 60.0, 120.0, 300.0)
WAITS_IN_DOUBT = (10.0, 60.0, 300.0, 900.0)  # after refusals that nobody knows, at which few tries are made
FRESH = 15.0  # seconds after which a new recording may ask before that time: somebody may just have changed the rights
SEND = "send"  # with which the methods begin that send a message
GENERAL = f"{SEND} to {None}"
SOON = 2.0  # seconds for the answer to a message, for which other messages to the chat wait; most take a tenth of one
MANY = 1000  # chats remembered before those are forgotten that may be asked again


class _Kinds(NamedTuple):
    """What a call is to its chat, of which each may be refused by itself."""

    any: str  # a new message, or this kind of edit
    form: str  # the method
    topic: str

    def refused_by(self, refused: VerbatimError) -> str | None:
        """Return which of them a refusal is about; None where it is about something else than the chat."""
        match refused:
            case ThreadGoneError():
                return self.topic if self.topic != self.any else None
            case FormRefusedError():
                return self.form
            case RefusedError() | UndeliverableError():
                return self.any
            case _:
                return None


def _kinds(endpoint: str, topic: int | None) -> _Kinds:
    if endpoint.startswith(SEND):
        return _Kinds(SEND, endpoint, f"{SEND} to {topic}")
    return _Kinds(endpoint, endpoint, endpoint)


@dataclass(slots=True)
class _Refusal:
    """A refusal that stands, with its place in the row."""

    error: VerbatimError
    since: float
    until: float
    in_a_row: int

    def stands(self, now: float) -> bool:
        """Tell whether it is too early to ask again; never where the clock was put back since."""
        return self.since <= now < self.until


class Refusing:
    """Remembers refusals: those of new messages as a whole, by their form and by their topic; those of edits by form.

    An edit may be allowed where a new message is not, and an edit into a file where one into a text is not.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._refusals: dict[tuple[int, str], _Refusal] = {}  # by chat, and what of it; see `_kinds`
        self._knocks: dict[int, asyncio.Future[VerbatimError | None]] = {}
        self._taking: set[int] = set()  # chats whose last answer to a message was a yes
        self._left: dict[int, float] = {}  # since when the bot is not in a chat any more, as Telegram has said

    def is_known(self, chat_id: int) -> bool:
        """Tell whether the chat has refused a new message, and has taken none since."""
        return chat_id in self._left or any(chat == chat_id and what.startswith(SEND) for chat, what in self._refusals)

    def is_known_to_take(self, chat_id: int) -> bool:
        """Tell whether the last message to the chat was taken; False where none was sent for long."""
        return chat_id in self._taking

    def leave(self, chat_id: int) -> None:
        """Ask nothing of a chat any more, as the bot was removed or blocked there."""
        if len(self._left) >= MANY:
            self._left.pop(next(iter(self._left)))
        self._left[chat_id] = self._now()
        self._taking.discard(chat_id)

    def mute(self, chat_id: int) -> None:
        """Know that a chat takes no message, as the right to write was taken from the bot."""
        self._remember(chat_id, SEND, ChatRefusesError("the bot may not write in this chat"))

    def come_back(self, chat_id: int) -> None:
        """Forget what a chat has refused, as the bot has got rights there."""
        self._left.pop(chat_id, None)
        self._refusals = {key: each for key, each in self._refusals.items() if key[0] != chat_id}

    def ask_again(self, chat_id: int) -> None:
        """Let the next message go to the chat although it has refused one, if that is not too short a time ago."""
        if self._now() - self._left.get(chat_id, math.inf) >= FRESH:
            del self._left[chat_id]  # somebody writes there, so the bot is back
        for (chat, what), refusal in self._refusals.items():
            if chat == chat_id and what.startswith(SEND):
                refusal.until = min(refusal.until, refusal.since + FRESH)

    async def heard(self, chat_id: int, endpoint: str, topic: int | None = None) -> None:
        """Raise what the chat has answered to such a call before, while it is too early to ask again.

        Wait for the answer of a chat that has refused a message and is being asked again.
        """
        kinds = _kinds(endpoint, topic)
        self._check(chat_id, kinds)
        if kinds.any == SEND and chat_id in self._knocks and self.is_known(chat_id):
            await self._wait(chat_id, kinds)

    async def asked(
        self, chat_id: int, endpoint: str, call: Callable[[], Awaitable[Answer]], topic: int | None = None
    ) -> Answer:
        """Make a call that writes, unless its chat is known to refuse it, and remember what the chat says to it."""
        kinds = _kinds(endpoint, topic)
        self._check(chat_id, kinds)
        if kinds.any != SEND:
            return await self._call(chat_id, kinds, call)
        if chat_id in self._knocks:
            await self._wait(chat_id, kinds)
            return await self._call(chat_id, kinds, call)
        knock = self._knocks[chat_id] = asyncio.get_running_loop().create_future()
        try:
            return await self._call(chat_id, kinds, call)
        except UndeliverableError as error:
            knock.set_result(error)
            raise
        finally:
            del self._knocks[chat_id]
            if not knock.done():
                knock.set_result(None)

    def _check(self, chat_id: int, kinds: _Kinds) -> None:
        """Raise what the chat has answered before, while it is too early to ask again."""
        if chat_id in self._left:
            raise UndeliverableError("the bot is not in this chat any more")
        now = self._now()
        for what in kinds:
            refusal = self._refusals.get((chat_id, what))
            if refusal is not None and refusal.stands(now):
                raise _remembered(refusal, now)

    async def _wait(self, chat_id: int, kinds: _Kinds) -> None:
        """Wait for the answer to the call of somebody else, if it comes soon; raise it if it holds for this one too."""
        knock = self._knocks[chat_id]
        await asyncio.wait({knock}, timeout=SOON)
        if knock.done() and (lost := knock.result()) is not None:
            raise UndeliverableError(str(lost))
        self._check(chat_id, kinds)

    async def _call(self, chat_id: int, kinds: _Kinds, call: Callable[[], Awaitable[Answer]]) -> Answer:
        try:
            answer = await call()
        except (BadRequest, Forbidden) as error:
            refused = refusal_of(error.message)
            if (what := kinds.refused_by(refused)) is not None:
                if what == GENERAL:  # there is no other topic to go to
                    refused = ChatRefusesError(str(refused))
                self._remember(chat_id, what, refused)
            raise refused from None
        if kinds.any == SEND:
            if len(self._taking) >= MANY:
                self._taking.clear()
            self._taking.add(chat_id)
        for what in kinds:
            self._refusals.pop((chat_id, what), None)
        return answer

    def _remember(self, chat_id: int, what: str, refused: VerbatimError) -> None:
        """Remember a refusal and its wait. Those of calls that were made at once are one in a row."""
        now = self._now()
        last = self._refusals.get((chat_id, what))
        in_a_row = 0 if last is None else last.in_a_row + (not last.stands(now))
        is_unknown = isinstance(refused, RefusedError) and not refused.known
        waits = WAITS_IN_DOUBT if is_unknown else WAITS
        wait = waits[min(in_a_row, len(waits) - 1)]
        if what.startswith(SEND):
            self._taking.discard(chat_id)
        if isinstance(refused, RefusedError):
            refused.retry_after = wait
        if len(self._refusals) >= MANY:
            self._refusals = {key: each for key, each in self._refusals.items() if each.stands(now)}
        self._refusals[chat_id, what] = _Refusal(refused, now, now + wait, in_a_row)
        level = log.warning if is_unknown else log.info
        level("chat.refuses", chat=chat_id, what=what, refusal=str(refused), again_in=wait)


def _remembered(refusal: _Refusal, now: float) -> RefusedError:
    """Return a refusal as one to be tried again: a chat that was lost may be back, which only a call can tell."""
    known = not isinstance(refusal.error, RefusedError) or refusal.error.known
    kinds = (FormRefusedError, ThreadGoneError)
    kind = next((each for each in kinds if isinstance(refusal.error, each)), ChatRefusesError)
    return kind(str(refusal.error), known=known, retry_after=refusal.until - now)
