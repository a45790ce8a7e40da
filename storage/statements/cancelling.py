"""Ending jobs because their sender, or an admin, asked for that; whatever step holds their leases."""

from storage.apology import Apology, Reason
from storage.cancelling import CancelResult
from storage.statements import spending
from storage.statements.encoding import encode_apology
from storage.statements.rows import JOB_COLUMNS, LEFT_OUT, job_of
from storage.statements.transaction import Transaction, listed
from storage.statements.waking import alone_with_awaited, wake_for_slot, wake_the_same
from storage.words import FINAL, SAME, Job, Press, State

CANCELLED = Apology(Reason.CANCELLED)
SHOWN_IN = "CASE WHEN form = 'private' THEN user_id ELSE chat_id END"  # as Job.shown_in
MOST_AT_ONCE = 1000  # jobs: more would keep others waiting for the database


async def press(tx: Transaction, press: Press, now: float) -> CancelResult:
    sql = f"SELECT user_id, placeholder_id FROM jobs WHERE id = $1 AND {SHOWN_IN} = $2"
    found = await tx.row(sql, press.job_id, press.chat_id)
    if not press.button_seen and (found is None or found["placeholder_id"] != press.message_id):
        return CancelResult(job=None, accepted=False, orphan=False)
    if found is not None and press.user_id is not None and found["user_id"] != press.user_id:
        return CancelResult(job=None, accepted=False, orphan=False, not_theirs=True)
    return await cancel(tx, press.job_id, press.chat_id, press.message_id, now)


async def cancel(tx: Transaction, job_id: int, chat_id: int, message_id: int, now: float) -> CancelResult:
    job = await _alone_with_job(tx, job_id)
    if job is None or job.shown_in != chat_id:
        return CancelResult(job=None, accepted=False, orphan=True)
    if await _is_orphan(tx, job, message_id):
        return CancelResult(job=job, accepted=False, orphan=True)
    return await _cancel(tx, job, message_id, now)


async def _cancel(tx: Transaction, job: Job, message_id: int | None, now: float) -> CancelResult:
    """Cancel a job under the lock of its key, unless it is too late."""
    if job.state in FINAL or job.apology is not None or await _pages_are_out(tx, job):
        return CancelResult(job=job, accepted=job.apology == CANCELLED, orphan=False)
    return CancelResult(job=await _make_ready_to_say_so(tx, job, message_id, now), accepted=True, orphan=False)


async def cancel_at(tx: Transaction, chat_id: int, message_id: int, user_id: int | None, now: float) -> CancelResult:
    columns = "SELECT id, user_id, next_at FROM jobs WHERE"
    found = await tx.rows(
        f"{columns} from_chat_id = $1 AND message_id = $2 UNION ALL {columns} from_chat_id = $1 AND about = $2"
        f" UNION ALL {columns} chat_id = $1 AND form <> 'private' AND next_at IS NOT NULL AND placeholder_id = $2"
        f" UNION ALL {columns} user_id = $1 AND form = 'private' AND next_at IS NOT NULL AND placeholder_id = $2",
        chat_id,
        message_id,
    )
    if not found:
        return CancelResult(job=None, accepted=False, orphan=False)
    of_message = next((each for each in found if each["next_at"] is not None), found[-1])
    if user_id is not None and of_message["user_id"] != user_id:
        return CancelResult(job=None, accepted=False, orphan=False, not_theirs=True)
    job = await _alone_with_job(tx, of_message["id"])
    if job is None or job.is_quiet:
        return CancelResult(job=None, accepted=False, orphan=False)
    return await _cancel(tx, job, None, now)


async def cancel_all(tx: Transaction, chat_id: int, user_id: int | None, now: float) -> int:
    """Take all locks first, in one order, so that two of these never wait for each other."""
    columns = "SELECT id, cache_key, turn FROM jobs WHERE"
    found = await tx.rows(
        f"{columns} chat_id = $1 AND next_at IS NOT NULL AND (chat_id > 0 OR coalesce(user_id, 0) = $2)"
        f" UNION {columns} user_id = $1 AND form = 'private' AND next_at IS NOT NULL ORDER BY turn LIMIT $3",
        chat_id,
        user_id or 0,
        MOST_AT_ONCE,
    )
    for key in sorted({each["cache_key"] for each in found}):
        await tx.alone_with(key)
    sql = f"SELECT slot, waiting_for FROM jobs WHERE id IN ({listed(1, found)})"
    held = await tx.rows(sql, *(each["id"] for each in found)) if found else []
    for family in sorted({each[column] for each in held for column in ("slot", "waiting_for")} - {None}):
        await alone_with_awaited(tx, family)
    cancelled = 0
    for each in found:
        job = await _read(tx, each["id"])
        if job is not None and not job.is_quiet:
            cancelled += (await _cancel(tx, job, None, now)).accepted
    return cancelled


