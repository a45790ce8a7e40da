"""Ask the store of the version that Python finds what it costs; prints JSON. It runs in a process of its own."""

import asyncio
import json
import statistics
import sys
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from storage.outcomes import Waiting
from storage.sqlite.engine import open_store

LATER = 3600.0  # by then every job is due
TIMES = 20


async def timed(call: Callable[[], Coroutine[Any, Any, Any]], times: int) -> float:
    """Return the median milliseconds of a call."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        await call()
        taken.append(time.perf_counter() - began)
    return 1000 * statistics.median(taken)


async def main(database: Path) -> dict[str, float]:
    store = await open_store(database, time.time)
    later = time.time() + LATER

    async def ten_steps() -> None:
        for job in (await store.claim(later, later + 600, 10)).jobs:
            await store.record(job, Waiting(later - 1), later)

    try:
        return {
            "recover_ms": await timed(lambda: store.recover(time.time(), lambda _interrupted, _deaths: 0.0), 3),
            "gauges_ms": await timed(lambda: store.backlog(time.time()), 3),
            "ten_steps_ms": await timed(ten_steps, TIMES),
        }
    finally:
        await store.close()


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(Path(sys.argv[1])))))
