"""Updates that are not finished: leased to the process that handles them, without an end, until it dies."""

from secrets import token_hex

from storage.statements.transaction import Row, Transaction
from storage.unfinished import MOST_OF_A_CHAT, MOST_TRIES, KeptUpdate, NewUpdate, TakenUp

_COLUMNS = "update_id, body, lease_token"


async def keep_update(tx: Transaction, new: NewUpdate, now: float) -> KeptUpdate:
    kept = await tx.row(
        "INSERT INTO unfinished (update_id, chat_id, user_id, body, at, lease_token) VALUES ($1, $2, $3, $4, $5, $6)"
        f" ON CONFLICT (update_id) DO UPDATE SET lease_token = excluded.lease_token RETURNING {_COLUMNS}",
        new.number,
        new.chat_id,
        new.user_id,
        new.body,
        now,
        tx.holder + token_hex(8),
    )
    older = (
        f"SELECT update_id FROM unfinished WHERE chat_id = $1 ORDER BY update_id DESC LIMIT 100 OFFSET {MOST_OF_A_CHAT}"
    )
    await tx.rows(f"DELETE FROM unfinished WHERE update_id IN ({older})", new.chat_id)
    return _unfinished_of(kept)


async def take_up(tx: Transaction, limit: int) -> TakenUp:
    given_up = "DELETE FROM unfinished WHERE lease_token IS NULL AND tries >= $1 RETURNING update_id"
    left_behind = tuple(sorted(each["update_id"] for each in await tx.rows(given_up, MOST_TRIES)))
    sql = f"SELECT update_id FROM unfinished WHERE lease_token IS NULL ORDER BY update_id LIMIT $1 {tx.skip_locked}"
    token = tx.holder + token_hex(8)
    leased = [await _lease(tx, each["update_id"], token) for each in await tx.rows(sql, limit)]
    return TakenUp(tuple(leased), left_behind)


async def _lease(tx: Transaction, number: int, token: str) -> KeptUpdate:
    sql = f"UPDATE unfinished SET lease_token = $2, tries = tries + 1 WHERE update_id = $1 RETURNING {_COLUMNS}"
    return _unfinished_of(await tx.row(sql, number, token))


async def finish_update(tx: Transaction, update: KeptUpdate) -> bool:
    sql = "DELETE FROM unfinished WHERE update_id = $1 AND lease_token = $2 RETURNING update_id"
    return await tx.row(sql, update.number, update.lease_token) is not None


async def give_back(tx: Transaction) -> None:
    """Give back what processes held that are gone."""
    await tx.rows(f"UPDATE unfinished SET lease_token = NULL WHERE {tx.is_lost}")


async def forget(tx: Transaction, whose: int) -> None:
    """Forget what was asked in a chat, or by a person, who has the number of their private chat."""
    await tx.rows("DELETE FROM unfinished WHERE chat_id = $1 OR user_id = $1", whose)


def _unfinished_of(row: Row) -> KeptUpdate:
    return KeptUpdate(row["update_id"], row["body"], row["lease_token"])
