"""Delivery: the placeholder becomes the answer.

An answer is shown by editing a message that a row points to. An edit can be repeated without harm, so a crash between
an edit and its record costs a "not modified" and nothing else.

A chat may refuse that. Then the answer takes the next form that is allowed (see `Form`): the other one of text and
file, at last a message to the sender in private. The form is stored before anything of it is sent that cannot be
repeated.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial

from bot.engine import forms, keyboards, patience
from bot.engine.lease import handling, require_lease
from bot.engine.leftovers import Leftovers
from bot.engine.pages import Pages
from bot.engine.placeholders import Placeholders
from bot.engine.sending import Sending
from bot.engine.sent import keep, uninterrupted
from bot.errors import ChatRefusesError, FormRefusedError, PlaceholderGoneError, RefusedError, UnknownMessageError
from bot.log import get_logger
from bot.telegram.pace import Urgency
from bot.telegram.writing.transport import Transport
from bot.text.layout import Document, Page
from bot.text.texts import Texts
from storage.apology import Notice
from storage.store import Store
from storage.words import Form, Job

log = get_logger(__name__)
Worded = Callable[[Texts], str]  # said in the language of who reads it


@dataclass(frozen=True, slots=True)
class Delivery:
    """Shows the answers of jobs whose lease the caller holds."""

    transport: Transport
    store: Store
    placeholders: Placeholders
    _withdrawn: set[int] = field(default_factory=set, init=False)

    @property
    def sending(self) -> Sending:
        """How messages of a job are sent."""
        return self.placeholders.sending

    @property
    def leftovers(self) -> Leftovers:
        """What to do with messages that are of no use any more."""
        return Leftovers(self.transport, self.store, self._withdrawn)

    @property
    def pages(self) -> Pages:
        """How an answer of several messages is shown."""
        return Pages(self.transport, self.store, self.leftovers)

    async def deliver(self, job: Job, said: Worded) -> Job:
        """Show what is said in the first form that is allowed, and remove what is left over of others.

        Return the job as it is then.
        """
        self.placeholders.forget_doubt(job)
        job = await self.placeholders.place(job, urgency=Urgency.ANSWER)
        try:
            job = await self._show_somewhere(job, said)
            await self.leftovers.remove_all(job)
        except RefusedError as refused:
            if refused.known or job.attempts > 0:
                await self.leftovers.withdraw(job)
            raise
        self.placeholders.forget_reaction(job)
        return job

    async def _show_somewhere(self, job: Job, said: Worded) -> Job:
        """Show what is said in one form after the other, and return the job as it is then."""
        while True:
            try:
                await self._show(job, said(forms.texts_of(job, job.form)))
            except PlaceholderGoneError:
                job = await uninterrupted(self._replace(job))
            except RefusedError as refused:
                job = await uninterrupted(self._go_elsewhere(job, refused))
            else:
                return job

    async def cancelled(self, job: Job, said: Worded) -> None:
        """Say that a job was cancelled; where nothing but a reaction stands for it, take that back."""
        if not job.reacts:
            await self.apologise(job, said)
            return
        await self.placeholders.reactions.take_back(job)
        if job.placeholder_id is not None:
            await self.deliver(job, said)

    async def give_up(self, job: Job, *, chat_lost: bool) -> None:
        """Remove what still promises an answer that can be shown nowhere, or let it say so."""
        await self.leftovers.give_up(job, chat_lost=chat_lost)
        if not chat_lost:
            await self.placeholders.reactions.take_back(job)

    async def apologise(self, job: Job, said: Worded) -> None:
        """Show an apology; where the job has no placeholder, in a message that says this from the start.

        Not in a quiet chat, where no answer comes twice: there it gets a message first, as a text does.
        """
        if job.placeholder_id is not None or job.reacts:
            await self.deliver(job, said)
            return
        self.placeholders.forget_doubt(job)
        with suppress(UnknownMessageError):  # it is there, whichever it is
            await uninterrupted(self._apologise(job, said))

    async def _apologise(self, job: Job, said: Worded) -> None:
        def apology(form: Form) -> Page | Document:
            return forms.saying(job, form, said(forms.texts_of(job, form)))

        form, message_id = await self.sending.send_somewhere(job, apology, Urgency.ANSWER, waits=False)
        placed = replace(job, form=form)
        await keep(self.transport, placed, message_id, partial(self.store.place, job, message_id, Notice.NONE, form))

    async def _show(self, job: Job, text: str) -> None:
        """Show the text as the job's form says; as the other one of text and file where the first one is refused."""
        match job.form:
            case Form.NEW:
                under = () if job.apology is not None else keyboards.under(job, text)
                await self.pages.show_in_new_messages(job, await self._pages_of(job, text), under)
            case Form.FILE:
                await self._show_as(job, await self._laid_out(job, forms.file, text), text)
            case Form.PAGES:
                await self._show_as(job, await self._laid_out(job, forms.pages, text), text, forms.file)
            case Form.EDIT | Form.PRIVATE:
                answer = await self._laid_out(job, forms.chosen(job, text), text)
                other = forms.pages if isinstance(answer, Document) else forms.file
                await self._show_as(job, answer, text, other)

    async def _laid_out(self, job: Job, layout: forms.Layout, text: str) -> forms.Answer:
        lay_out = partial(forms.laid_out, layout, job)
        async with handling(self.store, job):
            return await asyncio.to_thread(lay_out, text) if len(text) > patience.LONG_TEXT else lay_out(text)

    async def _pages_of(self, job: Job, text: str) -> Sequence[Page]:
        pages = await self._laid_out(job, forms.pages, text)
        return pages if isinstance(pages, tuple) else ()

    async def _show_as(self, job: Job, answer: forms.Answer, text: str, other: forms.Layout | None = None) -> None:
        """Show an answer in the placeholder and behind it; in the other layout if nothing of it stays behind."""
        try:
            await self._show_answer(job, answer, text)
        except RefusedError as refused:
            if other is None or not refused.known or await self.pages.are_out(job):
                raise
            if other is forms.pages and job.form is Form.EDIT:
                require_lease(await self.store.change_form(job, Form.PAGES))
            await self._show_answer(job, await self._laid_out(job, other, text), text)

    async def _show_answer(self, job: Job, answer: forms.Answer, text: str) -> None:
        message_id = job.placeholder_id
        assert message_id is not None
        under = keyboards.under(job, text)
        if isinstance(answer, tuple) and len(answer) > 1:
            await self.pages.show(job, message_id, answer, under)
            return
        shown = answer if isinstance(answer, Document) else answer[0]
        await self.transport.edit(job.shown_in, message_id, shown, rows=under, urgency=Urgency.ANSWER)

    async def _replace(self, job: Job) -> Job:
        """Send another placeholder, once in a chat. If that cannot be edited either, nothing can be edited there."""
        log.info("placeholder.gone", job=job.id)
        said = partial(forms.to_come, job)
        is_second = job.leftover_id is not None and job.leftover_chat_id == job.shown_in
        if job.form is Form.PRIVATE:
            if is_second:
                raise ChatRefusesError("no message can be edited in the private chat", known=False)
            return await self._exchange(job, job.form, await self.sending.send(job, job.form, said, Urgency.ANSWER))
        if is_second:
            require_lease(await self.store.change_form(job, Form.NEW))
            return replace(job, form=Form.NEW)
        form, message_id = await self.sending.send_somewhere(job, said, Urgency.ANSWER)
        stays_pages = form is Form.EDIT and job.form is Form.PAGES
        return await self._exchange(job, job.form if stays_pages else form, message_id)

    async def _go_elsewhere(self, job: Job, refused: RefusedError) -> Job:
        """Send another placeholder where the one that is there cannot become the answer; or raise the refusal."""
        if await self.pages.are_out(job) or (job.form is Form.NEW and await self.store.pages(job)):
            raise refused
        said = partial(forms.to_come, job)
        if job.form is Form.FILE and isinstance(refused, FormRefusedError):
            try:
                message_id = await self.sending.send(job, Form.EDIT, said, Urgency.ANSWER)
                return await self._exchange(job, Form.EDIT, message_id)
            except RefusedError:
                log.info("text.refused", job=job.id)
        if not refused.known and job.attempts == 0:
            raise refused  # which may be gone at the next try
        if job.form in {Form.EDIT, Form.PAGES} and not await self.store.pages(job):
            require_lease(await self.store.change_form(job, Form.NEW))
            return replace(job, form=Form.NEW)
        message_id = await self.sending.send_in_private(job, said, Urgency.ANSWER, refused)
        return await self._exchange(job, Form.PRIVATE, message_id)

    async def _exchange(self, job: Job, form: Form, message_id: int) -> Job:
        """Store the message that is the placeholder from now on. The old one is left over, and removed in the end."""
        await self.leftovers.remove_earlier(job)
        moved = replace(
            job, placeholder_id=message_id, form=form, leftover_id=job.placeholder_id, leftover_chat_id=job.shown_in
        )
        await keep(self.transport, moved, message_id, partial(self.store.replace, job, message_id, form))
        return moved
