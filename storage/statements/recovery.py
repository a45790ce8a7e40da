"""Going on after a death of the process: which jobs were in a step, and whose fault the death was."""

from storage.statements.transaction import Row, Transaction
from storage.store import Interrupted, Wait

# It only waited for Telegram's pace, or for its turn, when the process died. A placeholder comes before the work on a
# recording; where there is none, that work is stored.
_ONLY_WAITED = (
    "(interrupted = 0 AND state = 'queued' AND create_started = 0 AND handling = 0"
    " AND (placeholder_id IS NULL OR waiting_for IS NOT NULL))"
)


async def recover(tx: Transaction, now: float, wait: Wait) -> tuple[Interrupted, ...]:
    sql = f"SELECT id, {_ONLY_WAITED} AS only_waited FROM jobs WHERE lease_token IS NOT NULL"
    leased = dict(sorted((each["id"], each["only_waited"]) for each in await tx.rows(sql)))
    alone = int(len(leased) == 1)
    await tx.rows(
        f"UPDATE jobs SET lease_token = NULL, interrupted = CASE WHEN {_ONLY_WAITED} THEN 0 ELSE interrupted + 1 END,"
        " deaths = deaths + $1 * handling, handling = 0, next_at = created_at WHERE lease_token IS NOT NULL",
        alone,
    )
    found = {
        each["id"]: each for each in await tx.rows("SELECT id, interrupted, deaths FROM jobs WHERE interrupted > 0")
    }
    for each in found.values():
        if each["deaths"] > 0 or each["id"] in leased:
            await _delay(tx, each["id"], now + wait(each["interrupted"], each["deaths"]))
    return tuple(
        Interrupted(job_id, 0, 0) if only_waited else _interrupted(found[job_id])
        for job_id, only_waited in leased.items()
    )


async def _delay(tx: Transaction, job_id: int, until: float) -> None:
    await tx.rows("UPDATE jobs SET next_at = $2 WHERE id = $1 AND next_at < $2", job_id, until)


def _interrupted(row: Row) -> Interrupted:
    return Interrupted(row["id"], row["interrupted"], row["deaths"])
