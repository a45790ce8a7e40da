"""Quotas: how much of the bot one chat and one person may use. The store counts; what counts is said here."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.errors import PermanentError
from storage.apology import Reason
from storage.host import DAY, Exhausted, Rate, Spending
from storage.words import Job

MINUTE = 60.0
NO_RATE = Rate(0, 0)


@dataclass(frozen=True, slots=True)
class Quotas:
    """The operator's limits; None and 0 where there is none. They do not hold for the `owner`."""

    rate: Rate = NO_RATE
    chat_seconds: float | None = None  # of sound that go to the provider in a day
    person_seconds: float | None = None
    owner: Callable[[], int | None] = lambda: None

    def rate_of(self, user_id: int | None) -> Rate | None:
        """Return how many recordings a minute a person and the chat may send; None for any number."""
        is_owner = user_id is not None and user_id == self.owner()
        return None if is_owner or self.rate == NO_RATE else self.rate

    def spending(self, seconds: float, now: float) -> Spending:
        """Tell what a create is about to spend, and the limits that it has to fit into."""
        return Spending(seconds, int(now // DAY), self.chat_seconds, self.person_seconds, self.owner())

    def require(self, counted: bool | Exhausted, job: Job, now: float) -> bool:  # noqa: FBT001 - the answer of a write
        """Return the answer of a guarded write; PermanentError for a create that does not fit into a limit."""
        if not isinstance(counted, Exhausted):
            return counted
        limit = {"chat": self.chat_seconds, "person": self.person_seconds}[counted.whose] or 0.0
        raise PermanentError(
            Reason.OVER_LIMIT,
            f"job {job.id} needs more than is left of the day",
            whose=counted.whose.value,
            limit_minutes=limit / MINUTE,
            left_minutes=counted.left / MINUTE,
            opens_in=DAY - now % DAY,
        )
