"""What the owner was told of trouble, so that a process that dies again and again does not repeat it."""

from collections.abc import Mapping, Sequence

from storage.host import Told
from storage.statements.transaction import Row, Transaction

SELECT = "SELECT kind, is_known, began_told_at, ended_told_at FROM troubles"


def troubles_of(found: Sequence[Row]) -> Mapping[str, Told]:
    """Read the answer to SELECT."""
    return {each["kind"]: Told(bool(each["is_known"]), each["began_told_at"], each["ended_told_at"]) for each in found}


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
