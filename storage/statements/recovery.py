"""Going on after a death of a process: which jobs were in a step, and whose fault the death was."""

from collections import Counter
from operator import itemgetter

from storage.leases import Interrupted, Wait
from storage.statements import errands, unfinished
from storage.statements.transaction import Row, Transaction

# It only waited for Telegram's pace, or for its turn, when the process died. A placeholder comes before the work on a
# recording; where there is none, that work is stored.
_ONLY_WAITED = (
    "(interrupted = 0 AND state = 'queued' AND create_started = 0 AND handling = 0"
    " AND (placeholder_id IS NULL OR waiting_for IS NOT NULL))"
)


async def recover(tx: Transaction, now: float, wait: Wait) -> tuple[Interrupted, ...]:
    """Give back the leases of each process that is gone; they are all that tells of how many died."""
    await errands.give_back(tx, now)
    await unfinished.give_back(tx)
    sql = f"SELECT id, {_ONLY_WAITED} AS only_waited, {tx.holder_of} AS holder FROM jobs WHERE {tx.is_lost}"
    lost = await tx.rows(sql)  # sorted here: for an order by id, SQLite would read all jobs
    leased = {each["id"]: each for each in sorted(lost, key=itemgetter("id"))}
    for holder, leases in Counter(each["holder"] for each in leased.values()).items():
        await tx.rows(
            f"UPDATE jobs SET lease_token = NULL, interrupted = CASE WHEN {_ONLY_WAITED} THEN 0"
            " ELSE interrupted + 1 END, deaths = deaths + $1 * handling, handling = 0, next_at = created_at"
            f" WHERE {tx.is_lost} AND {tx.holder_of} = $2",
            int(leases == 1),
            holder,
        )
    suspects = "SELECT id, interrupted, deaths FROM jobs WHERE interrupted > 0 AND lease_token IS NULL"
    found = {each["id"]: each for each in await tx.rows(suspects)}
    for each in found.values():
        if each["deaths"] > 0 or each["id"] in leased:
            await _delay(tx, each["id"], now + wait(each["interrupted"], each["deaths"]))
    return tuple(
        Interrupted(job_id, 0, 0) if row["only_waited"] else _interrupted(found[job_id])
        for job_id, row in leased.items()
        if row["only_waited"] or job_id in found
    )


async def _delay(tx: Transaction, job_id: int, until: float) -> None:
    await tx.rows("UPDATE jobs SET next_at = $2 WHERE id = $1 AND next_at < $2", job_id, until)


def _interrupted(row: Row) -> Interrupted:
    return Interrupted(row["id"], row["interrupted"], row["deaths"])
