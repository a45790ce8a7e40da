"""What PostgreSQL and its driver raise, turned into the errors of the store.

No error of theirs goes further as it is: PostgreSQL quotes the row that it refuses, and the driver the value.
"""

import asyncpg

from storage.errors import DatabaseDamagedError, StorageUnavailableError

FAILURES = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, TimeoutError)
# Another transaction was in the way, or a plan was older than the schema: the same again may well succeed.
_AGAIN = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.InvalidCachedStatementError,
    asyncpg.OutdatedSchemaCacheError,
)
_DAMAGED = (asyncpg.DataCorruptedError, asyncpg.IndexCorruptedError)
# By the beginnings of their codes, see https://www.postgresql.org/docs/current/errcodes-appendix.html
_UNAVAILABLE = {
    "08": "the connection broke",
    "25006": "it takes no writes: it is a standby, or was made read-only",
    "25P03": "a transaction took too long",
    "28": "it does not let this user in",
    "3D000": "there is no such database",
    "3F000": "there is no schema for the tables, or this user may not use it",
    "40": "other transactions were in the way again and again",
    "42501": "this user may not do what the program needs: make it the owner of the database, or of its schema",
    "53100": "its disk is full",
    "53200": "it has no memory left",
    "53300": "it takes no more connections",
    "55P03": "what another transaction has locked did not become free in time",
    "57014": "a statement took too long",
    "57P": "it is being stopped or started",
    "58": "its system failed",
}


class RefusedError(Exception):
    """A statement that PostgreSQL or its driver refused, which is a bug."""


def may_succeed_again(error: Exception) -> bool:
    """Tell whether a transaction that failed so may be carried out again at once."""
    return isinstance(error, _AGAIN)


def is_lost(error: Exception) -> bool:
    """Tell whether an error means that the connection is gone."""
    code = getattr(error, "sqlstate", None) or ""
    gone = (asyncpg.InterfaceError, asyncpg.InternalClientError, ConnectionError)
    return code.startswith(("08", "57P01", "57P02")) or (isinstance(error, gone) and not isinstance(error, ValueError))


def failure_of(error: Exception, where: str) -> Exception:
    """Return the store's error for one of the driver's; RefusedError for a bug."""
    if isinstance(error, asyncpg.PostgresError):
        return _of_server(error, where)
    if isinstance(error, ValueError | asyncpg.UnsupportedClientFeatureError):
        return RefusedError(f"{type(error).__name__} of the driver")
    if isinstance(error, TimeoutError):
        return unavailable(where, "it does not answer in time")
    if isinstance(error, OSError):
        return unavailable(where, f"it cannot be reached: {error.strerror or type(error).__name__}")
    return unavailable(where, f"the connection broke ({type(error).__name__})")


def _of_server(error: asyncpg.PostgresError, where: str) -> Exception:
    code = error.sqlstate or ""
    if isinstance(error, _DAMAGED):
        return damaged(f"PostgreSQL found damage, {code}")
    why = next((why for beginning, why in _UNAVAILABLE.items() if code.startswith(beginning)), None)
    if why is None:
        return RefusedError(f"{type(error).__name__} ({code}{_named(error)})")
    return unavailable(where, f"{why} ({code})")


def _named(error: asyncpg.PostgresError) -> str:
    """Return the names of ours that an error has, which are no texts of anybody."""
    names = (getattr(error, f"{kind}_name", None) for kind in ("table", "column", "constraint"))
    return "".join(f", {name}" for name in names if name)


def unavailable(where: str, why: str) -> StorageUnavailableError:
    return StorageUnavailableError(f"the database {where} cannot be used just now: {why}")


def damaged(why: str) -> DatabaseDamagedError:
    """Make the error of a database of which something cannot be read."""
    return DatabaseDamagedError(f"the database is damaged ({why}): restore a backup of it", why)
