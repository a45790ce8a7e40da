"""A watch over the clocks: a jump of the system's clock is told, and a machine that slept goes on at once."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.engine import patience
from bot.log import get_logger

log = get_logger(__name__)


@dataclass(slots=True)
class ClockWatch:
    """Looks at two differences. `moved` is between the system's clock and ours, `asleep` how long the machine slept.

    `nudge` is called after a sleep: timers count the time that the machine is awake, and may be late by the rest.
    """

    moved: Callable[[], float]
    asleep: Callable[[], float]
    nudge: Callable[[], None]
    _moved: float = field(init=False)
    _asleep: float = field(init=False)

    def __post_init__(self) -> None:
        self._moved, self._asleep = self.moved(), self.asleep()

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            await asyncio.sleep(patience.CLOCK_LOOK_EVERY)
            self.look()

    def look(self) -> None:
        """Tell what happened since the last look."""
        moved, asleep = self.moved(), self.asleep()
        if abs(moved - self._moved) > patience.CLOCK_JUMP:
            jump = round(moved - self._moved)
            hint = "the bot goes on by its own clock until it is started again"
            log.warning("clock.jumped", seconds=jump, direction="ahead" if jump > 0 else "back", hint=hint)
        if asleep - self._asleep > patience.CLOCK_SLEPT:
            log.info("clock.slept", seconds=round(asleep - self._asleep))
            self.nudge()
        self._moved, self._asleep = moved, asleep
