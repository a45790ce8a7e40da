"""A PostgreSQL database that is moved from, or moved to."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

import asyncpg

from storage.address import shown
from storage.copying import OF_NOBODY, OWN, Columns, Row, kind_of
from storage.errors import DatabaseInUseError, StorageError
from storage.postgres.connection import find
from storage.postgres.failures import FAILURES, failure_of
from storage.postgres.migrate import migrate
from storage.postgres.replicas import NOW
from storage.replicas import DEAD_AFTER

_PIECE = 1000  # rows
_COLUMNS = (
    "SELECT columns.table_name, column_name, data_type FROM information_schema.columns"
    " JOIN information_schema.tables USING (table_schema, table_name)"
    " WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY ordinal_position"
)
# Between two statements the rows of the other database are read, which may take minutes.
_LIMITS = "SET LOCAL lock_timeout = '5s'; SET LOCAL idle_in_transaction_session_timeout = 0"


class PostgresDatabase:
    """A database on which no bot runs."""

    def __init__(self, name: str, connection: asyncpg.Connection) -> None:
        self.name = name
        self._connection = connection

    async def is_ours(self) -> bool:
        """Tell whether a bot has worked on it."""
        return await self._connection.fetchval("SELECT to_regclass('jobs')") is not None

    async def is_free(self) -> bool:
        tables = (await _tables(self._connection)).keys() - OF_NOBODY
        return not any([await self._connection.fetchval(f"SELECT 1 FROM {each} LIMIT 1") for each in tables])

    @asynccontextmanager
    async def changing(self) -> AsyncIterator["PostgresSide"]:
        """Nothing is read before the locks are there, as all that is read is of one moment; no replica enters then."""
        await migrate(self._connection)
        tables = await _tables(self._connection)
        async with self._connection.transaction(isolation="repeatable_read"):
            await self._connection.execute(_LIMITS)
            await self._connection.execute(f"LOCK TABLE replicas, {', '.join(sorted(tables))} IN EXCLUSIVE MODE")
            await _require_stopped(self._connection, self.name)
            yield PostgresSide(self.name, self._connection)


class PostgresSide:
    """See `storage.copying.Side`."""

    def __init__(self, name: str, connection: asyncpg.Connection) -> None:
        self.name = name
        self._connection = connection

    async def tables(self) -> Mapping[str, Columns]:
        return await _tables(self._connection)

    async def count(self, table: str) -> int:
        counted: int = await self._connection.fetchval(f"SELECT count(*) FROM {table}")
        return counted

    async def rows(self, table: str, columns: Sequence[str]) -> AsyncIterator[Sequence[Row]]:
        found = await self._connection.cursor(f"SELECT {', '.join(columns)} FROM {table}")
        while piece := await found.fetch(_PIECE):
            yield [tuple(row) for row in piece]

    async def largest_id(self, table: str) -> int:
        """Return it; 0 for a table whose ids are not made by a sequence, and for one without any row so far."""
        sequence = await self._sequence(table)
        sql = f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}"
        there: int = await self._connection.fetchval(f"SELECT coalesce(max(id), 0) FROM {table}")
        return there if sequence is None else max(there, await self._connection.fetchval(sql))

    async def clear(self, table: str) -> None:
        await self._connection.execute(f"DELETE FROM {table}")

    async def insert(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """Insert rows with their ids, which a COPY stores even where PostgreSQL generates them."""
        await self._connection.copy_records_to_table(table, records=rows, columns=columns)

    async def go_on_after(self, table: str, largest_id: int) -> None:
        sequence = await self._sequence(table)
        if sequence is not None and largest_id > 0:
            await self._connection.execute("SELECT setval($1::regclass, $2)", sequence, largest_id)

    async def _sequence(self, table: str) -> str | None:
        name: str | None = await self._connection.fetchval("SELECT pg_get_serial_sequence($1, 'id')", table)
        return name


@asynccontextmanager
async def old_database(url: str) -> AsyncIterator[PostgresDatabase]:
    """Connect to a database of a bot that is stopped; StorageError where there is none."""
    async with _stopped(url) as database:
        if not await database.is_ours():
            raise StorageError(f"the database {database.name} is not one of this program")
        yield database


@asynccontextmanager
async def new_database(url: str) -> AsyncIterator[PostgresDatabase]:
    async with _stopped(url) as database:
        yield database


@asynccontextmanager
async def _stopped(url: str) -> AsyncIterator[PostgresDatabase]:
    try:
        _, pool = await find(url, 1)
        async with pool, pool.acquire() as connection:
            await _require_stopped(connection, shown(url))
            yield PostgresDatabase(shown(url), connection)
    except asyncpg.ClientConfigurationError:
        raise StorageError(f"the address of {shown(url)} has something that the driver does not know") from None
    except FAILURES as error:
        raise failure_of(error, shown(url)) from None


async def _require_stopped(connection: asyncpg.Connection, name: str) -> None:
    """Raise DatabaseInUseError while a bot works on the database."""
    if await connection.fetchval("SELECT to_regclass('replicas')") is None:
        return
    working = await connection.fetchval(f"SELECT count(*) FROM replicas WHERE seen_at > {NOW} - {DEAD_AFTER}")
    if working:
        raise DatabaseInUseError(f"a bot works on {name}, in {working} processes: stop them first")


async def _tables(connection: asyncpg.Connection) -> Mapping[str, Columns]:
    tables: dict[str, dict[str, type]] = {}
    for row in await connection.fetch(_COLUMNS):
        if row["table_name"] not in OWN:
            tables.setdefault(row["table_name"], {})[row["column_name"]] = kind_of(row["data_type"])
    return tables
