"""Writes of a step to its leased job, guarded by id, lease and (but for `place`) state: without a row no lease."""

from typing import Any

from storage.apology import Notice
from storage.statements.encoding import encode_transcript
from storage.statements.rows import LEFT_OUT
from storage.statements.transaction import Row, Transaction
from storage.words import Form, Generation, Job

AT_PROVIDER = "generations.job_id = jobs.id AND body IS NULL"  # a generation of a job that may still be under way
# Sets nothing: what is written belongs to the job, and only the guard of its row is needed. Not the id, which
# PostgreSQL generates and lets nobody set.
NOTHING = "kind = kind"


async def update(tx: Transaction, job: Job, assignments: str, *values: Any) -> bool:
    """Set `assignments` (values from $4 on) on the job if its lease still holds; False if it was lost."""
    return await updated(tx, job, "id", assignments, *values) is not None


async def updated(tx: Transaction, job: Job, columns: str, assignments: str, *values: Any) -> Row | None:
    """Set `assignments` as `update` does, and return columns of the job as it is then; None if the lease was lost."""
    guard = f"WHERE id = $1 AND lease_token = $2 AND state = $3 RETURNING {columns}"
    return await tx.row(f"UPDATE jobs SET {assignments} {guard}", job.id, job.lease_token, job.state, *values)


async def place(tx: Transaction, job: Job, message_id: int, notice: Notice, form: Form = Form.EDIT) -> bool:
    """Store it whatever the state is by now: the message is there."""
    sql = (
        "UPDATE jobs SET placeholder_id = $3, notice = $4, form = $5 WHERE id = $1 AND lease_token = $2"
        " AND (placeholder_id IS NULL OR placeholder_id = $3) RETURNING id"
    )
    return await tx.row(sql, job.id, job.lease_token, message_id, notice, form) is not None


async def renew(tx: Transaction, job: Job, lease_until: float) -> bool:
    return await update(tx, job, "next_at = $4", lease_until)


async def replace(tx: Transaction, job: Job, message_id: int, form: Form) -> bool:
    """Forget that the first page was shown, too: it was in the old message."""
    assignments = "placeholder_id = $4, form = $5, leftover_id = $6, leftover_chat_id = $7"
    if not await update(tx, job, assignments, message_id, form, job.placeholder_id, job.shown_in):
        return False
    await tx.rows("DELETE FROM pages WHERE job_id = $1 AND number = 0", job.id)
    return True


async def change_form(tx: Transaction, job: Job, form: Form) -> bool:
    return await update(tx, job, "form = $4", form)


async def note(tx: Transaction, job: Job, notice: Notice) -> bool:
    return await update(tx, job, "notice = $4", notice)


async def ring(tx: Transaction, job: Job) -> bool:
    return await update(tx, job, "rings_at = NULL")


async def handle(tx: Transaction, job: Job, *, begun: bool) -> bool:
    return await update(tx, job, "handling = $4", int(begun))


async def tell(tx: Transaction, job: Job, now: float) -> bool:
    return await update(tx, job, "told_at = $4, notice = $5", now, Notice.NONE)


async def creates_under_way(tx: Transaction, job: Job, under_way: int) -> bool:
    return await update(tx, job, "create_started = $4", under_way)


async def created(tx: Transaction, job: Job, generation: Generation, under_way: int = 0) -> bool:
    if not await update(tx, job, "create_started = $4", under_way):
        return False
    await add_generation(tx, job, generation)
    return True


async def add_generation(tx: Transaction, job: Job, new: Generation) -> None:
    sql = (
        "INSERT INTO generations (job_id, part, generation_id, start, submitted_at, body, overlap, duration)"
        f" VALUES ($1, $2, $3, $4, $5 - {LEFT_OUT}, $6, $7, $8) ON CONFLICT (job_id, part) DO UPDATE SET"
        " generation_id = $3, start = $4, submitted_at = excluded.submitted_at, body = $6, overlap = $7, duration = $8,"
        " unreadable = 0"
    )
    body = None if new.transcript is None else encode_transcript(new.transcript)
    sent = (new.generation_id, new.start, new.submitted_at, body, new.overlap, new.duration)
    await tx.rows(sql, job.id, new.part, *sent)


async def looked_in_vain(tx: Transaction, job: Job, part: int, looks: int) -> bool:
    if not await update(tx, job, NOTHING):
        return False
    await tx.rows("UPDATE generations SET unreadable = $3 WHERE job_id = $1 AND part = $2", job.id, part, looks)
    return True


async def page_placed(tx: Transaction, job: Job, number: int, message_id: int) -> bool:
    if not await update(tx, job, NOTHING):
        return False
    sql = (
        "INSERT INTO pages (job_id, number, message_id) VALUES ($1, $2, $3)"
        " ON CONFLICT (job_id, number) DO UPDATE SET message_id = $3"
    )
    await tx.rows(sql, job.id, number, message_id)
    return True
