"""Who may use the bot: the operator's own chats, or everybody."""

import math
from collections.abc import Callable

from telegram import Chat, Update
from telegram.constants import ChatType
from telegram.ext import ApplicationHandlerStop, ContextTypes

from bot.engine import patience
from bot.engine.moves import Moves
from bot.log import get_logger
from handlers.speaking import Speaking

log = get_logger(__name__)
MOST_STRANGERS = 1000  # told and logged within an hour; they must fill neither the memory nor the log nor the pace


class Access:
    """Lets the operator's own chats through; an empty list lets everybody through.

    A group keeps its place on the list when it becomes a supergroup. Only Telegram writes the messages that say so:
    one in the old chat, and one in the new chat that names the old one.
    """

    def __init__(self, speaking: Speaking, allowed: frozenset[int], moves: Moves, now: Callable[[], float]) -> None:
        self._speaking = speaking
        self._allowed = allowed
        self._moves = moves
        self._told = _Seldom(now)
        self._logged = {True: _Seldom(now), False: _Seldom(now)}  # so that strangers hide no group of the operator's

    async def __call__(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Stop every other handler for a chat that is not allowed; only private ones are told, once an hour."""
        chat = update.effective_chat
        if not self._allowed or chat is None or self._is_allowed(chat.id):
            return
        came_from = update.message and update.message.migrate_from_chat_id
        if came_from and self._is_allowed(came_from):
            return
        self._refuse(update, chat)
        raise ApplicationHandlerStop

    def _is_allowed(self, chat_id: int) -> bool:
        return not self._allowed.isdisjoint(self._moves.ids(chat_id))

    def _refuse(self, update: Update, chat: Chat) -> None:
        """Name the chat in the log, where the operator finds its id, and tell a person the same."""
        is_private = chat.type == ChatType.PRIVATE
        if self._logged[is_private].is_time(chat.id):
            log.info("chat.not_allowed", chat=chat.id, type=chat.type)
        if update.message is not None and is_private and self._told.is_time(chat.id):
            self._speaking.reply(update.message, lambda texts: texts.access.not_allowed(chat.id))


class _Seldom:
    """Tells when it is time for something that a chat gets once in a while, and so many chats at the most."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._last: dict[int, float] = {}

    def is_time(self, chat_id: int) -> bool:
        now = self._now()
        if now - self._last.get(chat_id, -math.inf) < patience.STRANGER_TOLD_EVERY:
            return False
        self._last = {chat: at for chat, at in self._last.items() if now - at < patience.STRANGER_TOLD_EVERY}
        if len(self._last) >= MOST_STRANGERS:
            return False
        self._last[chat_id] = now
        return True
