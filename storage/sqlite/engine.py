"""The engine of the store on SQLite: transactions driven to their end in one hop on the connection's thread."""

import asyncio
import os
import sqlite3
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Self

from storage.errors import DatabaseDamagedError, StorageUnavailableError
from storage.sqlite.connection import BUSY_SECONDS, FAILURES, Connection, connect, write_together
from storage.sqlite.integrity import LARGEST_VERIFIED, verify, verify_file
from storage.sqlite.lock import FileLock, told
from storage.sqlite.migrate import migrate
from storage.sqlite.place import Place, mark, require_one_name
from storage.statements.store import SQLStore
from storage.statements.transaction import Result, Row, Transaction

VERIFYING_SHARE = 0.01  # of the time, at the most
FIRST_THAT_OVERWRITES = 21  # version of the schema; a file that was used before has old texts in its unused parts
MOST_TOGETHER = 200  # transactions of one commit: what is asked for later waits for milliseconds only


class SQLiteTransaction:
    """An open transaction. Its methods never suspend: the answer is there when they are awaited."""

    skip_locked = locked = ""  # nobody else has locked anything
    holder = ""
    is_lost = "lease_token IS NOT NULL"  # at a start, when leases are asked for: the last process is gone
    holder_of = "''"  # it held them all

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    async def rows(self, sql: str, *values: Any) -> list[Row]:
        return rows(self._connection, sql, *values)

    async def row(self, sql: str, *values: Any) -> Row | None:
        return next(iter(rows(self._connection, sql, *values)), None)

    async def alone_with(self, cache_key: str) -> None:
        """Do nothing: BEGIN IMMEDIATE keeps every other transaction out."""

    async def alone_with_chat(self, chat_id: int) -> None:
        """Do nothing, for the same reason."""

    async def alone_with_family(self, family: str) -> None:
        """Do nothing, for the same reason."""


def rows(connection: sqlite3.Connection, sql: str, *values: Any) -> list[Row]:
    """Run one statement with `$1`, `$2`, … and fetch all: a RETURNING left half read keeps the write lock."""
    return list(connection.execute(sql, {str(number): value for number, value in enumerate(values, 1)}))


def at_once(function: Callable[[Transaction], Awaitable[Result]]) -> Callable[[sqlite3.Connection], Result]:
    """Drive a transaction, which awaits statements alone, to its end; RuntimeError if it awaits anything else."""

    def run(connection: sqlite3.Connection) -> Result:
        waiting = function(SQLiteTransaction(connection)).__await__()
        try:
            next(waiting)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]
        raise RuntimeError("a transaction awaited something that is not a statement")

    return run