async def end(tx: Transaction, job_id: int, now: float) -> None:
    """Cancel a job of a chat that is to be forgotten, unless its answer is on its way or nothing was said of it yet."""
    job = await _alone_with_job(tx, job_id)
    if job is not None and not job.is_quiet:
        await _cancel(tx, job, None, now)


async def _alone_with_job(tx: Transaction, job_id: int) -> Job | None:
    """Read the job under the locks of its key and of what it waits for, which only its row tells."""
    known = await tx.row("SELECT cache_key, waiting_for FROM jobs WHERE id = $1", job_id)
    if known is None:
        return None
    await tx.alone_with(known["cache_key"])
    await alone_with_awaited(tx, known["waiting_for"])
    return await _read(tx, job_id)


async def _read(tx: Transaction, job_id: int) -> Job | None:
    """Read a job with what its step has stored by now; that stores nothing more until this is decided."""
    found = await tx.row(f"SELECT {JOB_COLUMNS} FROM jobs WHERE id = $1 {tx.locked}", job_id)
    return job_of(found) if found else None


async def _is_orphan(tx: Transaction, job: Job, message_id: int) -> bool:
    """Tell whether no row points to the message, or nobody works on it any more.

    A job without a placeholder adopts it instead.
    """
    if job.state is State.FAILED:
        return True
    if job.placeholder_id in (None, message_id):
        return job.placeholder_id is None and job.state in FINAL
    page = await tx.row("SELECT 1 FROM pages WHERE job_id = $1 AND message_id = $2", job.id, message_id)
    return page is None


async def _pages_are_out(tx: Transaction, job: Job) -> bool:
    return await tx.row("SELECT 1 FROM pages WHERE job_id = $1 LIMIT 1", job.id) is not None


async def _make_ready_to_say_so(tx: Transaction, job: Job, message_id: int | None, now: float) -> Job:
    """Take the lease away, which makes void whatever a step achieves meanwhile."""
    slot_passed_on = await _hand_over(tx, job, now)
    reserved = await tx.row("SELECT reserved, reserved_on FROM jobs WHERE id = $1", job.id)
    await spending.give_back(tx, job.id, reserved)
    changed = await tx.row(
        "UPDATE jobs SET state = 'ready', apology = $2, ready_at = $3, next_at = $3, lease_token = NULL, handling = 0,"
        " creates_in_doubt = creates_in_doubt + create_started, create_started = 0, slot = NULL, more_slots = 0,"
        " waiting_for = NULL,"
        " woken = 0, attempts = 0, interrupted = 0, deaths = 0, refused = 0, reserved = 0,"
        f" placeholder_id = coalesce(placeholder_id, $4) WHERE id = $1 RETURNING {JOB_COLUMNS}",
        job.id,
        encode_apology(CANCELLED),
        now,
        message_id,
    )
    assert changed is not None
    await tx.rows("DELETE FROM generations WHERE job_id = $1", job.id)
    if not slot_passed_on:
        await wake_the_same(tx, job.cache_key, now)
        await wake_for_slot(tx, job.slot, now, slots=1 + job.more_slots)
    return job_of(changed)


async def _hand_over(tx: Transaction, job: Job, now: float) -> bool:
    """Give generations that are paid for, and their slots, to the oldest job that waits for the same transcript.

    Of a long recording some may be there while the job is still queued: it goes on from there.
    """
    if job.state is not State.SUBMITTED and not (job.state is State.QUEUED and await _has_generations(tx, job)):
        return False
    heir = await tx.row(
        "UPDATE jobs SET state = $8, waiting_for = NULL, next_at = $1, slot = $2, more_slots = $7,"
        f" submitted_at = $3 - {LEFT_OUT}, audio_seconds = $4 WHERE id = (SELECT id FROM jobs WHERE cache_key = $5"
        f" AND waiting_for = $6 AND woken = 0 AND lease_token IS NULL ORDER BY id LIMIT 1 {tx.locked}) RETURNING id",
        now,
        job.slot,
        job.submitted_at,
        job.audio_seconds,
        job.cache_key,
        SAME,
        job.more_slots,
        job.state,
    )
    if heir is None:
        return False
    await tx.rows("UPDATE generations SET job_id = $1 WHERE job_id = $2", heir["id"], job.id)
    return True


async def _has_generations(tx: Transaction, job: Job) -> bool:
    return await tx.row("SELECT 1 FROM generations WHERE job_id = $1 LIMIT 1", job.id) is not None
