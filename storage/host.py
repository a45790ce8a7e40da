"""What is stored about whom the bot works for: its owner, its guests, what they use, and what the owner was told.

All promises of `storage.store` hold here, too.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

DAY = 86_400  # seconds; days are counted from the epoch, in UTC


class Whose(StrEnum):
    """Whose a limit is."""

    CHAT = "chat"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Circle:
    """The people and chats that the bot is for. `word` is what the link for becoming the owner is made of."""

    owner: int | None
    guests: frozenset[int]
    word: str
    owner_speaks: str | None = None  # a language tag, if the owner has written since it is known
    version: int = 0


@dataclass(frozen=True, slots=True)
class Rate:
    """The recordings that a chat and a person may send in a minute; 0 for any number."""

    of_chat: int
    of_person: int


@dataclass(frozen=True, slots=True)
class TooOften:
    """A limit of recordings a minute was reached; another one may be sent after so many seconds."""

    whose: Whose
    most: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Spending:
    """The seconds of sound that a create is about to spend, on a day, and the most that may be spent on it.

    None for a limit that there is not. What the person `exempt` spends counts against no limit.
    """

    seconds: float
    day: int
    most_of_chat: float | None = None
    most_of_person: float | None = None
    exempt: int | None = None


@dataclass(frozen=True, slots=True)
class Exhausted:
    """A create would spend more than is left of the day: so many seconds."""

    whose: Whose
    left: float


@dataclass(frozen=True, slots=True)
class Amount:
    """What was transcribed: seconds of sound that were sent to the provider, and recordings that became text."""

    seconds: float = 0.0
    recordings: int = 0


@dataclass(frozen=True, slots=True)
class Usage:
    """What a chat has used on a day and in the days since another one, and what counts against the limits today."""

    today: Amount
    since: Amount
    counted_of_chat: float
    counted_of_person: float


@dataclass(frozen=True, slots=True)
class TotalUsage:
    """What all chats have used: since a day, on each of the last days by its number, and the chats with the most."""

    since: Amount
    days: Mapping[int, Amount]
    chats: tuple[tuple[int, Amount], ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What the owner was told of a kind of trouble: whether of its beginning last, and when of both.

    `is_on` says whether the trouble was there when a process saw something of it last, which was at `seen_at`.
    """

    is_known: bool = False
    began_at: float | None = None
    ended_at: float | None = None
    is_on: bool = False
    seen_at: float | None = None


class Host(Protocol):
    """Keeps who may use the bot and how much of it."""

    async def circle(self, word: str) -> Circle:
        """Return for whom the bot works; `word` is stored if there is none yet."""

    async def circle_version(self) -> int:
        """Return a number that is another one whenever the circle or the moves of chats have changed."""

    async def own(self, user_id: int, was: int | None) -> bool:
        """Make a person the owner, if `was` is the owner until now, who then becomes a guest; True again afterwards."""

    async def hear_owner(self, user_id: int, speaks: str) -> bool:
        """Store the language of the owner; False for somebody who is not the owner any more."""

    async def allow(self, guest: int) -> None:
        """Let a chat in, or a person by the id of the private chat."""

    async def revoke(self, guests: Collection[int]) -> None: ...

    async def tell_stranger(self, chat_id: int, now: float, most: int) -> bool:
        """Tell whether a chat is to be told that the bot is not for it, and store that it was: once a day.

        No more than `most` chats with ids of the same sign are told within a day.
        """

    async def move_stranger(self, old_chat_id: int, new_chat_id: int) -> None:
        """Store that a group that the bot is not for became a supergroup, which was told what the group was."""

    async def usage(self, chat_id: int, user_id: int, day: int, since: int, exempt: int | None = None) -> Usage:
        """Sum up what a chat has used; `exempt` as in Spending."""

    async def usage_of_all(self, since: int, first_day: int, most_chats: int) -> TotalUsage:
        """Sum up what all chats have used since one day, and by days since another one."""

    async def troubles(self) -> Mapping[str, Told]:
        """Return what the owner was told, by kind of trouble."""

    async def see_trouble(self, kind: str, now: float, *, is_on: bool) -> None:
        """Store whether trouble of a kind is there now."""

    async def begin_telling(self, kind: str, now: float, every: float, *, began: bool) -> bool:
        """Store that the owner is told that trouble has begun, or that it has ended; False if that is not to be told.

        It is if the trouble is on, or is not, while the owner believes the contrary, and if the last time that the
        same was told is `every` seconds ago.
        """

    async def keep_told(self, kind: str, told: Told) -> None:
        """Store what the owner was told of a kind of trouble; whether that is on stays as it is."""

    async def webhook(self) -> str | None:
        """Return what `keep_webhook` stored."""

    async def keep_webhook(self, mark: str) -> None:
        """Store what stands for the webhook that was set last."""