class SQLiteEngine:
    """One file, one process. Made by `open`; `now` tells the moment of a successful write.

    Transactions are carried out in the order in which they were asked for. Those that are asked for while others are
    carried out share one commit, as most of the time of a small transaction goes to waiting for the disk.
    """

    def __init__(
        self, path: Path, connection: Connection, lock: FileLock, place: Place, now: Callable[[], float]
    ) -> None:
        self._path = path
        self._connection = connection
        self._lock = lock
        self._place = place
        self._now = now
        self._last_write_at = now()
        self._asked: list[tuple[Callable[[sqlite3.Connection], Any], asyncio.Future[Any]]] = []
        self._carrying_out: asyncio.Task[None] | None = None
        self._verified = self._version()
        self._verify_again_at = 0.0
        self._scrubbed = -1  # texts that were erased by the last scrub, whenever that was
        self._damage: DatabaseDamagedError | None = None
        self._damage_seen = asyncio.Event()

    @classmethod
    async def open(cls, path: Path, now: Callable[[], float], *, busy_seconds: float = BUSY_SECONDS) -> Self:
        """Make or open the database, migrate it and keep every other process away from it.

        Another program that locks the database (a shell, a backup) is waited for `busy_seconds` long, at each write.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageUnavailableError(f"cannot make {path.parent}: {told(error)}") from error
        lock = FileLock(path)
        try:
            require_one_name(path, lock.database)
            connection = await connect(path, busy_seconds=busy_seconds)
            try:
                known_by = await connection.hop(_prepare)
                place = Place(path, lock.database, known_by)
            except BaseException:
                await connection.close()
                raise
        except BaseException:
            lock.release()
            raise
        return cls(path, connection, lock, place, now)

    async def write(
        self,
        function: Callable[[Transaction], Awaitable[Result]],
        *,
        urgent: bool = False,  # noqa: ARG002 - none waits here
        single: bool = False,  # noqa: ARG002 - what is one statement costs no more than that anyway
    ) -> Result:
        self._require_soundness()
        result: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._asked.append((at_once(function), result))
        if self._carrying_out is None:
            self._carrying_out = asyncio.create_task(self._carry_out())
        return await self._noticing_damage(result)

    async def _carry_out(self) -> None:
        """Carry out what was asked for, until nothing is left."""
        try:
            while self._asked:
                together, self._asked = self._asked[:MOST_TOGETHER], self._asked[MOST_TOGETHER:]
                results = await self._write([function for function, _ in together])
                for (_, waiting), result in zip(together, results, strict=True):
                    _tell(waiting, result)
        finally:
            self._carrying_out = None

    async def _write(self, functions: Sequence[Callable[[sqlite3.Connection], Any]]) -> Sequence[object]:
        """Run them where the database is at its place before and after: else nobody may be told that it was stored."""
        together = write_together(functions)

        def placed(connection: sqlite3.Connection) -> tuple[list[Any], bool]:
            self._place.require()
            written = together(connection)
            self._place.require()
            return written

        try:
            results, changed = await self._connection.hop(placed)
        except Exception as error:  # noqa: BLE001 - it belongs to those who wait
            return [error] * len(functions)
        if changed:
            self._last_write_at = self._now()
        return results

    async def read(self, decode: Callable[[list[Row]], Result], sql: str, *values: Any) -> Result:
        self._require_soundness()
        found = self._connection.hop(lambda connection: decode(rows(connection, sql, *values)))
        return await self._noticing_damage(found)

    async def _noticing_damage(self, result: Awaitable[Result]) -> Result:
        """Wait for a result. Damage that comes instead is all that comes from then on."""
        try:
            return await result
        except DatabaseDamagedError as error:
            self._break(error)
            raise
        except FAILURES:
            await self._verify()  # damage of the schema, or of an index, may look like a bug
            raise

    def _require_soundness(self) -> None:
        if self._damage is not None:
            raise DatabaseDamagedError(str(self._damage), self._damage.why)

    def _break(self, damage: DatabaseDamagedError) -> None:
        self._damage = self._damage or damage
        self._damage_seen.set()

    async def scrub(self) -> None:
        """Empty the journal, where erased texts are; in the file itself SQLite overwrites what it deletes."""
        self._require_soundness()
        self._scrubbed = await self._noticing_damage(self._connection.hop(partial(_scrub, self._scrubbed)))

    async def verify(self) -> None:
        self._require_soundness()
        if self._version() != self._verified and time.monotonic() >= self._verify_again_at:
            await self._verify()

    async def _verify(self) -> None:
        """Verify a file of ordinary size by a connection of its own: the other one need not look at the disk."""
        version, began = self._version(), time.monotonic()
        if version[0] > LARGEST_VERIFIED:
            return
        try:
            await asyncio.to_thread(verify_file, self._path)
        except DatabaseDamagedError as error:
            self._break(error)
            raise
        self._verified = version
        self._verify_again_at = time.monotonic() + (time.monotonic() - began) / VERIFYING_SHARE

    def _version(self) -> tuple[int, int]:
        """Return what changes with every write to the file, which is not every commit: most are in the journal."""
        status = os.fstat(self._lock.database)
        return status.st_size, status.st_mtime_ns

    async def until_damaged(self) -> DatabaseDamagedError:
        await self._damage_seen.wait()
        assert self._damage is not None
        return self._damage

    def require_place(self) -> None:
        self._require_soundness()
        try:
            self._place.require()
        except DatabaseDamagedError as error:
            self._break(error)
            raise

    @property
    def last_write_at(self) -> float:
        return self._last_write_at

    def now(self) -> float:
        return self._now()

    @property
    def ledger(self) -> None:
        """Return none: there is one process."""

    def stop_waiting(self) -> None:
        self._connection.waits_for_locks = False

    async def close(self) -> None:
        if self._carrying_out is not None:
            await self._carrying_out
        await self._connection.close()
        self._lock.release()


def _tell(waiting: asyncio.Future[Any], result: object) -> None:
    """Hand a result to its caller, unless that was cancelled meanwhile."""
    if waiting.done():
        return
    if isinstance(result, Exception):
        waiting.set_exception(result)
    else:
        waiting.set_result(result)


def _scrub(scrubbed: int, connection: sqlite3.Connection) -> int:
    """Empty the journal if texts were erased; return how many were by the last time that this was done."""
    erased: int = connection.execute("SELECT erased FROM pulse").fetchone()[0]
    if erased == scrubbed:
        return scrubbed
    patience: int = connection.execute("PRAGMA busy_timeout").fetchone()[0]
    connection.execute("PRAGMA busy_timeout = 0")  # nobody waits for another program that reads
    try:
        busy: int = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    finally:
        connection.execute(f"PRAGMA busy_timeout = {patience}")
    return scrubbed if busy else erased


def _prepare(connection: sqlite3.Connection) -> int:
    """Bring the schema up to date, unless the file is damaged; return the mark of the database."""
    verify(connection)
    if 0 < connection.execute("PRAGMA user_version").fetchone()[0] < FIRST_THAT_OVERWRITES:
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    migrate(connection)
    return mark(connection)


async def open_store(
    path: Path, now: Callable[[], float], *, owner: int | None = None, busy_seconds: float = BUSY_SECONDS
) -> SQLStore:
    """Open the store on a SQLite file, made where there is none.

    `owner` is the id of the bot whose jobs it holds; StorageError if it holds another's. DatabaseInUseError while
    another process works on it, SchemaTooNewError if a newer program migrated it. `busy_seconds` as in SQLiteEngine.
    """
    store = SQLStore(await SQLiteEngine.open(path, now, busy_seconds=busy_seconds))
    if owner is not None:
        try:
            await store.require_owner(owner)
        except BaseException:
            await store.close()
            raise
    return store
