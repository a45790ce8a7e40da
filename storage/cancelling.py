"""Cancelling of jobs, whatever step holds their leases. Promises as in `storage.store`."""

from dataclasses import dataclass
from typing import Protocol

from storage.words import Job, Press


@dataclass(frozen=True, slots=True)
class CancelResult:
    """What pressing a cancel button came to.

    `job` is None when no such job exists, or where nothing was asked of it. `accepted` says that the job now
    ends as cancelled. An `orphan` is a message that no job points to: the process died between sending and storing it.
    `not_theirs` says that nothing was changed, as somebody else sent the recording.
    """

    job: Job | None
    accepted: bool
    orphan: bool
    not_theirs: bool = False


class Cancelling(Protocol):
    """Cancels jobs."""

    async def cancel(self, job_id: int, chat_id: int, message_id: int, now: float) -> CancelResult:
        """Make a job say that it was cancelled, whatever step holds its lease; too late once its answer is on its way.

        Its generations go to a job that waits for the same transcript, if there is one: they are paid for.
        """

    async def press(self, press: Press, now: float) -> CancelResult:
        """Cancel as `cancel` does, unless the press is by somebody else or its button is invented."""

    async def cancel_at(self, chat_id: int, message_id: int, user_id: int | None, now: float) -> CancelResult:
        """Cancel the job of a recording, which a message brings or is the placeholder of.

        `user_id` as in Press. `job` is None where no job belongs to the message.
        """

    async def cancel_all(self, chat_id: int, user_id: int | None, now: float) -> int:
        """Cancel what a person sent to a chat and that is not answered; None for what has no sender.

        In a private chat that is everything, also what is shown there of a group. Return how many say so, or are about
        to.
        """
