"""The engine of the store on SQLite: transactions driven to their end in one hop on the connection's thread."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, Self

from storage.sqlite.connection import BUSY_SECONDS, Connection, connect, write_together
from storage.sqlite.lock import FileLock
from storage.sqlite.migrate import migrate
from storage.statements.store import SQLStore
from storage.statements.transaction import Result, Row, Transaction
from storage.store import StorageUnavailableError

MOST_TOGETHER = 200  # transactions of one commit: what is asked for later waits for milliseconds only


class SQLiteTransaction:
    """An open transaction. Its methods never suspend: the answer is there when they are awaited."""

    skip_locked = ""  # nobody else has locked anything

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

    def __init__(self, connection: Connection, lock: FileLock, now: Callable[[], float]) -> None:
        self._connection = connection
        self._lock = lock
        self._now = now
        self._last_write_at = now()
        self._asked: list[tuple[Callable[[sqlite3.Connection], Any], asyncio.Future[Any]]] = []
        self._carrying_out: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, path: Path, now: Callable[[], float], *, busy_seconds: float = BUSY_SECONDS) -> Self:
        """Make or open the database, migrate it and keep every other process away from it.

        Another program that locks the database (a shell, a backup) is waited for `busy_seconds` long, at each write.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageUnavailableError(f"cannot make {path.parent}: {error.strerror}") from error
        lock = FileLock(path)
        try:
            connection = await connect(path, busy_seconds=busy_seconds)
            try:
                await connection.hop(migrate)
            except BaseException:
                await connection.close()
                raise
        except BaseException:
            lock.release()
            raise
        return cls(connection, lock, now)

    async def write(self, function: Callable[[Transaction], Awaitable[Result]]) -> Result:
        result: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._asked.append((at_once(function), result))
        if self._carrying_out is None:
            self._carrying_out = asyncio.create_task(self._carry_out())
        return await result

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
        try:
            results, changed = await self._connection.hop(write_together(functions))
        except Exception as error:  # noqa: BLE001 - it belongs to those who wait
            return [error] * len(functions)
        if changed:
            self._last_write_at = self._now()
        return results

    async def read(self, sql: str, *values: Any) -> list[Row]:
        return await self._connection.hop(lambda connection: rows(connection, sql, *values))

    @property
    def last_write_at(self) -> float:
        return self._last_write_at

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
