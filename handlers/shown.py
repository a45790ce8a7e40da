"""Texts that people ask something of: of which job a text is, and whether a person may ask it."""

from collections.abc import Callable
from dataclasses import dataclass

from telegram import Bot, CallbackQuery
from telegram.constants import ChatType

from bot.engine import keyboards
from bot.telegram.writing.messages import is_gone
from bot.text.texts import Texts
from handlers.admins import is_admin
from handlers.speaking import Speaking
from storage.store import Store
from storage.words import Job


@dataclass(frozen=True, slots=True)
class Shown:
    """Finds the jobs of texts for their senders and for admins. Only behind the door: it may ask Telegram."""

    speaking: Speaking
    store: Store

    async def job_for(self, query: CallbackQuery, job_id: int, refusal: Callable[[Texts], str]) -> Job | None:
        """Return the job of a text under which somebody has tapped, if that person may; else show an alert."""
        assert query.message is not None
        job = await self.store.job(job_id)
        if job is None or not job.is_text or not await self.is_shown_in(job, query.message.chat.id):
            await self.speaking.alert(query, lambda texts: texts.settings.outdated())
            return None
        if query.message.chat.type == ChatType.PRIVATE or query.from_user.id == job.user_id:
            return job
        admin = await is_admin(query.message.chat, query.from_user)
        if not admin:
            await self.speaking.alert(
                query, (lambda texts: texts.settings.admin_unknown()) if admin is None else refusal
            )
        return job if admin else None

    async def is_deleted(self, job: Job, bot: Bot, seen: tuple[int, int | None]) -> bool:
        """Tell whether somebody has deleted the text of a job in Telegram: its last message, which has the buttons.

        Of a message that was just `seen` in a chat, Telegram is not asked.
        """
        pages = await self.store.pages(job)
        last = pages[max(pages)] if pages else job.placeholder_id
        if last is None or (job.shown_in, last) == seen:
            return False
        return await is_gone(bot, job.shown_in, last, keyboards.under_text(job))

    async def is_shown_in(self, job: Job, chat_id: int) -> bool:
        """Tell whether the text of a job is in a chat, also from before a group became this supergroup."""
        ids = {chat_id}
        before = {} if job.shown_in == chat_id else await self.store.moves()
        while (chat_id := before.get(chat_id, chat_id)) not in ids:
            ids.add(chat_id)
        return job.shown_in in ids
