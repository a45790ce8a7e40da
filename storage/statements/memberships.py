"""What the bot is in chats, and what is to be said of it there, once.

What is to be said is stored before anything is sent, and that it is being sent is stored right before the call. So a
death costs no message but one that was just being sent, and never sends one twice.
"""

from dataclasses import dataclass
from typing import Any

from storage.memberships import Membership, MembershipChange, Saying
from storage.statements.transaction import Row, Transaction

NOT_AGAIN_WITHIN = 86_400.0  # seconds after an introduction
MOST_READ = 10_000  # at a start: strangers can make any number of groups
_COLUMNS = "chat_id, present, may_write, admin, saying"
_SAID = (
    "saying = CASE WHEN sees <> told THEN 'sight' ELSE '' END, begun = 0,"
    " introduced_at = CASE WHEN saying = 'introduction' THEN $1 ELSE introduced_at END"
)


@dataclass(frozen=True, slots=True)
class _Said:
    """What a chat has been told, and what it is to be told."""

    told: bool | None = None
    saying: Saying = Saying.NOTHING
    begun: bool = False


async def change_membership(tx: Transaction, change: MembershipChange, now: float) -> Membership:
    await tx.alone_with_chat(change.chat_id)
    if not change.is_group and change.is_present:
        await tx.rows("DELETE FROM memberships WHERE chat_id = $1", change.chat_id)
        return Membership(change.chat_id, is_present=True, may_write=change.may_write, is_admin=change.is_admin)
    sql = "SELECT present, told, saying, begun, introduced_at FROM memberships WHERE chat_id = $1"
    said = _said(await tx.row(sql, change.chat_id), change, now)
    stored = await tx.row(
        "INSERT INTO memberships (chat_id, present, may_write, admin, sees, told, saying, begun, interface)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (chat_id) DO UPDATE SET present = excluded.present,"
        " may_write = excluded.may_write, admin = excluded.admin, sees = excluded.sees, told = excluded.told,"
        " saying = excluded.saying, begun = excluded.begun, interface = CASE WHEN excluded.saying = 'introduction'"
        f" THEN coalesce(memberships.interface, excluded.interface) END RETURNING {_COLUMNS}",
        change.chat_id,
        int(change.is_present),
        int(change.may_write),
        int(change.is_admin),
        int(change.sees),
        None if said.told is None else int(said.told),
        said.saying,
        int(said.begun),
        change.interface if said.saying is Saying.INTRODUCTION else None,
    )
    return _membership_of(stored)


def _said(row: Row | None, change: MembershipChange, now: float) -> _Said:
    """Decide what a change leaves to say. Nothing while the bot is not there; what is being said is said to its end."""
    if row is None:
        joins, told, before = not change.was_present, change.saw if change.was_present else None, _Said()
    else:
        joins = not row["present"] or (change.is_let_in and row["introduced_at"] is None)
        told = None if row["told"] is None else bool(row["told"])
        before = _Said(told, Saying(row["saying"]), bool(row["begun"]))
    if before.begun:
        return before
    if not change.is_present or not change.is_group:
        return _Said(told)
    is_new = row is None or not _lately(row["introduced_at"], now)
    if before.saying is Saying.INTRODUCTION or (joins and is_new):
        return _Said(None, Saying.INTRODUCTION)
    if told is None:  # as in a group that has just moved
        told = change.saw if change.was_present else change.sees
    return _Said(told, Saying.NOTHING if told is change.sees else Saying.SIGHT)


def _lately(introduced_at: Any, now: float) -> bool:
    return introduced_at is not None and now - introduced_at < NOT_AGAIN_WITHIN


async def _suggest_interface(tx: Transaction, chat_id: int, interface: str) -> None:
    """Let a group that chose no language be spoken with in the one of the person who added the bot."""
    await tx.rows(
        "INSERT INTO chats (chat_id, interface) VALUES ($1, $2)"
        " ON CONFLICT (chat_id) DO UPDATE SET interface = coalesce(chats.interface, excluded.interface)",
        chat_id,
        interface,
    )


