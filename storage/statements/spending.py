"""What chats and people use: seconds of sound that are sent to the provider, and recordings that become text.

Seconds are counted before the create that spends them, in the transaction that stores its beginning. So no create is
sent beyond a limit, and a death leaves them counted once. They are given back in the transaction that records that
nothing was made: no generation is stored, and no create is in doubt. From the text on they stay as they are.
"""

from typing import Any

from storage.host import Amount, Exhausted, Spending, TotalUsage, Usage, Whose
from storage.pause import Pause
from storage.statements import pauses
from storage.statements.guarded import update
from storage.statements.transaction import Row, Transaction
from storage.words import Job

NOBODY = 0  # stands for the person where there is none
_ADD = (
    "INSERT INTO usage (chat_id, day, user_id, seconds, recordings) VALUES ($1, $2, $3, $4, $5)"
    " ON CONFLICT (chat_id, day, user_id) DO UPDATE SET seconds = usage.seconds + excluded.seconds,"
    " recordings = usage.recordings + excluded.recordings"
)
_SUM = "SELECT coalesce(sum(seconds), 0) AS seconds, coalesce(sum(recordings), 0) AS recordings FROM usage"
A_LITTLE = 1e-6  # seconds; sums of fractions are not exact


async def start_create(
    tx: Transaction,
    job: Job,
    spending: Spending | None = None,
    unless_paused_at: float | None = None,
    under_way: int = 1,
) -> bool | Exhausted | Pause:
    """Store that a create begins, and count its seconds, once a job, unless they are too many."""
    started = f"create_started = {under_way:d}"
    if spending is None or spending.seconds <= 0:
        return await _begin(tx, job, unless_paused_at, started)
    sql = "SELECT chat_id, user_id, reserved FROM jobs WHERE id = $1 AND lease_token = $2 AND state = $3"
    current = await tx.row(sql, job.id, job.lease_token, job.state)
    if current is None:
        return False
    if current["reserved"] > 0:
        return await _begin(tx, job, unless_paused_at, started)
    chat_id, user_id = current["chat_id"], current["user_id"] or NOBODY
    if exhausted := await _exhausted(tx, chat_id, user_id, spending):
        return exhausted
    assignments = f"{started}, reserved = $4, reserved_on = $5"
    begun = await _begin(tx, job, unless_paused_at, assignments, spending.seconds, spending.day)
    if begun is True:
        await tx.rows(_ADD, chat_id, spending.day, user_id, spending.seconds, 0)
    return begun


async def _begin(
    tx: Transaction, job: Job, unless_paused_at: float | None, assignments: str, *values: Any
) -> bool | Pause:
    """Set `assignments` as `update` does, unless creates are paused at a moment: one statement tells both."""
    if unless_paused_at is not None:
        guard = f"id = $1 AND lease_token = $2 AND state = $3 AND {pauses.not_paused(4 + len(values))}"
        sql = f"UPDATE jobs SET {assignments} WHERE {guard} RETURNING id"
        if await tx.row(sql, job.id, job.lease_token, job.state, *values, unless_paused_at) is not None:
            return True
        pause = pauses.pause_of(await tx.rows(pauses.SELECT))
        if pause.until > unless_paused_at or pause.by_operator:
            return pause
    return await update(tx, job, assignments, *values)


async def _exhausted(tx: Transaction, chat_id: int, user_id: int, spending: Spending) -> Exhausted | None:
    """Return the limit that the seconds do not fit into; those of the exempt person fit into any."""
    if spending.exempt is not None and user_id == spending.exempt:
        return None
    limits = ((Whose.CHAT, chat_id, spending.most_of_chat), (Whose.PERSON, user_id, spending.most_of_person))
    limited = [(whose, number, most) for whose, number, most in limits if most is not None and number != NOBODY]
    for number in sorted({number for _, number, _ in limited}):
        await tx.alone_with_chat(number)
    for whose, number, most in limited:
        left = most - await _counted(tx, whose, number, spending.day, spending.exempt)
        if spending.seconds > left + A_LITTLE:
            return Exhausted(whose, max(left, 0.0))
    return None


async def _counted(tx: Transaction, whose: Whose, number: int, day: int, exempt: int | None) -> float:
    """Return the seconds that count against a limit."""
    mine = "chat_id = $1 AND day = $2 AND user_id <> $3" if whose is Whose.CHAT else "user_id = $1 AND day = $2"
    values = (number, day, -1 if exempt is None else exempt) if whose is Whose.CHAT else (number, day)
    found = await tx.row(f"SELECT coalesce(sum(seconds), 0) AS seconds FROM usage WHERE {mine}", *values)
    return float(found["seconds"]) if found else 0.0


