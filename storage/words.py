"""The words of durable state: Job, State, Generation, and how they are asked for and answered."""

from dataclasses import dataclass, replace
from enum import StrEnum

from storage.apology import Apology, Notice
from storage.options import Options
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
    speakers: int | None  # that are told apart in its text; None where nobody counted them

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
    def is_text(self) -> bool:
        """Tell whether its answer is a text, and not an apology; it may be seen a moment before that is stored."""
        return self.state in {State.READY, State.DELIVERED} and self.apology is None

    @property
    def is_quiet(self) -> bool:
        """Tell whether nothing may be said of it yet: it may be no recording, in a group, whose ids are negative."""
        return self.must_sniff and self.state is State.QUEUED and self.chat_id < 0

    def spent(self, now: float) -> float:
        """Return the seconds since the claim, or of the whole lease if a clock that jumped says more."""
        if self.claimed_at is None or self.next_at is None:
            return 0.0
        return max(0.0, min(now, self.next_at) - self.claimed_at)


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
    duration: float = 0.0  # seconds of the recording that it has; of a link those that are taken for it


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
