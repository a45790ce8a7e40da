"""Erasing what is stored of a chat or of a person, piece by piece.

A text may have been shown in several chats. It is kept for the shortest time that one of them has chosen.
"""

from storage.host import DAY
from storage.statements import unfinished
from storage.statements.cancelling import end
from storage.statements.chats import FORGET
from storage.statements.erasures import TEXTS, ids_of, require
from storage.statements.transaction import Row, Transaction

_COLUMNS = {"chat": "chat_id", "person": "user_id"}


async def forget(tx: Transaction, chat_id: int) -> None:
    """Forget the settings at once, and require the rest to be erased; in a private chat, of the person too."""
    of_chat = sorted(await ids_of(tx, chat_id))
    for each in of_chat:
        await tx.alone_with_chat(each)
    for each in of_chat:
        await require(tx, each, "chat")
        await tx.rows(FORGET, each)
        await tx.rows("DELETE FROM chat_names WHERE chat_id = $1", each)
        await unfinished.forget(tx, each)
    if chat_id > 0:
        await require(tx, chat_id, "person")
    await tx.rows("DELETE FROM chats WHERE chat_id = $1 AND came_from IS NULL", chat_id)
    await tx.rows("DELETE FROM told WHERE chat_id = $1", chat_id)


async def erase(tx: Transaction, now: float, limit: int) -> int:
    found = await tx.row("SELECT whose, kind, days, up_to, done_to FROM erasures ORDER BY whose, kind LIMIT 1")
    if found is None:
        return 0
    if found["kind"] == TEXTS:
        done = await _shorten(tx, found, limit)
    else:
        done = await _erase_some(tx, found, now, limit)
    if not done:
        await tx.rows("DELETE FROM erasures WHERE whose = $1 AND kind = $2", found["whose"], found["kind"])
    return done or 1


async def _shorten(tx: Transaction, erasure: Row, limit: int) -> int:
    """Let texts expire so many days after they were shown."""
    jobs = await tx.rows(
        "SELECT id, transcript_id, ended_at FROM jobs WHERE chat_id = $1 AND ended_at IS NOT NULL AND id > $2"
        " AND id <= $3 ORDER BY id LIMIT $4",
        erasure["whose"],
        erasure["done_to"],
        erasure["up_to"],
        limit,
    )
    for job in jobs:
        await _let_expire(tx, job["transcript_id"], job["ended_at"] + erasure["days"] * DAY)
    if jobs:
        sql = "UPDATE erasures SET done_to = $3 WHERE whose = $1 AND kind = $2"
        await tx.rows(sql, erasure["whose"], erasure["kind"], jobs[-1]["id"])
    return len(jobs)


async def _let_expire(tx: Transaction, transcript_id: int | None, moment: float) -> None:
    sql = "UPDATE transcripts SET expires_at = $2 WHERE id = $1 AND expires_at > $2"
    if transcript_id is not None:
        await tx.rows(sql, transcript_id, moment)


async def _erase_some(tx: Transaction, erasure: Row, now: float, limit: int) -> int:
    """Cancel one job that is under way, or erase some that ended, or else amounts of use."""
    column = _COLUMNS[erasure["kind"]]
    return (
        await _cancel_one(tx, column, erasure, now)
        or await _erase_ended(tx, column, erasure, now, limit)
        or await _erase_usage(tx, column, erasure["whose"], int(now // DAY), limit)
    )


async def _cancel_one(tx: Transaction, column: str, erasure: Row, now: float) -> int:
    """Cancel a job, unless its answer is on its way, and have it deleted at its end. A transaction cancels only one."""
    sql = f"SELECT id FROM jobs WHERE {column} = $1 AND next_at IS NOT NULL AND forgotten = 0 AND id <= $2 LIMIT 1"
    found = await tx.row(sql, erasure["whose"], erasure["up_to"])
    if found is None:
        return 0
    await end(tx, found["id"], now)
    await tx.rows("UPDATE jobs SET forgotten = 1 WHERE id = $1", found["id"])
    return 1


async def _erase_ended(tx: Transaction, column: str, erasure: Row, now: float, limit: int) -> int:
    ended = f"SELECT id FROM jobs WHERE {column} = $1 AND ended_at IS NOT NULL AND id <= $2 ORDER BY id LIMIT $3"
    sql = f"DELETE FROM jobs WHERE id IN ({ended}) RETURNING transcript_id"
    gone = await tx.rows(sql, erasure["whose"], erasure["up_to"], limit)
    for job in gone:
        await _let_expire(tx, job["transcript_id"], now)
    return len(gone)


async def _erase_usage(tx: Transaction, column: str, whose: int, today: int, limit: int) -> int:
    """Erase the amounts of past days; those of today, which the limits of the day need, are erased when it is over."""
    sql = f"UPDATE usage SET forgotten = 1 WHERE {column} = $1 AND day >= $2 AND forgotten = 0"
    await tx.rows(sql, whose, today)
    past = f"SELECT chat_id, day, user_id FROM usage WHERE {column} = $1 AND day < $2 LIMIT $3"
    sql = f"DELETE FROM usage WHERE (chat_id, day, user_id) IN ({past}) RETURNING day"
    return len(await tx.rows(sql, whose, today, limit))
