"""What the store alone can do: whole jobs from the door to their answers, on both engines, with some processes each."""

import asyncio
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from storage.replicas import DEAD_AFTER
from tests import postgres
from tests.bench.meter import Row
from tests.bench.versions import Version
from tests.rows import ENDED_COLUMNS, EVERY_COLUMN, filled

LIVES = Path(__file__).with_name("lives.py")
SECONDS = 8.0  # of work for each figure
SIDE_BY_SIDE = 12  # jobs of one process
REPLICAS = (1, 2, 4)
KILOBYTE = 1024


def knows_postgres(version: Version) -> bool:
    return (version.folder / "storage" / "postgres").exists()


async def server() -> str:
    """Return the address of an empty database on a server that ends with this process."""
    at = await asyncio.to_thread(postgres.server, f"bench-{os.getpid()}")
    return await asyncio.to_thread(postgres.database, at, f"bench_{time.time_ns()}")


async def stores(version: Version, _: random.Random) -> Row:
    """Measure SQLite with one process, and PostgreSQL with several, in empty databases."""
    if not knows_postgres(version):
        return {}
    with tempfile.TemporaryDirectory() as folder:
        alone = await _work(version, f"sqlite:///{folder}/verbatim.db", 1)
    return _named("sqlite", alone) | await _on_postgres(version, 0)


def among(rows: int) -> Callable[[Version, random.Random], Awaitable[Row]]:
    """Make the same for PostgreSQL alone, beside so many jobs that have ended."""

    async def measured(version: Version, _: random.Random) -> Row:
        return await _on_postgres(version, rows) if knows_postgres(version) else {}

    return measured


async def _on_postgres(version: Version, rows: int) -> Row:
    url = await server()
    await _fill(url, rows)
    figures = Row()
    for replicas in REPLICAS:
        before = await _wal(url)
        done = await _work(version, url, replicas)
        figures |= _named(f"postgres_{replicas}", done)
        if replicas == 1:
            figures["wal_kb_per_job"] = (await _wal(url) - before) / done["jobs"] / KILOBYTE
            figures["statements_per_job"] = done["statements_per_job"]
        await asyncio.sleep(DEAD_AFTER)  # so that nobody is taken for alive
    return figures


def _named(name: str, done: Row) -> Row:
    told = {"jobs_per_s": done["jobs"] / done["seconds"], "cpu_ms_per_job": done["cpu_ms_per_job"]}
    return {f"{name}_{each}": figure for each, figure in (told | {"claim_p99_ms": done["claim_p99_ms"]}).items()}


async def _work(version: Version, url: str, replicas: int) -> Row:
    """Let so many processes work at the same time."""
    environment = os.environ | {"PYTHONPATH": str(version.folder)}
    numbers = [time.time_ns() // 1000 % 10**9 * 10 + each for each in range(replicas)]
    told = [[str(LIVES), url, str(number), str(SECONDS), str(SIDE_BY_SIDE)] for number in numbers]
    done: Sequence[Row] = await asyncio.gather(*(_told_by(arguments, environment) for arguments in told))
    jobs = sum(each["jobs"] for each in done)
    return {
        "jobs": jobs,
        "seconds": max(each["seconds"] for each in done),
        "cpu_ms_per_job": sum(each["cpu_ms_per_job"] * each["jobs"] for each in done) / jobs,
        "claim_p99_ms": max(each["claim_p99_ms"] for each in done),
        "statements_per_job": done[0]["statements_per_job"],
    }


async def _told_by(arguments: Sequence[str], environment: dict[str, str]) -> Row:
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, env=environment, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    found: Row = json.loads(said)
    return found


async def _wal(url: str) -> float:
    async with postgres.connected(url) as connection:
        return float(await connection.fetchval("SELECT pg_current_wal_lsn() - '0/0'"))


async def _fill(url: str, rows: int) -> None:
    """Put in jobs that ended within the last days, and the transcripts of the last one."""
    if rows == 0:
        return
    columns: dict[str, Any] = EVERY_COLUMN | ENDED_COLUMNS
    async with postgres.connected(url) as connection:
        for sql in filled(columns, rows):
            await connection.execute(sql, timeout=None)