async def membership(tx: Transaction, chat_id: int) -> Membership | None:
    found = await tx.row(f"SELECT {_COLUMNS} FROM memberships WHERE chat_id = $1", chat_id)
    return None if found is None else _membership_of(found)


async def begin_saying(tx: Transaction, chat_id: int, *, sees: bool) -> Membership | None:
    await tx.alone_with_chat(chat_id)
    begun = await tx.row(
        "UPDATE memberships SET begun = 1, sees = $2, told = $2 WHERE chat_id = $1 AND saying <> '' AND begun = 0"
        f" AND present = 1 AND may_write = 1 RETURNING {_COLUMNS}, interface",
        chat_id,
        int(sees),
    )
    if begun is None:
        return None
    if begun["interface"] is not None:
        await _suggest_interface(tx, chat_id, begun["interface"])
    return _membership_of(begun)


async def end_saying(tx: Transaction, chat_id: int, now: float, *, said: bool) -> Membership | None:
    if said:
        sql = f"UPDATE memberships SET {_SAID} WHERE begun = 1 AND chat_id = $2 RETURNING {_COLUMNS}"
        ended = await tx.row(sql, now, chat_id)
    else:
        unsaid = "begun = 0, told = CASE WHEN saying = 'sight' THEN 1 - told END"
        sql = f"UPDATE memberships SET {unsaid} WHERE begun = 1 AND chat_id = $1 RETURNING {_COLUMNS}"
        ended = await tx.row(sql, chat_id)
    return None if ended is None else _membership_of(ended)


async def unsettled_memberships(tx: Transaction, now: float) -> tuple[Membership, ...]:
    await tx.rows(f"UPDATE memberships SET {_SAID} WHERE begun = 1", now)
    found = await tx.rows(
        f"SELECT {_COLUMNS} FROM memberships WHERE saying <> '' UNION ALL"
        f" SELECT {_COLUMNS} FROM memberships WHERE present = 0 LIMIT $1",
        MOST_READ,
    )
    return tuple(map(_membership_of, found))


async def move_membership(tx: Transaction, old_chat_id: int, new_chat_id: int) -> None:
    """Let the new chat know what the old one was told. The bot goes along, also where it was told that it is gone.

    It has not joined the new one, of which it may have been told first. An old one of which nothing is stored had the
    bot before this was stored. A move that is stored already changes nothing.
    """
    if await tx.row("SELECT 1 FROM chats WHERE chat_id = $1 AND came_from = $2", new_chat_id, old_chat_id) is not None:
        return
    if await tx.row("SELECT 1 FROM memberships WHERE chat_id = $1", old_chat_id) is None:
        await tx.rows(
            "INSERT INTO memberships (chat_id, present, may_write, admin, sees) VALUES ($1, 1, 1, 0, 0)"
            " ON CONFLICT (chat_id) DO UPDATE SET saying = '', told = memberships.sees, interface = NULL"
            " WHERE memberships.begun = 0",
            new_chat_id,
        )
        return
    await tx.rows(
        "UPDATE memberships SET told = coalesce(told, old.was_told),"
        " introduced_at = coalesce(introduced_at, old.was_at),"
        " saying = CASE WHEN begun = 1 OR old.was_told IS NULL THEN saying"
        " WHEN sees <> old.was_told THEN 'sight' ELSE '' END"
        " FROM (SELECT told AS was_told, introduced_at AS was_at FROM memberships WHERE chat_id = $1) AS old"
        " WHERE chat_id = $2",
        old_chat_id,
        new_chat_id,
    )
    await tx.rows(
        "UPDATE memberships SET chat_id = $2, present = 1, may_write = 1 WHERE chat_id = $1"
        " AND NOT EXISTS (SELECT 1 FROM memberships WHERE chat_id = $2)",
        old_chat_id,
        new_chat_id,
    )
    await tx.rows("DELETE FROM memberships WHERE chat_id = $1", old_chat_id)


def _membership_of(row: Row) -> Membership:
    return Membership(
        row["chat_id"], bool(row["present"]), bool(row["may_write"]), bool(row["admin"]), Saying(row["saying"])
    )
