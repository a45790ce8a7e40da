"""Intake: the front door. A message becomes a job at most once, and is durable before anything else happens."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.engine.events import Events
from bot.log import get_logger
from storage.store import Store
from storage.words import NewJob, Options

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Recording:
    """What a message says of the recording it carries; size and kind are the sender's claims."""

    chat_id: int
    message_id: int
    thread_id: int | None
    user_id: int | None
    kind: str
    file_id: str
    file_unique_id: str
    claimed_bytes: int | None


@dataclass(frozen=True, slots=True)
class Defaults:
    """What the operator chose for chats that chose nothing: a model's name and a language."""

    model: str
    language: str


class Intake:
    """Turns recordings into jobs. `nudge` is called after each, so that work starts at once."""

    def __init__(
        self, store: Store, events: Events, defaults: Defaults, nudge: Callable[[], None], now: Callable[[], float]
    ) -> None:
        self._store = store
        self._events = events
        self._defaults = defaults
        self._nudge = nudge
        self._now = now

    async def accept(self, recording: Recording) -> bool:
        """Commit the job; False if this message has one already. StorageUnavailableError: nothing happened."""
        chosen = await self._store.settings(recording.chat_id)
        new = NewJob(
            chat_id=recording.chat_id,
            message_id=recording.message_id,
            thread_id=recording.thread_id,
            user_id=recording.user_id,
            kind=recording.kind,
            file_id=recording.file_id,
            file_unique_id=recording.file_unique_id,
            claimed_bytes=recording.claimed_bytes,
            model=chosen.model or self._defaults.model,
            options=Options(language=chosen.language or self._defaults.language),
        )
        job = await self._store.accept(new, self._now())
        if job is None:
            log.info("job.known_already")
            return False
        self._events.accepted(job)
        self._nudge()
        return True
