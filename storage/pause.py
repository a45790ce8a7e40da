"""A pause of creates: the provider refuses every job, and all that create wait for the same moment."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pause:
    """Creates wait `until` a moment, since a refusal at `since`; None where there is no pause.

    `by_operator` says that only the operator can end its cause. Then one job tries for all at that moment, and the
    others wait `next_seconds` more.
    """

    until: float = 0.0
    by_operator: bool = False
    since: float | None = None
    next_seconds: float = 0.0
