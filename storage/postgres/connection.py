"""Connections to PostgreSQL, and what is found out about the way to it by the first one."""

from dataclasses import dataclass
from typing import Any

import asyncpg

CONNECT_WITHIN = 5.0  # seconds
ANSWER_WITHIN = 30.0  # seconds for one statement
_CACHED = 500  # statements a connection keeps prepared: the same one for lists of other lengths is another one
# A transaction that waits for a lock for so long gives up, and so does one whose process does not go on: it would keep
# everybody else from what it has locked, such as a family of models. In milliseconds. And a commit is on the disk when
# it returns, whatever the server is set to: what is stored has been told to somebody.
_SETTINGS = {"lock_timeout": "10000", "idle_in_transaction_session_timeout": "5000", "synchronous_commit": "on"}
_BEGIN = "BEGIN ISOLATION LEVEL READ COMMITTED"
# The driver gives what it does not know of an address to the server, as settings of the session.
_WRONG_ADDRESS = (
    asyncpg.UndefinedObjectError,
    asyncpg.InvalidParameterValueError,
    asyncpg.CantChangeRuntimeParamError,
    asyncpg.PostgresSyntaxError,  # in its `options`
    UnicodeError,  # of a host that no name can have, such as one..two
)


class Connection(asyncpg.Connection):  # type: ignore[misc]
    """A connection on which nothing is left by whoever had it before, so that nothing has to be reset."""

    def get_reset_query(self) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Way:
    """The way to a database. Behind a pooler each transaction may be on another connection of the server.

    There, a statement prepared in one transaction is not found in the next one, and settings of a session are another
    one's.
    """

    url: str
    pooled: bool

    @property
    def begin(self) -> str:
        """Return how a transaction begins."""
        settings = (f"SET LOCAL {name} = {value}" for name, value in _SETTINGS.items())
        return "; ".join((_BEGIN, *settings)) if self.pooled else _BEGIN

    def options(self) -> dict[str, Any]:
        """Return what a connection is made with."""
        settings = {"application_name": "verbatim"}
        return {
            "dsn": self.url,
            "timeout": CONNECT_WITHIN,
            "command_timeout": ANSWER_WITHIN,
            "connection_class": Connection,
            "statement_cache_size": 0 if self.pooled else _CACHED,
            "server_settings": settings if self.pooled else settings | _SETTINGS | {"jit": "off"},
        }

    async def pool(self, most: int) -> asyncpg.Pool:
        """Make a pool of up to so many connections, each of which is made when it is wanted."""
        return await asyncpg.create_pool(min_size=0, max_size=most, **self.options())


async def find(url: str, most: int) -> tuple[Way, asyncpg.Pool]:
    """Find the way to a database, and make a pool for it. A pooler shows no process of the server as the other end.

    ClientConfigurationError for an address with something that is known to nobody.
    """
    direct = Way(url, pooled=False)
    pool = await direct.pool(most)
    try:
        async with pool.acquire() as connection, connection.transaction():
            if await connection.fetchval("SELECT pg_backend_pid()") == connection.get_server_pid():
                return direct, pool
    except asyncpg.ProtocolViolationError:  # from a pooler that takes no settings
        pool.terminate()
    except _WRONG_ADDRESS:
        pool.terminate()
        raise asyncpg.ClientConfigurationError("a setting of the session, or the host") from None
    except BaseException:
        pool.terminate()
        raise
    await pool.close()
    pooled = Way(url, pooled=True)
    return pooled, await pooled.pool(most)
