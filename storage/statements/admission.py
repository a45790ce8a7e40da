"""Deciding, in one transaction, whether a queued job goes to the provider, waits, or is answered already."""

from storage.outcomes import Admission, Admitted, Known, MustWait
from storage.statements.guarded import update
from storage.statements.transaction import Row, Transaction
from storage.statements.waking import wake_for_slot
from storage.words import SAME, Job

# Of so many slots or more one is kept for other chats, so that a chat whose recordings take minutes keeps nobody
# waiting for minutes. Of two, that would be half.
ENOUGH_TO_KEEP_ONE = 3


async def admit(tx: Transaction, job: Job, family: str, slots: int, now: float) -> Admission | None:
    await tx.alone_with(job.cache_key)
    current = await _read_current(tx, job)
    if current is None:
        return None
    if current["slot"] is not None:  # taken before a crash, and still this job's
        return Admitted()
    if known := await _transcript(tx, job, now, waited=bool(current["woken"])):
        return known
    if await _older_is_on_its_way(tx, job):
        await _bring_forward(tx, job)
        return await _must_wait(tx, job, current, SAME)
    await tx.alone_with_family(family)
    admitted = await _if_a_slot_is_free(tx, job, family, slots, now)
    if admitted is None:
        return await _must_wait(tx, job, current, family)
    await update(tx, job, "slot = $4, waiting_for = NULL, woken = 0", family)
    return admitted


async def give_slot_back(tx: Transaction, job: Job, now: float) -> bool:
    await tx.alone_with(job.cache_key)
    current = await _read_current(tx, job)
    if current is None:
        return False
    if current["slot"] is not None:
        await update(tx, job, "slot = NULL")
        await wake_for_slot(tx, current["slot"], now)
    return True


async def _read_current(tx: Transaction, job: Job) -> Row | None:
    """Read what others may have changed since the job was claimed; None if the lease was lost."""
    sql = "SELECT slot, waiting_for, woken FROM jobs WHERE id = $1 AND lease_token = $2 AND state = 'queued'"
    return await tx.row(sql, job.id, job.lease_token)


async def _must_wait(tx: Transaction, job: Job, current: Row, waiting_for: str) -> MustWait:
    """Store at once what the job waits for: it may happen while the step still tells the user."""
    if current["waiting_for"] != waiting_for or current["woken"]:
        await update(tx, job, "waiting_for = $4, woken = 0", waiting_for)
    return MustWait(waiting_for)


async def _transcript(tx: Transaction, job: Job, now: float, *, waited: bool) -> Known | None:
    """Find a transcript of the same key; one that this job waited for counts even where nothing is kept."""
    sql = "SELECT id FROM transcripts WHERE cache_key = $1 AND (expires_at > $2 OR $3) ORDER BY id DESC LIMIT 1"
    found = await tx.row(sql, job.cache_key, now, waited)
    return Known(found["id"]) if found else None


async def _older_is_on_its_way(tx: Transaction, job: Job) -> bool:
    """Tell whether another job of the key is at the provider, holds a slot, or is older and queued."""
    sql = (
        "SELECT 1 FROM jobs WHERE cache_key = $1 AND next_at IS NOT NULL AND state IN ('queued', 'submitted')"
        " AND (id < $2 OR state = 'submitted' OR slot IS NOT NULL) AND id <> $2 LIMIT 1"
    )
    return await tx.row(sql, job.cache_key, job.id) is not None


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
    rows = await tx.rows("SELECT chat_id, count(*) AS n FROM jobs WHERE slot = $1 GROUP BY chat_id", family)
    held = {each["chat_id"]: each["n"] for each in rows}
    free = slots - sum(held.values())
    if free <= 0:
        return None
    share = slots - 1 if slots >= ENOUGH_TO_KEEP_ONE else slots
    sated = [chat_id for chat_id, count in held.items() if count >= share]
    if job.chat_id in sated:
        await wake_for_slot(tx, family, now, but_not=job.chat_id)
        return None
    if await _ahead(tx, job, family, free, sated) >= free:
        await wake_for_slot(tx, family, now)
        return None
    return Admitted(took_last=free == 1 or held.get(job.chat_id, 0) + 1 == share)


async def _ahead(tx: Transaction, job: Job, family: str, free: int, sated: list[int]) -> int:
    """Count the jobs with an earlier turn that wait for a slot and may have one, up to `free`."""
    others = f"AND chat_id NOT IN ({', '.join(f'${number}' for number, _ in enumerate(sated, 5))})" if sated else ""
    waiting = (
        "SELECT 1 FROM jobs WHERE waiting_for = $1 AND woken = 0 AND (turn, id) < ($2, $3)"
        f" {others} ORDER BY turn, id LIMIT $4"
    )
    counted = await tx.row(f"SELECT count(*) AS n FROM ({waiting}) AS ahead", family, job.turn, job.id, free, *sated)
    assert counted is not None
    return int(counted["n"])
