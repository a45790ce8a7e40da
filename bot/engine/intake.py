"""Intake: the front door. A message becomes a job at most once, and is durable before anything else happens."""

from collections.abc import Callable
from dataclasses import asdict, dataclass

from bot.engine.events import Events
from bot.log import get_logger
from storage.store import Refused, Store
from storage.words import Job, NewJob, Options

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
    direct_topic_id: int | None = None
    post: str | None = None  # see NewJob
    must_sniff: bool = False  # a document that may be something else


@dataclass(frozen=True, slots=True)
class Defaults:
    """What the operator chose for chats that chose nothing: a model's name and a language."""

    model: str
    language: str


@dataclass(frozen=True, slots=True)
class Intake:
    """Turns recordings into jobs. `nudge` is called after each, so that work starts at once."""

    store: Store
    events: Events
    defaults: Defaults
    most_open: int  # jobs without an answer in a chat
    nudge: Callable[[], None]
    now: Callable[[], float]

    async def accept(self, recording: Recording) -> Refused | None:
        """Commit the job of a message that has none yet. StorageUnavailableError: nothing happened.

        Return what to make of it if the chat has as many open jobs as it may.
        """
        options = Options(language=self.defaults.language)
        new = NewJob(**asdict(recording), model=self.defaults.model, options=options)
        match await self.store.accept(new, self.now(), self.most_open):
            case None:
                log.info("message.repeated")
            case Refused() as refused:
                self.events.refused(refused)
                return refused
            case Job() as job:
                self.events.accepted(job)
                self.nudge()
        return None
