"""The statements that move a job on, one function an outcome; each runs inside a transaction of the caller.

Every change that a step makes to its job is guarded by id, lease and state: no row back means that the lease
was lost. Waking others touches leased jobs too, but only `waits`, which nobody but the store reads.
"""

import sqlite3
from dataclasses import dataclass, replace

from storage import outcomes
from storage.sqlite.connection import row, rows
from storage.words import HELD, SAME, WOKEN, Generation, Job, State

GUARD = "WHERE id = $1 AND lease_token = $2 AND state = $3 RETURNING *"
RETURNED = "lease_token = NULL, claims = 0, posting = 0"


def guarded(connection: sqlite3.Connection, job: Job, assignments: str, *values: object) -> sqlite3.Row | None:
    """Set `assignments` (values from $4 on) on the job if its lease still holds."""
    return row(connection, f"UPDATE jobs SET {assignments} {GUARD}", job.id, job.lease_token, job.state, *values)


def apply(  # noqa: PLR0911 - one line an outcome: this is the table
    connection: sqlite3.Connection, job: Job, outcome: outcomes.Outcome, now: float
) -> bool:
    """Record what a step achieved, and wake whoever waited for it."""
    claimed, job = job, _as_it_is(connection, job)
    match outcome:
        case outcomes.Submitted():
            return _submitted(connection, job, outcome, now)
        case outcomes.Waiting(next_at, waits):
            return _stays(connection, claimed, _Stay(next_at, waits=waits), now)
        case outcomes.Attempted(next_at, doubt):
            return _stays(connection, claimed, _Stay(next_at, attempts=1, doubts=int(doubt)), now)
        case outcomes.Released(next_at):
            return _stays(connection, claimed, _Stay(next_at, doubts=1), now)
        case outcomes.Forgotten(next_at):
            return _forgotten(connection, job, next_at, now)
        case outcomes.Ready(body, expires_at):
            return _ready(connection, job, body, expires_at, now)
        case outcomes.Known(transcript_id):
            return _known(connection, job, transcript_id, now)
        case outcomes.Hopeless(apology, doubt):
            return _hopeless(connection, job, apology, int(doubt), now)
        case outcomes.Ended(state):
            return _ended(connection, job, state, now)


def _as_it_is(connection: sqlite3.Connection, job: Job) -> Job:
    """The job with what others, or its own step, changed of it since it was claimed."""
    found = row(connection, "SELECT slot, waits FROM jobs WHERE id = $1", job.id)
    return replace(job, slot=found["slot"], waits=found["waits"]) if found else job


def _submitted(connection: sqlite3.Connection, job: Job, outcome: outcomes.Submitted, now: float) -> bool:
    """A create that got through ends the wait of those that were held back, too."""
    moved = guarded(
        connection,
        job,
        f"state = 'submitted', submitted_at = $4, next_at = $5, audio_seconds = $6, attempts = 0, {RETURNED}",
        now,
        outcome.first_look_at,
        outcome.audio_seconds,
    )
    if moved is None:
        return False
    if outcome.generation is not None:
        add_generation(connection, job, outcome.generation)
    rows(connection, "UPDATE jobs SET waits = NULL, next_at = $1 WHERE waits = $2 AND lease_token IS NULL", now, HELD)
    return True


def add_generation(connection: sqlite3.Connection, job: Job, generation: Generation) -> None:
    rows(
        connection,
        "INSERT INTO generations (job_id, part, generation_id, start, submitted_at) VALUES ($1, $2, $3, $4, $5)",
        job.id,
        generation.part,
        generation.generation_id,
        generation.start,
        generation.submitted_at,
    )


@dataclass(frozen=True, slots=True)
class _Stay:
    """What a step leaves behind that did not move its job on; doubts count only where a create was begun."""

    next_at: float
    attempts: int = 0
    doubts: int = 0
    waits: str | None = None


def _stays(connection: sqlite3.Connection, claimed: Job, stay: _Stay, now: float) -> bool:
    """The state stays; a queued job gives its slot back, and one that was woken since its claim is due at once.

    It stays woken until it asks again, because only so may it find a transcript that is not kept. One that was
    woken before, and whose step never came to ask, waits for its moment like any other.
    """
    job = _as_it_is(connection, claimed)
    woken = job.waits == WOKEN
    stayed = guarded(
        connection,
        job,
        "next_at = $4, waits = $5, attempts = attempts + $6, doubts = doubts + $7 * posting,"
        f" slot = CASE WHEN state = 'queued' THEN NULL ELSE slot END, {RETURNED}",
        now if woken and claimed.waits != WOKEN else stay.next_at,
        WOKEN if woken else stay.waits,
        stay.attempts,
        stay.doubts,
    )
    if stayed is None:
        return False
    if job.state is State.QUEUED:
        wake_for_slot(connection, job.slot, now)
    return True


