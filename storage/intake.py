"""Intake: messages become jobs, at most once, and so do wishes for another text. Promises as in `storage.store`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from storage.host import Rate, TooOften
from storage.options import Fallback, Options
from storage.words import Answers, Asked, Job, Press

RINGS_AFTER = 60.0  # seconds after a recording was sent: until then most people still look at the chat


@dataclass(frozen=True, slots=True)
class Sent:
    """What decides whether a chat would have the text of a recording at all; see NewJob."""

    chat_id: int
    asked: Asked
    video_seconds: int | None
    people: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class NewJob:
    """A message with speech in it, before it is stored. What its sender claims is marked so."""

    chat_id: int
    message_id: int
    thread_id: int | None
    user_id: int | None  # who may cancel it; None for channel posts and anonymous admins
    kind: str  # voice, audio, video, video_note or document; or LINK
    file_id: str
    file_unique_id: str  # of a link, a text that only the same link has
    claimed_bytes: int | None
    model: str  # for a chat that chose none; it may have left the catalogue since
    options: Options  # for a chat that chose none
    direct_topic_id: int | None = None  # in the direct messages of a channel: the topic of the one who wrote
    post: str | None = (
        None  # a name that a channel's post and its automatic forward in the group share with nothing else
    )
    must_sniff: bool = False  # see Job
    speaks: str | None = None  # the language that its sender has in Telegram
    asked: Asked = Asked.NOT
    about: int | None = None  # the message of the recording, where `message_id` is the one that asks for it
    video_seconds: int | None = None  # that a video in a group claims to run; 0 where it does not say
    people: tuple[int, ...] = ()  # whose recording it is; in a group it is left alone if one of them wants that
    sent_at: float | None = None  # by Telegram's clock, in whole seconds
    interface: str | None = None  # these five as in Job; its chat says
    answers: Answers | None = None
    fold_from: int | None = None
    reacts: bool = False
    rings_at: float | None = None
    fallback: Fallback | None = None  # for a chat that chose no model
    is_decided: bool = False  # `model` and `options` hold whatever the chat chose
    times: bool | None = None  # as in Job; its chat says
    untaken: Mapping[str, frozenset[str]] = field(default_factory=dict)  # by models, the options that they do not take

    @property
    def cache_key(self) -> str:
        """Equal for jobs whose transcript is the same: same file, same model, same options."""
        return f"{self.file_unique_id}|{self.model}|{self.options.key}"


def sent_as(job: Job, model: str, options: Options) -> NewJob:
    """Return the message of a job as it came, to be transcribed in another way."""
    return NewJob(
        chat_id=job.from_chat_id,
        message_id=job.message_id,
        thread_id=job.thread_id,
        user_id=job.user_id,
        kind=job.kind,
        file_id=job.file_id,
        file_unique_id=job.file_unique_id,
        claimed_bytes=job.claimed_bytes,
        model=model,
        options=options,
        direct_topic_id=job.direct_topic_id,
        speaks=job.speaks,
        about=job.about,
    )


@dataclass(frozen=True, slots=True)
class TryAgain:
    """Somebody pressed the button to try a recording again. The rest is for a chat that chose none, as in NewJob."""

    press: Press
    model: str
    options: Options
    fallback: Fallback | None = None
    untaken: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Version:
    """Somebody wants another text of a recording: by another model, or in another language.

    `new` is the recording as it came, with `about`, its message, and what is for a chat that chose none. `chat_id` is
    the chat that chooses: what that of `new` has become since. `beside` is the id of a job of that recording. `choose`
    makes of the model and the options that the chat chooses those that are wanted. It may be called again where the
    answer of a commit was lost. `gone` is the id of a job whose text somebody has deleted in the chat: it does not
    count, nor does what was made before it, and all of that stays as it is.
    """

    new: NewJob
    chat_id: int
    beside: int | None  # None where no job of it is stored any more
    choose: Callable[[str, Options], tuple[str, Options]]
    gone: int | None = None


@dataclass(frozen=True, slots=True)
class Start:
    """A place that a step would begin in at once, if a new job may: its lease, and the slot that it may take.

    The token is the same when an `accept` is repeated, and another one for every message. `admission` tells the
    family of a model and how many of its jobs may be at the provider at once; None where none is admitted now.
    """

    lease_token: str
    lease_until: float
    admission: Callable[[str], tuple[str, int] | None]


@dataclass(frozen=True, slots=True)
class Refused:
    """The chat has as many open jobs as it may, or more than it or its sender may send in a minute.

    `tell` is true once in a burst of such recordings.
    """

    tell: bool
    too_often: TooOften | None = None


@dataclass(frozen=True, slots=True)
class HadAlready:
    """A version of a recording that is there, or under way."""

    job: Job

    @property
    def is_under_way(self) -> bool:
        return self.job.next_at is not None


class NotTaken(Enum):
    """Why a message has no job, beside that it has one already."""

    UNWANTED = "unwanted"  # its chat does not have such recordings transcribed
    OPTED_OUT = "opted_out"  # it was said by a person who wants no text in groups
    UNDER_WAY = "under_way"  # the recording that it asks for has a job without an answer
    NOT_THEIRS = "not_theirs"  # somebody else sent the recording that is to be tried again


class Intake(Protocol):
    """Makes jobs."""

    async def accept(
        self,
        new: NewJob,
        now: float,
        most_open: int | None = None,
        start: Start | None = None,
        rate: Rate | None = None,
    ) -> Job | Refused | NotTaken | None:
        """Make the job of a message, due at once, with what its chat chose; None if this message has one already.

        NotTaken where the chat chose to have no text of such a recording, or where its text is on the way.

        None also for a message of the same post as one that has a job: a channel's post, or the automatic forward of
        it. It is kept, and becomes a job if the other one fails.

        A chat that has `most_open` jobs without an answer gets no more, nor more in a minute than `rate` allows. The
        message of a refused one is not stored: when Telegram delivers it again, it is taken if there is room by then.

        With `start` the job is leased at once if it is the only one of its chat and no other one waits for its turn,
        and admitted to the provider if it may be; Job tells both. One that has to be sniffed is not.
        """

    async def unwanted(self, sent: Sent) -> NotTaken | None:
        """Tell why a chat would have no text of a recording, without making a job: it wants none, or its speaker.

        None where it would have one.
        """

    async def try_again(
        self, wanted: TryAgain, now: float, most_open: int, rate: Rate | None
    ) -> Job | Refused | NotTaken | None:
        """Put a new job in the place of one that ended with an apology after which another try may help.

        It has the same message, the same placeholder and what its chat chooses now. UNDER_WAY where there is one
        already. Refused as in `accept`. None where there is nothing to try again.
        """

    async def make_version(
        self, wanted: Version, now: float, most_open: int, rate: Rate | None
    ) -> Job | HadAlready | Refused | NotTaken:
        """Make the job of another text of a recording: once for each model and options, however often it is wanted.

        It is a reply to the recording. One that ended without a text, or was deleted on request, is made again, and so
        is one whose text is not kept any more, a day after it was shown. Refused and NotTaken as in `accept`, but each
        refusal is to be told.
        """
