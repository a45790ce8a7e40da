"""Jobs brought to where a test of the store begins, by nothing but the promises of the store."""

from typing import Any

import pytest

from storage.apology import Apology, Reason
from storage.intake import NewJob
from storage.leases import Interrupted
from storage.options import Options
from storage.outcomes import Admitted, MustWait, Outcome, Ready, Submitted, Waiting
from storage.store import Store
from storage.transcript import Transcript
from storage.words import SAME, Generation, Job

NOW = 1_800_000_000.0
LATER = NOW + 100
LEASE = 600.0
CHAT = 7
FAMILY = "nova"
KEPT_UNTIL = NOW + 3600
APOLOGY = Apology(Reason.CANCELLED)

ON_SQLITE = pytest.mark.parametrize("database", [""], ids=["sqlite"])  # what holds for this engine alone


def message(number: int = 1, *, file: str = "", **changed: Any) -> NewJob:
    """A voice note of its own, unless it is said to carry the same `file` as another."""
    given: dict[str, Any] = {
        "chat_id": CHAT,
        "message_id": number,
        "thread_id": None,
        "user_id": 42,
        "kind": "voice",
        "file_id": f"file-{number}",
        "file_unique_id": file or f"unique-{number}",
        "claimed_bytes": 1000,
        "model": "nova-3",
        "options": Options(),
    }
    return NewJob(**(given | changed))


def part(number: int = 0, *, of: int = 1) -> Generation:
    return Generation(number, f"generation-{of}-{number}", 600.0 * number, NOW)


async def again(store: Store, job: Job) -> Job:
    """The job as it is now."""
    found = await store.job(job.id)
    assert found is not None
    return found


async def everything(store: Store, *jobs: Job) -> list[object]:
    """All that can be read of these jobs."""
    return [(await again(store, job), await store.generations(job), await store.pages(job)) for job in jobs]


async def died(store: Store, now: float = NOW) -> tuple[Interrupted, ...]:
    """The process died and the next one recovers; what was interrupted is due at once."""
    return await store.recover(now, lambda _interrupted, _deaths: 0.0)


async def due(store: Store, now: float = NOW) -> set[int]:
    """Which jobs are due; they are leased from now on."""
    return {job.id for job in await claim_all(store, now)}


async def claim_all(store: Store, now: float = NOW) -> list[Job]:
    """Lease every job that is due, the interrupted ones last."""
    jobs = list((await store.claim(now, now + LEASE, 100)).jobs)
    while interrupted := (await store.claim_interrupted(now, now + LEASE)).jobs:
        jobs += interrupted
    return jobs


async def claimed(store: Store, now: float = NOW) -> Job:
    """Lease the one job that is due."""
    (job,) = await claim_all(store, now)
    return job


async def accepted(store: Store, number: int = 1, *, now: float = NOW, **changed: Any) -> Job:
    job = await store.accept(message(number, **changed), now)
    assert isinstance(job, Job)
    return job


async def leased(store: Store, number: int = 1, **changed: Any) -> Job:
    """A queued job in somebody's hands; no other may be due."""
    await accepted(store, number, **changed)
    return await claimed(store)


async def uploading(store: Store, number: int = 1, *, slots: int = 9, **changed: Any) -> Job:
    """An admitted job, as its holder knows it: claimed before it had a slot."""
    job = await leased(store, number, **changed)
    assert await store.admit(job, FAMILY, slots, NOW) == Admitted()
    return job


async def waiting_hands(store: Store, number: int, *, full: bool, **changed: Any) -> Job:
    """A job that was told to wait, and whose holder has not yet let go."""
    job = await leased(store, number, **changed)
    assert await store.admit(job, FAMILY, 1, NOW) == MustWait(FAMILY if full else SAME)
    assert (await again(store, job)).waiting_for == (FAMILY if full else SAME)
    return job


async def waiting(store: Store, number: int, *, full: bool, **changed: Any) -> Job:
    """A job that waits, in nobody's hands, and would look again LATER."""
    job = await waiting_hands(store, number, full=full, **changed)
    return await recorded(store, job, Waiting(LATER, FAMILY if full else SAME))


async def submitted(store: Store, number: int = 1, **changed: Any) -> Job:
    """A job at the provider, in nobody's hands, first looked at LATER."""
    job = await uploading(store, number, **changed)
    return await recorded(store, job, Submitted(LATER, 12.5, part(of=number)))


async def fetching(store: Store, number: int = 1, **changed: Any) -> Job:
    """A job at the provider, in somebody's hands."""
    job = await uploading(store, number, **changed)
    await recorded(store, job, Submitted(NOW, 12.5, part(of=number)))
    return await claimed(store)


async def ready(store: Store, number: int = 1, *, expires_at: float = KEPT_UNTIL, **changed: Any) -> Job:
    """A job with a transcript, in nobody's hands, due at once."""
    job = await fetching(store, number, **changed)
    return await recorded(store, job, Ready(Transcript("said"), expires_at))


async def delivering(store: Store, number: int = 1, **changed: Any) -> Job:
    """A job with a transcript, in somebody's hands."""
    await ready(store, number, **changed)
    return await claimed(store)


async def recorded(store: Store, job: Job, outcome: Outcome, now: float = NOW) -> Job:
    assert await store.record(job, outcome, now)
    return await again(store, job)
