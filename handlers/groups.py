"""What happens to groups: they become supergroups."""

from dataclasses import dataclass

from telegram import Update
from telegram.ext import ContextTypes

from storage.store import Store


@dataclass(frozen=True, slots=True)
class Groups:
    """Takes the settings and unfinished jobs of a group along when it becomes a supergroup."""

    store: Store

    async def __call__(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Move the chat. Both chats say so, in either order and more than once."""
        message = update.effective_message
        if message is None:
            return
        if message.migrate_to_chat_id is not None:
            await self.store.move_chat(message.chat.id, message.migrate_to_chat_id)
        elif message.migrate_from_chat_id is not None:
            await self.store.move_chat(message.migrate_from_chat_id, message.chat.id)
