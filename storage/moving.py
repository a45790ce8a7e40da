"""Moving a database to another address, of whatever engine."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from storage.address import is_postgres, path_of
from storage.copying import Moved, Opened, Say, copy
from storage.opening import requiring_the_driver
from storage.sqlite.side import new_file, old_file


async def move(old_url: str, new_url: str, say: Say) -> Moved:
    """Copy the database of a stopped bot into one that has no jobs; what is copied is said in lines.

    StorageError, and nothing changed, where that cannot be done.
    """
    async with _opened(old_url, is_old=True) as old, _opened(new_url, is_old=False) as new:
        return await copy(old, new, say)


@asynccontextmanager
async def _opened(url: str, *, is_old: bool) -> AsyncIterator[Opened]:
    """Open a database to move from, which must be there, or one to move to."""
    if not is_postgres(url):
        with (old_file if is_old else new_file)(path_of(url)) as file:
            yield file
        return
    with requiring_the_driver():
        from storage.postgres.side import new_database, old_database  # noqa: PLC0415 - SQLite does without the driver
    async with (old_database if is_old else new_database)(url) as database:
        yield database
