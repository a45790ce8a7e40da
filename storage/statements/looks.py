"""What was learned about the time that generations take."""

from collections.abc import Mapping, Sequence

from storage.statements.transaction import Row, Transaction

SELECT = "SELECT model, length, soonest FROM looks"


def learned_of(found: Sequence[Row]) -> dict[tuple[str, int], float]:
    """Read the answer to SELECT, without rows that hold something else than they should."""
    rows = [(each["model"], each["length"], each["soonest"]) for each in found]
    return {
        (model, length): float(soonest)
        for model, length, soonest in rows
        if isinstance(model, str) and isinstance(length, int) and isinstance(soonest, int | float)
    }


async def keep_learned(tx: Transaction, learned: Mapping[tuple[str, int], float]) -> None:
    for (model, length), soonest in sorted(learned.items()):  # in one order, so that no two wait for each other
        await tx.rows(
            "INSERT INTO looks (model, length, soonest) VALUES ($1, $2, $3)"
            " ON CONFLICT (model, length) DO UPDATE SET soonest = excluded.soonest",
            model,
            length,
            soonest,
        )
