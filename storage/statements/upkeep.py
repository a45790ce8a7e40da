"""Looking after the whole database: whose it is, whether it takes writes, what is left to do, what may go."""

from collections.abc import Sequence

from storage.errors import StorageError
from storage.host import DAY
from storage.statements import spending
from storage.statements.texts import delete_texts
from storage.statements.transaction import Row, Transaction

USAGE_KEPT_FOR = 396  # days, which are thirteen months
MOST_DUE = 1_000  # are counted: more would take longer than a gauge is worth

# The triggers of `counts` have counted the states; what is due, which no statement changes, is counted in two indexes.
BACKLOG = (
    "SELECT state, sum(n) AS n FROM counts GROUP BY state HAVING sum(n) > 0 UNION ALL SELECT 'due', count(*) FROM"
    " (SELECT 1 FROM jobs WHERE lined_up = 1 UNION ALL SELECT 1 FROM jobs WHERE lined_up = 0 AND next_at <= $1"
    f" LIMIT {MOST_DUE}) AS due"
)


def counted(found: Sequence[Row]) -> dict[str, int]:
    """Read the answer to BACKLOG."""
    return {each["state"]: int(each["n"]) for each in found}


async def require_owner(tx: Transaction, owner: int) -> None:
    """Make this bot the owner of the database; StorageError if another bot is."""
    await tx.rows("UPDATE pulse SET bot_id = $1 WHERE bot_id IS NULL", owner)
    known = await tx.row("SELECT bot_id FROM pulse")
    if known is not None and known["bot_id"] != owner:
        raise StorageError(
            f"the database holds the jobs of bot {known['bot_id']}, and the token is bot {owner}'s:"
            " give this one a DATABASE_URL of its own"
        )


WEBHOOK = "SELECT webhook FROM pulse"


async def keep_webhook(tx: Transaction, mark: str) -> None:
    await tx.rows("UPDATE pulse SET webhook = $1", mark)


async def ping(tx: Transaction) -> None:
    await tx.rows("UPDATE pulse SET beats = beats + 1")


async def purge(tx: Transaction, now: float, ended_before: float, limit: int) -> int:
    jobs = await tx.rows(
        "DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE ended_at <= $1 AND transcript_id IS NULL"
        " AND (SELECT keep_until FROM pulse) <= $2 ORDER BY ended_at LIMIT $3) RETURNING id",
        ended_before,
        now,
        limit,
    )
    gone = len(jobs) + await _purge_transcripts(tx, now, limit)
    gone += await spending.purge(tx, int(now // DAY) - USAGE_KEPT_FOR, limit)
    gone += await spending.purge_forgotten(tx, int(now // DAY), limit)
    for table, key, column, before in (
        ("strangers", "chat_id", "told_at", now - DAY),
        ("arrivals", "at", "at", now - 60),
        ("told", "(chat_id, what)", "at", now - DAY),
        ("unfinished", "update_id", "at", now - DAY),
    ):
        old = f"SELECT {key.strip('()')} FROM {table} WHERE {column} <= $1 ORDER BY {column} LIMIT $2"
        gone += len(await tx.rows(f"DELETE FROM {table} WHERE {key} IN ({old}) RETURNING {column}", before, limit))
    return gone


async def _purge_transcripts(tx: Transaction, now: float, limit: int) -> int:
    """Delete of the `limit` that expired first those that no unfinished job may need, with the names in them.

    Let the others stand last.

    So no piece looks at more than `limit`, and what is needed for long hides nothing behind it.
    """
    of_the_first = "IN (SELECT id FROM (SELECT id, cache_key FROM transcripts WHERE expires_at <= $1"
    needed = "EXISTS (SELECT 1 FROM jobs WHERE jobs.cache_key = first.cache_key AND next_at IS NOT NULL)"
    where = f"WHERE id {of_the_first} ORDER BY expires_at, id LIMIT $2) AS first WHERE"
    gone = await delete_texts(tx, f"FROM transcripts {where} NOT {needed})", now, limit)
    if gone < limit:
        await tx.rows(f"UPDATE transcripts SET expires_at = $1 {where} {needed})", now, limit)
    return gone
