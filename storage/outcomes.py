"""What a step achieved. Recording an outcome moves the job on and gives its lease back, in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from storage.apology import Apology
from storage.transcript import Doubt, Transcript
from storage.words import Generation, State


@dataclass(frozen=True, slots=True)
class Submitted:
    """The provider has every part; `first_look_at` is when to ask for the first time.

    `generation` is the last part's, stored in the same transaction; None if it is stored already. `slots` are
    how many there are from now on, of families that have more than before: as many jobs as are free of them, of those
    that wait for one, may ask again. `is_faint` tells that hardly anything can be heard in the recording.
    """

    first_look_at: float
    audio_seconds: float
    generation: Generation | None
    slots: Mapping[str, int] = field(default_factory=dict)
    is_faint: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nothing went wrong and nothing is finished: look again at `next_at`. Spends no attempt.

    `waiting_for` names what a queued job waits for; when that happens the store makes the job due earlier. Of a pause
    that the job has met, `pause_since` tells when it began; where that pause is over already, the job is due at once.
    """

    next_at: float
    waiting_for: str | None = None
    pause_since: float | None = None


@dataclass(frozen=True, slots=True)
class Attempted:
    """A try failed for a temporary reason; the next one is at `next_at`.

    `in_doubt` says that the failed request may have been carried out. If it was a create, it may have cost money.
    `gives_slot_back` says that a submitted job no longer takes up a slot; a queued one never does while it waits.
    `refused` says that its chat takes no message for now; the store makes the job due earlier when it takes one again.
    """

    next_at: float
    in_doubt: bool = False
    gives_slot_back: bool = False
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Forgotten:
    """The provider forgot generations, or failed at one: they are dropped, and their audio goes up at `next_at`.

    Dropped are those of these `parts`, or of every part without a transcript (None). The job counts how often that
    happens, because each upload may be paid for.
    """

    next_at: float
    parts: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Ready:
    """The transcript is known. It may serve other jobs with the same key until `expires_at`.

    A chat that has chosen for how long has its way if the text `says_something`. It `is_invented` if perhaps nobody
    said it.
    """

    transcript: Transcript
    expires_at: float
    says_something: bool = True
    is_invented: bool = False

    @property
    def doubtful(self) -> Doubt:
        if not self.says_something:
            return Doubt.NO_SPEECH
        if self.is_invented:
            return Doubt.WORDS
        return Doubt.LANGUAGE if self.transcript.is_doubtful else Doubt.NOTHING


@dataclass(frozen=True, slots=True)
class Known:
    """The transcript was known already: another job with the same key brought it."""

    transcript_id: int


@dataclass(frozen=True, slots=True)
class Hopeless:
    """There will be no transcript, and `apology` says why. `in_doubt` as in Attempted."""

    apology: Apology
    in_doubt: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """The job is over: delivered, cancelled, or failed because nobody can be told."""

    state: State


@dataclass(frozen=True, slots=True)
class Sniffed:
    """The first bytes of a document let it be taken for a recording; it goes on at once."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """A document in a group is no recording, and nothing is said of it: its row is deleted."""


@dataclass(frozen=True, slots=True)
class Released:
    """A stop or a database out of order interrupted the step. No attempt is spent; a create under way is in doubt."""

    next_at: float


Outcome = Submitted | Waiting | Attempted | Forgotten | Ready | Known | Hopeless | Ended | Sniffed | Ignored | Released


@dataclass(frozen=True, slots=True)
class Admitted:
    """The job is the first of its key and holds a slot at the provider: upload it.

    `took_last` says that it is the last slot that there was for its chat; it makes no other admission of it.
    """

    took_last: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class MustWait:
    """Another job with the same key is on its way, or every slot of the family is taken.

    `waiting_for` must come back in the outcome (Waiting). A step that ends otherwise gives up its place in the line.
    """

    waiting_for: str


Admission = Admitted | MustWait | Known
