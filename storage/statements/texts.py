"""Deleting texts: the names of those who speak in them go along."""

from collections.abc import Sequence
from typing import Any

from storage.statements.transaction import Transaction, listed


async def delete_texts(tx: Transaction, which: str, *values: Any) -> int:
    """Delete transcripts, and the names in the jobs that show them; return how many transcripts those were.

    `which` is the end of a statement, from FROM on.
    """
    going = await tx.rows(f"SELECT id {which}", *values)
    if not going:
        return 0
    await _forget_names(tx, [each["id"] for each in going])
    return len(await tx.rows(f"DELETE {which} RETURNING id", *values))


async def _forget_names(tx: Transaction, transcript_ids: Sequence[int]) -> None:
    """Lock the jobs first, so that nobody names a speaker meanwhile, and then look for the names of each.

    A join might read all names.
    """
    shown = f"SELECT id FROM jobs WHERE transcript_id IN ({listed(1, transcript_ids)})"
    await tx.rows(f"{shown} ORDER BY id {tx.locked}", *transcript_ids)
    named = f"{shown} AND (SELECT count(*) FROM names WHERE names.job_id = jobs.id) > 0"
    for job in await tx.rows(named, *transcript_ids):
        await tx.rows("DELETE FROM names WHERE job_id = $1", job["id"])
