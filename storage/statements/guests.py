"""For whom the bot works: its owner, its guests, and strangers, who are told so."""

from collections.abc import Collection

from storage.host import DAY, Circle
from storage.statements.transaction import Transaction

NO_CHAT = 0  # whose lock those take who count strangers
VERSION = "SELECT circle FROM pulse"


async def circle(tx: Transaction, word: str) -> Circle:
    """Read the version first: what changes meanwhile is read again."""
    await tx.rows("UPDATE pulse SET owner_word = $1 WHERE owner_word IS NULL", word)
    pulse = await tx.row("SELECT owner_id, owner_word, owner_speaks, circle FROM pulse")
    assert pulse is not None
    guests = await tx.rows("SELECT id FROM guests")
    found = frozenset(each["id"] for each in guests)
    return Circle(pulse["owner_id"], found, pulse["owner_word"], pulse["owner_speaks"], pulse["circle"])


async def changed(tx: Transaction) -> None:
    """Let every process read the circle and the moves again."""
    await tx.rows("UPDATE pulse SET circle = circle + 1")


async def own(tx: Transaction, user_id: int, was: int | None) -> bool:
    sql = (
        "UPDATE pulse SET circle = circle + 1, owner_id = $1,"
        " owner_speaks = CASE WHEN owner_id = $1 THEN owner_speaks END"
        " WHERE coalesce(owner_id, 0) IN ($1, $2) RETURNING owner_id"
    )
    if await tx.row(sql, user_id, was or 0) is None:
        return False
    if was is not None and was != user_id:
        await allow(tx, was)
    return True


async def hear_owner(tx: Transaction, user_id: int, speaks: str) -> bool:
    sql = "UPDATE pulse SET circle = circle + 1, owner_speaks = $2 WHERE owner_id = $1 RETURNING owner_id"
    return await tx.row(sql, user_id, speaks) is not None


async def allow(tx: Transaction, guest: int) -> None:
    sql = "INSERT INTO guests (id) VALUES ($1) ON CONFLICT DO NOTHING RETURNING id"
    if await tx.row(sql, guest) is not None:
        await changed(tx)


async def revoke(tx: Transaction, guests: Collection[int]) -> None:
    for guest in guests:
        await tx.rows("DELETE FROM guests WHERE id = $1", guest)
    await changed(tx)


async def move(tx: Transaction, old_chat_id: int, new_chat_id: int) -> None:
    """Let a guest go along that is a group, and has become a supergroup."""
    await changed(tx)
    moved = await tx.row("DELETE FROM guests WHERE id = $1 RETURNING id", old_chat_id)
    if moved is not None:
        await allow(tx, new_chat_id)


async def tell_stranger(tx: Transaction, chat_id: int, now: float, most: int) -> bool:
    await tx.alone_with_chat(NO_CHAT)
    long_ago = now - DAY
    known = await tx.row("SELECT told_at FROM strangers WHERE chat_id = $1", chat_id)
    if known is not None and known["told_at"] > long_ago:
        return False
    told = await tx.row(
        "SELECT count(*) AS n FROM strangers WHERE told_at > $1 AND (chat_id > 0) = $2", long_ago, chat_id > 0
    )
    if told is None or told["n"] >= most:
        return False
    await tx.rows(
        "INSERT INTO strangers (chat_id, told_at) VALUES ($1, $2)"
        " ON CONFLICT (chat_id) DO UPDATE SET told_at = excluded.told_at",
        chat_id,
        now,
    )
    return True


async def move_stranger(tx: Transaction, old_chat_id: int, new_chat_id: int) -> None:
    moved = await tx.row("DELETE FROM strangers WHERE chat_id = $1 RETURNING told_at", old_chat_id)
    if moved is not None:
        sql = "INSERT INTO strangers (chat_id, told_at) VALUES ($1, $2) ON CONFLICT DO NOTHING"
        await tx.rows(sql, new_chat_id, moved["told_at"])
