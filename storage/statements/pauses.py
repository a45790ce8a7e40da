"""The pause of creates, which all processes share: one row, changed by one transaction at a time."""

from collections.abc import Callable, Sequence

from storage.pause import Pause
from storage.statements.transaction import Row, Transaction

_COLUMNS = "until, by_operator, since, next_seconds"
SELECT = f"SELECT {_COLUMNS} FROM hold"


def not_paused(number: int) -> str:
    """Return the condition that nothing has creates wait at a moment, which is the value of that number."""
    return f"NOT EXISTS (SELECT 1 FROM hold WHERE until > ${number} OR by_operator = 1)"


def pause_of(found: Sequence[Row]) -> Pause:
    """Read the answer to SELECT."""
    if not found:
        return Pause()
    row = found[0]
    since = None if row["since"] is None else float(row["since"])
    return Pause(float(row["until"]), bool(row["by_operator"]), since, float(row["next_seconds"]))


async def change_pause(tx: Transaction, change: Callable[[Pause], Pause]) -> Pause:
    """Write the row before anything is made of it, so that another process waits until this change is there."""
    mine = f"INSERT INTO hold (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET id = 1 RETURNING {_COLUMNS}"
    before = pause_of(await tx.rows(mine))
    after = change(before)
    if after != before:
        await tx.rows(
            "UPDATE hold SET until = $1, by_operator = $2, since = $3, next_seconds = $4",
            after.until,
            int(after.by_operator),
            after.since,
            after.next_seconds,
        )
    return after


async def is_over(tx: Transaction, since: float) -> bool:
    """Tell whether the pause that began at a moment has ended; if not, it does not end before this transaction does.

    So who ends it finds the job that this transaction records as waiting for that.
    """
    return pause_of(await tx.rows(f"{SELECT} {tx.locked}")).since != since


async def forget(tx: Transaction) -> None:
    await tx.rows("UPDATE hold SET until = 0, by_operator = 0, since = NULL, next_seconds = 0 WHERE since IS NOT NULL")
