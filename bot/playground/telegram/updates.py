"""The queue of updates for the bot, and the rules by which it gets them."""

import asyncio
import contextlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from bot.playground.notifier import Notifier
from bot.playground.telegram.refusal import conflict

KINDS = frozenset(
    {
        "message",
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "business_connection",
        "business_message",
        "edited_business_message",
        "deleted_business_messages",
        "guest_message",
        "message_reaction",
        "message_reaction_count",
        "inline_query",
        "chosen_inline_result",
        "callback_query",
        "shipping_query",
        "pre_checkout_query",
        "purchased_paid_media",
        "poll",
        "poll_answer",
        "my_chat_member",
        "chat_member",
        "chat_join_request",
        "chat_boost",
        "removed_chat_boost",
        "managed_bot",
    }
)
ALLOWED_UNASKED = KINDS - {"chat_member", "message_reaction", "message_reaction_count"}
KEPT_FOR = 24 * 60 * 60
LONGEST_POLL = 50
MOST_AT_ONCE = 100
FIRST_UPDATE_ID = 731_500_001


@dataclass(frozen=True, slots=True, eq=False)
class Waiting:
    """An update that the bot has not confirmed. Its number is the one it was queued by, whatever it says itself."""

    since: float
    number: int
    content: Any


class UpdateQueue:
    """The queue of updates. `confirmed_offset` is the lowest update_id that is not confirmed yet."""

    def __init__(self, clock: Callable[[], float], notifier: Notifier) -> None:
        self._clock = clock
        self._notifier = notifier
        self._waiting: list[Waiting] = []
        self._next_id = FIRST_UPDATE_ID
        self._poll = 0
        self._ended_by: str | None = None
        self.confirmed_offset = FIRST_UPDATE_ID
        self.allowed: list[str] = []
        self.closed = False

    @property
    def waiting(self) -> list[Waiting]:
        """The updates that are not confirmed, oldest first, without those that are older than a day."""
        oldest = self._clock() - KEPT_FOR
        self._waiting = [waiting for waiting in self._waiting if waiting.since > oldest]
        return self._waiting

    @property
    def pending(self) -> list[dict[str, Any]]:
        """What is in the updates that are not confirmed."""
        return [waiting.content for waiting in self.waiting]

    def add(self, kind: str, content: dict[str, Any]) -> None:
        """Queue an update, unless the bot does not want this kind."""
        if kind in (self.allowed or ALLOWED_UNASKED):
            self.add_raw({"update_id": self._next_id, kind: content})

    def add_raw(self, update: Any) -> None:
        """Queue anything as an update. It is confirmed with those after it, whatever number it says it has."""
        self._waiting.append(Waiting(self._clock(), self._next_id, update))
        self._next_id += 1
        self._notifier.notify()

    def add_again(self, update: dict[str, Any]) -> None:
        """Queue the same update once more, as Telegram sometimes does."""
        self._waiting.append(Waiting(self._clock(), update["update_id"], update))
        self._waiting.sort(key=lambda waiting: waiting.number)
        self._notifier.notify()

    def allow(self, kinds: Iterable[str] | None) -> None:
        """Set the kinds of updates that the bot wants. None changes nothing, and an empty list means the default."""
        if kinds is not None:
            self.allowed = [kind for kind in kinds if kind in KINDS]

    def confirm(self, offset: int) -> None:
        """Remove all updates below `offset`; a negative one counts from the end."""
        if offset < 0 and self.pending:
            offset = self._waiting[max(0, len(self._waiting) + offset)].number
        if offset > 0:
            self._waiting = [waiting for waiting in self._waiting if waiting.number >= offset]
            self.confirmed_offset = max(self.confirmed_offset, offset)
            self._notifier.notify()

    def take_out(self, update: Waiting) -> None:
        """Confirm one update, whatever waits before it."""
        self._waiting = [waiting for waiting in self._waiting if waiting is not update]
        lowest = self._waiting[0].number if self._waiting else self._next_id
        self.confirmed_offset = max(self.confirmed_offset, lowest)
        self._notifier.notify()

    def drop(self) -> None:
        self.confirm(self._next_id)

    async def poll(self, offset: int, limit: int, seconds: float) -> list[dict[str, Any]]:
        """Wait for updates from `offset` on, and return them. A newer poll ends this one."""
        self.end_polls("other getUpdates request; make sure that only one bot instance is running")
        mine = self._poll
        self.confirm(offset)
        if seconds > 0:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(seconds, LONGEST_POLL)):
                    await self._notifier.wait_for(lambda: self._poll != mine or self.closed or self.pending)
        if self._poll != mine:
            raise conflict(f"terminated by {self._ended_by}")
        return self.pending[: limit if 1 <= limit <= MOST_AT_ONCE else MOST_AT_ONCE]

    def end_polls(self, by: str) -> None:
        self._poll += 1
        self._ended_by = by
        self._notifier.notify()

    def close(self) -> None:
        self.closed = True
        self._notifier.notify()
