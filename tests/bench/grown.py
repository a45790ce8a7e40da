"""A database that has grown: a million jobs that have ended, and a hundred thousand that are still to be done."""

import asyncio
import atexit
import json
import os
import random
import shutil
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from functools import cache
from pathlib import Path

from storage.sqlite.migrate import apply
from tests.bench.meter import Row
from tests.bench.starting import start_in
from tests.bench.versions import Version

ENDED = 1_000_000
PENDING = 100_000
SCHEMA = 9  # the newest of the old versions; each version migrates a copy by itself
KEPT_SECONDS = 6 * 24 * 3600  # so long ago is the oldest end; nothing is old enough to be purged
DUE_AFTER = 1800.0  # nothing is to be done while it is measured
PROBE = Path(__file__).with_name("probed.py")
FILL = """
WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < $count)
INSERT INTO jobs (
    from_chat_id, message_id, chat_id, user_id, kind, file_id, model, options, cache_key, state, placeholder_id,
    created_at, turn, ended_at, next_at
) SELECT
    n % 20000 + 1, n + $first, n % 20000 + 1, n % 20000 + 1, 'voice', 'file ' || (n + $first), '#g1_nova-2-general',
    '{"language":"auto"}', 'file ' || (n + $first) || '|model|options', $state, n, $now - $ago - n * $step,
    $now - $ago - n * $step, CASE WHEN $due IS NULL THEN $now - n * $step END, $due + n / 1000.0
FROM numbers
"""


async def grown(version: Version, _chance: random.Random) -> Row:
    """Start a version twice on such a database, the first time with its migrations, and ask its store what it costs."""
    with tempfile.TemporaryDirectory() as many, tempfile.TemporaryDirectory() as none:
        database = Path(shutil.copy(_filled(), Path(many) / "verbatim.db"))
        migrating, _ = await start_in(Path(many), version), await start_in(Path(none), version)
        start, empty = await start_in(Path(many), version), await start_in(Path(none), version)
        return {
            "first_start_s": migrating["start_s"],
            "start_more_s": start["start_s"] - empty["start_s"],
            "start_more_cpu_s": start["start_cpu_s"] - empty["start_cpu_s"],
            **await _probed(version, database),
        }


@cache
def _filled() -> Path:
    """Fill a database, once for all runs; it goes with the process."""
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder)
    path = Path(folder) / "filled.db"
    now, step = time.time(), KEPT_SECONDS / ENDED
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN")
        apply(connection, 0, SCHEMA)
        ended = {"count": ENDED, "first": 0, "state": "delivered", "due": None}
        pending = {"count": PENDING, "first": ENDED, "state": "queued", "due": now + DUE_AFTER}
        for kind in (ended, pending):
            connection.execute(FILL, kind | {"now": now, "ago": 10.0, "step": step})
        connection.execute("COMMIT")
    return path


async def _probed(version: Version, database: Path) -> Row:
    environment = os.environ | {"PYTHONPATH": str(version.folder)}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(PROBE), str(database)), env=environment, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    found: Row = json.loads(said)
    return found
