"""What belongs to a chat: its settings, and its move when a group becomes a supergroup."""

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any

from storage.chats import ChatSettings, Mode
from storage.statements import erasures, errands, guests, rates, spending
from storage.statements.memberships import move_membership
from storage.statements.transaction import Row, Transaction
from storage.words import Answers

_NAMES = tuple(each.name for each in fields(ChatSettings))  # the columns carry the names of the fields
COLUMNS = ", ".join(_NAMES)
SELECT = f"SELECT {COLUMNS} FROM chats WHERE chat_id = $1"
_STORE = (
    f"INSERT INTO chats (chat_id, {COLUMNS}) VALUES ($1, {', '.join(f'${2 + at}' for at in range(len(_NAMES)))})"
    f" ON CONFLICT (chat_id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _NAMES)}"
)
_TAKE_ALONG = (  # what the new chat has chosen already, it keeps
    f"INSERT INTO chats (chat_id, {COLUMNS}) SELECT $2, {COLUMNS} FROM chats WHERE chat_id = $1"
    " ON CONFLICT (chat_id) DO UPDATE SET "
    + ", ".join(f"{name} = coalesce(chats.{name}, excluded.{name})" for name in _NAMES)
)
FORGET = f"UPDATE chats SET {', '.join(f'{name} = NULL' for name in _NAMES)} WHERE chat_id = $1"

MOVES = "SELECT chat_id, came_from FROM chats WHERE came_from IS NOT NULL"


def moves_of(found: Sequence[Row]) -> dict[int, int]:
    """Read the answer to MOVES."""
    return {each["chat_id"]: each["came_from"] for each in found}


def settings_of(found: Sequence[Row]) -> ChatSettings:
    """Read the answer to SELECT; a chat without a row chose nothing."""
    if not found:
        return ChatSettings()
    stored = {name: found[0][name] for name in _NAMES if found[0][name] is not None}
    return ChatSettings(**{name: _READ.get(name, _as_it_is)(value) for name, value in stored.items()})


def _as_it_is(value: Any) -> Any:
    return value


def _words(stored: str) -> tuple[str, ...]:
    return tuple(stored.split())


_FLAGS = ("quiet", "notify", "times", "speakers", "smart_format", "fillers", "profanity_filter", "numerals")
_READ: dict[str, Callable[[Any], Any]] = {
    "mode": Mode,
    "answers": Answers,
    "vocabulary": _words,
    **dict.fromkeys(_FLAGS, bool),
}


def _stored(value: Any) -> Any:
    """Return a value as its column holds it: a flag as a number, words with spaces between them."""
    if isinstance(value, tuple):
        return " ".join(value) or None
    return int(value) if isinstance(value, bool) else value


async def change_settings(
    tx: Transaction, chat_id: int, change: Callable[[ChatSettings], ChatSettings]
) -> ChatSettings:
    """Read, change and store, alone with the chat: of two changes at once neither undoes the other."""
    await tx.alone_with_chat(chat_id)
    before = settings_of(await tx.rows(SELECT, chat_id))
    after = change(before)
    if after != before:
        await tx.rows(_STORE, chat_id, *(_stored(getattr(after, name)) for name in _NAMES))
    if after.keep_days is not None and after.keep_days != before.keep_days:
        await erasures.keep_texts(tx, chat_id, after.keep_days)
    return after


async def move_chat(tx: Transaction, old_chat_id: int, new_chat_id: int) -> None:
    if old_chat_id == new_chat_id:
        return
    for chat_id in sorted((old_chat_id, new_chat_id)):
        await tx.alone_with_chat(chat_id)
    await move_membership(tx, old_chat_id, new_chat_id)
    await tx.rows(_TAKE_ALONG, old_chat_id, new_chat_id)
    await tx.rows(
        "INSERT INTO chats (chat_id, came_from) VALUES ($2, $1)"
        " ON CONFLICT (chat_id) DO UPDATE SET came_from = excluded.came_from WHERE chats.came_from IS NULL",
        old_chat_id,
        new_chat_id,
    )
    await tx.rows("DELETE FROM chats WHERE chat_id = $1 AND came_from IS NULL", old_chat_id)
    await tx.rows(FORGET, old_chat_id)
    moved = "SELECT id FROM jobs WHERE chat_id = $1 AND next_at IS NOT NULL"
    elsewhere = "form = 'private'"  # where nothing has moved
    await tx.rows(f"{moved} ORDER BY id {tx.locked}", old_chat_id)  # so that no step adds a page from here on
    await tx.rows(f"DELETE FROM pages WHERE job_id IN ({moved} AND NOT {elsewhere})", old_chat_id)
    await tx.rows(
        f"UPDATE jobs SET chat_id = $2, placeholder_id = CASE WHEN {elsewhere} THEN placeholder_id END,"
        f" form = CASE WHEN {elsewhere} THEN form ELSE '' END, leftover_id = NULL, thread_id = NULL"
        f" WHERE id IN ({moved})",
        old_chat_id,
        new_chat_id,
    )
    await _move_names(tx, old_chat_id, new_chat_id)
    sql = "INSERT INTO told (chat_id, what, at) SELECT $2, what, at FROM told WHERE chat_id = $1 ON CONFLICT DO NOTHING"
    await tx.rows(sql, old_chat_id, new_chat_id)
    await tx.rows("DELETE FROM told WHERE chat_id = $1", old_chat_id)
    for each in (erasures, errands, guests, rates, spending):
        await each.move(tx, old_chat_id, new_chat_id)


async def _move_names(tx: Transaction, old_chat_id: int, new_chat_id: int) -> None:
    """Let the names of a chat hold in the new one, too. Its questions stay behind with their messages."""
    await tx.rows(
        "INSERT INTO chat_names (chat_id, speaker, name, since) SELECT $2, speaker, name, since FROM chat_names"
        " WHERE chat_id = $1 ON CONFLICT DO NOTHING",
        old_chat_id,
        new_chat_id,
    )
    await tx.rows("DELETE FROM chat_names WHERE chat_id = $1", old_chat_id)


async def tell_once(tx: Transaction, chat_id: int, what: str) -> bool:
    sql = "INSERT INTO told (chat_id, what) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING chat_id"
    return await tx.row(sql, chat_id, what) is not None


async def tell_seldom(tx: Transaction, chat_id: int, what: str, now: float, every: float) -> bool:
    sql = (
        "INSERT INTO told (chat_id, what, at) VALUES ($1, $2, $3)"
        " ON CONFLICT (chat_id, what) DO UPDATE SET at = excluded.at WHERE told.at <= $4 RETURNING chat_id"
    )
    return await tx.row(sql, chat_id, what, now, now - every) is not None


async def tell_again(tx: Transaction, chat_id: int, what: str) -> None:
    await tx.rows("DELETE FROM told WHERE chat_id = $1 AND what = $2", chat_id, what)
