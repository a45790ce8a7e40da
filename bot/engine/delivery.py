"""The placeholder of a job, from its first word to the answer.

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
from typing import TypeVar

from bot.engine import forms, keyboards, patience
from bot.engine.lease import handling, require_lease
from bot.engine.leftovers import Leftovers
from bot.engine.pages import Pages
from bot.engine.placing import Placing
from bot.engine.reactions import Reactions
from bot.engine.sent import keep, place_of, uninterrupted
from bot.errors import (
    ChatRefusesError,
    FormRefusedError,
    PlaceholderGoneError,
    RateLimitedError,
    RefusedError,
    TemporaryError,
    UnknownMessageError,
    VerbatimError,
)
from bot.log import get_logger
from bot.telegram.pace import Urgency
from bot.telegram.writing.transport import Transport
from bot.text.layout import Document, Page
from bot.text.texts import Texts
from storage.apology import Notice
from storage.store import Store
from storage.words import Form, Job

log = get_logger(__name__)
Result = TypeVar("Result")
Said = Callable[[Form], Page | Document]
Worded = Callable[[Texts], str]  # said in the language of who reads it


@dataclass(frozen=True, slots=True)
class Delivery:
    """Placeholders, notices and answers of jobs whose lease the caller holds."""

    transport: Transport
    store: Store
    _unsure: set[int] = field(default_factory=set, init=False)
    _withdrawn: set[int] = field(default_factory=set, init=False)
    _reacted: set[int] = field(default_factory=set, init=False)

    @property
    def leftovers(self) -> Leftovers:
        """What to do with messages that are of no use any more."""
        return Leftovers(self.transport, self.store, self._withdrawn)

    @property
    def pages(self) -> Pages:
        """How an answer of several messages is shown."""
        return Pages(self.transport, self.store, self.leftovers)

    @property
    def reactions(self) -> Reactions:
        """What stands for the placeholders of quiet chats."""
        return Reactions(self.transport, self.store, self._reacted)

    async def say(self, job: Job, text: str) -> None:
        """Tell the chat news in a message of its own; a chat that takes none is not told."""
        try:
            await self.transport.say(place_of(job, Form.EDIT), text)
        except RefusedError as error:
            log.info("news.refused", job=job.id, error=str(error))

    def goes_ahead(self, job: Job) -> bool:
        """Tell whether a job may go on while its placeholder stands in line: only other chats come before it there.

        Not after a death of the process: then a job is led to the provider and let go.
        """
        return (
            job.placeholder_id is None
            and not job.reacts
            and not job.interrupted
            and job.id not in self._unsure
            and self.transport.others_come_first(job.chat_id)
        )

    async def begin(self, job: Job) -> Job:
        """Find out, before anything is done for a job without a placeholder, whether its chat takes one.

        Wait until one may be sent; raise RateLimitedError if that takes long. A chat that has refused one is asked
        first of all. One that is quiet gets a reaction, for which nothing has to wait.
        """
        if job.placeholder_id is not None:
            return await self._begin_again(job, job.placeholder_id) if job.notice is Notice.FAILED else job
        if not self.transport.is_known_to_refuse(job.chat_id) or job.id in self._unsure:
            if not job.reacts:
                await self.transport.await_pace(job.chat_id)
            return job
        if job.attempts == 0:
            self.transport.ask_again(job.chat_id)
        return await self.place(job)

    async def _begin_again(self, job: Job, message_id: int) -> Job:
        """Let the apology of an earlier try become the placeholder; where that fails, the answer will replace it."""
        try:
            await self._show_notice(job, message_id, Notice.FAILED)
        except (RateLimitedError, TemporaryError) as error:
            log.info("placeholder.later", job=job.id, error=str(error))
            return job
        require_lease(await self.store.note(job, Notice.NONE))
        return replace(job, notice=Notice.NONE)

    async def place(self, job: Job, *, notice: Notice = Notice.NONE, urgency: Urgency = Urgency.PLACEHOLDER) -> Job:
        """Send and store the placeholder if there is none, and return the job as it is then."""
        if job.placeholder_id is not None:
            return job
        return await uninterrupted(self._place(job, notice, urgency))

    async def _place(self, job: Job, notice: Notice, urgency: Urgency) -> Job:
        is_known = urgency is Urgency.ANSWER
        said = partial(forms.to_come, job) if is_known else partial(forms.waiting, job, notice=notice)
        try:
            form, message_id = await self._send_somewhere(job, said, urgency)
        except TemporaryError as error:
            if not error.sure:
                if len(self._unsure) >= patience.MOST_UNSURE:
                    self._unsure.pop()
                self._unsure.add(job.id)
            raise
        placed = replace(job, placeholder_id=message_id, form=form)
        await keep(self.transport, placed, message_id, partial(self.store.place, job, message_id, notice, form))
        return placed

    async def _send_somewhere(self, job: Job, said: Said, urgency: Urgency, *, waits: bool = True) -> tuple[Form, int]:
        """Send what is said in each form: to the chat as a text, else as a file, else to the sender in private.

        Only for an answer that is known a file is good enough: who forbids texts wants no files instead of them, and
        nothing is paid yet. One that `waits` for the answer can be cancelled.
        """
        try:
            try:
                return Form.EDIT, await self._send(job, Form.EDIT, said, urgency, waits=waits)
            except FormRefusedError:
                if urgency is not Urgency.ANSWER:
                    raise
                return Form.FILE, await self._send(job, Form.FILE, said, urgency, waits=waits)
        except RefusedError as refused:
            return Form.PRIVATE, await self._send_in_private(job, said, urgency, refused, waits=waits)

    async def _send_in_private(
        self, job: Job, said: Said, urgency: Urgency, refused: RefusedError, *, waits: bool = True
    ) -> int:
        """Send a message to the sender, if the bot may write there; else raise what the chat said.

        What nobody knows may be gone at the next try, and only the last one goes there.
        """
        is_last = refused.known or job.attempts + 1 >= patience.FEW_ATTEMPTS
        if job.form is Form.PRIVATE or job.user_id is None or job.user_id == job.chat_id or not is_last:
            raise refused
        try:
            return await self._send(job, Form.PRIVATE, said, urgency, waits=waits)
        except VerbatimError as error:
            log.info("private.refused", job=job.id, error=str(error))
            raise refused from None

    async def place_before_paying(self, job: Job) -> Job:
        """Send the placeholder, or go on without it where that fails for a moment: the text matters more.

        Return the job as it is then. In a quiet chat a reaction stands for it, unless the chat forbids that.

        Where nothing can be said for now, or for long, nothing is to be paid: that is raised. So is every wait for a
        chat of which nobody knows whether it takes messages. After one that may have been sent, and whose id is
        unknown, none is sent before the answer.
        """
        if job.placeholder_id is not None or job.id in self._unsure:
            return job
        if job.reacts and await self.reactions.set(job):
            return job
        try:
            return await self.place(job)
        except RateLimitedError as error:
            is_long = error.retry_after is not None and error.retry_after > patience.PASSING
            if is_long or not self.transport.is_known_to_take(job.chat_id):
                raise
            log.debug("placeholder.later", job=job.id, again_in=error.retry_after)
        except TemporaryError as error:
            log.info("placeholder.later", job=job.id, error=str(error))
        return job

    def place_beside(self, job: Job, placing: Placing) -> None:
        """Begin to send the placeholder beside the work on a job that `begin` has let through."""
        placing.begin(self.place_before_paying(job), in_line=False)

    def line_up(self, job: Job, placing: Placing) -> None:
        """Let the placeholder stand in line beside the work on its job, unless it is on its way, or was sent."""
        if job.placeholder_id is not None or placing.is_on_its_way:
            return
        if job.reacts:
            self.place_beside(job, placing)
        else:
            placing.begin(self._place_in_turn(job, placing), in_line=True)

    async def _place_in_turn(self, job: Job, placing: Placing) -> Job:
        await self.transport.await_pace(job.chat_id)
        placing.has_its_turn()
        return await self.place_before_paying(job)

    async def place_at_once(self, job: Job) -> float | None:
        """Send the placeholder if the pace has room for it now; else return the seconds until it may have."""
        try:
            await self.transport.ask_pace(job.chat_id)
        except RateLimitedError as error:
            return error.retry_after
        await self.place_if_possible(job)
        return None

    async def place_if_possible(self, job: Job) -> None:
        """Send the placeholder, or go on without it: nothing is paid now, or it is paid already."""
        try:
            await self.place_before_paying(job)
        except (RateLimitedError, RefusedError) as error:
            log.info("placeholder.later", job=job.id, error=str(error))

    async def note(self, job: Job, notice: Notice) -> None:
        """Let the placeholder say what the wait is about; one that the user deleted stays deleted."""
        now = await self.store.job(job.id) or job  # its placeholder may have been sent since it was claimed
        if now.placeholder_id is None:
            if job.id not in self._unsure:
                await self.place(job, notice=notice)
        elif now.notice != notice:
            require_lease(await self.store.note(job, notice))
            await self._show_notice(now, now.placeholder_id, notice)

    async def _show_notice(self, job: Job, message_id: int, notice: Notice) -> None:
        shown = forms.waiting(job, job.form, notice)
        rows = keyboards.cancel(job, job.form)
        try:
            await self.transport.edit(job.shown_in, message_id, shown, rows=rows, urgency=Urgency.PLACEHOLDER)
        except (PlaceholderGoneError, RefusedError) as error:
            log.info("notice.refused", job=job.id, error=str(error))

    async def deliver(self, job: Job, said: Worded) -> Job:
        """Show what is said in the first form that is allowed, and remove what is left over of others.

        Return the job as it is then.
        """
        self._unsure.discard(job.id)
        job = await self.place(job, urgency=Urgency.ANSWER)
        try:
            job = await self._show_somewhere(job, said)
            await self.leftovers.remove_all(job)
        except RefusedError as refused:
            if refused.known or job.attempts > 0:
                await self.leftovers.withdraw(job)
            raise
        self._reacted.discard(job.id)
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
        await self.reactions.take_back(job)
        if job.placeholder_id is not None:
            await self.deliver(job, said)

    async def give_up(self, job: Job, *, chat_lost: bool) -> None:
        """Remove what still promises an answer that can be shown nowhere, or let it say so."""
        await self.leftovers.give_up(job, chat_lost=chat_lost)
        if not chat_lost:
            await self.reactions.take_back(job)

    async def apologise(self, job: Job, said: Worded) -> None:
        """Show an apology; where the job has no placeholder, in a message that says this from the start.

        Not in a quiet chat, where no answer comes twice: there it gets a message first, as a text does.
        """
        if job.placeholder_id is not None or job.reacts:
            await self.deliver(job, said)
            return
        self._unsure.discard(job.id)
        with suppress(UnknownMessageError):  # it is there, whichever it is
            await uninterrupted(self._apologise(job, said))

    async def _apologise(self, job: Job, said: Worded) -> None:
        def apology(form: Form) -> Page | Document:
            return forms.saying(job, form, said(forms.texts_of(job, form)))

        form, message_id = await self._send_somewhere(job, apology, Urgency.ANSWER, waits=False)
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
            return await self._exchange(job, job.form, await self._send(job, job.form, said, Urgency.ANSWER))
        if is_second:
            require_lease(await self.store.change_form(job, Form.NEW))
            return replace(job, form=Form.NEW)
        form, message_id = await self._send_somewhere(job, said, Urgency.ANSWER)
        stays_pages = form is Form.EDIT and job.form is Form.PAGES
        return await self._exchange(job, job.form if stays_pages else form, message_id)

    async def _go_elsewhere(self, job: Job, refused: RefusedError) -> Job:
        """Send another placeholder where the one that is there cannot become the answer; or raise the refusal."""
        if await self.pages.are_out(job) or (job.form is Form.NEW and await self.store.pages(job)):
            raise refused
        said = partial(forms.to_come, job)
        if job.form is Form.FILE and isinstance(refused, FormRefusedError):
            try:
                return await self._exchange(job, Form.EDIT, await self._send(job, Form.EDIT, said, Urgency.ANSWER))
            except RefusedError:
                log.info("text.refused", job=job.id)
        if not refused.known and job.attempts == 0:
            raise refused  # which may be gone at the next try
        if job.form in {Form.EDIT, Form.PAGES} and not await self.store.pages(job):
            require_lease(await self.store.change_form(job, Form.NEW))
            return replace(job, form=Form.NEW)
        message_id = await self._send_in_private(job, said, Urgency.ANSWER, refused)
        return await self._exchange(job, Form.PRIVATE, message_id)

    async def _exchange(self, job: Job, form: Form, message_id: int) -> Job:
        """Store the message that is the placeholder from now on. The old one is left over, and removed in the end."""
        await self.leftovers.remove_earlier(job)
        moved = replace(
            job, placeholder_id=message_id, form=form, leftover_id=job.placeholder_id, leftover_chat_id=job.shown_in
        )
        await keep(self.transport, moved, message_id, partial(self.store.replace, job, message_id, form))
        return moved

    async def _send(self, job: Job, form: Form, said: Said, urgency: Urgency, *, waits: bool = True) -> int:
        rows = keyboards.cancel(job, form) if waits else keyboards.again(job, form)
        return await self.transport.send(place_of(job, form), said(form), rows=rows, urgency=urgency)
