"""Schema by numbered files: applied once each, all or nothing, by one process at a time.

While programs are replaced one after the other, an older one works with a newer schema that says that it may. Each file
says so in its first line.
"""

import re
from importlib import resources

import asyncpg

from storage.errors import ForeignTablesError, SchemaTooNewError
from storage.postgres.locks import TAKE, Lock

_NAME = re.compile(r"(\d{4})_\w+\.sql")
_WORKS_WITH = re.compile(r"-- Works with programs of schema (\d+) or later\.\n")
_READ = "SELECT version, oldest_program FROM schema_version"
_MAKE = "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL, oldest_program INTEGER NOT NULL)"
# Tables are made where none of their names was there, and read where their columns are ours.
_FOREIGN = (asyncpg.DuplicateTableError, asyncpg.UndefinedColumnError)
_LONGEST = 3600.0  # seconds for one file; indexes of large tables take minutes
_LOCK_WITHIN = "SET LOCAL lock_timeout = '10s'"  # else what waits for a table keeps everybody else from it


def migrations() -> list[tuple[int, str]]:
    """Return number and text of every migration, in order."""
    files = resources.files("storage.postgres").joinpath("migrations").iterdir()
    return sorted((int(match[1]), file.read_text("utf-8")) for file in files if (match := _NAME.fullmatch(file.name)))


def oldest_program(script: str) -> int:
    """Return the oldest schema whose programs still work after a migration."""
    match = _WORKS_WITH.match(script)
    assert match is not None, "every migration says in its first line which programs work with it"
    return int(match[1])


async def migrate(connection: asyncpg.Connection) -> None:
    """Bring the schema up to this program's version.

    SchemaTooNewError where it is beyond what this one works with, ForeignTablesError where it is another program's.
    """
    try:
        async with connection.transaction():
            await _bring_up_to_date(connection)
    except _FOREIGN:
        raise ForeignTablesError from None


async def _bring_up_to_date(connection: asyncpg.Connection) -> None:
    if await _is_known(connection):
        return
    await connection.execute(TAKE, Lock.SCHEMA, 0, timeout=_LONGEST)
    if not await _is_known(connection):
        await connection.execute(_LOCK_WITHIN)
        await _apply_missing(connection)


async def _is_known(connection: asyncpg.Connection) -> bool:
    """Tell whether the schema is the program's own, or a newer one that it works with."""
    newest = migrations()[-1][0]
    if await connection.fetchval("SELECT to_regclass('schema_version')") is None:
        return False
    stored = await connection.fetchrow(_READ)
    if stored is not None and stored["oldest_program"] > newest:
        raise SchemaTooNewError(
            f"the database has schema version {stored['version']}, which this program ({newest}) does not work with:"
            " use a newer program"
        )
    return stored is not None and stored["version"] >= newest


async def _apply_missing(connection: asyncpg.Connection) -> None:
    await connection.execute(_MAKE)
    stored = await connection.fetchrow(_READ)
    version, oldest = (0, 0) if stored is None else (stored["version"], stored["oldest_program"])
    for number, script in migrations():
        if number > version:
            await connection.execute(script, timeout=_LONGEST)
            version, oldest = number, max(oldest, oldest_program(script))
    await connection.execute("DELETE FROM schema_version")
    sql = "INSERT INTO schema_version (version, oldest_program) VALUES ($1, $2)"
    await connection.execute(sql, version, oldest)
