"""Memberships: what the bot is in a chat, and what is to be said there of it. Promises as in `storage.store`."""

from typing import Protocol

from storage.words import Membership, MembershipChange


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
