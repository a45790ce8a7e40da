"""Sending the messages of a job: in the form that its chat allows, at last to the sender in private."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.engine import keyboards, patience
from bot.engine.sent import place_of
from bot.errors import FormRefusedError, RefusedError, VerbatimError
from bot.log import get_logger
from bot.telegram.pace import Urgency
from bot.telegram.writing.transport import Transport
from bot.text.layout import Document, Page
from storage.words import Form, Job

log = get_logger(__name__)
Said = Callable[[Form], Page | Document]


@dataclass(frozen=True, slots=True)
class Sending:
    """Sends what is said in a form, and tells which form that was."""

    transport: Transport

    async def send(self, job: Job, form: Form, said: Said, urgency: Urgency, *, waits: bool = True) -> int:
        """Send what is said in one form; one that `waits` for the answer can be cancelled."""
        rows = keyboards.cancel(job, form) if waits else keyboards.again(job, form)
        return await self.transport.send(place_of(job, form), said(form), rows=rows, urgency=urgency)

    async def send_somewhere(self, job: Job, said: Said, urgency: Urgency, *, waits: bool = True) -> tuple[Form, int]:
        """Send what is said in each form: to the chat as a text, else as a file, else to the sender in private.

        Only for an answer that is known a file is good enough: who forbids texts wants no files instead of them, and
        nothing is paid yet. `waits` as in `send`.
        """
        try:
            try:
                return Form.EDIT, await self.send(job, Form.EDIT, said, urgency, waits=waits)
            except FormRefusedError:
                if urgency is not Urgency.ANSWER:
                    raise
                return Form.FILE, await self.send(job, Form.FILE, said, urgency, waits=waits)
        except RefusedError as refused:
            return Form.PRIVATE, await self.send_in_private(job, said, urgency, refused, waits=waits)

    async def send_in_private(
        self, job: Job, said: Said, urgency: Urgency, refused: RefusedError, *, waits: bool = True
    ) -> int:
        """Send a message to the sender, if the bot may write there; else raise what the chat said.

        What nobody knows may be gone at the next try, and only the last one goes there.
        """
        is_last = refused.known or job.attempts + 1 >= patience.FEW_ATTEMPTS
        if job.form is Form.PRIVATE or job.user_id is None or job.user_id == job.chat_id or not is_last:
            raise refused
        try:
            return await self.send(job, Form.PRIVATE, said, urgency, waits=waits)
        except VerbatimError as error:
            log.info("private.refused", job=job.id, error=str(error))
            raise refused from None
