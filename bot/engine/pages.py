"""The pages of an answer: shown one after the other, each in a message that a row points to before it has its text."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from bot.engine import forms, keyboards
from bot.engine.lease import require_lease
from bot.engine.leftovers import Leftovers
from bot.engine.sent import keep, place_of, uninterrupted
from bot.errors import PlaceholderGoneError
from bot.log import get_logger
from bot.telegram.pace import Urgency
from bot.telegram.writing.buttons import Keyboard
from bot.telegram.writing.transport import Transport
from bot.text.layout import Page
from storage.store import Store
from storage.words import Form, Job

log = get_logger(__name__)
PAGE_TO_COME = Page(forms.TO_COME, collapsed=False)


@dataclass(frozen=True, slots=True)
class Pages:
    """Shows the pages of jobs whose lease the caller holds."""

    transport: Transport
    store: Store
    leftovers: Leftovers

    async def show(self, job: Job, placeholder_id: int, pages: Sequence[Page], under: Keyboard) -> None:
        """Show pages one after the other, the first in the placeholder, and the buttons under the last one.

        Each further one gets its message first, and its text once that is stored: none shows twice. One that has a
        message is shown again only if the next one has none, as all are counted by Telegram's pace.
        """
        placed = dict(await self.store.pages(job))
        if 0 not in placed:
            await self.transport.edit(job.shown_in, placeholder_id, pages[0], urgency=Urgency.ANSWER)
            require_lease(await self.store.page_placed(job, 0, placeholder_id))
        for number, page in enumerate(pages[1:], 1):
            if number + 1 in placed:
                continue
            message_id = placed.get(number)
            if message_id is None:
                cancel = keyboards.cancel(job, job.form)
                message_id = await uninterrupted(self._place_page(job, number, PAGE_TO_COME, cancel))
            try:
                rows = _rows(page, pages, under)
                await self.transport.edit(job.shown_in, message_id, page, rows=rows, urgency=Urgency.ANSWER)
            except PlaceholderGoneError:
                await self._go_on_in_new_messages(job, number, message_id, pages, under)
                return

    async def _go_on_in_new_messages(
        self, job: Job, first: int, useless_id: int, pages: Sequence[Page], under: Keyboard
    ) -> None:
        """Send the rest of the pages as they are, where the message of the first of them can no longer be edited."""
        log.info("page.gone", job=job.id, page=first)
        await uninterrupted(self._place_page(job, first, pages[first], _rows(pages[first], pages, under)))
        await self.leftovers.remove(job, job.shown_in, useless_id)
        if job.form is not Form.PRIVATE:
            require_lease(await self.store.change_form(job, Form.NEW))
        for number, page in enumerate(pages[first + 1 :], first + 1):
            await uninterrupted(self._place_page(job, number, page, _rows(page, pages, under)))

    async def show_in_new_messages(self, job: Job, pages: Sequence[Page], under: Keyboard) -> None:
        """Send the pages as they are, where no message can be edited: a death after one may send that one twice."""
        placed = await self.store.pages(job)
        for number, page in enumerate(pages):
            if number not in placed:
                await uninterrupted(self._place_page(job, number, page, _rows(page, pages, under)))

    async def _place_page(self, job: Job, number: int, page: Page, rows: Keyboard) -> int:
        message_id = await self.transport.send(place_of(job, job.form), page, rows=rows, urgency=Urgency.ANSWER)
        await keep(self.transport, job, message_id, partial(self.store.page_placed, job, number, message_id))
        return message_id

    async def are_out(self, job: Job) -> bool:
        """Tell whether pages after the first one are in the chat, which stay there."""
        return any(number > 0 for number in await self.store.pages(job))


def _rows(page: Page, pages: Sequence[Page], under: Keyboard) -> Keyboard:
    return under if page is pages[-1] else ()
