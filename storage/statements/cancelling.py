"""Ending a job because its sender (or an admin) pressed the button, whoever holds its lease."""

import sqlite3

from storage.sqlite.connection import row, rows
from storage.statements.jobs import job_of
from storage.statements.transitions import wake_for_slot, wake_the_same
from storage.store import CancelResult
from storage.words import FINAL, SAME, Job, State


def cancel(
    connection: sqlite3.Connection, job_id: int, chat_id: int, message_id: int, apology: str, now: float
) -> CancelResult:
    """See `Store.cancel`."""
    found = row(connection, "SELECT * FROM jobs WHERE id = $1 AND chat_id = $2", job_id, chat_id)
    if found is None:
        return CancelResult(job=None, accepted=False, orphan=True)
    job = job_of(found)
    if _is_orphan(connection, job, message_id):
        return CancelResult(job=job, accepted=False, orphan=True)
    if job.state in FINAL or job.apology is not None or _pages_are_out(connection, job):
        return CancelResult(job=job, accepted=job.apology == apology, orphan=False)
    return CancelResult(
        job=_make_ready_to_say_so(connection, job, message_id, apology, now), accepted=True, orphan=False
    )


def _is_orphan(connection: sqlite3.Connection, job: Job, message_id: int) -> bool:
    """No row points to the message. A job without a placeholder adopts it instead."""
    if job.placeholder_id in (None, message_id):
        return job.placeholder_id is None and job.state in FINAL
    return not rows(connection, "SELECT 1 FROM pages WHERE job_id = $1 AND message_id = $2", job.id, message_id)


def _pages_are_out(connection: sqlite3.Connection, job: Job) -> bool:
    return bool(rows(connection, "SELECT 1 FROM pages WHERE job_id = $1 LIMIT 1", job.id))


def _make_ready_to_say_so(connection: sqlite3.Connection, job: Job, message_id: int, apology: str, now: float) -> Job:
    """Taking the lease away makes whatever its holder achieves meanwhile void."""
    slot_passed_on = job.state is State.SUBMITTED and _hand_over(connection, job, now)
    changed = row(
        connection,
        "UPDATE jobs SET state = 'ready', apology = $2, ready_at = $3, next_at = $3, lease_token = NULL, claims = 0,"
        " posting = 0, slot = NULL, waits = NULL, attempts = 0, placeholder_id = coalesce(placeholder_id, $4)"
        " WHERE id = $1 RETURNING *",
        job.id,
        apology,
        now,
        message_id,
    )
    assert changed is not None
    rows(connection, "DELETE FROM generations WHERE job_id = $1", job.id)
    if not slot_passed_on:
        wake_the_same(connection, job.cache_key, now)
        wake_for_slot(connection, job.slot, now)
    return job_of(changed)


def _hand_over(connection: sqlite3.Connection, job: Job, now: float) -> bool:
    """Give generations that are paid for, and their slot, to the oldest job that waits for the same transcript."""
    heir = row(
        connection,
        "UPDATE jobs SET state = 'submitted', waits = NULL, next_at = $1, slot = $2, submitted_at = $3,"
        " audio_seconds = $4 WHERE id = (SELECT id FROM jobs WHERE cache_key = $5 AND waits = $6"
        " AND lease_token IS NULL ORDER BY id LIMIT 1) RETURNING id",
        now,
        job.slot,
        job.submitted_at,
        job.audio_seconds,
        job.cache_key,
        SAME,
    )
    if heir is None:
        return False
    rows(connection, "UPDATE generations SET job_id = $1 WHERE job_id = $2", heir["id"], job.id)
    return True
