"""Texts that are shown anew with the names of those who speak, because somebody has said one."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from bot.engine import forms, keyboards
from bot.engine.exports import ToSend, place_of_errand
from bot.engine.steps.scripts import Scripts, folding
from bot.errors import ChatMovedError, PlaceholderGoneError, RefusedError
from bot.log import get_logger
from bot.telegram.pace import Urgency
from bot.telegram.writing.transport import Shown, Transport
from bot.text.layout import Page, in_so_many
from bot.text.texts import Texts
from bot.text.words import one_line
from storage.errands import Errand
from storage.store import Store
from storage.transcript import Transcript
from storage.words import Form, Job

log = get_logger(__name__)
SHORTEST_NAME = 6  # characters, with the two that isolate a name of the other direction no longer than any "Speaker 1"


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
                    place_of_errand(errand, job), Page(forms.texts_of(job, job.form).who.not_shown(), collapsed=False)
                )
            shown = names
        return None

    async def _show(self, job: Job, names: Mapping[str, str]) -> bool:
        """Edit the messages; True also where there is no text any more."""
        transcript = None if job.transcript_id is None else await self.store.transcript(job.transcript_id)
        if transcript is None:
            return True
        messages = await self._messages(job)
        fitting = await asyncio.to_thread(self._fitting, job, transcript, names, len(messages))
        if fitting is None:
            return False
        text, pages = fitting
        shown = [
            await self._edit(job, message_id, page, text if page is pages[-1] else None)
            for message_id, page in zip(messages, pages, strict=True)
        ]
        return all(shown)

    def _fitting(
        self, job: Job, transcript: Transcript, names: Mapping[str, str], count: int
    ) -> tuple[str, Sequence[Shown]] | None:
        """Lay a text out for the messages that it has, with shorter names where it would need more of them."""
        for called in _shorter_and_shorter(names):
            text = self.scripts.named(job, transcript, called)
            folded = folding(job, transcript.text, partial(_same, text))
            answer = forms.laid_out(_layout(folded, text), folded, text)
            if isinstance(answer, tuple) and len(answer) < count:
                answer = forms.laid_out(lambda said, _texts: in_so_many(said, count), folded, text)
            pages = answer if isinstance(answer, tuple) else (answer,)
            if len(pages) == count:
                return text, pages
        return None

    async def _edit(self, job: Job, message_id: int, shown: Shown, last: str | None) -> bool:
        """Edit a message, the last one with the buttons under `last`, which is all of the text."""
        rows = () if last is None else keyboards.under(job, last)
        try:
            await self.transport.edit(job.shown_in, message_id, shown, rows=rows, urgency=Urgency.PLACEHOLDER)
        except (PlaceholderGoneError, RefusedError, ChatMovedError) as error:
            log.info("names.not_shown", job=job.id, error=str(error))
            return False
        return True

    async def _messages(self, job: Job) -> list[int]:
        """Return the messages of the text, the first one first."""
        pages = [message_id for _, message_id in sorted((await self.store.pages(job)).items())]
        if pages:
            return pages
        return [] if job.placeholder_id is None else [job.placeholder_id]


def _shorter_and_shorter(names: Mapping[str, str]) -> Iterator[Mapping[str, str]]:
    """Return names as they are, then their first words, and then no more of them than of the shortest "Speaker 1"."""
    yield names
    first = {speaker: name.split(maxsplit=1)[0] for speaker, name in names.items()}
    yield first
    yield {speaker: one_line(name, SHORTEST_NAME) for speaker, name in first.items()}


def _same(text: str, _texts: Texts) -> str:
    return text


def _layout(job: Job, text: str) -> forms.Layout:
    match job.form:
        case Form.FILE:
            return forms.file
        case Form.PAGES | Form.NEW:
            return forms.pages
        case Form.EDIT | Form.PRIVATE:
            return forms.chosen(job, text)
