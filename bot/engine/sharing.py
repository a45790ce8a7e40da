"""What is known here and changed by other processes that work on the same database: it is read again now and then."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bot.engine import patience
from bot.log import get_logger
from storage.errors import StorageUnavailableError

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Sharing:
    """Calls each of `refresh` again and again; for replicas, of which each may change what the others know."""

    refresh: Sequence[Callable[[], Awaitable[None]]]

    async def run(self) -> None:
        """Read until cancelled."""
        while True:
            await asyncio.sleep(patience.SHARED_READ_EVERY)
            await self.turn()

    async def turn(self) -> None:
        """Read once. A database that cannot be read leaves what is known as it is."""
        try:
            for refresh in self.refresh:
                await refresh()
        except StorageUnavailableError as error:
            log.debug("shared.unknown", reason=str(error))
