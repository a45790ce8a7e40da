"""Moments set right at a start: none may be later than the clock of this machine allows.

They were stored by the clock of an earlier life, which may have been wrong. Columns that hold a moment in the past are
brought back to now, and what waits for a moment that nobody can have meant is due at once.

Where the clock was right, nothing is read but the ends of indexes, however many jobs there are. Time in which no
program ran is therefore not added to each `submitted_at`: `pulse` has its sum, by which every stored `submitted_at` is
too early. Whoever reads one adds it (see WAITED in `storage.statements.rows`), and whoever stores one takes it off.
"""

from typing import Any

from storage.intake import RINGS_AFTER
from storage.statements import pauses
from storage.statements.transaction import Transaction
from storage.upkeep import Bounds, Correction

UNFINISHED = "next_at IS NOT NULL"
PAST = ("created_at", "ready_at", "claimed_at", "told_at")
TOLD = (
    *(("strangers", "told_at"), ("arrivals", "at"), ("memberships", "introduced_at")),
    *(("troubles", "began_told_at"), ("troubles", "ended_told_at")),
    *(("troubles", "seen_at"), ("told", "at"), ("errands", "asked_at"), ("unfinished", "at")),
)
AT_PROVIDER = "SELECT id FROM jobs WHERE state = 'submitted' AND submitted_at"
WRONG = f"{AT_PROVIDER} > $1 UNION ALL {AT_PROVIDER} < $2"
LEASED = "SELECT id FROM jobs WHERE lease_token IS NOT NULL"  # some of them are only half submitted
LATEST = (
    "SELECT max(at) AS at FROM (SELECT max(ended_at) AS at FROM jobs WHERE ended_at IS NOT NULL"
    " UNION ALL SELECT max(submitted_at) + $1 FROM jobs WHERE state = 'submitted'"
    f" UNION ALL SELECT max(created_at) FROM jobs WHERE id = (SELECT max(id) FROM jobs) AND {UNFINISHED}) AS moments"
)


async def set_right(tx: Transaction, now: float, bounds: Bounds) -> Correction:
    """Set every stored moment right, and store `now` as the last known one."""
    pulse = await tx.row("SELECT known_at, moved, left_out FROM pulse")
    moved, left_out = (float(pulse["moved"]), float(pulse["left_out"])) if pulse else (0.0, 0.0)
    if moved:
        await _shift(tx, moved)
    latest = await tx.row(LATEST, left_out)
    moments = [_seconds(latest["at"])] if latest else []
    known = _seconds(pulse["known_at"]) if pulse else None
    last = moments[0] if known is None else known + moved
    ahead = max([0.0, *(each - now for each in (last, *moments) if each is not None)])
    gap = 0.0 if last is None else max(0.0, now - last)
    await pauses.forget(tx)  # perhaps the operator has acted, and starts the bot again
    await tx.rows("UPDATE pulse SET keep_until = $1 WHERE keep_until > $1", now + bounds.repeated_within)
    if ahead:
        await _bring_back(tx, now, left_out, ahead)
    await _shorten_waits(tx, now, bounds, due_by=now if ahead else now + bounds.longest_wait)
    await _leave_out(tx, now, gap if gap > bounds.shortest_gap else 0.0, bounds)
    await tx.rows("UPDATE pulse SET known_at = $1, moved = 0", now)
    return Correction(moved, ahead, gap)


async def keep_time(tx: Transaction, now: float, moved: float) -> None:
    await tx.rows("UPDATE pulse SET beats = beats + 1, known_at = $1, moved = $2", now, moved)


def _seconds(stored: Any) -> float | None:
    return float(stored) if isinstance(stored, int | float) else None


async def _shift(tx: Transaction, seconds: float) -> None:
    """Let every moment go along with the system's clock, which had moved while they were stored."""
    columns = (*PAST, "submitted_at", "ended_at", "next_at", "turn", "rings_at")
    await tx.rows(f"UPDATE jobs SET {', '.join(f'{each} = {each} + $1' for each in columns)}", seconds)
    await tx.rows("UPDATE generations SET submitted_at = submitted_at + $1", seconds)
    await tx.rows("UPDATE transcripts SET expires_at = expires_at + $1", seconds)
    await tx.rows("UPDATE errands SET next_at = next_at + $1 WHERE next_at IS NOT NULL", seconds)
    await tx.rows("UPDATE chats SET full_told_at = full_told_at + $1 WHERE full_told_at IS NOT NULL", seconds)
    for table, column in TOLD:
        await tx.rows(f"UPDATE {table} SET {column} = {column} + $1", seconds)


async def _bring_back(tx: Transaction, now: float, left_out: float, ahead: float) -> None:
    """Bring moments of the past back that are in the future.

    Turns keep their order and their distances; those of chats with many jobs may well be later than now.
    """
    past = ", ".join(f"{each} = CASE WHEN {each} > $1 THEN $1 ELSE {each} END" for each in PAST)
    submitted = "submitted_at = CASE WHEN submitted_at > $2 THEN $2 ELSE submitted_at END"
    turn = "turn = CASE WHEN turn > $1 THEN turn - $3 ELSE turn END"
    rings = f"rings_at = CASE WHEN rings_at > $1 + {RINGS_AFTER} THEN $1 + {RINGS_AFTER} ELSE rings_at END"
    everything = f"UPDATE jobs SET {past}, {submitted}, {turn}, {rings} WHERE {UNFINISHED}"
    await tx.rows(everything, now, now - left_out, ahead)
    await tx.rows("UPDATE jobs SET ended_at = $1 WHERE ended_at > $1", now)
    await tx.rows("UPDATE generations SET submitted_at = $1 WHERE submitted_at > $1", now - left_out)
    await tx.rows("UPDATE chats SET full_told_at = $1 WHERE full_told_at > $1", now)
    for table, column in TOLD:
        await tx.rows(f"UPDATE {table} SET {column} = $1 WHERE {column} > $1", now)


async def _shorten_waits(tx: Transaction, now: float, bounds: Bounds, *, due_by: float) -> None:
    """End waits for moments that are later than they may be; what stands in line waits for none."""
    await tx.rows("UPDATE jobs SET next_at = $1 WHERE lined_up = 0 AND next_at > $2", now, due_by)
    await tx.rows("UPDATE errands SET next_at = $1 WHERE next_at > $2", now, due_by)
    await tx.rows("UPDATE transcripts SET expires_at = $1 WHERE expires_at > $1", now + bounds.transcript_ttl)


async def _leave_out(tx: Transaction, now: float, gap: float, bounds: Bounds) -> None:
    """Leave the time out in which no program ran, as it may be the clock alone that has moved.

    A generation is given up by the time that this program has waited for it. One of a job that cannot be at the
    provider for so long counts as new. After a gap in which jobs that ended right before it have grown old, none is
    purged for a day, because Telegram may deliver their messages again.
    """
    pulse = await tx.row("UPDATE pulse SET left_out = left_out + $1 RETURNING left_out", gap)
    latest = now - (float(pulse["left_out"]) if pulse else 0.0)
    earliest = latest - bounds.longest_at_provider
    for table, which in (("generations", f"job_id IN ({WRONG} UNION ALL {LEASED})"), ("jobs", f"id IN ({WRONG})")):
        sql = f"UPDATE {table} SET submitted_at = $1 WHERE (submitted_at > $1 OR submitted_at < $2) AND {which}"
        await tx.rows(sql, latest, earliest)
    if gap > bounds.jobs_kept_for - 2 * bounds.repeated_within:
        await tx.rows("UPDATE pulse SET keep_until = $1", now + bounds.repeated_within)
