"""Going on after a death of the process: which jobs were in a step, and whose fault the death was."""

from operator import itemgetter

from storage.statements.transaction import Row, Transaction
from storage.store import Interrupted, Wait


async def recover(tx: Transaction, now: float, wait: Wait) -> tuple[Interrupted, ...]:
    leased = {each["id"] for each in await tx.rows("SELECT id FROM jobs WHERE lease_token IS NOT NULL")}
    alone = int(len(leased) == 1)
    await tx.rows(
        "UPDATE jobs SET lease_token = NULL, interrupted = interrupted + 1, deaths = deaths + $1 * handling,"
        " handling = 0, next_at = created_at WHERE lease_token IS NOT NULL",
        alone,
    )
    found = await tx.rows("SELECT id, interrupted, deaths FROM jobs WHERE interrupted > 0")
    unfinished = sorted(found, key=itemgetter("id"))  # SQLite would look at all jobs to find them in order
    for each in unfinished:
        if each["deaths"] > 0 or each["id"] in leased:
            await _delay(tx, each["id"], now + wait(each["interrupted"], each["deaths"]))
    return tuple(_interrupted(each) for each in unfinished if each["id"] in leased)


async def _delay(tx: Transaction, job_id: int, until: float) -> None:
    await tx.rows("UPDATE jobs SET next_at = $2 WHERE id = $1 AND next_at < $2", job_id, until)


def _interrupted(row: Row) -> Interrupted:
    return Interrupted(row["id"], row["interrupted"], row["deaths"])
