"""Texts that are deleted because somebody asks for that: first what is stored of them, then their messages."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.engine.exports import ToSend, place_of
from bot.engine.forms import texts_of
from bot.engine.lease import require_lease
from bot.errors import ChatMovedError, PlaceholderGoneError, RefusedError
from bot.log import get_logger
from bot.telegram.writing.transport import Transport
from bot.text.layout import Page
from storage.errands import Errand
from storage.store import Store
from storage.words import Form, Job

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Deletions:
    """Deletes texts. Every step of it can be repeated. `now` is the wall clock in seconds."""

    transport: Transport
    store: Store
    now: Callable[[], float]

    async def __call__(self, errand: Errand, job: Job) -> ToSend | None:
        """Delete a text with all its messages; return what is to be said where Telegram lets one of them stand."""
        require_lease(await self.store.erase_text(errand, self.now()))
        deleted = [await self._delete(job, message_id) for message_id in await self._messages(job)]
        if all(deleted):
            return None
        return ToSend(place_of(errand, job), Page(texts_of(job, job.form).more.not_deleted(), collapsed=False))

    async def _messages(self, job: Job) -> list[int]:
        """Return the messages of the answer, the last one first."""
        pages = await self.store.pages(job)
        found = [message_id for _, message_id in sorted(pages.items(), reverse=True)]
        if job.placeholder_id is not None and job.placeholder_id not in found and job.form is not Form.NEW:
            found.append(job.placeholder_id)
        return found

    async def _delete(self, job: Job, message_id: int) -> bool:
        """Delete a message; False where that is not allowed, as it is too old, or was sent before the group moved."""
        try:
            await self.transport.delete(job.shown_in, message_id)
        except PlaceholderGoneError as error:
            return "not found" in str(error).lower()
        except (RefusedError, ChatMovedError) as error:
            log.info("message.left", job=job.id, error=str(error))
            return False
        return True
