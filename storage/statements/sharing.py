"""Slots of jobs whose recordings have several parts, and how many jobs are ahead of one that waits for a slot.

Every job at the provider has a slot of its own. What is beyond that is lent: a part that goes side by side with others
takes another slot only while nobody waits for one, leaves one free, and of all slots of the family such parts have half
at the most. A slot is given back when its part is done, so that nobody waits for longer than a part takes.
"""

from storage.statements.encoding import encode_transcript
from storage.statements.guarded import NOTHING, update
from storage.statements.transaction import Transaction, listed
from storage.statements.waking import wake_for_slot
from storage.transcript import Transcript
from storage.words import Job

_EARLIER = "SELECT 1 FROM jobs WHERE waiting_for = $1 AND woken = 0 AND (turn, id) < ($2, $3) LIMIT $4"
_UNDER_WAY = "(SELECT count(*) FROM generations WHERE job_id = jobs.id AND body IS NULL)"
_TAKEN = (
    "SELECT coalesce(sum(1 + more_slots), 0) AS taken, coalesce(sum(more_slots), 0) AS lent,"
    " (SELECT count(*) FROM (SELECT 1 FROM jobs WHERE waiting_for = $1 AND woken = 0 LIMIT 1) AS waiting) AS waiting"
    " FROM jobs WHERE slot = $1"
)


async def take_slots(tx: Transaction, job: Job, family: str, wanted: int, slots: int) -> bool | None:
    await tx.alone_with(job.cache_key)
    sql = "SELECT slot, more_slots FROM jobs WHERE id = $1 AND lease_token = $2 AND state = $3"
    current = await tx.row(sql, job.id, job.lease_token, job.state)
    if current is None:
        return None
    if current["slot"] != family or current["more_slots"] + 1 >= wanted:
        return bool(current["slot"] == family)
    await tx.alone_with_family(family)
    held = await tx.row(_TAKEN, family)
    assert held is not None
    more = wanted - 1 - current["more_slots"]
    if held["waiting"] or held["taken"] + more >= slots or held["lent"] + more > slots // 2:
        return False
    return await update(tx, job, "more_slots = $4", wanted - 1)


async def part_ready(tx: Transaction, job: Job, part: int, transcript: Transcript, now: float) -> bool:
    await tx.alone_with(job.cache_key)
    if not await update(tx, job, NOTHING):
        return False
    sql = "UPDATE generations SET body = $3 WHERE job_id = $1 AND part = $2"
    await tx.rows(sql, job.id, part, encode_transcript(transcript))
    await _give_back(tx, job, now)
    return True


async def make_again(tx: Transaction, job: Job, parts: frozenset[int], now: float) -> bool:
    await tx.alone_with(job.cache_key)
    if not await update(tx, job, "generations_lost = $4", job.generations_lost + 1):
        return False
    await forget(tx, job, parts)
    await _give_back(tx, job, now)
    return True


async def forget(tx: Transaction, job: Job, parts: frozenset[int] | None) -> None:
    """Delete the generations of these parts, or of all that have no transcript."""
    if parts is None:
        await tx.rows("DELETE FROM generations WHERE job_id = $1 AND body IS NULL", job.id)
    elif parts:
        numbers = sorted(parts)
        await tx.rows(f"DELETE FROM generations WHERE job_id = $1 AND part IN ({listed(2, numbers)})", job.id, *numbers)


async def still_at_provider(tx: Transaction, job: Job, but_not: frozenset[int] | None = frozenset()) -> int:
    """Count the generations of a job that have no transcript, without those of some parts, or of all (None)."""
    found = await tx.rows("SELECT part FROM generations WHERE job_id = $1 AND body IS NULL", job.id)
    return 0 if but_not is None else sum(each["part"] not in but_not for each in found)


async def _give_back(tx: Transaction, job: Job, now: float) -> None:
    """Give back what is lent to a job beyond its parts at the provider and on their way there; one slot stays."""
    columns = f"slot, more_slots, {_UNDER_WAY} + create_started AS under_way"
    held = await tx.row(f"SELECT {columns} FROM jobs WHERE id = $1 AND more_slots > 0", job.id)
    if held is None or held["slot"] is None:
        return
    kept = min(held["more_slots"], max(0, held["under_way"] - 1))
    if kept < held["more_slots"]:
        await tx.alone_with_family(held["slot"])
        await update(tx, job, "more_slots = $4", kept)
        await wake_for_slot(tx, held["slot"], now, slots=held["more_slots"] - kept)


async def ahead(tx: Transaction, job: Job, family: str, most: int) -> int:
    counted = await tx.row(f"SELECT count(*) AS n FROM ({_EARLIER}) AS ahead", family, job.turn, job.id, most)
    assert counted is not None
    return int(counted["n"])
