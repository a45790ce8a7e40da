"""Moments set right at a start: none may be later than the clock of this machine allows.

They were stored by the clock of an earlier life, which may have been wrong. Columns that hold a moment in the past are
brought back to now, and what waits for a moment that nobody can have meant is due at once.
"""

from typing import Any

from storage.statements.transaction import Transaction
from storage.store import Bounds, Correction

SUBMITTED = "state = 'submitted'"
UNFINISHED = "next_at IS NOT NULL"
LATEST = (
    "SELECT max(at) AS at FROM (SELECT max(created_at) AS at FROM jobs WHERE next_at IS NOT NULL"
    " UNION ALL SELECT max(submitted_at) FROM jobs WHERE next_at IS NOT NULL"
    " UNION ALL SELECT max(ready_at) FROM jobs WHERE next_at IS NOT NULL"
    " UNION ALL SELECT max(submitted_at) FROM generations"
    " UNION ALL SELECT max(ended_at) FROM jobs WHERE ended_at IS NOT NULL) AS moments"
)


async def set_right(tx: Transaction, now: float, bounds: Bounds) -> Correction:
    """Set every stored moment right, and store `now` as the last known one."""
    pulse = await tx.row("SELECT known_at, moved FROM pulse")
    moved = float(pulse["moved"]) if pulse else 0.0
    if moved:
        await _shift(tx, moved)
    latest = await tx.row(LATEST)
    moments = [_seconds(latest["at"])] if latest else []
    known = _seconds(pulse["known_at"]) if pulse else None
    last = moments[0] if known is None else known + moved
    ahead = max([0.0, *(each - now for each in (last, *moments) if each is not None)])
    gap = 0.0 if last is None else max(0.0, now - last)
    await _bring_back(tx, now, bounds, due_by=now if ahead else now + bounds.longest_wait)
    if ahead:
        await _bring_turns_back(tx, now, ahead)
    await _leave_out(tx, now, gap if gap > bounds.shortest_gap else 0.0, bounds)
    await tx.rows("UPDATE pulse SET known_at = $1, moved = 0", now)
    return Correction(moved, ahead, gap)


async def keep_time(tx: Transaction, now: float, moved: float) -> None:
    await tx.rows("UPDATE pulse SET beats = beats + 1, known_at = $1, moved = $2", now, moved)


def _seconds(stored: Any) -> float | None:
    return float(stored) if isinstance(stored, int | float) else None


async def _shift(tx: Transaction, seconds: float) -> None:
    """Let every moment go along with the system's clock, which had moved while they were stored."""
    columns = ("created_at", "submitted_at", "ready_at", "ended_at", "next_at", "turn", "claimed_at")
    await tx.rows(f"UPDATE jobs SET {', '.join(f'{each} = {each} + $1' for each in columns)}", seconds)
    await tx.rows("UPDATE generations SET submitted_at = submitted_at + $1", seconds)
    await tx.rows("UPDATE transcripts SET expires_at = expires_at + $1", seconds)
    await tx.rows("UPDATE chats SET full_told_at = full_told_at + $1 WHERE full_told_at IS NOT NULL", seconds)


async def _bring_back(tx: Transaction, now: float, bounds: Bounds, *, due_by: float) -> None:
    """Bring moments back that are later than they may be."""
    moments = ("created_at", "submitted_at", "ready_at", "claimed_at")
    past = ", ".join(f"{each} = CASE WHEN {each} > $1 THEN $1 ELSE {each} END" for each in moments)
    due = "next_at = CASE WHEN next_at > $2 THEN $1 ELSE next_at END"
    await tx.rows(f"UPDATE jobs SET {past}, {due} WHERE {UNFINISHED}", now, due_by)
    await tx.rows("UPDATE jobs SET ended_at = $1 WHERE ended_at > $1", now)
    await tx.rows("UPDATE chats SET full_told_at = $1 WHERE full_told_at > $1", now)
    await tx.rows("UPDATE transcripts SET expires_at = $1 WHERE expires_at > $1", now + bounds.transcript_ttl)


async def _bring_turns_back(tx: Transaction, now: float, ahead: float) -> None:
    """Let turns keep their order and their distances; those of chats with many jobs may well be later than now."""
    await tx.rows(f"UPDATE jobs SET turn = turn - $1 WHERE turn > $2 AND {UNFINISHED}", ahead, now)


async def _leave_out(tx: Transaction, now: float, gap: float, bounds: Bounds) -> None:
    """Leave the time out in which no program ran, as it may be the clock alone that has moved.

    A generation is given up by the time that this program has waited for it. A job that ended shortly before the gap
    is kept for a day more, because Telegram may deliver its message again.
    """
    left_out = (
        "submitted_at = CASE WHEN submitted_at + $1 > $2 OR submitted_at + $1 < $3 THEN $2 ELSE submitted_at + $1 END"
    )
    earliest = now - bounds.longest_at_provider
    await tx.rows(f"UPDATE jobs SET {left_out} WHERE {SUBMITTED}", gap, now, earliest)
    await tx.rows(f"UPDATE generations SET {left_out}", gap, now, earliest)
    kept_from = now - bounds.jobs_kept_for + bounds.repeated_within
    ended = "UPDATE jobs SET ended_at = $1 WHERE ended_at < $1 AND ended_at >= $2"
    await tx.rows(ended, kept_from, now - gap - bounds.repeated_within)
