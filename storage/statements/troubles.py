"""What is known of trouble, and what the owner was told of it: once, however many processes see it and die again."""

from collections.abc import Mapping, Sequence

from storage.host import Told
from storage.statements.transaction import Row, Transaction

SELECT = "SELECT kind, is_known, began_told_at, ended_told_at, is_on, seen_at FROM troubles"


def troubles_of(found: Sequence[Row]) -> Mapping[str, Told]:
    """Read the answer to SELECT."""
    return {each["kind"]: _told_of(each) for each in found}


def _told_of(row: Row) -> Told:
    return Told(bool(row["is_known"]), row["began_told_at"], row["ended_told_at"], bool(row["is_on"]), row["seen_at"])


async def see_trouble(tx: Transaction, kind: str, now: float, *, is_on: bool) -> None:
    await tx.rows(
        "INSERT INTO troubles (kind, is_known, is_on, seen_at) VALUES ($1, 0, $2, $3)"
        " ON CONFLICT (kind) DO UPDATE SET is_on = excluded.is_on, seen_at = excluded.seen_at",
        kind,
        int(is_on),
        now,
    )


async def begin_telling(tx: Transaction, kind: str, now: float, every: float, *, began: bool) -> bool:
    told_at = "began_told_at" if began else "ended_told_at"
    sql = (
        f"UPDATE troubles SET is_known = is_on, {told_at} = $3 WHERE kind = $1 AND is_on = $2 AND is_known <> is_on"
        f" AND ({told_at} IS NULL OR {told_at} <= $4) RETURNING kind"
    )
    return await tx.row(sql, kind, int(began), now, now - every) is not None


async def keep_told(tx: Transaction, kind: str, told: Told) -> None:
    await tx.rows(
        "INSERT INTO troubles (kind, is_known, began_told_at, ended_told_at) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (kind) DO UPDATE SET is_known = excluded.is_known, began_told_at = excluded.began_told_at,"
        " ended_told_at = excluded.ended_told_at",
        kind,
        int(told.is_known),
        told.began_at,
        told.ended_at,
    )
