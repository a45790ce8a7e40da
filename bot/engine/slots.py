"""Slots: how many creates of a family may be at the provider at once, learned from what it takes and refuses."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from bot.engine import patience
from bot.log import get_logger
from bot.speech.catalogue import Family

log = get_logger(__name__)


@dataclass(slots=True)
class _Number:
    """The slots of one family, and when they changed. `too_many` were refused at `halved_at`.

    `lacked` says that a job found none since they were raised.
    """

    allowed: int
    most: int
    raised_at: float = -math.inf
    halved_at: float = -math.inf
    too_many: float = math.inf
    lacked: bool = False


class Slots:
    """Counts slots up while the provider takes what it gets, and halves them when it says 429. Nothing is stored.

    A family starts with the operator's number. When a create gets through and no slot was left, the provider takes as
    many, and there is one more. A 429 halves the number, once for all creates that were under way by then. For
    a while the number stays below what was refused; later the provider may take more again.
    """

    def __init__(self, start: Mapping[Family, int], most: Mapping[Family, int]) -> None:
        """Begin with `start` slots of each family, of which there are never more than `most`, or than at the start."""
        self._numbers = {family: _Number(slots, max(slots, most[family])) for family, slots in start.items()}

    def allowed(self, family: Family) -> int:
        """Return how many recordings, or parts of long ones, of the family may be at the provider at once."""
        return self._numbers[family].allowed

    def all_allowed(self) -> Mapping[str, int]:
        """Return the slots of all families."""
        return {family.value: number.allowed for family, number in self._numbers.items()}

    def lack(self, family: Family) -> None:
        """Take note that a job found all slots taken."""
        self._numbers[family].lacked = True

    def lacks(self, family: Family) -> bool:
        """Tell whether a job found all slots taken, and there is none more since."""
        return self._numbers[family].lacked

    def took_the_last(self, family: Family, now: float) -> Mapping[str, int]:
        """Add a slot, as a create got through and none was left; return the new number, if it is one."""
        number = self._numbers[family]
        if now >= number.halved_at + patience.SLOTS_REFUSED_FOR:
            number.too_many = math.inf
        is_soon = number.raised_at <= now < number.raised_at + patience.SLOT_ADDED_EVERY
        if is_soon or number.allowed >= min(number.most, number.too_many - 1):
            return {}
        number.allowed, number.raised_at, number.lacked = number.allowed + 1, now, False
        log.debug("slots.more", family=family, allowed=number.allowed)
        return {family.value: number.allowed}

    def refused(self, family: Family, begun_at: float, now: float) -> None:
        """Halve the slots after a 429, unless the create began before they were halved last."""
        number = self._numbers[family]
        if begun_at <= number.halved_at:
            return
        number.too_many, number.halved_at = max(2, number.allowed), now
        number.allowed = max(1, number.allowed // 2)
        log.info("slots.fewer", family=family, allowed=number.allowed)
