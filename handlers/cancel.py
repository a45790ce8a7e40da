"""The cancel button under a placeholder."""

from collections.abc import Callable
from dataclasses import dataclass

from telegram import CallbackQuery, Message, Update
from telegram.constants import ChatType
from telegram.ext import ContextTypes

from bot.log import get_logger
from bot.telegram.buttons import job_of_button
from bot.telegram.messages import answer, is_admin, remove
from bot.text import sentences
from storage.store import Store
from storage.words import Job

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Cancel:
    """Ends jobs for those who may: the sender, and in groups the admins."""

    store: Store
    nudge: Callable[[], None]
    now: Callable[[], float]

    async def __call__(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        if query is None or query.message is None:
            return
        job_id = job_of_button(query.data or "")
        job = None if job_id is None else await self.store.job(job_id)
        if job_id is None or not _has_button(query, job):
            await answer(query, None)
        elif refusal := await _refusal(query, job):
            await answer(query, refusal, alert=True)
        else:
            await self._cancel(query, job_id)

    async def _cancel(self, query: CallbackQuery, job_id: int) -> None:
        assert query.message is not None
        result = await self.store.cancel(job_id, query.message.chat.id, query.message.message_id, self.now())
        if result.orphan:
            log.info("orphan.found", job=job_id)
            await remove(query.message)
            await answer(query, sentences.ORPHAN_REMOVED)
        elif result.accepted:
            log.info("job.cancelling", job=job_id)
            self.nudge()
            await answer(query, sentences.CANCELLED_TOAST)
        else:
            await answer(query, sentences.TOO_LATE)


def _has_button(query: CallbackQuery, job: Job | None) -> bool:
    """Tell whether the message has the button, as clients can send any data. Of an old message only the id is known."""
    message = query.message
    if isinstance(message, Message) and message.is_accessible:
        keyboard = message.reply_markup.inline_keyboard if message.reply_markup else ()
        return any(button.callback_data == query.data for row in keyboard for button in row)
    return message is not None and job is not None and job.placeholder_id == message.message_id


async def _refusal(query: CallbackQuery, job: Job | None) -> str | None:
    """Return why this person may not cancel the job; None for the sender, for admins, and where it is no job."""
    assert query.message is not None
    chat = query.message.chat
    if job is None or job.chat_id != chat.id or query.from_user.id == job.user_id or chat.type == ChatType.PRIVATE:
        return None
    admin = await is_admin(query, chat.id)
    if admin is None:
        return sentences.ADMIN_UNKNOWN
    return None if admin else sentences.NOT_YOURS
