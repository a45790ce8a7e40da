"""The Store: what durable state promises, on any database engine.

Every method is one transaction: all of it or nothing, also when the process dies or the caller is cancelled. Every
method can be repeated after a commit whose answer was lost. Methods that change a leased job are guarded by its lease:
they return False (or None) and change nothing when the lease was lost, and the caller drops what it holds.
`StorageUnavailableError` is raised when the database cannot be used just now (locked, disk full, I/O error); trying
again later is right.
"""

from typing import Protocol

from storage.cancelling import Cancelling
from storage.chats import Chats
from storage.errands import Desk
from storage.errors import DatabaseDamagedError
from storage.host import Host
from storage.intake import Intake
from storage.leases import Leases
from storage.ledger import Ledger
from storage.memberships import Memberships
from storage.naming import Names
from storage.pause import Pauses
from storage.privacy import Privacy
from storage.reading import Reading
from storage.replicas import Replicas
from storage.steps import Steps
from storage.unfinished import Updates
from storage.upkeep import Upkeep


class Store(
    Intake,
    Leases,
    Steps,
    Cancelling,
    Desk,
    Names,
    Updates,
    Reading,
    Chats,
    Memberships,
    Privacy,
    Host,
    Pauses,
    Upkeep,
    Protocol,
):
    """Everything that is durable, and the database that it is in."""

    @property
    def replicas(self) -> Replicas:
        """The processes that work on this database."""

    async def verify(self) -> None:
        """Look for damage in a file that has changed since the last look; DatabaseDamagedError if there is some."""

    async def until_damaged(self) -> DatabaseDamagedError:
        """Wait until damage was noticed by any method, and return what each of them raises from then on."""

    def require_place(self) -> None:
        """Raise StorageUnavailableError while the files of the database are not those that were opened."""

    async def ping(self) -> None:
        """Prove that the database takes writes."""

    @property
    def last_write_at(self) -> float:
        """When a write last succeeded, by the store's clock."""

    def now(self) -> float:
        """Tell the moment by the store's clock: the one that all processes share which work on this database."""

    @property
    def ledger(self) -> Ledger | None:
        """Return what counts the writes of all processes that share the database; None where there is only one."""

    def stop_waiting(self) -> None:
        """Fail at once from now on where the database is locked, instead of waiting for it; for a stop."""

    async def close(self) -> None: ...
