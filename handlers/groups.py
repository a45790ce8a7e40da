"""What happens to chats themselves: who may use the bot, and groups that become supergroups."""

from collections.abc import Callable

from telegram import Update
from telegram.constants import ChatType
from telegram.ext import ApplicationHandlerStop, ContextTypes

from bot.log import get_logger
from bot.text import sentences
from handlers.replying import reply
from storage.store import Store

log = get_logger(__name__)
TOLD_FOR = 3600.0  # seconds in which a stranger is not told again


class Gate:
    """Lets through the operator's own chats only; an empty list lets everybody through."""

    def __init__(self, allowed: frozenset[int], now: Callable[[], float]) -> None:
        self._allowed = allowed
        self._now = now
        self._told_at: dict[int, float] = {}

    async def __call__(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Stops every other handler for a chat that is not allowed; only private ones are told, once an hour."""
        chat, message = update.effective_chat, update.message
        if not self._allowed or chat is None or chat.id in self._allowed:
            return
        log.info("chat.not_allowed")
        if message is not None and chat.type == ChatType.PRIVATE and self._is_news(chat.id):
            await reply(message, sentences.not_allowed(chat.id))
        raise ApplicationHandlerStop

    def _is_news(self, chat_id: int) -> bool:
        now = self._now()
        self._told_at = {chat: at for chat, at in self._told_at.items() if now - at < TOLD_FOR}
        return self._told_at.setdefault(chat_id, now) == now


class Migration:
    """Takes settings and unfinished jobs along."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def __call__(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Both chats say so, in either order and more than once."""
        message = update.effective_message
        if message is None:
            return
        if message.migrate_to_chat_id is not None:
            await self._store.move_chat(message.chat.id, message.migrate_to_chat_id)
        elif message.migrate_from_chat_id is not None:
            await self._store.move_chat(message.migrate_from_chat_id, message.chat.id)
