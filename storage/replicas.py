"""Replicas: the processes of one bot that work on one database. One of them leads, and does what only one may do.

A replica beats as long as it lives. One that was silent for DEAD_AFTER seconds is taken for dead, and its leases are
nobody's from then on. If it lives all the same, as its machine was paused, it takes another name and begins anew.
"""

from dataclasses import dataclass
from typing import Protocol

DEAD_AFTER = 12.0  # seconds without a beat
LEADS_FOR = 10.0  # seconds from one request to lead; less than DEAD_AFTER, so that the next leader buries the last one


@dataclass(frozen=True, slots=True)
class Replica:
    """What is known of a replica. `receives` tells how it takes updates, `lag` the seconds since its beat."""

    name: str
    version: str
    receives: str
    lag: float
    leads: bool


class Replicas(Protocol):
    """The replicas of a database, seen by one of them. StorageUnavailableError as in `Store`."""

    @property
    def are_shared(self) -> bool:
        """Tell whether there can be others beside this one."""

    @property
    def process(self) -> str:
        """The name of this process, with which its name in each of its lives begins, as `process_of` tells."""

    @property
    def name(self) -> str:
        """The name of this one, by which its leases are known; of one life of it until it was taken for dead."""

    async def enter(self, version: str, receives: str) -> bool:
        """Take a new name, and tell whether no other replica is alive."""

    async def beat(self) -> bool:
        """Store that this replica lives; False if it was taken for dead."""

    async def lead(self) -> bool:
        """Lead for the next LEADS_FOR seconds, or tell that another one does."""

    async def resign(self) -> None:
        """Lead no longer, so that another one can at once."""

    async def bury(self) -> bool:
        """Forget the replicas that are dead, and tell whether there are leases that are nobody's."""

    async def known(self) -> tuple[Replica, ...]:
        """Return all that were not forgotten, by their names."""

    async def leave(self) -> None:
        """Forget this replica, which has given its leases back; do nothing if it never entered."""


def process_of(name: str) -> str:
    """Return the name of the process that a replica is a life of."""
    return name.partition(".")[0]


class OnlyOne:
    """The only process that works on its database: it leads, and stores nothing about itself."""

    are_shared = False
    process = name = ""

    async def enter(self, version: str, receives: str) -> bool:  # noqa: ARG002 - nobody asks
        return True

    async def beat(self) -> bool:
        return True

    async def lead(self) -> bool:
        return True

    async def resign(self) -> None:
        """Do nothing."""

    async def bury(self) -> bool:
        return False

    async def known(self) -> tuple[Replica, ...]:
        return ()

    async def leave(self) -> None:
        """Do nothing."""
