"""Errands: leased as jobs are, and done, dropped or put off under that lease."""

import secrets
from typing import Any

from storage.errands import Errand, ErrandClaim, ErrandKind
from storage.statements.rows import ERRAND_COLUMNS, errand_of
from storage.statements.transaction import Row, Transaction

ONE = "job_id = $1 AND kind = $2 AND what = $3"
_KNOWN = f"kind IN ({', '.join(repr(kind.value) for kind in ErrandKind)})"
WAITING = f"SELECT count(*) AS n FROM errands WHERE next_at IS NOT NULL AND {_KNOWN}"
FILES = f"SELECT what FROM errands WHERE job_id = $1 AND kind = '{ErrandKind.EXPORT}' ORDER BY what"


async def claim_errands(tx: Transaction, now: float, lease_until: float, limit: int) -> ErrandClaim:
    due = await tx.rows(
        f"SELECT job_id, kind, what FROM errands WHERE next_at <= $1 AND {_KNOWN}"
        f" ORDER BY next_at, job_id LIMIT $2 {tx.skip_locked}",
        now,
        limit,
    )
    token = tx.holder + secrets.token_hex(8)
    leased = [await _lease(tx, each, token, lease_until) for each in due]
    first = await tx.row(f"SELECT min(next_at) AS next_at FROM errands WHERE next_at IS NOT NULL AND {_KNOWN}")
    return ErrandClaim(tuple(leased), first["next_at"] if first else None)


async def _lease(tx: Transaction, row: Row, token: str, until: float) -> Errand:
    sql = f"UPDATE errands SET lease_token = $4, next_at = $5 WHERE {ONE} RETURNING {ERRAND_COLUMNS}"
    leased = await tx.row(sql, row["job_id"], row["kind"], row["what"], token, until)
    return errand_of(leased)


async def _held(tx: Transaction, errand: Errand, sql: str, *values: Any) -> bool:
    """Run a statement on an errand, with values from $5 on, if its lease still holds."""
    key = (errand.job_id, errand.kind, errand.what, errand.lease_token)
    return await tx.row(f"{sql} WHERE {ONE} AND lease_token = $4 RETURNING job_id", *key, *values) is not None


async def begin_sending(tx: Transaction, errand: Errand) -> bool:
    return await _held(tx, errand, "UPDATE errands SET doubts = $5", errand.doubts + 1)


async def put_off(
    tx: Transaction, errand: Errand, until: float, *, tried: bool = False, doubts: int | None = None
) -> bool:
    changes = "lease_token = NULL, next_at = $5, attempts = attempts + $6, doubts = coalesce($7, doubts)"
    return await _held(tx, errand, f"UPDATE errands SET {changes}", until, int(tried), doubts)


async def errand_done(tx: Transaction, errand: Errand, sent_id: int | None = None) -> bool:
    """Store it also where the lease was lost, as the message is there: whoever has the errand by then gives it up.

    One that was asked anew meanwhile is due at once.
    """
    sql = (
        "UPDATE errands SET lease_token = NULL, next_at = CASE WHEN asked_at > $5 THEN $5 END, sent_id = $4, doubts = 0"
        f" WHERE {ONE} RETURNING job_id"
    )
    return await tx.row(sql, errand.job_id, errand.kind, errand.what, sent_id, errand.asked_at) is not None


async def drop_errand(tx: Transaction, errand: Errand) -> bool:
    return await _held(tx, errand, "DELETE FROM errands")


async def erase_text(tx: Transaction, errand: Errand, now: float) -> bool:
    """Erase it alone with its key, as a job may be about to take it; what such a one needs expires, and is purged."""
    known = await tx.row("SELECT cache_key FROM jobs WHERE id = $1", errand.job_id)
    if known is None:
        return False
    await tx.alone_with(known["cache_key"])
    sql = f"SELECT transcript_id FROM jobs WHERE id = $1 AND ended_at IS NOT NULL {tx.locked}"
    job = await tx.row(sql, errand.job_id)  # locked before the errand, as who deletes a job does
    if not await _held(tx, errand, "UPDATE errands SET kind = kind"):
        return False
    if job is None or (transcript_id := job["transcript_id"]) is None:
        return True
    await tx.rows("UPDATE jobs SET transcript_id = NULL WHERE id = $1", errand.job_id)
    await tx.rows("DELETE FROM names WHERE job_id = $1", errand.job_id)
    if await tx.row("SELECT 1 FROM jobs WHERE transcript_id = $1 LIMIT 1", transcript_id) is None:
        await tx.rows("UPDATE transcripts SET expires_at = $2 WHERE id = $1 AND expires_at > $2", transcript_id, now)
        unneeded = "NOT EXISTS (SELECT 1 FROM jobs WHERE cache_key = $2 AND next_at IS NOT NULL)"
        await tx.rows(f"DELETE FROM transcripts WHERE id = $1 AND {unneeded}", transcript_id, known["cache_key"])
    return True


async def give_back(tx: Transaction, now: float) -> None:
    """Give back the leases of holders that are gone. It spends an attempt, as they may have died of the errand."""
    changes = "lease_token = NULL, next_at = $1, attempts = attempts + 1"
    await tx.rows(f"UPDATE errands SET {changes} WHERE next_at IS NOT NULL AND {tx.is_lost}", now)


async def move(tx: Transaction, old_chat_id: int, new_chat_id: int) -> None:
    """Let what is to be done be done in the new chat; messages of the old one mean nothing there."""
    sql = "UPDATE errands SET chat_id = $2, message_id = NULL WHERE chat_id = $1 AND next_at IS NOT NULL"
    await tx.rows(sql, old_chat_id, new_chat_id)
