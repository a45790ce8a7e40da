"""What happens to groups: they become supergroups."""

from dataclasses import dataclass
from functools import partial

from telegram import Update
from telegram.ext import ContextTypes

from bot.engine.moves import Moves
from bot.telegram.receiving.door import Door


@dataclass(frozen=True, slots=True)
class Groups:
    """Takes the settings and unfinished jobs of a group along when it becomes a supergroup."""

    door: Door
    moves: Moves

    async def __call__(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Move the chat. Both chats say so, in either order and more than once."""
        message = update.effective_message
        if message is None:
            return
        if message.migrate_to_chat_id is not None:
            self._move(message.chat.id, message.migrate_to_chat_id)
        elif message.migrate_from_chat_id is not None:
            self._move(message.migrate_from_chat_id, message.chat.id)

    def _move(self, old_chat_id: int, new_chat_id: int) -> None:
        self.moves.note(old_chat_id, new_chat_id)
        self.door.keep(partial(self.moves.follow, old_chat_id, new_chat_id))
