"""The places for runs of ffmpeg, of which the long ones never take all."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Places:
    """As many places for long runs as there are processors, and one more, which only short runs take."""

    def __init__(self, processors: int | None = None) -> None:
        processors = processors or os.cpu_count() or 1
        self._for_long = asyncio.Semaphore(processors)
        self._for_all = asyncio.Semaphore(processors + 1)

    @asynccontextmanager
    async def taken(self, *, long: bool) -> AsyncIterator[None]:
        """Wait for a place and keep it. A long run waits for a place of its kind first, so it keeps none meanwhile."""
        if not long:
            async with self._for_all:
                yield
            return
        async with self._for_long, self._for_all:
            yield