def _forgotten(connection: sqlite3.Connection, job: Job, next_at: float, now: float) -> bool:
    moved = guarded(
        connection,
        job,
        f"state = 'queued', submitted_at = NULL, next_at = $4, losses = losses + 1, slot = NULL, {RETURNED}",
        next_at,
    )
    return moved is not None and _provider_is_done(connection, job, now)


def _ready(connection: sqlite3.Connection, job: Job, body: str, expires_at: float, now: float) -> bool:
    new = row(
        connection,
        "INSERT INTO transcripts (cache_key, body, expires_at) VALUES ($1, $2, $3) RETURNING id",
        job.cache_key,
        body,
        expires_at,
    )
    assert new is not None
    if not _known(connection, job, new["id"], now):
        rows(connection, "DELETE FROM transcripts WHERE id = $1", new["id"])
        return False
    rows(
        connection,
        "UPDATE jobs SET state = 'ready', transcript_id = $1, ready_at = $2, next_at = $2, waits = NULL"
        " WHERE cache_key = $3 AND waits = $4 AND lease_token IS NULL",
        new["id"],
        now,
        job.cache_key,
        SAME,
    )
    wake_the_same(connection, job.cache_key, now)
    return True


def _known(connection: sqlite3.Connection, job: Job, transcript_id: int, now: float) -> bool:
    moved = guarded(
        connection,
        job,
        "state = 'ready', ready_at = $4, next_at = $4, transcript_id = $5, slot = NULL, waits = NULL, attempts = 0,"
        f" {RETURNED}",
        now,
        transcript_id,
    )
    return moved is not None and _provider_is_done(connection, job, now)


def _hopeless(connection: sqlite3.Connection, job: Job, apology: str, doubts: int, now: float) -> bool:
    moved = guarded(
        connection,
        job,
        "state = 'ready', ready_at = $4, next_at = $4, apology = $5, slot = NULL, waits = NULL, attempts = 0,"
        f" doubts = doubts + $6 * posting, {RETURNED}",
        now,
        apology,
        doubts,
    )
    if moved is None:
        return False
    wake_the_same(connection, job.cache_key, now)
    return _provider_is_done(connection, job, now)


def _ended(connection: sqlite3.Connection, job: Job, state: State, now: float) -> bool:
    ended = guarded(
        connection,
        job,
        f"state = $4, ended_at = $5, next_at = NULL, slot = NULL, waits = NULL, {RETURNED}",
        state,
        now,
    )
    if ended is None:
        return False
    wake_the_same(connection, job.cache_key, now)
    forget_expired(connection, ended["transcript_id"], job.cache_key, now)
    return _provider_is_done(connection, job, now)


def _provider_is_done(connection: sqlite3.Connection, job: Job, now: float) -> bool:
    """Nothing of this job is at the provider any more: its generations go, its slot is free."""
    rows(connection, "DELETE FROM generations WHERE job_id = $1", job.id)
    wake_for_slot(connection, job.slot, now)
    return True


def wake_for_slot(connection: sqlite3.Connection, family: str | None, now: float) -> None:
    """A slot of the family got free: the oldest job that waits for one may ask again."""
    if family is not None:
        rows(
            connection,
            "UPDATE jobs SET waits = CASE WHEN lease_token IS NULL THEN NULL ELSE $1 END,"
            " next_at = CASE WHEN lease_token IS NULL THEN $2 ELSE next_at END"
            " WHERE id = (SELECT id FROM jobs WHERE waits = $3 ORDER BY id LIMIT 1)",
            WOKEN,
            now,
            family,
        )


def wake_the_same(connection: sqlite3.Connection, cache_key: str, now: float) -> None:
    """The job that others with the same key waited for is no longer on its way."""
    rows(
        connection,
        "UPDATE jobs SET waits = $1, next_at = CASE WHEN lease_token IS NULL THEN $2 ELSE next_at END"
        " WHERE cache_key = $3 AND waits = $4 AND next_at IS NOT NULL",
        WOKEN,
        now,
        cache_key,
        SAME,
    )


def forget_expired(connection: sqlite3.Connection, transcript_id: int | None, cache_key: str, now: float) -> None:
    """Delete a transcript that nobody may keep, once nobody is left to be shown it."""
    rows(
        connection,
        "DELETE FROM transcripts WHERE id = $1 AND expires_at <= $2 AND NOT EXISTS"
        " (SELECT 1 FROM jobs WHERE cache_key = $3 AND next_at IS NOT NULL AND state IN ('queued', 'ready'))",
        transcript_id,
        now,
        cache_key,
    )
