"""The ledger: what is written to Telegram, counted for all processes that share a database."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple, Protocol


class Limit(NamedTuple):
    """So many writes within any span of seconds."""

    writes: int
    span: float


class Ask(NamedTuple):
    """A write that may go as soon as there is room for it: a new message, or an edit.

    `of_chat` is what its chat takes with it, and `of_messages` what it takes of new messages, if there is a limit.
    `overall` is what all chats together take of its kind within a second with this write, of `most` that they take.
    """

    chat_id: int
    is_message: bool
    of_chat: Limit
    of_messages: Limit | None
    overall: int
    most: int


class Narrowing(NamedTuple):
    """What tells that messages and edits have a limit together: `several` refusals within `soon` seconds.

    It halves what goes within a second, from twice `most` down to `least`.
    """

    most: int
    several: int
    soon: float
    least: int


class Verdict(StrEnum):
    """What the ledger says to a write: that it goes, or what it has to wait for."""

    GRANTED = "granted"
    BLOCKED = "blocked"  # Telegram has asked for patience in its chat
    CHAT = "chat"
    OVERALL = "overall"


class Answer(NamedTuple):
    """What the ledger says to a write. One that is granted may go after `wait` seconds, and is counted at `moment`.

    One that is not may ask again then.
    """

    verdict: Verdict
    wait: float
    moment: float


class Ledger(Protocol):
    """Counts writes, and says which may go. Its moments are the database's.

    All of it raises StorageUnavailableError while the database is out of reach.
    """

    async def ask(self, write: Ask, late: Sequence[tuple[float, float]]) -> Answer:
        """Count a write where there is room for it now or within seconds.

        `late` has the moments at which writes were counted, and those later ones at which they went.
        """

    async def block(self, chat_id: int, seconds: float) -> None:
        """Let no write go to a chat for so many seconds."""

    async def refused(self, begun: float | None, narrowing: Narrowing) -> int | None:
        """Count a refusal that may be about all chats together, of a write that was counted at `begun`.

        Return how many messages and edits go within a second from now on, where that was changed.
        """
