"""Placeholders: the one message of a job, from its first word until its answer is known.

What may have been sent, and which recordings have a reaction, is known for the life of this process only.
"""

from dataclasses import dataclass, field, replace
from functools import partial

from bot.engine import forms, keyboards, patience
from bot.engine.lease import require_lease
from bot.engine.placing import Placing
from bot.engine.reactions import Reactions
from bot.engine.sending import Sending
from bot.engine.sent import keep, place_of, uninterrupted
from bot.errors import PlaceholderGoneError, RateLimitedError, RefusedError, TemporaryError
from bot.log import get_logger
from bot.telegram.pace import Urgency
from bot.telegram.writing.transport import Transport
from storage.apology import Notice
from storage.store import Store
from storage.words import Form, Job

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Placeholders:
    """Sends the placeholders of jobs whose lease the caller holds, and lets them say what the wait is about."""

    transport: Transport
    store: Store
    _unsure: set[int] = field(default_factory=set, init=False)
    _reacted: set[int] = field(default_factory=set, init=False)

    @property
    def sending(self) -> Sending:
        """How messages of a job are sent."""
        return Sending(self.transport)

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
            form, message_id = await self.sending.send_somewhere(job, said, urgency)
        except TemporaryError as error:
            if not error.sure:
                if len(self._unsure) >= patience.MOST_UNSURE:
                    self._unsure.pop()
                self._unsure.add(job.id)
            raise
        placed = replace(job, placeholder_id=message_id, form=form)
        await keep(self.transport, placed, message_id, partial(self.store.place, job, message_id, notice, form))
        return placed

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

    def forget_doubt(self, job: Job) -> None:
        """Forget that a placeholder may have been sent, as the answer comes now."""
        self._unsure.discard(job.id)

    def forget_reaction(self, job: Job) -> None:
        """Forget the reaction to a recording whose answer is there; it stays."""
        self._reacted.discard(job.id)
