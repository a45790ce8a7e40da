"""What a step achieved. Recording an outcome moves the job on and gives its lease back, in one transaction."""

from dataclasses import dataclass

from storage.words import Generation, State


@dataclass(frozen=True, slots=True)
class Submitted:
    """The provider has every part; `first_look_at` is when to ask for the first time.

    `generation` is the last part's, stored in the same breath; None if it is stored already.
    """

    first_look_at: float
    audio_seconds: float
    generation: Generation | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nothing went wrong and nothing is finished: look again at `next_at`. Spends no attempt.

    `waits` names what a queued job waits for, so that `Store.wake` can end the wait earlier.
    """

    next_at: float
    waits: str | None = None


@dataclass(frozen=True, slots=True)
class Attempted:
    """A try failed for a temporary reason; the next one is at `next_at`.

    `doubt` says that the failed request may have been carried out; after a create that may have cost money.
    """

    next_at: float
    doubt: bool = False


@dataclass(frozen=True, slots=True)
class Forgotten:
    """The generations came to nothing: they are dropped and the audio goes up again at `next_at`.

    The provider forgot them, or failed; that is counted, so that it is not asked, and paid, for ever.
    """

    next_at: float


@dataclass(frozen=True, slots=True)
class Ready:
    """The transcript is known. It may serve other jobs with the same key until `expires_at`."""

    body: str
    expires_at: float


@dataclass(frozen=True, slots=True)
class Known:
    """The transcript was known already: another job with the same key brought it."""

    transcript_id: int


@dataclass(frozen=True, slots=True)
class Hopeless:
    """There will be no transcript; `apology` (JSON) says why. `doubt` as in Attempted."""

    apology: str
    doubt: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """The job is over: delivered, cancelled, or failed because nobody can be told."""

    state: State


@dataclass(frozen=True, slots=True)
class Released:
    """The step was interrupted, by a stop or a database out of order: no attempt spent, a create under way in doubt."""

    next_at: float


Outcome = Submitted | Waiting | Attempted | Forgotten | Ready | Known | Hopeless | Ended | Released


@dataclass(frozen=True, slots=True)
class Admitted:
    """The job leads its key and holds a slot at the provider: upload it."""


@dataclass(frozen=True, slots=True)
class MustWait:
    """Another job with the same key is on its way, or every slot of the family is taken.

    `waits` is to be recorded with the outcome: a step that does not come to ask stands in nobody's way.
    """

    waits: str


Admission = Admitted | MustWait | Known
