"""The words of durable state: Job, State, Generation, Options, Chat settings."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from hashlib import sha256
from typing import Any

from storage.apology import Apology, Notice
from storage.transcript import Doubt, Transcript


class State(StrEnum):
    """How far a job has come; its lease says who works on it."""

    QUEUED = "queued"  # accepted; the provider does not have it yet
    SUBMITTED = "submitted"  # the provider has all of it and works
    READY = "ready"  # what to say is known: a transcript or an apology
    DELIVERED = "delivered"  # the user can see it
    FAILED = "failed"  # nobody could be told: the bot was blocked or removed, or Telegram never took it
    CANCELLED = "cancelled"  # the placeholder says so


NEXT: dict[State, frozenset[State]] = {
    State.QUEUED: frozenset({State.SUBMITTED, State.READY, State.FAILED}),
    State.SUBMITTED: frozenset({State.QUEUED, State.READY, State.FAILED}),
    State.READY: frozenset({State.DELIVERED, State.FAILED, State.CANCELLED}),
    State.DELIVERED: frozenset(),
    State.FAILED: frozenset(),
    State.CANCELLED: frozenset(),
}
FINAL = frozenset(state for state, following in NEXT.items() if not following)

# What a queued job waits for, beside a slot of a family, which goes by the family's name.
SAME = "same"  # an older job with the same cache key
PAUSED = "paused"  # the provider refuses every job at the moment


class Asked(StrEnum):
    """How somebody asked for a recording to become text."""

    NOT = ""  # nobody did
    WITH_A_COMMAND = "command"  # of the bot's, in reply to it, which is for something else
    WITH_A_MENTION = "mention"  # of the bot, in reply to it
    PLAINLY = "plainly"


LINK = "link"  # the kind of a job whose recording the provider fetches by itself; its `file_id` is the address


class Form(StrEnum):
    """How an answer is shown. Each is for chats that refuse the ones before it."""

    EDIT = ""  # the placeholder becomes the text, or a file of it
    PAGES = "pages"  # as many messages as are needed, where files are refused
    FILE = "file"  # what stands for the answer is a file already, where texts are refused
    NEW = "new"  # new messages, where none can be edited
    PRIVATE = "private"  # as EDIT, in the private chat with the sender


class Answers(StrEnum):
    """How a chat wants its texts."""

    AUTO = "auto"  # short ones as they are, long ones folded, very long ones as a file
    TEXT = "text"  # always as text, in as many messages as are needed
    FILE = "file"  # always as a file
    FOLD = "fold"  # folded from a number of characters on


AUTO = "auto"  # instead of a language: the model finds out by itself


@dataclass(frozen=True, slots=True)
class Options:
    """How a recording is to be transcribed, beside the model."""

    language: str = AUTO  # a BCP-47 tag, or AUTO
    speakers: bool = False  # told apart
    smart_format: bool = True  # numbers, dates and the like as people write them
    fillers: bool = False  # "uh" and "um" stay in the text
    profanity_filter: bool = False
    numerals: bool = False  # numbers as digits
    vocabulary: tuple[str, ...] = ()  # words to listen for, each without spaces

    @property
    def key(self) -> str:
        """One text for equal options, and another for different ones. It has what is not as usual, and the language.

        The order of the vocabulary makes no difference, and many long words make no long key.
        """
        flags = (f"{name}={getattr(self, name)}" for name in self.unusual if name != "vocabulary")
        return ";".join((f"language={self.language}", *flags, *self._hashed_words()))

    def _hashed_words(self) -> tuple[str, ...]:
        if not self.vocabulary:
            return ()
        words = "\n".join(sorted(self.vocabulary)).encode("utf-8", "surrogatepass")
        return (f"vocabulary={sha256(words).hexdigest()}",)

    @property
    def unusual(self) -> tuple[str, ...]:
        """The names of the options that are not as usual, beside the language."""
        return tuple(name for name, usual in _USUAL.items() if getattr(self, name) != usual)

    def without(self, names: Collection[str]) -> "Options":
        """Return the options with the usual values of some, which are not the language."""
        usual: dict[str, Any] = {name: _USUAL[name] for name in self.unusual if name in names}
        return replace(self, **usual) if usual else self


_USUAL = {each.name: each.default for each in fields(Options) if each.name != "language"}


@dataclass(frozen=True, slots=True)
class Fallback:
    """A model for recordings in languages that the operator's default model does not know."""

    model: str
    languages: frozenset[str]  # tags in small letters

    def knows(self, tag: str | None) -> bool:
        """Tell whether it is for a language; for fa-IR it is where it is for fa."""
        tag = (tag or "").lower().replace("_", "-")
        while tag and tag not in self.languages:
            tag = tag.rpartition("-")[0]
        return bool(tag)


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


