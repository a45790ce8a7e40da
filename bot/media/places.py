"""The places for runs of ffmpeg: long ones never take all, and no chat takes them all for long."""

import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.media.turns import Turns


@dataclass(frozen=True, slots=True)
class Order:
    """What the order of runs depends on: the chat, the bytes of its file, and whether the run takes long."""

    chat: int = 0
    size: int = 0
    is_long: bool = False


class Places:
    """As many places for long runs as there are processors, and one more, which only short runs take.

    Who waits gets a place as `Turns` says. `now` is a steady clock in seconds.
    """

    def __init__(self, processors: int | None = None, now: Callable[[], float] = time.monotonic) -> None:
        processors = processors or os.cpu_count() or 1
        self._for_long = Turns(processors, now)
        self._for_all = Turns(processors + 1, now)

    @asynccontextmanager
    async def taken(self, order: Order) -> AsyncIterator[None]:
        """Wait for a place and keep it. A long run waits for a place of its kind first, so it keeps none meanwhile."""
        if order.is_long:
            async with self._for_long.taken(order.chat, order.size), self._for_all.taken(order.chat, order.size):
                yield
            return
        async with self._for_all.taken(order.chat, order.size):
            yield
