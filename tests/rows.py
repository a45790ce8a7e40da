"""A database with many rows, filled within seconds: a million for the benchmark, and fewer for tests."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from storage.sqlite.migrate import apply, migrations

ENDED, PENDING = 1_000_000, 100_000
OF_A_CHAT = 100  # pending jobs: as many as one may have
DAY = 24 * 3600.0
AWAY = 3000.0  # seconds until what waits looks again by itself

DAYS = 6  # of ended jobs: none is old enough to be purged
KEPT = f"n > $ended * {DAYS - 1} / {DAYS}"
ENDING = f"($now - {DAYS * DAY} * ($ended - n) / $ended)"
EVERY_COLUMN = {
    "from_chat_id": f"n / {OF_A_CHAT}",
    "message_id": "$ended + n",
    "chat_id": f"n / {OF_A_CHAT}",
    "user_id": f"n / {OF_A_CHAT}",
    "kind": "'voice'",
    "file_id": "'the file that Telegram gives the recording under, number ' || n",
    "model": "'#g1_nova-2-general'",
    "options": """'{"language":"auto"}'""",
    "cache_key": "'key ' || n",
}
ENDED_COLUMNS = {
    "id": "n",
    "message_id": "n",
    "state": "'delivered'",
    "created_at": f"{ENDING} - 10",
    "submitted_at": f"{ENDING} - 9",
    "ready_at": f"{ENDING} - 1",
    "ended_at": ENDING,
    "placeholder_id": "n + 1",
    "transcript_id": f"CASE WHEN {KEPT} THEN n END",
    "turn": f"{ENDING} - 10",
    "claimed_at": f"{ENDING} - 1",
}
PENDING_COLUMNS = {"id": "$ended + n", "cache_key": "'new key ' || n", "created_at": "$now - 60", "turn": "$now - 60"}
KINDS = {
    "queued": {"state": "'queued'", "next_at": "$now - 1", "lined_up": "1"},
    "due": {"state": "'queued'", "next_at": "$now - 1"},
    "for a slot": {"state": "'queued'", "next_at": "$now + $away", "waiting_for": "'nova'"},
    "paused": {"state": "'queued'", "next_at": "$now + $away", "waiting_for": "'paused'"},
    "submitted": {"state": "'submitted'", "next_at": "$now + 5", "submitted_at": "$now - 10"},
    "ready": {"state": "'ready'", "next_at": "$now + $away", "ready_at": "$now - 10", "apology": "$apology"},
}
APOLOGY = '{"reason": "cancelled", "facts": {}}'
BODY = '{"text": "said", "language": null, "duration": null, "words": []}'


def fill_database(
    path: Path,
    kind: str,
    ended: int = ENDED,
    pending: int = PENDING,
    *,
    now: float | None = None,
    schema: int | None = None,
) -> None:
    """Make a database of `ended` jobs of the last days, and of `pending` ones of a kind that were made lately.

    The jobs of the last day have their transcripts. The schema is the newest one unless its number is given.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as shell:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -200000", "temp_store = MEMORY"):
            shell.execute(f"PRAGMA {pragma}")
        shell.execute("PRAGMA ignore_check_constraints = ON")
        shell.execute("BEGIN IMMEDIATE")
        apply(shell, 0, migrations()[-1][0] if schema is None else schema)
        _fill(shell, kind, ended, pending, time.time() if now is None else now)
        shell.execute("COMMIT")


def _fill(shell: sqlite3.Connection, kind: str, ended: int, pending: int, now: float) -> None:
    """Put the rows in without indexes and triggers, which is many times faster, and make those afterwards."""
    made = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND type IN ('index', 'trigger')"
    left_out = shell.execute(made).fetchall()
    for sort, name, _ in left_out:
        shell.execute(f"DROP {sort} {name}")
    given = {"now": now, "away": AWAY, "apology": APOLOGY, "body": BODY, "ended": ended}
    _transcripts(shell, ended, given)
    _jobs(shell, ENDED_COLUMNS, ended, given)
    _jobs(shell, PENDING_COLUMNS | KINDS[kind], pending, given)
    if kind == "submitted":
        columns = "(job_id, part, generation_id, start, submitted_at)"
        values = "SELECT $ended + n, 0, 'generation ' || n, 0.0, $now - 10"
        _numbered(shell, f"INSERT INTO generations {columns} {values}", pending, given)
    for *_, sql in left_out:
        shell.execute(sql)
    if "counts" in {name for (name,) in shell.execute("SELECT name FROM sqlite_master")}:
        shell.execute("UPDATE counts SET n = (SELECT count(*) FROM jobs WHERE jobs.state = counts.state)")
    shell.execute("UPDATE pulse SET known_at = $now", given)


def _transcripts(shell: sqlite3.Connection, ended: int, given: dict[str, Any]) -> None:
    values = f"SELECT n, 'key ' || n, $body, $now + {DAY} * n / $ended"
    _numbered(shell, f"INSERT INTO transcripts (id, cache_key, body, expires_at) {values}", ended, given, KEPT)


def _jobs(shell: sqlite3.Connection, columns: dict[str, str], count: int, given: dict[str, Any]) -> None:
    columns = EVERY_COLUMN | columns
    names, values = ", ".join(columns), ", ".join(columns.values())
    _numbered(shell, f"INSERT INTO jobs ({names}) SELECT {values}", count, given)


def filled(columns: dict[str, str], ended: int) -> list[str]:
    """Return what puts jobs that have ended, and the transcripts that are still kept, into PostgreSQL."""
    given = {"$ended": str(ended), "$now": f"{time.time()}", "$body": f"'{BODY}'"}
    names = ", ".join(columns)
    numbers = f"FROM generate_series(1, {ended}) AS numbers (n)"
    kept = f"SELECT n, 'key ' || n, $body, $now + {DAY} * n / $ended {numbers} WHERE {KEPT}"
    statements = [
        f"INSERT INTO transcripts (id, cache_key, body, expires_at) OVERRIDING SYSTEM VALUE {kept}",
        f"INSERT INTO jobs ({names}) OVERRIDING SYSTEM VALUE SELECT {', '.join(columns.values())} {numbers}",
        *(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {ended})" for table in ("transcripts", "jobs")),
        "ANALYZE",
    ]
    for name, value in given.items():
        statements = [each.replace(name, value) for each in statements]
    return statements


def _numbered(shell: sqlite3.Connection, insert: str, count: int, given: dict[str, Any], where: str = "1") -> None:
    """Run an INSERT of a SELECT once for all of the numbers `n` from 1 to `count`."""
    numbers = "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < $count)"
    shell.execute(f"{numbers} {insert} FROM numbers WHERE n <= $count AND {where}", given | {"count": count})
