"""What is to be erased: required in the transaction of what a chat decides, and done in pieces afterwards."""

from storage.statements.transaction import Transaction

TEXTS = "texts"


async def require(tx: Transaction, whose: int, kind: str, days: int | None = None) -> None:
    """Require it of all jobs up to now, once more from the first on; of two numbers of days the smaller holds."""
    await tx.rows(
        "INSERT INTO erasures (whose, kind, days, up_to) SELECT $1, $2, $3, coalesce(max(id), 0) FROM jobs WHERE true"
        " ON CONFLICT (whose, kind) DO UPDATE SET up_to = excluded.up_to, done_to = 0,"
        " days = CASE WHEN excluded.days > erasures.days THEN erasures.days ELSE excluded.days END",
        whose,
        kind,
        days,
    )


async def ids_of(tx: Transaction, chat_id: int) -> tuple[int, ...]:
    """Return the id of a chat and those that it had before, under which its old jobs are stored."""
    found = [chat_id]
    while (row := await tx.row("SELECT came_from FROM chats WHERE chat_id = $1", found[-1])) is not None:
        if row["came_from"] is None or row["came_from"] in found:
            break
        found.append(row["came_from"])
    return tuple(found)


async def keep_texts(tx: Transaction, chat_id: int, days: int) -> None:
    """Require that the texts of a chat are kept for so many days at the most."""
    for each in await ids_of(tx, chat_id):
        await require(tx, each, TEXTS, days)


async def move(tx: Transaction, old_chat_id: int, new_chat_id: int) -> None:
    """Let what is to be erased hold for the jobs that go along, too; those that ended stay behind."""
    await tx.rows(
        "INSERT INTO erasures (whose, kind, days, up_to) SELECT $2, kind, days, up_to FROM erasures WHERE whose = $1"
        " ON CONFLICT (whose, kind) DO NOTHING",
        old_chat_id,
        new_chat_id,
    )
