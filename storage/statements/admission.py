"""Deciding, in one transaction, whether a queued job goes to the provider, waits, or is answered already."""

from storage.outcomes import Admission, Admitted, Known, MustWait
from storage.statements.guarded import update
from storage.statements.transaction import Transaction
from storage.words import SAME, Job


async def admit(tx: Transaction, job: Job, family: str, slots: int, now: float) -> Admission | None:
    await tx.alone_with(job.cache_key)
    sql = "SELECT slot, woken FROM jobs WHERE id = $1 AND lease_token = $2 AND state = 'queued'"
    current = await tx.row(sql, job.id, job.lease_token)
    if current is None:
        return None
    if current["slot"] is not None:  # taken before a crash, and still this job's
        return Admitted()
    if known := await _transcript(tx, job, now, waited=bool(current["woken"])):
        return known
    if await _older_is_on_its_way(tx, job):
        return await _must_wait(tx, job, SAME)
    await tx.alone_with_family(family)
    if await _ahead(tx, job, family) >= slots:
        return await _must_wait(tx, job, family)
    await update(tx, job, "slot = $4, waiting_for = NULL, woken = 0", family)
    return Admitted()


async def _must_wait(tx: Transaction, job: Job, waiting_for: str) -> MustWait:
    """Store at once what the job waits for: it may happen while the step still tells the user."""
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


async def _ahead(tx: Transaction, job: Job, family: str) -> int:
    """Count the jobs that have a slot of the family, and the older ones that wait for one, so that none starves."""
    waiting = "SELECT count(*) FROM jobs WHERE waiting_for = $1 AND woken = 0 AND id < $2"
    sql = f"SELECT (SELECT count(*) FROM jobs WHERE slot = $1) + ({waiting}) AS n"
    counted = await tx.row(sql, family, job.id)
    assert counted is not None
    return int(counted["n"])
