"""The replicas of a PostgreSQL database: two small tables, in which all moments are the database's.

Statements that come again and again stand by themselves: a process that stops between two of them keeps nobody waiting.
"""

import re
import secrets
import socket
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from storage.postgres.locks import TAKE, Lock
from storage.replicas import DEAD_AFTER, LEADS_FOR, Replica
from storage.statements.transaction import Result, Row, Transaction

NOW = "extract(epoch FROM clock_timestamp())"
LONGEST_HOST = 40  # letters of a name that operators read
BEAT = f"UPDATE replicas SET seen_at = {NOW} WHERE name = $1 RETURNING name"
# The same name is there where the commit of an earlier try was lost on its way back, perhaps some time ago.
ENTER = (
    f"INSERT INTO replicas (name, version, receives, seen_at) VALUES ($1, $2, $3, {NOW})"
    " ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at"
)
# A moment too far ahead was stored before the database's clock was set back, and tells nothing.
IS_ALIVE = f"seen_at BETWEEN {NOW} - {DEAD_AFTER} AND {NOW} + {DEAD_AFTER}"
LASTS = f"until BETWEEN {NOW} AND {NOW} + {2 * LEADS_FOR}"
OTHERS = f"SELECT 1 FROM replicas WHERE name <> $1 AND {IS_ALIVE} LIMIT 1"
BURY = f"DELETE FROM replicas WHERE NOT ({IS_ALIVE})"
FORGET = "DELETE FROM replicas WHERE name = $1"
RESIGN = "UPDATE leader SET until = 0 WHERE name = $1"
# Nothing is written while another one leads; of several that ask at once the first one does.
LEAD = (
    f"INSERT INTO leader (id, name, until) SELECT 1, $1, {NOW} + {LEADS_FOR} WHERE NOT EXISTS"
    f" (SELECT 1 FROM leader WHERE name <> $1 AND {LASTS}) ON CONFLICT (id) DO UPDATE SET name = excluded.name,"
    f" until = excluded.until WHERE leader.name = $1 OR NOT (leader.{LASTS}) RETURNING name"
)
KNOWN = (
    f"SELECT name, version, receives, {NOW} - seen_at AS lag,"
    f" name IN (SELECT name FROM leader WHERE {LASTS}) AS leads FROM replicas ORDER BY name"
)

# The tokens of leases begin with the names of their holders; of those without a name one process is the holder.
HOLDER = "CASE WHEN strpos(lease_token, ':') > 0 THEN split_part(lease_token, ':', 1) ELSE '' END"
IS_LOST = f"lease_token IS NOT NULL AND {HOLDER} NOT IN (SELECT name FROM replicas)"
LOST = (
    f"SELECT 1 FROM jobs WHERE {IS_LOST}"
    f" UNION ALL SELECT 1 FROM errands WHERE next_at IS NOT NULL AND {IS_LOST}"
    f" UNION ALL SELECT 1 FROM unfinished WHERE {IS_LOST} LIMIT 1"
)


class Engine(Protocol):
    """The engine of the database; the tokens of leases that it gives begin with `holder`."""

    holder: str

    async def write(self, function: Callable[[Transaction], Awaitable[Result]]) -> Result: ...

    async def ask(self, sql: str, *values: Any) -> list[Row]: ...


class PostgresReplicas:
    """Keeps the replicas of the engine's database. A name is the host's, something that no other has, and the life."""

    are_shared = True

    def __init__(self, engine: Engine) -> None:
        host = re.sub(r"[^a-z0-9]+", "-", socket.gethostname().lower())[:LONGEST_HOST].strip("-") or "replica"
        self.process = f"{host}-{secrets.token_hex(4)}"
        self._engine = engine
        self._lives = 0
        self.name = ""

    async def enter(self, version: str, receives: str) -> bool:
        name = self.process if self._lives == 0 else f"{self.process}.{self._lives + 1}"

        async def enter(tx: Transaction) -> bool:
            """One at a time, so that of several that start together one is the first, which waits for no dead one."""
            await tx.rows(TAKE, Lock.ENTRY, 0)
            await tx.rows(FORGET, self.name)
            await tx.rows(RESIGN, self.name)
            await tx.rows(ENTER, name, version, receives)
            is_first = await tx.row(OTHERS, name) is None
            if is_first:
                await tx.rows(BURY)
            return is_first

        is_first = await self._engine.write(enter)
        self._lives += 1
        self.name, self._engine.holder = name, f"{name}:"
        return is_first

    async def beat(self) -> bool:
        return bool(await self._engine.ask(BEAT, self.name))

    async def lead(self) -> bool:
        return bool(await self._engine.ask(LEAD, self.name))

    async def resign(self) -> None:
        await self._engine.ask(RESIGN, self.name)

    async def bury(self) -> bool:
        await self._engine.ask(BURY)
        return bool(await self._engine.ask(LOST))

    async def known(self) -> tuple[Replica, ...]:
        found = await self._engine.ask(KNOWN)
        return tuple(Replica(**dict(each) | {"lag": max(0.0, float(each["lag"]))}) for each in found)

    async def leave(self) -> None:
        if self.name:
            await self._engine.ask(RESIGN, self.name)
            await self._engine.ask(FORGET, self.name)
