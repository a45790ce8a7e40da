"""Updates that are confirmed, and not finished: what they ask for waits for Telegram to say who is an admin."""

from dataclasses import dataclass, field
from typing import Protocol

MOST_OF_A_CHAT = 20  # updates, as many as answers to them may wait; what is too much drops the oldest
MOST_TRIES = 3  # after as many deaths an update is left behind: it may be what they come from


@dataclass(frozen=True, slots=True)
class NewUpdate:
    """An update, and who sent it where. `body` is what handlers need of it."""

    number: int
    chat_id: int
    user_id: int | None
    body: str = field(repr=False)  # may have a name in it


@dataclass(frozen=True, slots=True)
class KeptUpdate:
    """An update that is leased to the caller."""

    number: int
    body: str = field(repr=False)
    lease_token: str


@dataclass(frozen=True, slots=True)
class TakenUp:
    """What is leased to the caller, and the numbers of updates that are left behind, which is told once."""

    updates: tuple[KeptUpdate, ...]
    left_behind: tuple[int, ...] = ()


class Updates(Protocol):
    """Keeps updates until they are finished. All promises of `storage.store` hold here, too."""

    async def keep_update(self, new: NewUpdate, now: float) -> KeptUpdate:
        """Store an update, leased to the caller; one that is stored already changes its holder."""

    async def take_up(self, limit: int) -> TakenUp:
        """Lease up to `limit` updates that nobody holds, the oldest first; forget those that MOST_TRIES died with."""

    async def finish_update(self, update: KeptUpdate) -> bool:
        """Forget an update; False where the lease was lost."""
