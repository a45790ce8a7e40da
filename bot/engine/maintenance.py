"""What has to be done now and then: prove that the database takes writes, count the backlog, purge."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from bot.engine import patience
from bot.log import get_logger
from bot.metrics import Metrics
from storage.store import StorageUnavailableError, Store

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Maintenance:
    """Runs beside the poller, in small bites."""

    store: Store
    metrics: Metrics
    now: Callable[[], float]

    async def run(self) -> None:
        """Work until cancelled; a database that cannot be used is left for the next round."""
        while True:
            try:
                await self.turn()
            except StorageUnavailableError as error:
                log.error("storage.unavailable", error=str(error))
            await asyncio.sleep(patience.MAINTENANCE_EVERY)

    async def turn(self) -> int:
        """Do one round, and return how many rows were purged."""
        await self.store.ping()
        await self._count()
        purged = 0
        while gone := await self.store.purge(self.now(), self.now() - patience.JOBS_KEPT_FOR, patience.PURGE_CHUNK):
            purged += gone
        return purged

    async def _count(self) -> None:
        backlog = await self.store.backlog(self.now())
        self.metrics.backlog.clear()
        for state, count in backlog.items():
            self.metrics.backlog.labels(state).set(count)
