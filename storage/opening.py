"""Opening the store that an address names. Beside `storage.moving`, nothing else knows that there is more than one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from storage.address import is_postgres, path_of
from storage.errors import StorageError
from storage.sqlite.engine import open_store as open_sqlite
from storage.statements.store import SQLStore

NO_DRIVER = (
    "a PostgreSQL database needs the driver asyncpg, which is not installed here:"
    " install this program with its extra postgres (pip install 'verbatim-bot[postgres]')"
)


async def open_store(url: str, now: Callable[[], float], *, owner: int | None = None) -> SQLStore:
    """Open the store, made where there is none.

    `now` is the clock of a store on SQLite; PostgreSQL has its own, see `Store.now`. `owner` is the id of the bot whose
    jobs it holds; StorageError if it holds another's. DatabaseInUseError while another process works on a SQLite file,
    SchemaTooNewError if a newer program migrated it beyond what this one works with.
    """
    if not is_postgres(url):
        return await open_sqlite(path_of(url), now, owner=owner)
    with requiring_the_driver():
        from storage.postgres.engine import open_store as open_postgres  # noqa: PLC0415 - SQLite does without the driver
    return await open_postgres(url, owner=owner)


@contextmanager
def requiring_the_driver() -> Iterator[None]:
    """Raise StorageError, with what to do, where the driver of PostgreSQL is not installed."""
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name != "asyncpg":
            raise
        raise StorageError(NO_DRIVER) from None
