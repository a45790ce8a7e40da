"""Placeholders that are sent beside the steps of their jobs."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from typing import Any

from bot.activity import beside, until_done
from storage.words import Job


@dataclass(slots=True)
class Placing:
    """The placeholder of one job, on its way while the steps of the job go on.

    The hand that leads the job has it sent until the answer is known, which the message becomes by an edit, or until
    the hand lets go of the job. A recording is paid for without it only while it stands in line for the pace of all
    chats together: a chat that takes no message has said so before, unless it has changed its mind since.
    """

    _sending: asyncio.Task[None] | None = field(default=None, init=False)
    _in_line: bool = field(default=False, init=False)
    _placed: Job | None = field(default=None, init=False)

    @property
    def is_on_its_way(self) -> bool:
        """Tell whether it is being sent, or stands in line for that."""
        return self._sending is not None and not self._sending.done()

    @property
    def stands_in_line(self) -> bool:
        """Tell whether nothing was sent yet."""
        return self._in_line and self.is_on_its_way

    def begin(self, sending: Coroutine[Any, Any, Job], *, in_line: bool) -> None:
        """Begin to send it; the coroutine returns the job as it is then. `in_line` if it waits for its turn first."""
        self._in_line = in_line
        self._sending = beside(self._send(sending))

    async def _send(self, sending: Coroutine[Any, Any, Job]) -> None:
        self._placed = await sending

    def has_its_turn(self) -> None:
        """Take note that it stands in line no longer, and is sent now."""
        self._in_line = False

    def known(self, job: Job) -> Job:
        """Return the job with the placeholder, if that was sent by now, and to where the chat still is."""
        placed = self._placed
        if placed is None or job.placeholder_id is not None or placed.chat_id != job.chat_id:
            return job
        return replace(job, placeholder_id=placed.placeholder_id, form=placed.form)

    async def before_paying(self, job: Job) -> Job:
        """Wait for what the chat says to it, unless it stands in line; return the job as it is then.

        What the chat has refused is raised.
        """
        if self._sending is not None and not self.stands_in_line:
            await self._end_of(self._sending)
        return self.known(job)

    async def end(self) -> None:
        """Leave the line; wait for one that is being sent, as its id would be lost, unless interrupted meanwhile.

        What the chat has refused is raised, unless it was before.
        """
        sending = self._sending
        if sending is None:
            return
        if self._in_line:
            self._sending = None
            sending.cancel()
            return
        try:
            await self._end_of(sending)
        except asyncio.CancelledError:
            sending.cancel()
            sending.add_done_callback(_heard)
            raise

    async def _end_of(self, sending: asyncio.Task[None]) -> None:
        await until_done(sending)
        self._sending = None
        if not sending.cancelled():
            sending.result()


def _heard(sending: asyncio.Task[None]) -> None:
    """Take note of how one ended that nobody waits for: it is sent to its end, and may fail, although interrupted."""
    if not sending.cancelled():
        sending.exception()  # else the loop logs it as one that nobody knows of
