"""Messages of a job that are sent: where they go, and how their ids are never lost."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from bot.engine.lease import LeaseLostError, write_until_stored
from bot.errors import VerbatimError
from bot.log import get_logger
from bot.telegram.writing.transport import Place, Transport
from storage.words import Form, Job

log = get_logger(__name__)
Result = TypeVar("Result")


async def keep(transport: Transport, job: Job, message_id: int, store: Callable[[], Awaitable[bool]]) -> None:
    """Store a message that was sent; if the lease was lost, delete the message again, as no row points to it."""
    if not await write_until_stored(job.id, store):
        try:
            await transport.delete(job.shown_in, message_id)
        except VerbatimError as error:
            log.warning("orphan.left", job=job.id, error=str(error))
        raise LeaseLostError


def place_of(job: Job, form: Form) -> Place:
    """Return where a message of the job's own, in this form, goes: to the recording."""
    if form is not Form.PRIVATE or job.user_id is None:
        return Place(job.chat_id, job.thread_id, job.reply_to, direct_topic_id=job.direct_topic_id)
    return Place(job.user_id, reply_to=job.reply_to, reply_chat_id=job.chat_id)


async def uninterrupted(work: Coroutine[Any, Any, Result]) -> Result:
    """Do all of some work although a stop interrupts it: the id of a message that is sent would be lost."""
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise
