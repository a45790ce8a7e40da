"""Reading all that is stored of a chat, or of a person."""

from storage.host import Amount
from storage.privacy import Held
from storage.statements.chats import SELECT, settings_of
from storage.statements.erasures import ids_of
from storage.statements.names import names_in
from storage.statements.rows import JOB_COLUMNS, job_of
from storage.statements.transaction import Transaction
from storage.words import Job


async def held(tx: Transaction, chat_id: int, most_jobs: int) -> Held:
    """Read it; a private chat has the id of its person, whose recordings in groups belong to it."""
    columns = ("chat_id", "user_id") if chat_id > 0 else ("chat_id",)
    jobs: dict[int, Job] = {}
    days: dict[int, Amount] = {}
    for column in columns:
        for each in await ids_of(tx, chat_id):
            jobs |= await _jobs(tx, column, each, most_jobs + 1)
    mine = "chat_id = $1 OR user_id = $1" if chat_id > 0 else "chat_id = $1"
    sql = f"SELECT day, sum(seconds) AS seconds, sum(recordings) AS recordings FROM usage WHERE {mine} GROUP BY day"
    for row in await tx.rows(f"{sql} ORDER BY day", chat_id):
        days[row["day"]] = Amount(float(row["seconds"]), int(row["recordings"]))
    newest = tuple(jobs[each] for each in sorted(jobs, reverse=True))
    opted_out = await tx.row("SELECT user_id FROM opted_out WHERE user_id = $1", chat_id)
    settings = settings_of(await tx.rows(SELECT, chat_id))
    names = names_in(await tx.rows("SELECT speaker, name FROM chat_names WHERE chat_id = $1", chat_id))
    return Held(settings, newest[:most_jobs], len(newest) > most_jobs, days, opted_out is not None, names)


async def _jobs(tx: Transaction, column: str, whose: int, limit: int) -> dict[int, Job]:
    """Read the newest jobs, with those that are under way."""
    found: dict[int, Job] = {}
    for which in ("next_at IS NOT NULL", "ended_at IS NOT NULL"):
        mine = f"{column} = $1 AND {which} AND forgotten = 0"
        sql = f"SELECT {JOB_COLUMNS} FROM jobs WHERE {mine} ORDER BY id DESC LIMIT $2"
        found |= {each["id"]: job_of(each) for each in await tx.rows(sql, whose, limit)}
    return found
