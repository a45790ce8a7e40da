"""Reactions that stand for the placeholders of quiet chats, until the answer comes as a reply to the recording.

A reaction is no message, so no row needs to point to it: setting it again, or taking it back twice, changes nothing.
Which recordings have one is known for the life of this process only.
"""

from dataclasses import dataclass

from bot.engine import patience
from bot.errors import ChatMovedError, RateLimitedError, TemporaryError, VerbatimError
from bot.log import get_logger
from bot.telegram.writing.transport import Transport
from storage.apology import Reason
from storage.store import Store
from storage.words import Job

log = get_logger(__name__)
SEEN = "👀"


@dataclass(frozen=True, slots=True)
class Reactions:
    """Reacts to recordings of jobs whose lease the caller holds. `reacted` are jobs that have a reaction."""

    transport: Transport
    store: Store
    reacted: set[int]

    async def set(self, job: Job) -> bool:
        """React to the recording; False where that is not possible, so that a placeholder is needed.

        A reaction that fails for a moment is left out: the text matters more.
        """
        if job.id in self.reacted:
            return True
        if job.reply_to is None:
            return False
        try:
            await self.transport.react(job.chat_id, job.reply_to, SEEN)
        except ChatMovedError:
            raise
        except VerbatimError as error:
            log.info("reaction.refused", job=job.id, error=str(error))
            return isinstance(error, TemporaryError | RateLimitedError)
        self._remember(job)
        if await self._is_cancelled(job):  # and its reaction was taken back, perhaps before this one came
            await self.take_back(job)
        return True

    def _remember(self, job: Job) -> None:
        if len(self.reacted) >= patience.MOST_UNSURE:
            self.reacted.pop()
        self.reacted.add(job.id)

    async def _is_cancelled(self, job: Job) -> bool:
        now = await self.store.job(job.id)
        return now is not None and now.apology is not None and now.apology.reason is Reason.CANCELLED

    async def take_back(self, job: Job) -> None:
        """Remove the reaction, as no answer follows; what fails for a moment is raised."""
        self.reacted.discard(job.id)
        if not job.reacts or job.reply_to is None:
            return
        try:
            await self.transport.react(job.chat_id, job.reply_to, None)
        except (TemporaryError, RateLimitedError, ChatMovedError):
            raise
        except VerbatimError as error:
            log.info("reaction.left", job=job.id, error=str(error))
