"""Writes under a lease: what to do when they come back empty, or cannot be done just now."""

from collections.abc import Awaitable, Callable

from bot.log import get_logger
from storage.retry import repeat_until_stored

log = get_logger(__name__)


class LeaseLostError(Exception):
    """The lease belongs to another step by now: drop what this one holds."""


def require_lease(written: bool) -> None:  # noqa: FBT001 - the answer of a guarded write
    """Raise LeaseLostError if a guarded write came back empty."""
    if not written:
        raise LeaseLostError


async def write_until_stored(job_id: int, write: Callable[[], Awaitable[bool]]) -> bool:
    """Store what exists outside already as soon as the database takes it; False if the lease is lost by then."""
    return await repeat_until_stored(
        write, lambda error: log.error("storage.unavailable", job=job_id, error=str(error))
    )
