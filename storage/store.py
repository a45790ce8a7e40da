"""The Store: what durable state promises, whichever engine keeps it.

Every method is one transaction: all of it or nothing, also when the process dies or the caller is
cancelled. Methods that change a leased job are guarded by its lease: they return False (or None) and
change nothing when the lease was lost, and the caller drops what it holds. `StorageUnavailableError` is raised
when the database cannot be used just now (locked, disk full, I/O error); trying again later is right.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from storage.outcomes import Admission, Outcome
from storage.words import ChatSettings, Generation, Job, NewJob


class StorageError(Exception):
    """The root of what goes wrong in here."""


class StorageUnavailableError(StorageError):
    """The database cannot be used just now."""


class DatabaseInUseError(StorageError):
    """Another process works on this database."""


class SchemaTooNewError(StorageError):
    """A newer version of the program has migrated this database."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The jobs now leased to the caller, and when the next one is due (None: nothing is waiting)."""

    jobs: tuple[Job, ...]
    next_at: float | None


@dataclass(frozen=True, slots=True)
class CancelResult:
    """What a press on a cancel button met.

    `job` is None when no such job exists. `accepted` says that the job now ends as cancelled. An
    `orphan` is a message that no job points to: the process died between sending and storing it.
    """

    job: Job | None
    accepted: bool
    orphan: bool


class Store(Protocol):
    """Jobs, their generations, chat settings and transcripts."""

    async def accept(self, new: NewJob, now: float) -> Job | None:
        """Make the job of a message, due at once; None if this message has one already."""
        ...

    async def claim(self, now: float, lease_until: float, limit: int) -> Claim:
        """Lease up to `limit` due jobs, the longest due first."""
        ...

    async def admit(self, job: Job, family: str, slots: int, now: float) -> Admission | None:
        """Decide whether a queued job may go to the provider; None if the lease was lost.

        A transcript of the same key is reused; behind an older job of the same key the job waits; at most
        `slots` jobs of a family are admitted at once. A slot that gets free is offered to the oldest that waits;
        who comes later stands behind all that still wait.
        """
        ...

    async def place(self, job: Job, message_id: int, notice: str) -> bool:
        """Store the placeholder of a job that has none."""
        ...

    async def replace(self, job: Job, message_id: int) -> bool:
        """Store a new placeholder for one that the user deleted."""
        ...

    async def note(self, job: Job, notice: str) -> bool:
        """Store what the placeholder says now."""
        ...

    async def posting(self, job: Job) -> bool:
        """Store that a create is about to be sent: should its answer get lost, that will be known."""
        ...

    async def created(self, job: Job, generation: Generation) -> bool:
        """Store a generation, before anything else happens; part numbers are unique within the job."""
        ...

    async def heard(self, job: Job, part: int, body: str) -> bool:
        """Store what one part of a job says, while others are not finished."""
        ...

    async def page_placed(self, job: Job, number: int, message_id: int) -> bool:
        """Store the message that will show page `number` (1, 2, …) of a long transcript."""
        ...

    async def record(self, job: Job, outcome: Outcome, now: float) -> bool:
        """Move the job on and give the lease back; jobs that waited for this outcome become due."""
        ...

    async def cancel(self, job_id: int, chat_id: int, message_id: int, apology: str, now: float) -> CancelResult:
        """End a job whose answer is not on its way yet, whoever holds its lease.

        Its generations go to a job that waits for the same transcript, if there is one: they are paid for.
        """
        ...

    async def job(self, job_id: int) -> Job | None: ...

    async def generations(self, job: Job) -> tuple[Generation, ...]: ...

    async def pages(self, job: Job) -> Mapping[int, int]:
        """Page number to message id, for the pages after the first that have a message."""
        ...

    async def transcript(self, transcript_id: int) -> str | None: ...

    async def settings(self, chat_id: int) -> ChatSettings: ...

    async def set_model(self, chat_id: int, model: str | None) -> None: ...

    async def move_chat(self, old_chat_id: int, new_chat_id: int) -> None:
        """A group became a supergroup: settings and jobs move, old message ids are void."""
        ...

    async def release_all(self) -> int:
        """Make every leased job due at once; only for the one process that owns the database."""
        ...

    async def purge(self, now: float, ended_before: float, limit: int) -> int:
        """Delete up to `limit` expired transcripts and jobs that ended before a moment; how many went."""
        ...

    async def backlog(self, now: float) -> Mapping[str, int]:
        """Unfinished jobs by state, and under "due" those whose moment has come."""
        ...

    async def ping(self) -> None:
        """Prove that the database takes writes."""
        ...

    @property
    def last_write_at(self) -> float:
        """When a write last succeeded, by the store's clock."""
        ...

    def hurry(self) -> None:
        """The end is near: from now on a locked database is not waited for."""
        ...

    async def close(self) -> None: ...
