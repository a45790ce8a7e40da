"""The engine of the store on PostgreSQL: transactions that await the network, retried where others were in the way."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Self

import asyncpg

from storage.address import shown
from storage.errors import DatabaseDamagedError, StorageError
from storage.postgres.clock import JUMP, MOMENT, DatabaseClock, elapsed
from storage.postgres.connection import Way, find
from storage.postgres.failures import FAILURES, damaged, failure_of, is_lost, may_succeed_again, unavailable
from storage.postgres.ledger import PostgresLedger
from storage.postgres.migrate import migrate
from storage.postgres.replicas import PostgresReplicas
from storage.postgres.transaction import PostgresTransaction, bound
from storage.statements.store import SQLStore
from storage.statements.transaction import Result, Row, Transaction

MOST_TRIES = 8  # of a transaction that others are in the way of
MOST_CONNECTIONS = 12  # for transactions that may wait for locks
MOST_URGENT = 3  # connections for those that never do: claims must not stand behind those that wait
CONNECTION_WITHIN = 10.0  # seconds for a connection to become free
STOPPING_WITHIN = 2.0  # the same, for a stop
CLOSED_WITHIN = 1.0  # seconds for all that is under way then
ASKED_WITHIN = 3.0  # seconds for a statement that comes again soon, so that several have their turn before it matters


class PostgresEngine:
    """A database that any number of processes work on. Made by `open`; its clock is the database's.

    A transaction goes on to its end when its caller is cancelled. Leases that it gives begin with `holder`.
    """

    def __init__(self, way: Way, pool: asyncpg.Pool, urgent: asyncpg.Pool, clock: DatabaseClock) -> None:
        self.holder = ""
        self._where = shown(way.url)
        self._way = way
        self._pool = pool
        self._urgent = urgent
        self._clock = clock
        self._within = CONNECTION_WITHIN
        self._ledger = PostgresLedger(self.ask)
        self._last_write_at = clock()
        self._running: set[asyncio.Task[Any]] = set()
        self._damage: DatabaseDamagedError | None = None
        self._damage_seen = asyncio.Event()

    @classmethod
    async def open(cls, url: str) -> Self:
        """Connect, and bring the schema up to date; StorageUnavailableError where the database is out of reach."""
        try:
            way, pool = await find(url, MOST_CONNECTIONS)
            clock = await _prepare(pool)
            return cls(way, pool, await way.pool(MOST_URGENT), clock)
        except asyncpg.ClientConfigurationError:
            raise StorageError(f"the address of {shown(url)} has something that the driver does not know") from None
        except FAILURES as error:
            raise failure_of(error, shown(url)) from None

    async def write(
        self, function: Callable[[Transaction], Awaitable[Result]], *, urgent: bool = False, single: bool = False
    ) -> Result:
        self._require_soundness()
        begin = None if single and not self._way.pooled else self._way.begin  # a pooler wants it, see `_fetch`

        async def transact(connection: asyncpg.Connection) -> Result:
            transaction = PostgresTransaction(connection, self.holder, begin)
            return await self._transact(connection, transaction, function, urgent=urgent)

        task = asyncio.create_task(self._carry_out(transact, self._urgent if urgent else self._pool))
        self._running.add(task)
        task.add_done_callback(self._ended)
        return await asyncio.shield(task)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # which nobody asks for when its caller was cancelled

    async def read(self, decode: Callable[[list[Row]], Result], sql: str, *values: Any) -> Result:
        self._require_soundness()

        async def select(connection: asyncpg.Connection) -> Result:
            return decode(await self._fetch(connection, sql, *values))

        return await self._carry_out(select, self._pool)

    async def ask(self, sql: str, *values: Any) -> list[Row]:
        """Run one urgent statement by itself, which is carried out or not; it is not waited for long."""
        self._require_soundness()
        try:
            async with asyncio.timeout(ASKED_WITHIN), self._connection(self._urgent) as connection:
                answer = await self._fetch(connection, sql, *values)
        except FAILURES as error:
            raise self._noticed(failure_of(error, self._where)) from None
        if not sql.startswith("SELECT"):
            self._last_write_at = self._clock()
        return answer

    async def _carry_out(self, act: Callable[[asyncpg.Connection], Awaitable[Result]], pool: asyncpg.Pool) -> Result:
        """Try until no other transaction is in the way, and none of the connections that are there is broken."""
        tries = 1
        while True:
            try:
                async with self._connection(pool) as connection:
                    return await act(connection)
            except FAILURES as error:
                if tries == MOST_TRIES or not (may_succeed_again(error) or is_lost(error)):
                    raise self._noticed(failure_of(error, self._where)) from None
            except DatabaseDamagedError as error:
                raise self._noticed(damaged(error.why)) from None
            await asyncio.sleep(random.uniform(0, 0.01 * 2**tries))  # noqa: S311 - two that met should not meet again
            tries += 1

    async def _transact(
        self,
        connection: asyncpg.Connection,
        transaction: PostgresTransaction,
        function: Callable[[Transaction], Awaitable[Result]],
        *,
        urgent: bool,
    ) -> Result:
        try:
            if urgent and not self._clock.is_fresh:
                await transaction.begin()
                await self._set_clock(connection)
            result = await function(transaction)
        except BaseException as error:
            await _undo(connection, error)
            raise
        if connection.is_in_transaction():
            await self._commit(connection)
        if transaction.has_written:
            self._last_write_at = self._clock()
        return result

    async def _commit(self, connection: asyncpg.Connection) -> None:
        try:
            await connection.execute("COMMIT")
        except FAILURES as error:  # whether it is stored nobody knows, but those who ask again find out
            raise self._noticed(failure_of(error, self._where)) from None

    async def _fetch(self, connection: asyncpg.Connection, sql: str, *values: Any) -> list[Row]:
        """Run one statement. Behind a pooler even that needs a transaction: it is prepared, and then carried out."""
        stored = map(bound, values)
        if not self._way.pooled:
            return list(await connection.fetch(sql, *stored))
        async with connection.transaction():
            return list(await connection.fetch(sql, *stored))

    async def _set_clock(self, connection: asyncpg.Connection) -> None:
        """Set the clock anew. What was asked for by a clock that was far off is refused, and asked for again."""
        was_off = await _measure(connection, self._clock)
        if abs(was_off) > JUMP:
            raise unavailable(self._where, f"this machine stood still, or a clock was set, by {was_off:+.1f} s")

    @asynccontextmanager
    async def _connection(self, pool: asyncpg.Pool) -> AsyncIterator[asyncpg.Connection]:
        try:
            async with asyncio.timeout(self._within):
                connection = await pool.acquire()
        except TimeoutError:
            raise unavailable(self._where, "it cannot be reached in time, or all connections are busy") from None
        except FAILURES as error:
            raise failure_of(error, self._where) from None
        try:
            yield connection
        except FAILURES as error:
            if is_lost(error):
                connection.terminate()  # whatever the driver thinks of it
            raise
        finally:
            await pool.release(connection)

    @property
    def ledger(self) -> PostgresLedger:
        return self._ledger

    def _noticed(self, error: Exception) -> Exception:
        """Return an error. Damage is all that comes from then on."""
        if isinstance(error, DatabaseDamagedError):
            self._damage = self._damage or error
            self._damage_seen.set()
        return error

    def _require_soundness(self) -> None:
        if self._damage is not None:
            raise DatabaseDamagedError(str(self._damage), self._damage.why)

    async def scrub(self) -> None:
        """Do nothing: PostgreSQL's own vacuum overwrites what was deleted."""
        self._require_soundness()

    async def verify(self) -> None:
        """Look for nothing: PostgreSQL verifies each page that it reads, where it was told to."""
        self._require_soundness()

    async def until_damaged(self) -> DatabaseDamagedError:
        await self._damage_seen.wait()
        assert self._damage is not None
        return self._damage

    def require_place(self) -> None:
        """Look for no files: whether they are at their place is PostgreSQL's own business."""
        self._require_soundness()

    @property
    def last_write_at(self) -> float:
        return self._last_write_at

    def now(self) -> float:
        return self._clock()

    def stop_waiting(self) -> None:
        self._within = STOPPING_WITHIN

    async def close(self) -> None:
        """Let what is under way end, but do not wait for a database that does not answer."""
        try:
            async with asyncio.timeout(CLOSED_WITHIN):
                await asyncio.gather(*self._running, return_exceptions=True)
                await self._pool.close()
                await self._urgent.close()
        except FAILURES:
            self._pool.terminate()
            self._urgent.terminate()


