"""Deciding, in one transaction, whether a queued job goes to the provider, waits, or is answered already."""

import sqlite3

from storage.outcomes import Admission, Admitted, Known, MustWait
from storage.sqlite.connection import row, rows
from storage.statements.transitions import guarded
from storage.words import SAME, WOKEN, Job


def admit(connection: sqlite3.Connection, job: Job, family: str, slots: int, now: float) -> Admission | None:
    """See `Store.admit`."""
    current = row(
        connection,
        "SELECT slot, waits FROM jobs WHERE id = $1 AND lease_token = $2 AND state = 'queued'",
        job.id,
        job.lease_token,
    )
    if current is None:
        return None
    if current["slot"] is not None:  # taken before a crash, and still ours
        return Admitted()
    if known := _transcript(connection, job, now, waited=current["waits"] == WOKEN):
        return known
    if _older_is_on_its_way(connection, job):
        return _must_wait(connection, job, SAME)
    if _ahead(connection, job, family) >= slots:
        return _must_wait(connection, job, family)
    guarded(connection, job, "slot = $4, waits = NULL", family)
    return Admitted()


def _must_wait(connection: sqlite3.Connection, job: Job, waits: str) -> MustWait:
    """Written down at once: what the job waits for may happen while its step still tells the user."""
    guarded(connection, job, "waits = $4", waits)
    return MustWait(waits)


def _transcript(connection: sqlite3.Connection, job: Job, now: float, *, waited: bool) -> Known | None:
    """A transcript of the same key; one that this job waited for counts even where nothing is kept."""
    found = row(
        connection,
        "SELECT id FROM transcripts WHERE cache_key = $1 AND (expires_at > $2 OR $3) ORDER BY id DESC LIMIT 1",
        job.cache_key,
        now,
        waited,
    )
    return Known(found["id"]) if found else None


def _older_is_on_its_way(connection: sqlite3.Connection, job: Job) -> bool:
    return bool(
        rows(
            connection,
            "SELECT 1 FROM jobs WHERE cache_key = $1 AND next_at IS NOT NULL AND state IN ('queued', 'submitted')"
            " AND (id < $2 OR state = 'submitted' OR slot IS NOT NULL) AND id <> $2 LIMIT 1",
            job.cache_key,
            job.id,
        )
    )


def _ahead(connection: sqlite3.Connection, job: Job, family: str) -> int:
    """Jobs that have a slot of the family, and older ones that wait for one: nobody is overtaken for ever."""
    counted = row(
        connection,
        "SELECT (SELECT count(*) FROM jobs WHERE slot = $1)"
        " + (SELECT count(*) FROM jobs WHERE waits = $1 AND id < $2) AS n",
        family,
        job.id,
    )
    assert counted is not None
    return int(counted["n"])
