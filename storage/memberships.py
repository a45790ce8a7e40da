"""Memberships: what the bot is in a chat, and what is to be said there of it. Promises as in `storage.store`."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Saying(StrEnum):
    """What is to be said in a group of what the bot is there."""

    NOTHING = ""
    INTRODUCTION = "introduction"
    SIGHT = "sight"  # whether it sees voice notes, which has changed


@dataclass(frozen=True, slots=True)
class Membership:
    """What the bot is in a chat."""

    chat_id: int
    is_present: bool
    may_write: bool
    is_admin: bool
    saying: Saying = Saying.NOTHING


@dataclass(frozen=True, slots=True)
class MembershipChange:
    """What somebody has made the bot in a chat."""

    chat_id: int
    was_present: bool
    saw: bool  # what it `sees` now
    is_present: bool
    may_write: bool
    is_admin: bool
    sees: bool  # voice notes that nobody sends to it
    is_group: bool  # only there something is said of it
    interface: str | None = None  # the language of that person, a tag, if the bot speaks it
    is_let_in: bool = False  # only now may the chat use the bot, so that what happened before told it nothing


class Memberships(Protocol):
    """Keeps what the bot is in chats."""

    async def change_membership(self, change: MembershipChange, now: float) -> Membership:
        """Store what the bot is in a chat now, and what is to be said of that; return both.

        It introduces itself in a group that it joins, but for one where it has done so within a day. There the first
        interface is that of the person who added it. Later it says what it sees when that changes.
        """

    async def membership(self, chat_id: int) -> Membership | None:
        """Return what is stored of the bot in a chat; None for one where nothing of it matters."""

    async def begin_saying(self, chat_id: int, *, sees: bool) -> Membership | None:
        """Store that what is to be said in a chat is being said, with what it sees now; None if there is nothing."""

    async def end_saying(self, chat_id: int, now: float, *, said: bool) -> Membership | None:
        """Store whether it was said; return what is left to say by then, None if nothing was being said."""

    async def unsettled_memberships(self, now: float) -> tuple[Membership, ...]:
        """Return, at a start, where something is to be said, and where the bot is not any more.

        What was being said when the process died counts as said.
        """