async def _undo(connection: asyncpg.Connection, error: BaseException) -> None:
    """Undo a transaction, by the end of its connection where that does not answer."""
    if connection.is_closed() or not connection.is_in_transaction():
        return
    if isinstance(error, TimeoutError):
        connection.terminate()
        return
    try:
        await connection.execute("ROLLBACK", timeout=STOPPING_WITHIN)
    except FAILURES:
        connection.terminate()


async def _prepare(pool: asyncpg.Pool) -> DatabaseClock:
    """Bring the schema up to date, and set a clock by the database; an error ends the connections."""
    clock = DatabaseClock()
    try:
        async with pool.acquire() as connection:
            await migrate(connection)
            async with connection.transaction():
                await _measure(connection, clock)
    except BaseException:
        pool.terminate()
        raise
    return clock


async def _measure(connection: asyncpg.Connection, clock: DatabaseClock) -> float:
    asked_at = elapsed()
    moment = await connection.fetchval(MOMENT)
    return clock.measured(moment, asked_at, elapsed())


async def open_store(url: str, *, owner: int | None = None) -> SQLStore:
    """Open the store on a PostgreSQL database, whose schema is made where there is none; `owner` as for SQLite."""
    engine = await PostgresEngine.open(url)
    store = SQLStore(engine, PostgresReplicas(engine))
    if owner is not None:
        try:
            await store.require_owner(owner)
        except BaseException:
            await store.close()
            raise
    return store