async def give_back(tx: Transaction, job_id: int, reserved: Row, *, failed: bool = False) -> None:
    """Give back the seconds of a job, of which nothing was made; `reserved` is its row before it moved on.

    With `failed` the provider has said so of the generations that are stored without a text.
    """
    made = " AND body IS NOT NULL" if failed else ""
    sql = (
        "UPDATE jobs SET reserved = 0 WHERE id = $1 AND create_started = 0 AND creates_in_doubt = 0"
        f" AND NOT EXISTS (SELECT 1 FROM generations WHERE job_id = $1{made}) RETURNING chat_id, user_id"
    )
    if reserved["reserved"] > 0 and (found := await tx.row(sql, job_id)) is not None:
        await _change(tx, found, reserved["reserved_on"], -reserved["reserved"])


async def correct(tx: Transaction, reserved: Row, seconds: float | None) -> None:
    """Count the seconds that an answer says instead of those that were taken for them; `reserved` as above."""
    if reserved["reserved"] > 0 and seconds is not None:
        await _change(tx, reserved, reserved["reserved_on"], seconds - reserved["reserved"])


async def _change(tx: Transaction, whose: Row, day: int, seconds: float) -> None:
    changed = "seconds = CASE WHEN seconds + $4 < 0 THEN 0 ELSE seconds + $4 END"
    sql = f"UPDATE usage SET {changed} WHERE chat_id = $1 AND day = $2 AND user_id = $3"
    await tx.rows(sql, whose["chat_id"], day, whose["user_id"] or NOBODY, seconds)


async def count(tx: Transaction, chat_id: int, user_id: int | None, day: int) -> None:
    """Count a recording that has become text."""
    await tx.rows(_ADD, chat_id, day, user_id or NOBODY, 0.0, 1)


async def purge(tx: Transaction, before: int, limit: int) -> int:
    """Delete what is older than a day, of up to `limit` chats."""
    old = "SELECT DISTINCT chat_id FROM usage WHERE day < $1 LIMIT $2"
    gone = await tx.rows(f"DELETE FROM usage WHERE day < $1 AND chat_id IN ({old}) RETURNING day", before, limit)
    return len(gone)


async def purge_forgotten(tx: Transaction, before: int, limit: int) -> int:
    """Delete what is to be forgotten, and counts against no limit any more, of up to `limit` rows."""
    old = "SELECT chat_id, day, user_id FROM usage WHERE forgotten = 1 AND day < $1 LIMIT $2"
    sql = f"DELETE FROM usage WHERE (chat_id, day, user_id) IN ({old}) RETURNING day"
    return len(await tx.rows(sql, before, limit))


async def move(tx: Transaction, old_chat_id: int, new_chat_id: int) -> None:
    moved = await tx.rows(
        "DELETE FROM usage WHERE chat_id = $1 RETURNING day, user_id, seconds, recordings, forgotten", old_chat_id
    )
    for each in moved:
        await tx.rows(_ADD, new_chat_id, each["day"], each["user_id"], each["seconds"], each["recordings"])
        if each["forgotten"]:
            sql = "UPDATE usage SET forgotten = 1 WHERE chat_id = $1 AND day = $2 AND user_id = $3"
            await tx.rows(sql, new_chat_id, each["day"], each["user_id"])


async def usage(tx: Transaction, chat_id: int, user_id: int, day: int, since: int, exempt: int | None = None) -> Usage:
    today = await tx.row(f"{_SUM} WHERE chat_id = $1 AND day = $2", chat_id, day)
    month = await tx.row(f"{_SUM} WHERE chat_id = $1 AND day >= $2", chat_id, since)
    of_chat = await _counted(tx, Whose.CHAT, chat_id, day, exempt)
    return Usage(_amount(today), _amount(month), of_chat, await _counted(tx, Whose.PERSON, user_id, day, exempt))


async def usage_of_all(tx: Transaction, since: int, first_day: int, most_chats: int) -> TotalUsage:
    total = await tx.row(f"{_SUM} WHERE day >= $1", since)
    of = "coalesce(sum(seconds), 0) AS seconds, coalesce(sum(recordings), 0) AS recordings FROM usage"
    days = await tx.rows(f"SELECT day, {of} WHERE day >= $1 GROUP BY day ORDER BY day", first_day)
    chats = await tx.rows(
        f"SELECT chat_id, {of} WHERE day >= $1 GROUP BY chat_id ORDER BY 2 DESC, 3 DESC, chat_id LIMIT $2",
        since,
        most_chats,
    )
    return TotalUsage(
        _amount(total),
        {each["day"]: _amount(each) for each in days},
        tuple((each["chat_id"], _amount(each)) for each in chats),
    )


def _amount(row: Row) -> Amount:
    return Amount(float(row["seconds"]), int(row["recordings"]))
