"""A transaction on PostgreSQL: its statements await the network."""

from typing import Any

import asyncpg

from storage.postgres.locks import TAKE, Lock, number_of, taking
from storage.postgres.replicas import HOLDER, IS_LOST
from storage.statements.transaction import Row
from storage.texts import storable


class PostgresTransaction:
    """An open transaction."""

    skip_locked = "FOR NO KEY UPDATE SKIP LOCKED"
    locked = "FOR NO KEY UPDATE"
    is_lost = IS_LOST
    holder_of = HOLDER

    def __init__(self, connection: asyncpg.Connection, holder: str, begin: str | None) -> None:
        self._connection = connection
        self.holder = holder
        self._begin = begin
        self._held: set[tuple[Lock, int]] = set()
        self.has_written = False

    async def begin(self) -> None:
        """Begin, unless it has begun; where it is one statement, that is a transaction by itself."""
        if self._begin is not None:
            await self._connection.execute(self._begin)
            self._begin = None

    async def rows(self, sql: str, *values: Any) -> list[Row]:
        self.has_written |= not sql.startswith("SELECT")
        await self.begin()
        return list(await self._connection.fetch(sql, *map(bound, values)))

    async def row(self, sql: str, *values: Any) -> Row | None:
        return next(iter(await self.rows(sql, *values)), None)

    async def alone_with(self, cache_key: str) -> None:
        await self._take(Lock.KEY, cache_key)

    async def alone_with_chat(self, chat_id: int) -> None:
        await self._take(Lock.CHAT, str(chat_id))

    async def alone_with_family(self, family: str) -> None:
        await self._take(Lock.FAMILY, family)

    async def _take(self, lock: Lock, name: str) -> None:
        """Take a lock, unless this transaction has it, in a statement of its own: what follows sees what it guards."""
        wanted = lock, number_of(name)
        if wanted in self._held:
            return
        if self._begin is None:
            await self._connection.fetch(TAKE, *wanted)
        else:  # on one way to the server
            await self._connection.execute(f"{self._begin}; {taking(*wanted)}")
            self._begin = None
        self._held.add(wanted)


def bound(value: Any) -> Any:
    """Return a value as PostgreSQL takes it."""
    return storable(value) if isinstance(value, str) else value
