"""Intake: the front door. A message becomes a job at most once, and is durable before anything else happens."""

import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace

from bot.engine import patience
from bot.engine.events import Events
from bot.engine.poller import Poller
from bot.engine.quotas import Quotas
from bot.log import get_logger
from bot.speech.catalogue import UNTAKEN
from storage.intake import HadAlready, NewJob, NotTaken, Refused, Start, TryAgain, Version, sent_as
from storage.options import Fallback, Options
from storage.store import Store
from storage.words import Asked, Job, Press

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
    speaks: str | None = None  # see NewJob
    asked: Asked = Asked.NOT
    about: int | None = None  # see NewJob
    video_seconds: int | None = None  # see NewJob
    people: tuple[int, ...] = ()  # see NewJob
    sent_at: float | None = None  # see NewJob


@dataclass(frozen=True, slots=True)
class Defaults:
    """What the operator chose for chats that chose nothing: a model's name, a language, a model if that misses it."""

    model: str
    language: str
    fallback: Fallback | None = None


@dataclass(frozen=True, slots=True)
class Intake:
    """Turns recordings into jobs. While there are plenty of places, the first step of a job begins at once.

    `admission` is that of Start. `mark` is the beginning of the tokens of this process.
    """

    store: Store
    events: Events
    poller: Poller
    defaults: Defaults
    most_open: int  # jobs without an answer in a chat
    admission: Callable[[str], tuple[str, int] | None]
    now: Callable[[], float]
    quotas: Quotas = field(default_factory=Quotas)
    mark: str = field(default_factory=lambda: secrets.token_hex(8), init=False)

    async def accept(self, recording: Recording) -> Job | Refused | NotTaken | None:
        """Commit the job of a message that has none yet. StorageUnavailableError: nothing happened.

        Return it, or why there is none, if there is something to make of that. It may not be cut off: a leased job
        needs a hand, also at a stop.
        """
        new = self.as_new(recording)
        rate = self.quotas.rate_of(new.user_id)
        with self.poller.place() as is_free:
            start = self._start(new) if is_free else None
            accepted = await self.store.accept(new, self.now(), self.most_open, start, rate)
        match accepted:
            case None:
                log.info("message.repeated")
            case Refused() as refused:
                self.events.refused(refused)
                return refused
            case NotTaken() as why:
                log.debug("message.not_taken", why=why.value)
                if why is NotTaken.UNDER_WAY:
                    self.poller.nudge()  # it may have become due by being asked for
                return why
            case Job() as job:
                await self._accepted(job)
                return job
        return None

    async def _accepted(self, job: Job) -> None:
        if job.lease_token is None:
            self.poller.nudge()
        elif not await self.poller.begin(job):
            log.info("message.repeated")
            return
        self.events.accepted(job)

    async def try_again(self, press: Press) -> Job | Refused | NotTaken | None:
        """Commit the job of another try; see `Store.try_again`."""
        defaults = self.defaults
        wanted = TryAgain(press, defaults.model, Options(language=defaults.language), defaults.fallback, UNTAKEN)
        who = press.chat_id if press.chat_id > 0 else press.user_id  # the id of a private chat is that of its person
        rate = self.quotas.rate_of(who)
        made = await self.store.try_again(wanted, self.now(), self.most_open, rate)
        if isinstance(made, Job):
            self.events.accepted(made)
            self.poller.nudge()
        return made

    async def make_version(self, wanted: Version) -> Job | HadAlready | Refused | NotTaken:
        """Commit the job of another text; see `Store.make_version`."""
        made = await self.store.make_version(
            wanted, self.now(), self.most_open, self.quotas.rate_of(wanted.new.user_id)
        )
        if isinstance(made, Job):
            self.events.accepted(made)
        if isinstance(made, Job | HadAlready):
            self.poller.nudge()
        return made

    def as_new(self, recording: Recording) -> NewJob:
        """Return the message of a recording, for a chat that chose nothing."""
        options, defaults = Options(language=self.defaults.language), self.defaults
        return NewJob(
            **asdict(recording), model=defaults.model, options=options, fallback=defaults.fallback, untaken=UNTAKEN
        )

    def sent_again(self, job: Job) -> NewJob:
        """Return the message of a job as it came, for a chat that chose nothing."""
        defaults = self.defaults
        new = sent_as(job, defaults.model, Options(language=defaults.language))
        return replace(new, fallback=defaults.fallback)

    def _start(self, new: NewJob) -> Start:
        """Make the lease of a job, with a token that is the same whenever its message is accepted again."""
        token = f"{self.mark}:{new.chat_id}:{new.message_id}"
        return Start(token, self.now() + patience.LEASE_TTL, self.admission)
