"""What a transaction may do: run statements and take named locks. Each database engine brings its own.

A transaction is an `async def` over a `Transaction` that awaits nothing but its methods. SQLite drives it to its end
in one go on the connection's thread; PostgreSQL awaits the network.

Rules, so that transactions of several processes neither lose a wake nor block each other for ever:
1. A transaction that admits, moves or cancels a job first takes the lock of its cache key, as a statement of its own,
   and reads afterwards. What it then reads, nobody else changes until it ends.
2. A transaction that also needs the lock of a family takes it after the lock of the key, and takes one of each at
   most, or several in their order. It takes it right before it counts slots or chooses a job that waits for one; for a
   job that itself waits for a slot, at once.
3. Rows of other jobs are changed only under a lock that covers them, or picked with `skip_locked`; moving a chat
   and releasing all leases are the exceptions.
4. A transaction that accepts a job takes the lock of its chat, and then that of its sender, where what a person may
   send is limited: a person is the private chat of the same number. One that accepts or fails a job that comes from a
   post of a channel takes the lock of the post after all others; it is one of those for keys.
5. A transaction can be repeated after a commit whose answer was lost.
6. What is read to decide about a write of a row that others write, too, is read with `locked`, or stands in the guard
   of that write: between two statements, others may commit.
"""

from collections.abc import Awaitable, Callable, Collection
from typing import Any, Protocol, TypeVar

from storage.errors import DatabaseDamagedError
from storage.ledger import Ledger

Result = TypeVar("Result")


Row = Any  # one row of an answer: each driver's own, read by the names of its columns


def listed(first: int, values: Collection[object]) -> str:
    """Return the places of values in a statement, from a number on."""
    return ", ".join(f"${number}" for number, _ in enumerate(values, first))


class Transaction(Protocol):
    """An open transaction. Values are bound to `$1`, `$2`, … in their order."""

    skip_locked: str  # the end of a SELECT that locks what it finds and passes over what others have locked
    locked: str  # the same, but it waits for what others have locked, and finds what they have left of it
    holder: str  # the beginning of the tokens of leases that are given in it
    is_lost: str  # a condition on a row of `jobs`: it is leased, and the process that holds the lease is gone
    holder_of: str  # an expression that tells the holders of leases of `jobs` apart

    async def rows(self, sql: str, *values: Any) -> list[Row]: ...

    async def row(self, sql: str, *values: Any) -> Row | None:
        """Return the first row, None if there is none."""

    async def alone_with(self, cache_key: str) -> None:
        """Keep others who ask for this cache key waiting until the transaction ends."""

    async def alone_with_chat(self, chat_id: int) -> None:
        """Keep others who ask for this chat waiting until the transaction ends."""

    async def alone_with_family(self, family: str) -> None:
        """Keep others who ask for this family of models waiting until the transaction ends."""


class Engine(Protocol):
    """A database that runs transactions; what is not described here is as in `Store`."""

    async def write(
        self, function: Callable[[Transaction], Awaitable[Result]], *, urgent: bool = False, single: bool = False
    ) -> Result:
        """Run a function in a transaction that is kept whole: all of it, or nothing.

        An urgent one never waits for a named lock, and stands behind no transaction that does. A single one is one
        statement, without a lock.
        """

    async def read(self, decode: Callable[[list[Row]], Result], sql: str, *values: Any) -> Result:
        """Run one SELECT outside of any transaction, and return what `decode` makes of its rows."""

    async def scrub(self) -> None: ...

    async def verify(self) -> None: ...

    async def until_damaged(self) -> DatabaseDamagedError: ...

    def require_place(self) -> None: ...

    @property
    def last_write_at(self) -> float: ...

    def now(self) -> float: ...

    @property
    def ledger(self) -> Ledger | None: ...

    def stop_waiting(self) -> None: ...

    async def close(self) -> None: ...
