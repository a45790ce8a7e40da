"""Privacy: what is stored of a chat, what is to be erased, and who wants no text. Promises as in `storage.store`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from storage.chats import ChatSettings
from storage.host import Amount
from storage.words import Job


@dataclass(frozen=True, slots=True)
class Held:
    """What is stored of a chat, in private also of its person: the newest jobs first, and amounts by day."""

    settings: ChatSettings
    jobs: tuple[Job, ...]
    has_more: bool
    days: Mapping[int, Amount]
    has_opted_out: bool
    names: Mapping[str, str]  # for later recordings of the chat, by what the provider calls the speakers


class Privacy(Protocol):
    """Shows and erases what is stored."""

    async def opt_out(self, user_id: int) -> None:
        """Store that a person wants no text of what they say in groups."""

    async def opt_in(self, user_id: int) -> None:
        """Forget that a person wanted no text."""

    async def forget(self, chat_id: int) -> None:
        """Forget the settings of a chat, and require `erase` to erase the rest; in private that of its person, too.

        What is kept: who may use the bot, who wants no text, and until the day is over what was used of its limits.
        """

    async def erase(self, now: float, limit: int) -> int:
        """Do a piece of what is to be erased, of about `limit` rows; return how many, 0 when all is done.

        Texts expire by it, which `purge` deletes. Jobs that are under way are cancelled, and deleted at their end.
        """

    async def held(self, chat_id: int, most_jobs: int) -> Held:
        """Return what is stored of a chat, in private also of its person, with the newest jobs."""
