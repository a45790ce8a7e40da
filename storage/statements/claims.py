"""Accepting a message as a job, and leasing what is due."""

import secrets
from dataclasses import replace

from storage.statements.chats import SELECT, settings_of
from storage.statements.encoding import encode_options
from storage.statements.rows import JOB_COLUMNS, job_of
from storage.statements.transaction import Transaction
from storage.store import Claim
from storage.words import Job, NewJob


async def accept(tx: Transaction, new: NewJob, now: float) -> Job | None:
    new = await _as_chosen(tx, new)
    made = await tx.row(
        "INSERT INTO jobs (from_chat_id, message_id, chat_id, thread_id, user_id, kind, file_id, claimed_bytes,"
        " model, options, cache_key, created_at, next_at)"
        " VALUES ($1, $2, $1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)"
        f" ON CONFLICT DO NOTHING RETURNING {JOB_COLUMNS}",
        new.chat_id,
        new.message_id,
        new.thread_id,
        new.user_id,
        new.kind,
        new.file_id,
        new.claimed_bytes,
        new.model,
        encode_options(new.options),
        new.cache_key,
        now,
    )
    return job_of(made) if made else None


async def _as_chosen(tx: Transaction, new: NewJob) -> NewJob:
    """Return the job with the settings of its chat, where it has some."""
    chosen = settings_of(await tx.rows(SELECT, new.chat_id))
    options = replace(new.options, language=chosen.language or new.options.language)
    return replace(new, model=chosen.model or new.model, options=options)


async def claim(tx: Transaction, now: float, lease_until: float, limit: int) -> Claim:
    due = await tx.rows(
        f"SELECT id FROM jobs WHERE next_at <= $1 AND interrupted = 0 ORDER BY next_at, id LIMIT $2 {tx.skip_locked}",
        now,
        limit,
    )
    return await _claimed(tx, [each["id"] for each in due], now, lease_until)


async def claim_interrupted(tx: Transaction, now: float, lease_until: float) -> Claim:
    due = await tx.rows(
        "SELECT id FROM jobs WHERE interrupted > 0 AND next_at <= $1"
        f" ORDER BY interrupted, next_at, id LIMIT 1 {tx.skip_locked}",
        now,
    )
    return await _claimed(tx, [each["id"] for each in due], now, lease_until)


async def _claimed(tx: Transaction, ids: list[int], now: float, lease_until: float) -> Claim:
    jobs = await _lease(tx, ids, now, lease_until)
    first = await tx.row(
        "SELECT (SELECT min(next_at) FROM jobs WHERE next_at IS NOT NULL) AS next_at,"
        " (SELECT min(next_at) FROM jobs WHERE interrupted > 0) AS interrupted_at"
    )
    assert first is not None
    return Claim(jobs, first["next_at"], first["interrupted_at"])


async def _lease(tx: Transaction, ids: list[int], now: float, lease_until: float) -> tuple[Job, ...]:
    """Lease these jobs, and return them in the order of their ids in the list."""
    if not ids:
        return ()
    listed = ", ".join(f"${number}" for number, _ in enumerate(ids, 4))
    leased = await tx.rows(
        "UPDATE jobs SET lease_token = $1, next_at = $2, claimed_at = $3,"
        " waiting_for = CASE WHEN woken = 1 THEN NULL ELSE waiting_for END"
        f" WHERE id IN ({listed}) RETURNING {JOB_COLUMNS}",
        secrets.token_hex(8),
        lease_until,
        now,
        *ids,
    )
    jobs = {each["id"]: job_of(each) for each in leased}  # RETURNING keeps no order
    return tuple(jobs[each] for each in ids)