@dataclass(frozen=True, slots=True)
class Job:
    """One message on its way to becoming text: a row in `jobs`. Moments are seconds since the epoch."""

    id: int
    from_chat_id: int  # where the message was sent
    message_id: int
    chat_id: int  # where the answer goes: the same chat, unless it has become a supergroup since
    thread_id: int | None
    direct_topic_id: int | None  # in the direct messages of a channel: the topic of the one who wrote
    user_id: int | None
    kind: str
    file_id: str
    claimed_bytes: int | None
    model: str
    options: Options
    cache_key: str
    state: State
    placeholder_id: int | None  # in `shown_in`
    form: Form  # of the answer
    leftover_id: int | None  # an earlier placeholder, which is to be removed, and its chat
    leftover_chat_id: int | None
    notice: Notice  # what the placeholder says beyond "Transcribing…"
    slot: str | None  # the family of which this job takes up a slot at the provider
    waiting_for: str | None  # SAME, PAUSED, or the family of which it wants a slot
    woken: bool  # what it waited for has happened; true until it asks for admission again
    create_started: int  # creates that were begun and whose answers are not recorded
    attempts: int
    creates_in_doubt: int  # creates whose answer never came: each may have been paid for
    generations_lost: int  # times that its generations were forgotten or failed
    interrupted: int  # deaths of the process during a step of this job since it last got on: nobody's fault
    deaths: int  # those of them that came while its content was worked on and it was alone
    transcript_id: int | None
    apology: Apology | None
    audio_seconds: float | None  # measured
    created_at: float
    submitted_at: float | None
    ready_at: float | None
    ended_at: float | None
    next_at: float | None  # due time, retry, poll time and lease expiry in one; None exactly in final states
    lease_token: str | None
    turn: float  # among the jobs that are due, or wait for a slot, the one with the earliest goes first
    claimed_at: float | None  # the last time
    refused: bool  # it waits for its chat to take messages again
    tried_seconds: float  # that failed tries and the waits after them took, since the last success
    must_sniff: bool  # a queued document that may be no recording, as its first bytes were not looked at yet
    twin: str | None  # a message with the same recording in another chat, as `storage.statements.twins` keeps it
    interface: str | None  # the language that is spoken with its chat, a tag of anybody's making; None if nobody said
    speaks: str | None  # the language to speak with its sender alone
    about: int | None  # the message of the recording, where `message_id` is the one that asks for it
    answers: Answers | None  # how its text is shown, as its chat had chosen when it was accepted
    fold_from: int | None  # characters, for Answers.FOLD
    reacts: bool  # a reaction to the recording stands for the placeholder, unless the chat forbids it
    rings_at: float | None  # from then on a message that rings follows the text; None where none does, or one did
    doubtful: Doubt
    times: bool | None  # whether its text shows times, as its chat had chosen; None if it chose nothing
    more_slots: int  # that it takes beside `slot`, for parts that are at the provider at the same time
    told_at: float | None  # when its placeholder last told how far it is

    @property
    def file_unique_id(self) -> str:
        """The name of the file, as NewJob had it."""
        return self.cache_key.removesuffix(f"|{self.model}|{self.options.key}")

    @property
    def shown_in(self) -> int:
        """The chat that the answer goes to, which is another one where it goes to the sender in private."""
        if self.form is Form.PRIVATE and self.user_id is not None:
            return self.user_id
        return self.chat_id

    @property
    def reply_to(self) -> int | None:
        """The message to answer; None in a supergroup, where the message ids of the old group are void."""
        answered = self.message_id if self.about is None else self.about
        return answered if self.chat_id == self.from_chat_id else None

    @property
    def is_quiet(self) -> bool:
        """Tell whether nothing may be said of it yet: it may be no recording, in a group, whose ids are negative."""
        return self.must_sniff and self.state is State.QUEUED and self.chat_id < 0

    def spent(self, now: float) -> float:
        """Return the seconds since the claim, or of the whole lease if a clock that jumped says more."""
        if self.claimed_at is None or self.next_at is None:
            return 0.0
        return max(0.0, min(now, self.next_at) - self.claimed_at)


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
class Generation:
    """The provider's side of a job. Long audio has several: parts 0, 1, … each `start` seconds in."""

    part: int
    generation_id: str
    start: float
    submitted_at: float
    transcript: Transcript | None = None  # of this part, once it is known
    unreadable: int = 0  # looks that found it finished, and nothing in its answer that could be read
    overlap: float = 0.0  # seconds at its beginning that the part before it has, too


