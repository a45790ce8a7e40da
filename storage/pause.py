"""A pause of creates: the provider refuses every job, and all that create wait for the same moment."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


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


class Pauses(Protocol):
    """Keeps the pause, which all processes share. Promises as in `storage.store`."""

    async def pause(self) -> Pause:
        """Return how long creates have to wait, as the provider refuses all of them."""

    async def change_pause(self, change: Callable[[Pause], Pause]) -> Pause:
        """Store what `change` makes of the pause, and return it; of several processes one after the other.

        It may be called again where the answer of a commit was lost.
        """
