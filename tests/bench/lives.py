"""Bring jobs from the door to their answers in a store, as the steps do; prints JSON. It runs in a process of its own.

Arguments: the address of the database, a number that no other process has, the seconds to work, jobs side by side.
"""

import asyncio
import json
import resource
import statistics
import sys
import time
from itertools import count
from typing import Any

from storage.apology import Notice
from storage.host import Spending
from storage.intake import NewJob, Start
from storage.opening import open_store
from storage.options import Options
from storage.outcomes import Ended, Ready, Submitted
from storage.statements.store import SQLStore
from storage.transcript import Transcript
from storage.words import Generation, Job, State

LEASE = 600.0
CLAIMS_EVERY = 0.05  # seconds; a claim is measured beside the jobs
SLOTS = 100_000


async def main(url: str, process: int, seconds: float, side_by_side: int) -> dict[str, float]:
    store = await open_store(url, time.time)
    await store.replicas.enter("bench", "nothing")
    until, numbers = time.perf_counter() + seconds, count(process * 10**9)
    claims: list[float] = []
    began, used = time.perf_counter(), cpu_seconds()

    async def work() -> int:
        done = 0
        while time.perf_counter() < until:
            await live(store, next(numbers))
            done += 1
        return done

    async def claim() -> None:
        while time.perf_counter() < until:
            asked = time.perf_counter()
            await store.claim(store.now() - LEASE, store.now(), 10)  # nothing is due then
            claims.append(time.perf_counter() - asked)
            await asyncio.sleep(CLAIMS_EVERY)

    *done, _ = await asyncio.gather(*(work() for _ in range(side_by_side)), claim())
    taken, jobs = time.perf_counter() - began, sum(filter(None, done))
    used = cpu_seconds() - used
    statements = await statements_of(store, next(numbers))
    await store.close()
    return {
        "jobs": jobs,
        "seconds": taken,
        "cpu_ms_per_job": 1000 * used / max(1, jobs),
        "statements_per_job": statements,
        "claim_p99_ms": 1000 * statistics.quantiles(claims, n=100)[98] if len(claims) > 1 else 0.0,
    }


async def live(store: SQLStore, number: int) -> None:
    """One voice note of a chat of its own."""
    now = store.now()
    start = Start(f"{number}", now + LEASE, lambda _model: ("nova", SLOTS))
    new = NewJob(
        chat_id=number,
        message_id=1,
        thread_id=None,
        user_id=number,
        kind="voice",
        file_id=f"file {number}",
        file_unique_id=f"{number}",
        claimed_bytes=10_000,
        model="#g1_nova-2-general",
        options=Options(),
    )
    job = await store.accept(new, now, 100, start)
    assert isinstance(job, Job)
    await store.place(job, 2, Notice.NONE)
    await store.start_create(job, Spending(3.0, int(now // 86400), None, None, None))
    part = Generation(0, f"generation {number}", 0.0, now)
    submitted = await store.advance(job, Submitted(now + 1, 3.0, part), now, now + LEASE)
    assert submitted is not None
    ready = await store.advance(submitted, Ready(Transcript("said"), now + 86400), now, now + LEASE)
    assert ready is not None
    assert await store.record(ready, Ended(State.DELIVERED), now)


class Counted:
    """A transaction whose statements are counted, but for the taking of locks."""

    statements = 0

    def __init__(self, transaction: Any) -> None:
        self._transaction = transaction

    def __getattr__(self, name: str) -> Any:
        if name in {"row", "rows"}:
            Counted.statements += 1
        return getattr(self._transaction, name)


async def statements_of(store: SQLStore, number: int) -> int:
    """Count the statements of one more job."""
    write: Any = store.engine.write
    store.engine.write = lambda function, **how: write(lambda tx: function(Counted(tx)), **how)  # type: ignore[method-assign]
    await live(store, number)
    return Counted.statements


def cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    given = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
    print(json.dumps(asyncio.run(main(*given))))
