"""The words of durable state: Job, State, Generation, Chat settings; values without behaviour of their own."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How far a job has come; who works on it is said by its lease."""

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
SAME = "same"  # waits for an older job with the same key
HELD = "held"  # waits until the provider works for anybody
WOKEN = "woken"  # what it waited for has happened while somebody held its lease
FINAL = frozenset(state for state, following in NEXT.items() if not following)


@dataclass(frozen=True, slots=True)
class NewJob:
    """A message with speech in it, as it came through the door. What the sender claims is marked so."""

    chat_id: int
    message_id: int
    thread_id: int | None
    user_id: int | None  # who may cancel it; None for channel posts and anonymous admins
    kind: str  # voice, audio, video, video_note or document
    file_id: str
    file_unique_id: str
    claimed_bytes: int | None
    model: str  # as the chat chose it; it may have left the catalogue since
    language: str  # a BCP-47 tag, or "auto"

    @property
    def cache_key(self) -> str:
        """Equal for jobs whose transcript is the same: same file, same model, same options."""
        return f"{self.file_unique_id}|{self.model}|{self.language}"


@dataclass(frozen=True, slots=True)
class Job:
    """One message on its way to becoming text: a row in `jobs`. Moments are seconds since the epoch."""

    id: int
    from_chat_id: int  # where the message was sent
    message_id: int
    chat_id: int  # where the answer goes: the same chat, unless it has become a supergroup since
    thread_id: int | None
    user_id: int | None
    kind: str
    file_id: str
    claimed_bytes: int | None
    model: str
    language: str
    cache_key: str
    state: State
    placeholder_id: int | None
    notice: str  # what the placeholder says beyond "Transcribing…"
    slot: str | None  # the family of which this job takes up a slot at the provider
    waits: str | None  # SAME, HELD, the family it wants a slot of, or WOKEN
    posting: bool  # a create was begun and its answer is not recorded
    attempts: int
    doubts: int  # creates whose answer never came: each may have been paid for
    losses: int  # times that its generations were forgotten or failed
    claims: int  # claims since the last recorded outcome; more than one means somebody died holding it
    transcript_id: int | None
    apology: str | None  # JSON: reason and facts
    audio_seconds: float | None  # measured
    created_at: float
    submitted_at: float | None
    ready_at: float | None
    ended_at: float | None
    next_at: float | None  # due time, retry, poll time and lease expiry in one; None exactly in final states
    lease_token: str | None

    @property
    def reply_to(self) -> int | None:
        """The message to answer; None in a supergroup, where the message ids of the old group are void."""
        return self.message_id if self.chat_id == self.from_chat_id else None


@dataclass(frozen=True, slots=True)
class Generation:
    """The provider's side of a job. Long audio has several: parts 0, 1, … each `start` seconds in."""

    part: int
    generation_id: str
    start: float
    submitted_at: float
    body: str | None  # the part's transcript as JSON, once heard


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """What this chat chose; None where it leaves the choice to the operator."""

    model: str | None = None
    language: str | None = None
