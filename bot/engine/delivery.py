"""The placeholder of a job, from its first word to the answer.

An answer is only shown by editing a message that a row points to. An edit can be repeated without harm, so a crash
between an edit and its record costs a "not modified" and nothing else.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeVar

from bot import links
from bot.engine import patience
from bot.engine.lease import LeaseLostError, handling, require_lease, write_until_stored
from bot.errors import PlaceholderGoneError, RateLimitedError, TemporaryError, UnknownMessageError, VerbatimError
from bot.log import get_logger
from bot.telegram.pace import Urgency
from bot.telegram.transport import Transport
from bot.text import sentences
from bot.text.layout import Document, Page, lay_out
from storage.apology import Notice
from storage.store import Store
from storage.transcript import LONGEST_TEXT
from storage.words import LINK, Job

log = get_logger(__name__)
PAGE_TO_COME = "…"
Sent = TypeVar("Sent")


@dataclass(frozen=True, slots=True)
class Delivery:
    """Placeholders, notices and answers of jobs whose lease the caller holds."""

    transport: Transport
    store: Store
    _unsure: set[int] = field(default_factory=set, init=False)

    def check_pace(self, job: Job) -> None:
        """Raise RateLimitedError if the job has no placeholder and none could be sent now."""
        if job.placeholder_id is None:
            self.transport.check_pace(job.chat_id)

    async def say(self, job: Job, text: str) -> None:
        """Tell the chat news in a message of its own."""
        await self.transport.say(job.chat_id, text, thread_id=job.thread_id, direct_topic_id=job.direct_topic_id)

    async def place(self, job: Job, *, notice: Notice = Notice.NONE, urgency: Urgency = Urgency.PLACEHOLDER) -> int:
        """Send and store the placeholder if there is none; return its id."""
        if job.placeholder_id is not None:
            return job.placeholder_id
        return await _uninterrupted(self._place(job, notice, urgency))

    async def _place(self, job: Job, notice: Notice, urgency: Urgency) -> int:
        try:
            message_id = await self._send(job, _waiting(job, notice), urgency)
        except TemporaryError as error:
            if not error.sure:
                if len(self._unsure) >= patience.MOST_UNSURE:
                    self._unsure.pop()
                self._unsure.add(job.id)
            raise
        await self._keep(job, message_id, partial(self.store.place, job, message_id, notice))
        return message_id

    async def place_if_possible(self, job: Job) -> None:
        """Send the placeholder, or go on without it: the text matters more than the wait for it.

        After one that may have been sent, and whose id is unknown, none is sent before the answer.
        """
        if job.id in self._unsure:
            return
        try:
            await self.place(job)
        except RateLimitedError as error:
            log.debug("placeholder.later", job=job.id, again_in=error.retry_after)
        except TemporaryError as error:
            log.info("placeholder.later", job=job.id, error=str(error))

    async def note(self, job: Job, notice: Notice) -> None:
        """Let the placeholder say what the wait is about; one that the user deleted stays deleted."""
        now = await self.store.job(job.id) or job  # its placeholder may have been sent since it was claimed
        if now.placeholder_id is None:
            if job.id not in self._unsure:
                await self.place(job, notice=notice)
        elif now.notice != notice:
            require_lease(await self.store.note(job, notice))
            await self._show_notice(job, now.placeholder_id, notice)

    async def _show_notice(self, job: Job, message_id: int, notice: Notice) -> None:
        text = _waiting(job, notice)
        try:
            await self.transport.edit_placeholder(job.chat_id, message_id, text, job_id=job.id)
        except PlaceholderGoneError:
            log.info("placeholder.gone", job=job.id)

    async def deliver(self, job: Job, text: str) -> None:
        """Show the text: the placeholder becomes the first page or the document, further pages follow."""
        self._unsure.discard(job.id)
        async with handling(self.store, job):
            laid_out = await asyncio.to_thread(_lay_out, text) if len(text) > patience.LONG_TEXT else _lay_out(text)
            answer = laid_out or (Page(sentences.NO_SPEECH, collapsed=False),)
        if isinstance(answer, Document):
            await self._show_in_placeholder(job, answer)
            return
        await self._show_in_placeholder(job, answer[0])
        if answer[1:]:
            await self._show_pages(job, answer[1:])

    async def apologise(self, job: Job, text: str) -> None:
        """Show an apology; where the job has no placeholder, in a message that says this from the start."""
        if job.placeholder_id is not None:
            await self.deliver(job, text)
            return
        self._unsure.discard(job.id)
        with suppress(UnknownMessageError):  # it is there, whichever it is
            await _uninterrupted(self._apologise(job, text))

    async def _apologise(self, job: Job, text: str) -> None:
        message_id = await self.transport.send_answer(job.chat_id, text, thread_id=job.thread_id, reply_to=job.reply_to)
        await self._keep(job, message_id, partial(self.store.place, job, message_id, Notice.NONE))

    async def _show_in_placeholder(self, job: Job, answer: Page | Document) -> None:
        message_id = await self.place(job, urgency=Urgency.ANSWER)
        try:
            await self.transport.show(job.chat_id, message_id, answer)
        except PlaceholderGoneError:
            message_id = await self._send(job, _waiting(job, Notice.NONE), Urgency.ANSWER)
            await self._keep(job, message_id, partial(self.store.replace, job, message_id))
            await self.transport.show(job.chat_id, message_id, answer)

    async def _show_pages(self, job: Job, pages: Sequence[Page]) -> None:
        """Show the further pages. Each gets its message first, and its text once that is stored: none shows twice."""
        placed = dict(await self.store.pages(job))
        for number, page in enumerate(pages, 1):
            message_id = placed.get(number) or await self._place_page(job, number)
            try:
                await self.transport.show(job.chat_id, message_id, page)
            except PlaceholderGoneError:
                log.info("page.gone", job=job.id, page=number)

    async def _place_page(self, job: Job, number: int) -> int:
        message_id = await self._send(job, PAGE_TO_COME, Urgency.ANSWER)
        await self._keep(job, message_id, partial(self.store.page_placed, job, number, message_id))
        return message_id

    async def _send(self, job: Job, text: str, urgency: Urgency) -> int:
        return await self.transport.send_placeholder(
            job.chat_id,
            text,
            job_id=job.id,
            thread_id=job.thread_id,
            direct_topic_id=job.direct_topic_id,
            reply_to=job.reply_to,
            urgency=urgency,
        )

    async def _keep(self, job: Job, message_id: int, store: Callable[[], Awaitable[bool]]) -> None:
        """Store a message that was sent; if the lease was lost, delete the message again, as no row points to it."""
        if not await write_until_stored(job.id, store):
            try:
                await self.transport.delete(job.chat_id, message_id)
            except VerbatimError as error:
                log.warning("orphan.left", job=job.id, error=str(error))
            raise LeaseLostError


def _waiting(job: Job, notice: Notice) -> str:
    """Return what the placeholder says; a host of another alphabet is shown as it is written in ASCII."""
    return sentences.placeholder(notice, links.foreign_host(job.file_id) if job.kind == LINK else None)


async def _uninterrupted(sending: Coroutine[Any, Any, Sent]) -> Sent:
    """Send and store a message to the end, also when the step is cancelled: its id would be lost."""
    task = asyncio.create_task(sending)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise


def _lay_out(text: str) -> tuple[Page, ...] | Document:
    """Lay the text out, and say in its file if it was cut short."""
    laid_out = lay_out(text)
    if len(text) >= LONGEST_TEXT and isinstance(laid_out, Document):
        return replace(laid_out, content=laid_out.content + f"\n\n{sentences.CUT_SHORT}\n".encode())
    return laid_out
