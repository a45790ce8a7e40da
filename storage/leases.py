"""Leases: who works on which job. Promises as in `storage.store`."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Protocol

from storage.words import Job


@dataclass(frozen=True, slots=True)
class Claim:
    """The jobs now leased to the caller, and when the next one is due (None: nothing is waiting).

    `interrupted_at` is when the next one is due that was interrupted by a death of the process.
    """

    jobs: tuple[Job, ...]
    next_at: float | None
    interrupted_at: float | None


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A job that was in a step when the process died, with its counts (see Job): zeros if it only waited there."""

    job_id: int
    interrupted: int
    deaths: int


Wait = Callable[[int, int], float]  # from a job's `interrupted` and `deaths` to the seconds until its next step


class Leases(Protocol):
    """Gives leases of jobs, and takes them back."""

    async def claim(self, now: float, lease_until: float, limit: int, passed_over: Collection[int] = ()) -> Claim:
        """Lease up to `limit` due jobs that were not interrupted, in the order of their turns.

        None of the chats that are to be passed over.
        """

    async def claim_interrupted(self, now: float, lease_until: float) -> Claim:
        """Lease the due job that was interrupted the least often, of several the longest due one."""

    async def renew(self, job: Job, lease_until: float) -> bool:
        """Let the lease of a job last until another moment."""

    async def handle(self, job: Job, *, begun: bool) -> bool:
        """Store that work on the content of the job has begun or has ended."""

    async def recover(self, now: float, wait: Wait) -> tuple[Interrupted, ...]:
        """Give back every lease whose holder is gone: at the start of the only process on a database, all of them.

        Their jobs were interrupted, and become due after `wait` seconds, but for those that had only waited in line.
        The death of a holder is a job's own if its content was being worked on and the holder had leased no other one.
        One that has had such deaths waits at every start.
        """
