"""Writes under a lease: what to do when they come back empty, or cannot be done just now."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from bot.log import get_logger
from storage.retry import repeat_until_stored
from storage.store import Store
from storage.words import Job

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


@asynccontextmanager
async def handling(store: Store, job: Job) -> AsyncIterator[None]:
    """Store that the content of an interrupted job is worked on, so that a death meanwhile is known to be its own."""
    if not job.interrupted:
        yield
        return
    require_lease(await store.handle(job, begun=True))
    yield
    require_lease(await store.handle(job, begun=False))
