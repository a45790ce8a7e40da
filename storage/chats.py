"""Chats: what they chose, what they were told, and which ids they had before. Promises as in `storage.store`."""

from collections.abc import Callable, Mapping
from typing import Protocol

from storage.words import ChatSettings


class Chats(Protocol):
    """Keeps what chats chose and were told."""

    async def settings(self, chat_id: int) -> ChatSettings: ...

    async def change_settings(self, chat_id: int, change: Callable[[ChatSettings], ChatSettings]) -> ChatSettings:
        """Store what `change` makes of the settings of a chat, and return it; no write if that is the same.

        A change that names one field, as in `lambda chosen: replace(chosen, model="x")`, leaves the others as they
        are. It may be called again where the answer of a commit was lost.
        """

    async def tell_once(self, chat_id: int, what: str) -> bool:
        """Store that a chat is told something now, and tell whether it was not told that before."""

    async def tell_seldom(self, chat_id: int, what: str, now: float, every: float) -> bool:
        """Store as `tell_once`, and tell whether the chat was not told that within so many seconds."""

    async def tell_again(self, chat_id: int, what: str) -> None:
        """Forget that a chat was told something, as that has failed."""

    async def move_chat(self, old_chat_id: int, new_chat_id: int) -> None:
        """Move settings and jobs, as a group became a supergroup; old message ids are void."""

    async def moves(self) -> Mapping[int, int]:
        """Return the chats that had another id before: the earlier one by the later one."""
