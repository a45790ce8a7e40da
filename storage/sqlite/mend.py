"""Making salvaged rows fit together: what lost its other half goes on from where it can.

A job whose transcript or whose generations are lost is queued again, as if it had just come. Rows that make no sense
by themselves are dropped.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from storage.errors import DatabaseDamagedError
from storage.statements.encoding import decode_options
from storage.statements.rows import (
    ERRAND_COLUMNS,
    GENERATION_COLUMNS,
    JOB_COLUMNS,
    errand_of,
    generation_of,
    job_of,
    transcript_of,
)
from storage.words import FINAL

# What is needed to begin with a job; its options were called differently once.
IDS = ("id", "from_chat_id", "message_id", "chat_id")
TEXTS = ("kind", "file_id", "model", "cache_key")
NUMBERS = ("thread_id", "direct_topic_id", "user_id", "claimed_bytes", "placeholder_id", "about")
AUTOMATIC = {"options": '{"language":"auto"}', "language": "auto"}
FAR = 1_000_000  # beyond every id that a button may have in a chat


@dataclass(slots=True)
class Mended:
    """The ids of jobs that begin again, and how many rows were dropped."""

    again: set[int] = field(default_factory=set)
    dropped: int = 0


def begin_again(new: sqlite3.Connection, stored: dict[str, Any], now: float) -> bool:
    """Put a job in as if it had just come; False if too little of it is left, or if it was over."""
    over = stored.get("next_at") is None or stored.get("state") in FINAL
    if over or not all(isinstance(stored.get(name), int) for name in IDS):
        return False
    if not all(isinstance(stored.get(name), str) for name in TEXTS):
        return False
    kept = {name: stored[name] for name in (*IDS, *TEXTS)}
    kept |= {name: stored[name] if isinstance(stored.get(name), int) else None for name in NUMBERS}
    kept |= {name: _options(stored[name], plain) for name, plain in AUTOMATIC.items() if name in stored}
    kept |= {"must_sniff": int(bool(stored["must_sniff"]))} if "must_sniff" in stored else {}
    new.execute("DELETE FROM jobs WHERE id = ?", (stored["id"],))
    return insert(new, "jobs", kept | {"created_at": now, "next_at": now})


def insert(new: sqlite3.Connection, table: str, stored: dict[str, Any]) -> bool:
    """Insert a row; False if the table does not take it."""
    names, values = ", ".join(stored), ", ".join("?" * len(stored))
    try:
        new.execute(f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({values})", list(stored.values()))
    except sqlite3.Error:
        return False
    return True


def _options(stored: Any, plain: str) -> Any:
    """Return options as they are, or plain ones if they cannot be read."""
    try:
        if plain.startswith("{"):
            decode_options(stored)
    except (ValueError, TypeError, AttributeError):
        return plain
    return stored if isinstance(stored, str) else plain


def mend(new: sqlite3.Connection, now: float, *, generations_incomplete: bool) -> Mended:
    """Make the rows of a database of the newest version fit together."""
    mended = Mended()
    _drop_unreadable(new, mended, "transcripts", "id, body", transcript_of)
    new.execute("UPDATE generations SET body = NULL WHERE body IS NOT NULL AND json_valid(body) = 0")
    _drop_unreadable(new, mended, "generations", GENERATION_COLUMNS, generation_of)
    new.execute("PRAGMA ignore_check_constraints = ON")  # until those that lost it begin again
    new.execute("UPDATE jobs SET transcript_id = NULL WHERE transcript_id NOT IN (SELECT id FROM transcripts)")
    _mend_jobs(new, mended, now)
    for job in _without_other_half(new, incomplete=generations_incomplete):
        _again(new, mended, job, now)
    new.execute("PRAGMA ignore_check_constraints = OFF")
    for table in ("generations", "pages", "errands", "names", "questions"):
        mended.dropped += _delete(new, table, "job_id NOT IN (SELECT id FROM jobs)")
    _mend_chats(new, mended)
    _mend_the_rest(new, mended)
    return mended


def _mend_chats(new: sqlite3.Connection, mended: Mended) -> None:
    """Drop what is stored of chats and people without a number, and what cannot be read of the others."""
    mended.dropped += _delete(new, "chats", "typeof(chat_id) <> 'integer'")
    new.execute("UPDATE chats SET model = NULL WHERE typeof(model) NOT IN ('text', 'null')")
    new.execute("UPDATE chats SET language = NULL WHERE typeof(language) NOT IN ('text', 'null')")
    new.execute("UPDATE chats SET interface = NULL WHERE typeof(interface) NOT IN ('text', 'null')")
    new.execute("UPDATE chats SET vocabulary = NULL WHERE typeof(vocabulary) NOT IN ('text', 'null')")
    flags = "typeof(present) <> 'integer' OR typeof(may_write) <> 'integer' OR typeof(sees + admin) <> 'integer'"
    mended.dropped += _delete(new, "memberships", f"typeof(chat_id) <> 'integer' OR {flags}")
    new.execute("UPDATE memberships SET told = NULL WHERE typeof(told) <> 'integer'")
    new.execute("UPDATE memberships SET interface = NULL WHERE typeof(interface) <> 'text'")
    new.execute("UPDATE memberships SET introduced_at = NULL WHERE typeof(introduced_at) <> 'real'")
    new.execute("UPDATE chats SET came_from = NULL WHERE typeof(came_from) <> 'integer'")
    mended.dropped += _delete(new, "guests", "typeof(id) <> 'integer'")
    mended.dropped += _delete(new, "opted_out", "typeof(user_id) <> 'integer'")
    mended.dropped += _delete(new, "told", "typeof(chat_id) <> 'integer' OR typeof(what) <> 'text'")
    mended.dropped += _delete(new, "told", "typeof(at) NOT IN ('null', 'real')")


def _mend_the_rest(new: sqlite3.Connection, mended: Mended) -> None:
    """Drop what cannot be read of pages, of use and of the program itself, and count anew."""
    mended.dropped += _delete(new, "pages", "typeof(number) <> 'integer' OR typeof(message_id) <> 'integer'")
    _drop_unreadable(new, mended, "errands", ERRAND_COLUMNS, errand_of)
    for table in ("names", "chat_names"):
        mended.dropped += _delete(new, table, "typeof(speaker) <> 'text' OR typeof(name) <> 'text'")
    mended.dropped += _delete(new, "chat_names", "typeof(chat_id) <> 'integer' OR typeof(since) <> 'integer'")
    mended.dropped += _delete(new, "questions", "typeof(chat_id + message_id) <> 'integer'")
    mended.dropped += _delete(new, "unfinished", "typeof(chat_id) <> 'integer' OR typeof(body) <> 'text'")
    mended.dropped += _delete(new, "unfinished", "typeof(at) <> 'real' OR typeof(tries) <> 'integer'")
    new.execute("UPDATE pulse SET bot_id = NULL WHERE typeof(bot_id) <> 'integer'")
    mended.dropped += _delete(new, "usage", "typeof(seconds) <> 'real' OR typeof(recordings) <> 'integer'")
    new.execute("UPDATE pulse SET owner_id = NULL WHERE typeof(owner_id) <> 'integer'")
    new.execute("UPDATE pulse SET owner_word = NULL WHERE typeof(owner_word) <> 'text'")
    new.execute("UPDATE pulse SET owner_speaks = NULL WHERE typeof(owner_speaks) <> 'text'")
    new.execute("UPDATE pulse SET webhook = NULL WHERE typeof(webhook) <> 'text'")
    new.execute("UPDATE pulse SET circle = 0 WHERE typeof(circle) <> 'integer'")
    new.execute(
        "UPDATE jobs SET reserved = 0, reserved_on = 0"
        " WHERE typeof(reserved) <> 'real' OR typeof(reserved_on) <> 'integer'"
    )
    new.execute("UPDATE pulse SET known_at = NULL, moved = 0 WHERE typeof(known_at) <> 'real'")
    new.execute("UPDATE pulse SET left_out = 0 WHERE typeof(left_out) <> 'real'")
    new.execute("UPDATE pulse SET keep_until = 0 WHERE typeof(keep_until) <> 'real'")
    new.execute("UPDATE counts SET n = (SELECT count(*) FROM jobs WHERE jobs.state = counts.state)")


def go_on_counting(new: sqlite3.Connection, seen: int | None) -> None:
    """Give no job an id that another one had; `seen` is the largest one that was given, if that is known."""
    largest = max(new.execute("SELECT coalesce(max(id), 0) FROM jobs").fetchone()[0], seen or 0)
    new.execute("DELETE FROM sqlite_sequence WHERE name = 'jobs'")
    sql = "INSERT INTO sqlite_sequence (name, seq) VALUES ('jobs', ?)"
    new.execute(sql, (largest if seen is not None else largest + FAR,))


def _mend_jobs(new: sqlite3.Connection, mended: Mended, now: float) -> None:
    for row in new.execute(f"SELECT {JOB_COLUMNS} FROM jobs").fetchall():
        try:
            job_of(row)
        except DatabaseDamagedError:
            _again(new, mended, row, now)


def _without_other_half(new: sqlite3.Connection, *, incomplete: bool) -> list[Any]:
    """Find jobs whose transcript is lost, or of which a generation is, or may be."""
    parts = "(SELECT count(*) FROM generations WHERE job_id = jobs.id)"
    lost_part = f"({parts} = 0 OR {parts} <= (SELECT max(part) FROM generations WHERE job_id = jobs.id))"
    sql = (
        f"SELECT {JOB_COLUMNS} FROM jobs WHERE state = 'ready' AND apology IS NULL AND transcript_id IS NULL"
        f" OR state = 'submitted' AND (? OR {lost_part})"
    )
    return new.execute(sql, (incomplete,)).fetchall()


def _again(new: sqlite3.Connection, mended: Mended, row: Any, now: float) -> None:
    """Begin again with a job, or drop it."""
    if begin_again(new, dict(row), now):
        mended.again.add(row["id"])
    else:
        mended.dropped += _delete(new, "jobs", "id = ?", row["id"])


def _drop_unreadable(
    new: sqlite3.Connection, mended: Mended, table: str, columns: str, decode: Callable[[Any], object]
) -> None:
    for row in new.execute(f"SELECT rowid AS number_of_row, {columns} FROM {table}").fetchall():
        try:
            decode(row)
        except DatabaseDamagedError:
            mended.dropped += _delete(new, table, "rowid = ?", row["number_of_row"])


def _delete(new: sqlite3.Connection, table: str, where: str, *values: Any) -> int:
    return new.execute(f"DELETE FROM {table} WHERE {where}", values).rowcount
