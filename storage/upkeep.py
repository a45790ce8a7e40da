"""Upkeep: clocks that were wrong, what was learned, what has expired, and how much waits.

All promises of `storage.store` hold here, too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Bounds:
    """What stored moments can be, in seconds, while nothing is wrong with a clock."""

    longest_wait: float  # from now to when a job is due
    longest_at_provider: float  # from the upload of a job that is not given up
    transcript_ttl: float
    jobs_kept_for: float  # after their end
    repeated_within: float  # of its first delivery, Telegram may deliver a message again
    shortest_gap: float  # between two lives, of which it matters whether the program or the clock was off


@dataclass(frozen=True, slots=True)
class Correction:
    """What was wrong with the stored moments, in seconds.

    `moved` is how far the system's clock went from the program's while that was running before, negative for back.
    `ahead` is how far moments of the past were in the future. `gap` is the time since the last known moment: the
    program was not running, or the clock was behind.
    """

    moved: float
    ahead: float
    gap: float


class Upkeep(Protocol):
    """Keeps the stored state in order."""

    async def set_right(self, now: float, bounds: Bounds) -> Correction:
        """Set right, at a start, what clocks of earlier lives have stored; before the leases are released."""

    async def keep_time(self, now: float, moved: float) -> None:
        """Store the last known moment, and how far the system's clock has moved; also proof that writes are taken."""

    async def keep_learned(self, learned: Mapping[tuple[str, int], float]) -> None:
        """Store the seconds within which no generation is finished, by model and class of length; others stay."""

    async def learned(self) -> Mapping[tuple[str, int], float]:
        """Return what `keep_learned` stored, as far as it can be read."""

    async def purge(self, now: float, ended_before: float, limit: int) -> int:
        """Delete up to `limit` expired transcripts and as many jobs that ended before a moment; return how many.

        A job is kept for as long as its transcript.
        """

    async def scrub(self) -> None:
        """Overwrite what was erased since the last time, unless another program reads just now: then the next time."""

    async def backlog(self, now: float) -> Mapping[str, int]:
        """Count unfinished jobs by state, and under "due" those whose moment has come, of these up to a thousand."""

    async def slots_taken(self) -> Mapping[str, int]:
        """Count the jobs that hold a slot, by their family."""
