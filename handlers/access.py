"""Who may use the bot: the operator's own chats, or everybody."""

import math
from collections.abc import Callable
from functools import partial

from telegram import Update
from telegram.constants import ChatType
from telegram.ext import ApplicationHandlerStop, ContextTypes

from bot.engine import patience
from bot.log import get_logger
from bot.telegram.door import Door
from bot.telegram.messages import reply
from bot.text import sentences

log = get_logger(__name__)
MOST_STRANGERS = 1000  # told within an hour; they must fill neither the memory nor the pace


class Access:
    """Lets the operator's own chats through; an empty list lets everybody through."""

    def __init__(self, door: Door, allowed: frozenset[int], now: Callable[[], float]) -> None:
        self._door = door
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
            self._door.say(chat.id, partial(reply, message, sentences.not_allowed(chat.id)), counts=True)
        raise ApplicationHandlerStop

    def _is_news(self, chat_id: int) -> bool:
        now = self._now()
        if now - self._told_at.get(chat_id, -math.inf) < patience.STRANGER_TOLD_EVERY:
            return False
        self._told_at = {chat: at for chat, at in self._told_at.items() if now - at < patience.STRANGER_TOLD_EVERY}
        if len(self._told_at) >= MOST_STRANGERS:
            return False
        self._told_at[chat_id] = now
        return True
