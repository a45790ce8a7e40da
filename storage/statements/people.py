"""People who want no text of what they say in groups."""

from collections.abc import Collection

from storage.statements.transaction import Transaction


async def opt_out(tx: Transaction, user_id: int) -> None:
    await tx.rows("INSERT INTO opted_out (user_id) VALUES ($1) ON CONFLICT DO NOTHING", user_id)


async def opt_in(tx: Transaction, user_id: int) -> None:
    await tx.rows("DELETE FROM opted_out WHERE user_id = $1", user_id)


async def has_opted_out(tx: Transaction, people: Collection[int]) -> bool:
    """Tell whether one of these people, of whom there are two at most, wants no text."""
    for user_id in people:
        if await tx.row("SELECT user_id FROM opted_out WHERE user_id = $1", user_id):
            return True
    return False
