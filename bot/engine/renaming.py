"""Texts that are shown anew with the names of those who speak, because somebody has said one."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.engine import forms, keyboards
from bot.engine.exports import ToSend, place_of
from bot.engine.steps.scripts import Scripts, folding
from bot.errors import ChatMovedError, PlaceholderGoneError, RefusedError
from bot.log import get_logger
from bot.telegram.pace import Urgency
from bot.telegram.writing.transport import Shown, Transport
from bot.text.layout import Page
from storage.errands import Errand
from storage.store import Store
from storage.words import Form, Job

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Renaming:
    """Edits the messages of texts. Every step of it can be repeated."""

    transport: Transport
    store: Store
    scripts: Scripts

    async def __call__(self, errand: Errand, job: Job) -> ToSend | None:
        """Show a text until it has the names of now; return what is to be said where its messages stay as they are."""
        shown: Mapping[str, str] | None = None
        while (names := await self.store.names_of(job.id)) != shown:
            if not await self._show(job, names):
                return ToSend(
                    place_of(errand, job), Page(forms.texts_of(job, job.form).who.not_shown(), collapsed=False)
                )
            shown = names
        return None

    async def _show(self, job: Job, names: Mapping[str, str]) -> bool:
        """Edit the messages; True also where there is no text any more."""
        transcript = None if job.transcript_id is None else await self.store.transcript(job.transcript_id)
        if transcript is None:
            return True
        text = await asyncio.to_thread(self.scripts.named, job, transcript, names)
        folded = folding(job, transcript.text, lambda _texts: text)
        answer = await asyncio.to_thread(forms.laid_out, _layout(folded, text), folded, text)
        pages: Sequence[Shown] = answer if isinstance(answer, tuple) else (answer,)
        messages = await self._messages(job)
        if len(pages) != len(messages):
            return False
        try:
            for message_id, page in zip(messages, pages, strict=True):
                await self._edit(job, message_id, page, text if page is pages[-1] else None)
        except (PlaceholderGoneError, RefusedError, ChatMovedError) as error:
            log.info("names.not_shown", job=job.id, error=str(error))
            return False
        return True

    async def _edit(self, job: Job, message_id: int, shown: Shown, last: str | None) -> None:
        rows = () if last is None else keyboards.under(job, last)
        await self.transport.edit(job.shown_in, message_id, shown, rows=rows, urgency=Urgency.PLACEHOLDER)

    async def _messages(self, job: Job) -> list[int]:
        """Return the messages of the text, the first one first."""
        pages = [message_id for _, message_id in sorted((await self.store.pages(job)).items())]
        if pages:
            return pages
        return [] if job.placeholder_id is None else [job.placeholder_id]


def _layout(job: Job, text: str) -> forms.Layout:
    match job.form:
        case Form.FILE:
            return forms.file
        case Form.PAGES | Form.NEW:
            return forms.pages
        case Form.EDIT | Form.PRIVATE:
            return forms.chosen(job, text)