@dataclass(frozen=True, slots=True)
class Press:
    """Somebody pressed a button of a job under a message: to cancel it, or to try it again."""

    job_id: int
    chat_id: int
    message_id: int
    user_id: int | None  # who may only do that to what they sent themselves; None for one who may do it to everything
    button_seen: bool  # False where Telegram does not show the message any more, so that the button may be invented

    @property
    def by_admin(self) -> "Press":
        """Return the same press as one by somebody who may do it to everything here."""
        return replace(self, user_id=None)


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
    answer of a commit was lost.
    """

    new: NewJob
    chat_id: int
    beside: int | None  # None where no job of it is stored any more
    choose: Callable[[str, Options], tuple[str, Options]]


class Saying(StrEnum):
    """What is to be said in a group of what the bot is there."""

    NOTHING = ""
    INTRODUCTION = "introduction"
    SIGHT = "sight"  # whether it sees voice notes, which has changed


@dataclass(frozen=True, slots=True)
class Membership:
    """What the bot is in a chat."""

    chat_id: int
    is_present: bool
    may_write: bool
    is_admin: bool
    saying: Saying = Saying.NOTHING


@dataclass(frozen=True, slots=True)
class MembershipChange:
    """What somebody has made the bot in a chat."""

    chat_id: int
    was_present: bool
    saw: bool  # what it `sees` now
    is_present: bool
    may_write: bool
    is_admin: bool
    sees: bool  # voice notes that nobody sends to it
    is_group: bool  # only there something is said of it
    interface: str | None = None  # the language of that person, a tag, if the bot speaks it
    is_let_in: bool = False  # only now may the chat use the bot, so that what happened before told it nothing


class Mode(StrEnum):
    """Which recordings of a chat become text."""

    AUTO = "auto"  # all of them
    ASK = "ask"  # those that somebody asks for
    OFF = "off"  # those that somebody asks for with the command that is made for it


_TAKES: dict[Mode, frozenset[Asked]] = {
    Mode.AUTO: frozenset({Asked.NOT, Asked.WITH_A_MENTION, Asked.PLAINLY}),
    Mode.ASK: frozenset({Asked.WITH_A_COMMAND, Asked.WITH_A_MENTION, Asked.PLAINLY}),
    Mode.OFF: frozenset({Asked.PLAINLY}),
}

KEEP_DAYS = (0, 1, 7, 30)  # a text may be kept after its delivery
LONGEST_FOLD_FROM = 1_000_000  # characters
LONGEST_VIDEOS = 86_400  # seconds
RINGS_AFTER = 60.0  # seconds after a recording was sent: until then most people still look at the chat


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """What this chat chose; None where it leaves the choice to the operator."""

    model: str | None = None
    language: str | None = None  # a BCP-47 tag, or "auto"
    mode: Mode | None = None
    videos: int | None = None  # seconds of the longest video that a group has transcribed by itself; 0 for none
    answers: Answers | None = None
    fold_from: int | None = None  # characters, for Answers.FOLD
    quiet: bool | None = None  # a reaction instead of a placeholder
    notify: bool | None = None  # a message that rings after a long wait
    interface: str | None = None  # the language tag of the bot's own sentences
    keep_days: int | None = None  # one of KEEP_DAYS
    times: bool | None = None  # in the texts
    speakers: bool | None = None  # this and the rest as in Options
    smart_format: bool | None = None
    fillers: bool | None = None
    profanity_filter: bool | None = None
    numerals: bool | None = None
    vocabulary: tuple[str, ...] | None = None

    def takes(self, asked: Asked, video_seconds: int | None = None) -> bool:
        """Tell whether a recording becomes text that was asked for so; `video_seconds` as in NewJob."""
        if asked is Asked.NOT and video_seconds is not None and not 0 < video_seconds <= (self.videos or 0):
            return False
        return asked in _TAKES[self.mode or Mode.AUTO]

    def takes_again(self, asked: Asked) -> bool:
        """Tell whether a recording becomes text once more that was asked for so."""
        return asked is Asked.PLAINLY or (asked is Asked.WITH_A_MENTION and self.mode is Mode.ASK)
