"""Errands: what people ask to be done with an answer that is there. All promises of `storage.store` hold here, too."""

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Protocol

from storage.words import Job


class ErrandKind(StrEnum):
    """What is to be done; a program leaves kinds alone that it does not know."""

    EXPORT = "export"  # a file of the text, in the form that `what` names
    NAMES = "names"  # the text shown anew, with names; `what` is any text
    DELETE = "delete"  # the messages of the text, and what is stored of it


class NotAsked(Enum):
    """Why nothing is done."""

    UNKNOWN = "unknown"  # there is no text there
    UNDER_WAY = "under_way"  # the text is not there yet
    NOT_THEIRS = "not_theirs"  # somebody else sent the recording
    NOT_KEPT = "not_kept"  # the text is not stored any more
    NO_SPEECH = "no_speech"  # there never was one, as no speech was heard


@dataclass(frozen=True, slots=True)
class NewErrand:
    """What somebody asks: of the text with a button of its job, or else of the job of a message."""

    kind: ErrandKind
    what: str
    chat_id: int  # where it is asked
    message_id: int  # which has the button, or to which the command replies
    user_id: int | None  # as in Press: None for one who may do it to everything here
    job_id: int | None = None  # that the button carries


@dataclass(frozen=True, slots=True)
class Errand:
    """Something to do with the answer of a job, or that was done. There is one of a kind, a job and a `what`."""

    job_id: int
    kind: str  # an ErrandKind, or one of a later program
    what: str
    chat_id: int  # where it was asked, or where the answer is if that is in private
    message_id: int | None  # one of the text, in that chat
    asked_at: float
    next_at: float | None  # due time, retry and lease expiry in one; None once it is done
    lease_token: str | None
    attempts: int
    doubts: int  # sendings that have begun, and of which nobody knows whether they were carried out
    sent_id: int | None  # the message that came of it, if its id is known


@dataclass(frozen=True, slots=True)
class ErrandClaim:
    """What is leased to the caller, and when the next one is due (None: nothing is waiting)."""

    errands: tuple[Errand, ...]
    next_at: float | None


class Desk(Protocol):
    """Keeps errands. What changes a leased one is guarded by its lease, and returns False where that was lost."""

    async def ask_errand(self, new: NewErrand, now: float) -> Errand | NotAsked:
        """Store what somebody asks, due at once, unless that is not theirs to ask or cannot be done.

        What was asked before is returned as it is by now: it is not done twice.
        """

    async def claim_errands(self, now: float, lease_until: float, limit: int) -> ErrandClaim:
        """Lease up to `limit` due errands of kinds that this program knows."""

    async def begin_sending(self, errand: Errand) -> bool:
        """Store that a sending begins, which is in doubt until something else is stored of it."""

    async def put_off(self, errand: Errand, until: float, *, tried: bool = False, doubts: int | None = None) -> bool:
        """Give the lease back until a moment; a try counts. `doubts` is how many sendings are in doubt, if known."""

    async def errand_done(self, errand: Errand, sent_id: int | None = None) -> bool:
        """Store that an errand is done, and which message came of it; asked anew meanwhile, it is done once more."""

    async def drop_errand(self, errand: Errand) -> bool:
        """Forget an errand that comes to nothing, so that it can be asked again."""

    async def erase_text(self, errand: Errand, now: float) -> bool:
        """Erase the text of the errand's job, as far as no other job has it; what others show stays theirs."""

    async def errands_waiting(self) -> int:
        """Count what is not done yet."""

    async def files_of(self, job: Job) -> tuple[str, ...]:
        """Return in which forms a text was sent as a file, or is to be."""
