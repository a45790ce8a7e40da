"""Deciding, in one transaction, whether a queued job goes to the provider, waits, or is answered already."""

from storage.outcomes import Admission, Admitted, Known, MustWait
from storage.statements.guarded import AT_PROVIDER, update
from storage.statements.transaction import Row, Transaction
from storage.statements.waking import alone_with_awaited, wake_for_slot
from storage.words import SAME, Job

# Of so many slots or more one is kept for other chats, so that a chat whose recordings take minutes keeps nobody
# waiting for minutes. Of two, that would be half.
ENOUGH_TO_KEEP_ONE = 3
_EARLIER = "SELECT 1 FROM jobs WHERE waiting_for = $1 AND woken = 0 AND (turn, id) < ($2, $3)"

# One that is not kept counts for a job that waited for it: it was made since this job came, or for its twin.
_MADE_MEANWHILE = (
    "EXISTS (SELECT 1 FROM jobs AS maker WHERE maker.transcript_id = kept.id"
    " AND (maker.ready_at >= jobs.created_at OR maker.post = jobs.post))"
)

# With the newest transcript of the same key, and whether another job of the key is at the provider, holds a slot, or is
# older and queued.
_ASKING = (
    "SELECT slot, waiting_for, woken,"
    " (SELECT kept.id FROM transcripts AS kept WHERE kept.cache_key = jobs.cache_key"
    f" AND (kept.expires_at > $3 OR jobs.woken = 1 AND {_MADE_MEANWHILE}) ORDER BY kept.id DESC LIMIT 1)"
    " AS transcript_id,"
    " EXISTS (SELECT 1 FROM jobs AS other WHERE other.cache_key = jobs.cache_key AND other.next_at IS NOT NULL"
    " AND other.state IN ('queued', 'submitted') AND other.id <> jobs.id"
    " AND (other.id < jobs.id OR other.state = 'submitted' OR other.slot IS NOT NULL)) AS is_behind"
    " FROM jobs WHERE id = $1 AND lease_token = $2 AND state = 'queued'"
)


async def admit(tx: Transaction, job: Job, family: str, slots: int, now: float) -> Admission | None:
    await tx.alone_with(job.cache_key)
    current = await tx.row(_ASKING, job.id, job.lease_token, now)
    if current is not None and current["waiting_for"] is not None:
        await alone_with_awaited(tx, current["waiting_for"])
        current = await tx.row(_ASKING, job.id, job.lease_token, now)
    if current is None:
        return None
    if current["slot"] is not None:  # taken before a crash, and still this job's
        return Admitted()
    if current["transcript_id"] is not None:
        return Known(current["transcript_id"])
    if current["is_behind"]:
        await _bring_forward(tx, job)
        return await _must_wait(tx, job, current, SAME)
    await tx.alone_with_family(family)
    admitted = await _if_a_slot_is_free(tx, job, family, slots, now)
    if admitted is None:
        return await _must_wait(tx, job, current, family)
    await update(tx, job, "slot = $4, more_slots = 0, waiting_for = NULL, woken = 0", family)
    return admitted


async def give_slot_back(tx: Transaction, job: Job, now: float) -> bool:
    await tx.alone_with(job.cache_key)
    sql = (
        f"SELECT slot, EXISTS (SELECT 1 FROM generations WHERE {AT_PROVIDER}) AS is_at_provider FROM jobs"
        " WHERE id = $1 AND lease_token = $2 AND state = 'queued'"
    )
    current = await tx.row(sql, job.id, job.lease_token)
    if current is None:
        return False
    if current["slot"] is not None and not current["is_at_provider"]:
        await update(tx, job, "slot = NULL")
        await wake_for_slot(tx, current["slot"], now)
    return True


async def _must_wait(tx: Transaction, job: Job, current: Row, waiting_for: str) -> MustWait:
    """Store at once what the job waits for: it may happen while the step still tells the user."""
    if current["waiting_for"] != waiting_for or current["woken"]:
        await update(tx, job, "waiting_for = $4, woken = 0", waiting_for)
    return MustWait(waiting_for)


async def _bring_forward(tx: Transaction, job: Job) -> None:
    """Give the jobs that this one waits for its own turn, if theirs is later: it is as urgent as this one."""
    sql = (
        "UPDATE jobs SET turn = $1 WHERE cache_key = $2 AND next_at IS NOT NULL AND state = 'queued' AND id < $3"
        " AND turn > $1"
    )
    await tx.rows(sql, job.turn, job.cache_key, job.id)


async def _if_a_slot_is_free(tx: Transaction, job: Job, family: str, slots: int, now: float) -> Admitted | None:
    """Admit the job if a slot is free that neither the chat's own share nor an earlier turn of another job forbids.

    A job that may not take a free slot passes it on to the first that may: it may have been offered to nobody else,
    or to one whose step did not come to ask.
    """
    rows = await tx.rows(
        "SELECT chat_id, sum(1 + more_slots) AS n FROM jobs WHERE slot = $1 GROUP BY chat_id"
        f" UNION ALL SELECT NULL, count(*) FROM ({_EARLIER} LIMIT 1) AS earlier",
        family,
        job.turn,
        job.id,
    )
    held = {each["chat_id"]: each["n"] for each in rows}
    others_wait = held.pop(None) > 0
    free = slots - sum(held.values())
    if free <= 0:
        return None
    share = slots - 1 if slots >= ENOUGH_TO_KEEP_ONE else slots
    sated = [chat_id for chat_id, count in held.items() if count >= share]
    if job.chat_id in sated:
        await wake_for_slot(tx, family, now, but_not=job.chat_id)
        return None
    if others_wait and await _ahead(tx, job, family, free, sated) >= free:
        await wake_for_slot(tx, family, now)
        return None
    return Admitted(took_last=free == 1 or held.get(job.chat_id, 0) + 1 == share)


async def _ahead(tx: Transaction, job: Job, family: str, free: int, sated: list[int]) -> int:
    """Count the jobs with an earlier turn that wait for a slot and may have one, up to `free`."""
    others = f"AND chat_id NOT IN ({', '.join(f'${number}' for number, _ in enumerate(sated, 5))})" if sated else ""
    waiting = f"{_EARLIER} {others} ORDER BY turn, id LIMIT $4"
    counted = await tx.row(f"SELECT count(*) AS n FROM ({waiting}) AS ahead", family, job.turn, job.id, free, *sated)
    assert counted is not None
    return int(counted["n"])
