"""Waking jobs that wait: what they wait for has happened.

A woken job that nobody holds is due at once. One that a step holds keeps its lease: it is marked `woken` and keeps
`waiting_for`, by which the recording of its outcome sees that the wake came after the step had asked.
"""

from storage.statements.transaction import Transaction
from storage.words import PAUSED, SAME

PAUSED_WOKEN_AT_ONCE = 100  # as many as have steps at once; more would keep others waiting for the database

_NOT_LEASED = "lease_token IS NULL"
_BECOMES_DUE = (
    f"waiting_for = CASE WHEN {_NOT_LEASED} THEN NULL ELSE waiting_for END,"
    f" next_at = CASE WHEN {_NOT_LEASED} THEN $1 ELSE next_at END"
)


# Conditions of a job `other`: it waits for another one with the same key, for the end of a pause, for its chat.
AWAITS = f"other.waiting_for = '{SAME}' AND other.woken = 0 AND other.next_at IS NOT NULL"
PAUSES = f"other.waiting_for = '{PAUSED}' AND other.woken = 0"
REFUSED_BY_ITS_CHAT = "other.refused = 1 AND other.lease_token IS NULL"


async def alone_with_awaited(tx: Transaction, waiting_for: str | None) -> None:
    """Keep others from offering a slot to a job that waits for one: before anything is decided about it."""
    if waiting_for not in {None, SAME, PAUSED}:
        await tx.alone_with_family(waiting_for)


async def wake_for_slot(
    tx: Transaction, family: str | None, now: float, *, slots: int = 1, but_not: int | None = None
) -> None:
    """Let the first in turn that wait for a slot of the family ask again, as some got free; none of chat `but_not`."""
    if family is not None and slots > 0:
        await tx.alone_with_family(family)
        await _let_ask(tx, family, slots, now, but_not=but_not)


async def wake_for_slots(tx: Transaction, family: str, slots: int, now: float) -> None:
    """Let as many ask again as the family has slots that are free, as it has more of them than before."""
    await tx.alone_with_family(family)
    taken = await tx.row("SELECT coalesce(sum(1 + more_slots), 0) AS n FROM jobs WHERE slot = $1", family)
    assert taken is not None
    if (free := slots - taken["n"]) > 0:
        await _let_ask(tx, family, free, now)


async def _let_ask(tx: Transaction, family: str, most: int, now: float, *, but_not: int | None = None) -> None:
    others, but_for = ("", ()) if but_not is None else ("AND chat_id <> $4", (but_not,))
    sql = (
        f"UPDATE jobs SET woken = CASE WHEN {_NOT_LEASED} THEN woken ELSE 1 END, {_BECOMES_DUE} WHERE id IN"
        f" (SELECT id FROM jobs WHERE waiting_for = $2 AND woken = 0 {others} ORDER BY turn, id LIMIT $3)"
    )
    await tx.rows(sql, now, family, most, *but_for)


async def wake_the_same(tx: Transaction, cache_key: str, now: float) -> None:
    """Let the jobs that waited for another one with the same key ask again, as it is no longer on its way."""
    waiting = "WHERE cache_key = $2 AND waiting_for = $3 AND woken = 0 AND next_at IS NOT NULL"
    await tx.rows(f"UPDATE jobs SET woken = 1, {_BECOMES_DUE} {waiting}", now, cache_key, SAME)


async def wake_paused(tx: Transaction, now: float) -> None:
    """Let the first in turn that waited for the end of a pause ask again, as a create got through.

    Theirs will wake the next ones.
    """
    first = (
        f"SELECT id FROM jobs WHERE waiting_for = $2 AND woken = 0 AND {_NOT_LEASED} ORDER BY turn, id LIMIT $3"
        f" {tx.skip_locked}"
    )
    woken = "UPDATE jobs SET waiting_for = NULL, next_at = $1 WHERE id IN (SELECT id FROM first)"
    await tx.rows(f"WITH first AS MATERIALIZED ({first}) {woken}", now, PAUSED, PAUSED_WOKEN_AT_ONCE)


async def wake_refused(tx: Transaction, chat_id: int, now: float) -> None:
    """Let the jobs that their chat had refused try again, as it has taken a message of another one."""
    waiting = f"SELECT id FROM jobs WHERE chat_id = $2 AND refused = 1 AND next_at > $1 AND {_NOT_LEASED}"
    await tx.rows(f"UPDATE jobs SET next_at = $1 WHERE id IN ({waiting} {tx.skip_locked})", now, chat_id)
