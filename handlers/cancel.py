"""The cancel button under a placeholder."""

from collections.abc import Callable

from telegram import CallbackQuery, ChatMember, Message, Update
from telegram.constants import ChatType
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from bot.log import get_logger
from bot.telegram.transport import job_of_button
from bot.text import sentences
from storage.store import Store
from storage.words import Job

log = get_logger(__name__)
ADMINS = frozenset({ChatMember.OWNER, ChatMember.ADMINISTRATOR})


class Cancel:
    """Ends jobs for those who may: the sender, and in groups the admins."""

    def __init__(self, store: Store, nudge: Callable[[], None], now: Callable[[], float]) -> None:
        self._store = store
        self._nudge = nudge
        self._now = now

    async def __call__(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        if query is None or query.message is None:
            return
        job_id = job_of_button(query.data or "")
        job = None if job_id is None else await self._store.job(job_id)
        if job_id is None or not _has_button(query, job):
            await _answer(query, None)
            return
        ours = job if job is not None and job.chat_id == query.message.chat.id else None
        refusal = await _refusal(query, ours) if ours is not None else None
        if refusal is not None:
            await _answer(query, refusal, alert=True)
            return
        await self._cancel(query, job_id)

    async def _cancel(self, query: CallbackQuery, job_id: int) -> None:
        assert query.message is not None
        chat_id, message_id = query.message.chat.id, query.message.message_id
        result = await self._store.cancel(job_id, chat_id, message_id, self._now())
        if result.orphan:
            log.info("orphan.removed", job=job_id)
            await _remove(query)
            await _answer(query, sentences.ORPHAN_REMOVED)
        elif result.accepted:
            log.info("job.cancelling", job=job_id)
            self._nudge()
            await _answer(query, sentences.CANCELLED_TOAST)
        else:
            await _answer(query, sentences.TOO_LATE)


def _has_button(query: CallbackQuery, job: Job | None) -> bool:
    """Whether the message carries the button: a client can send any data with any message of ours.

    Of a message that is too old to be shown, only the id is known.
    """
    message = query.message
    if isinstance(message, Message) and message.is_accessible:
        keyboard = message.reply_markup.inline_keyboard if message.reply_markup else ()
        return any(button.callback_data == query.data for row in keyboard for button in row)
    return message is not None and job is not None and job.placeholder_id == message.message_id


async def _refusal(query: CallbackQuery, job: Job) -> str | None:
    """Why this person may not cancel the job; None for the sender and for admins."""
    assert query.message is not None
    chat = query.message.chat
    if query.from_user.id == job.user_id or chat.type == ChatType.PRIVATE:
        return None
    try:
        member = await query.get_bot().get_chat_member(chat.id, query.from_user.id)
    except TelegramError as error:
        log.warning("admin.unknown", kind=type(error).__name__)
        return sentences.WHO_ARE_YOU
    return None if member.status in ADMINS else sentences.NOT_YOURS


async def _remove(query: CallbackQuery) -> None:
    assert query.message is not None
    try:
        await query.get_bot().delete_message(query.message.chat.id, query.message.message_id)
    except TelegramError as error:
        log.info("orphan.stays", kind=type(error).__name__)


async def _answer(query: CallbackQuery, text: str | None, *, alert: bool = False) -> None:
    """A toast or an alert; a query that is too old for one has been acted upon all the same."""
    try:
        await query.answer(text, show_alert=alert)
    except TelegramError as error:
        log.info("query.unanswered", kind=type(error).__name__)
