"""Writes under a lease: what to do when they come back empty, or cannot be done just now."""

import asyncio
from collections.abc import Awaitable, Callable

from bot.log import get_logger
from storage.store import StorageUnavailableError

log = get_logger(__name__)
AGAIN_SECONDS = 1.0


class LeaseLostError(Exception):
    """Somebody else owns the job now: drop what you hold."""


def require_lease(still_ours: bool) -> None:  # noqa: FBT001 - reads as a sentence around a guarded write
    """Stop here if a guarded write came back empty."""
    if not still_ours:
        raise LeaseLostError


async def write_until_stored(job_id: int, write: Callable[[], Awaitable[bool]]) -> bool:
    """Store what exists outside already, a message or a paid generation, as soon as the database takes it.

    If that comes too late the lease is lost, and the write comes back empty.
    """
    while True:
        try:
            return await write()
        except StorageUnavailableError as error:
            log.error("storage.unavailable", job=job_id, error=str(error))
            await asyncio.sleep(AGAIN_SECONDS)
