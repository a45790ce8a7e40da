"""Texts that are deleted because somebody asks for that: first what is stored of them, then their messages."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.engine import patience
from bot.engine.errand_policy import NotYetError
from bot.engine.exports import ToSend, place_of_errand
from bot.engine.forms import texts_of
from bot.engine.lease import require_lease
from bot.errors import ChatMovedError, MessageGoneError, PlaceholderGoneError, RefusedError
from bot.log import get_logger
from bot.telegram.writing.transport import Transport
from bot.text.layout import Page
from bot.text.rooms.more import Left
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
        """Delete a text with all its messages; return what is to be said where Telegram lets one of them stand.

        All of them have to be there. People see the first one before that, and may want it deleted at once.
        """
        if job.ended_at is None:
            waited = max(0.0, self.now() - errand.asked_at)
            raise NotYetError(min(waited, patience.LONGEST_BACKOFF))  # as long as until now, so that looks get fewer
        require_lease(await self.store.erase_text(errand, self.now()))
        tried = [await self._delete(job, message_id) for message_id in await self._messages(job)]
        left = next((why for why in tried if why is not None), None)
        if left is None:
            return None
        said = texts_of(job, job.form).more.not_deleted(left, is_private=job.shown_in > 0)
        return ToSend(place_of_errand(errand, job), Page(said, collapsed=False))

    async def _messages(self, job: Job) -> list[int]:
        """Return the messages of the answer, the last one first."""
        pages = await self.store.pages(job)
        found = [message_id for _, message_id in sorted(pages.items(), reverse=True)]
        if job.placeholder_id is not None and job.placeholder_id not in found and job.form is not Form.NEW:
            found.append(job.placeholder_id)
        return found

    async def _delete(self, job: Job, message_id: int) -> Left | None:
        """Delete a message; return why it is left where Telegram refuses. One that is gone already is deleted, too."""
        try:
            await self.transport.delete(job.shown_in, message_id)
        except MessageGoneError:
            return None
        except (PlaceholderGoneError, RefusedError, ChatMovedError) as error:
            log.info("message.left", job=job.id, error=str(error))
            return self._why(job, error)
        return None

    def _why(self, job: Job, error: Exception) -> Left:
        """Return why Telegram refuses: it has the same words for what is too old and for a lack of rights."""
        if isinstance(error, ChatMovedError):
            return Left.FROM_BEFORE
        return Left.TOO_OLD if self.now() - job.created_at >= patience.DELETABLE_FOR else Left.NOT_ALLOWED
