"""Who may use the bot: the operator's own chats, or everybody."""

from collections.abc import Callable

from telegram import Update
from telegram.constants import ChatType
from telegram.ext import ApplicationHandlerStop, ContextTypes

from bot.engine import patience
from bot.log import get_logger
from bot.telegram.messages import reply
from bot.text import sentences

log = get_logger(__name__)


class Access:
    """Lets the operator's own chats through; an empty list lets everybody through."""

    def __init__(self, allowed: frozenset[int], now: Callable[[], float]) -> None:
        self._allowed = allowed
        self._now = now
        self._told_at: dict[int, float] = {}

    async def __call__(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Stop every other handler for a chat that is not allowed; only private ones are told, once an hour."""
        chat, message = update.effective_chat, update.message
        if not self._allowed or chat is None or chat.id in self._allowed:
            return
        log.info("chat.not_allowed")
        if message is not None and chat.type == ChatType.PRIVATE and self._is_news(chat.id):
            await reply(message, sentences.not_allowed(chat.id))
        raise ApplicationHandlerStop

    def _is_news(self, chat_id: int) -> bool:
        now = self._now()
        self._told_at = {chat: at for chat, at in self._told_at.items() if now - at < patience.STRANGER_TOLD_EVERY}
        return self._told_at.setdefault(chat_id, now) == now
