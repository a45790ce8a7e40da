"""What belongs to a chat: its settings, and its move when a group becomes a supergroup."""

from collections.abc import Sequence

from storage.statements.transaction import Row, Transaction
from storage.words import ChatSettings

COLUMNS = "model, language"
SELECT = f"SELECT {COLUMNS} FROM chats WHERE chat_id = $1"

MOVES = "SELECT chat_id, came_from FROM chats WHERE came_from IS NOT NULL"


def moves_of(found: Sequence[Row]) -> dict[int, int]:
    """Read the answer to MOVES."""
    return {each["chat_id"]: each["came_from"] for each in found}


def settings_of(found: Sequence[Row]) -> ChatSettings:
    """Read the answer to SELECT; a chat without a row chose nothing."""
    return ChatSettings(found[0]["model"], found[0]["language"]) if found else ChatSettings()


async def change_settings(
    tx: Transaction, chat_id: int, chosen: ChatSettings, *, was: ChatSettings | None = None
) -> bool:
    if was is not None and settings_of(await tx.rows(SELECT, chat_id)) != was:
        return False
    await tx.rows(
        f"INSERT INTO chats (chat_id, {COLUMNS}) VALUES ($1, $2, $3)"
        " ON CONFLICT (chat_id) DO UPDATE SET model = excluded.model, language = excluded.language",
        chat_id,
        chosen.model,
        chosen.language,
    )
    return True


async def choose_model(tx: Transaction, chat_id: int, model: str) -> None:
    await tx.rows(
        "INSERT INTO chats (chat_id, model) VALUES ($1, $2)"
        " ON CONFLICT (chat_id) DO UPDATE SET model = excluded.model WHERE coalesce(chats.model, '') <> excluded.model",
        chat_id,
        model,
    )


async def move_chat(tx: Transaction, old_chat_id: int, new_chat_id: int) -> None:
    if old_chat_id == new_chat_id:
        return
    await tx.rows(
        f"INSERT INTO chats (chat_id, {COLUMNS}) SELECT $2, {COLUMNS} FROM chats"
        " WHERE chat_id = $1 ON CONFLICT (chat_id) DO NOTHING",
        old_chat_id,
        new_chat_id,
    )
    await tx.rows(
        "INSERT INTO chats (chat_id, came_from) VALUES ($2, $1)"
        " ON CONFLICT (chat_id) DO UPDATE SET came_from = excluded.came_from WHERE chats.came_from IS NULL",
        old_chat_id,
        new_chat_id,
    )
    await tx.rows("DELETE FROM chats WHERE chat_id = $1 AND came_from IS NULL", old_chat_id)
    await tx.rows("UPDATE chats SET model = NULL, language = NULL WHERE chat_id = $1", old_chat_id)
    moved = "SELECT id FROM jobs WHERE chat_id = $1 AND next_at IS NOT NULL"
    elsewhere = "form = 'private'"  # where nothing has moved
    await tx.rows(f"DELETE FROM pages WHERE job_id IN ({moved} AND NOT {elsewhere})", old_chat_id)
    await tx.rows(
        f"UPDATE jobs SET chat_id = $2, placeholder_id = CASE WHEN {elsewhere} THEN placeholder_id END,"
        f" form = CASE WHEN {elsewhere} THEN form ELSE '' END, leftover_id = NULL, thread_id = NULL"
        f" WHERE id IN ({moved})",
        old_chat_id,
        new_chat_id,
    )
