"""Messages that promise an answer which is shown by others, or nowhere: they are removed, or say so."""

from dataclasses import dataclass

from bot.engine import forms, patience
from bot.errors import VerbatimError
from bot.log import get_logger
from bot.telegram.pace import Urgency
from bot.telegram.writing.transport import Transport
from storage.store import Store
from storage.words import Form, Job

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Leftovers:
    """Removes what is left over of a job, as far as Telegram lets the bot do that.

    `withdrawn` are jobs of which `withdraw` has tried to remove the placeholder.
    """

    transport: Transport
    store: Store
    withdrawn: set[int]

    async def remove(self, job: Job, chat_id: int, message_id: int) -> bool:
        """Delete a message; False if Telegram does not let it."""
        try:
            await self.transport.delete(chat_id, message_id)
        except VerbatimError as error:
            log.info("message.left", job=job.id, error=str(error))
            return False
        return True

    async def remove_earlier(self, job: Job) -> None:
        """Remove the placeholder that another one has replaced."""
        if job.leftover_id is not None and job.leftover_chat_id is not None:
            await self.remove(job, job.leftover_chat_id, job.leftover_id)

    async def remove_all(self, job: Job) -> None:
        """Remove also the last placeholder, unless the answer begins in it."""
        await self.remove_earlier(job)
        if job.form is not Form.NEW or job.placeholder_id is None:
            return
        if (await self.store.pages(job)).get(0) != job.placeholder_id:
            await self.remove(job, job.shown_in, job.placeholder_id)

    async def withdraw(self, job: Job) -> None:
        """Remove the placeholder, once in a life of this process, as the chat may let the answer wait for long."""
        now = await self.store.job(job.id) or job
        if now.placeholder_id is None or now.id in self.withdrawn or await self.store.pages(now):
            return
        if len(self.withdrawn) >= patience.MOST_UNSURE:
            self.withdrawn.clear()
        self.withdrawn.add(now.id)
        await self.remove(now, now.shown_in, now.placeholder_id)

    async def give_up(self, job: Job, *, chat_lost: bool) -> None:
        """Remove what still promises an answer that can be shown nowhere, or let it say so."""
        now = await self.store.job(job.id) or job
        await self.remove_earlier(now)
        if now.placeholder_id is None or await self.store.pages(now):
            return
        if not await self.remove(now, now.shown_in, now.placeholder_id) and not chat_lost:
            shown = forms.message(now.form, forms.texts_of(now, now.form).answers.not_shown())
            await self.transport.edit(now.shown_in, now.placeholder_id, shown, urgency=Urgency.ANSWER)
