"""What has to be done now and then: prove that the database takes writes, count the backlog, purge."""

import asyncio
from collections.abc import Callable

from bot.engine.patience import JOBS_KEPT_FOR, MAINTENANCE_EVERY, PURGE_CHUNK
from bot.log import get_logger
from bot.metrics import Metrics
from storage.store import StorageUnavailableError, Store

log = get_logger(__name__)


class Maintenance:
    """Runs beside the poller, in small bites."""

    def __init__(self, store: Store, metrics: Metrics, now: Callable[[], float]) -> None:
        self._store = store
        self._metrics = metrics
        self._now = now

    async def run(self) -> None:
        """Work until cancelled; a database that cannot be used is left for the next round."""
        while True:
            try:
                await self.turn()
            except StorageUnavailableError as error:
                log.error("storage.unavailable", error=str(error))
            await asyncio.sleep(MAINTENANCE_EVERY)

    async def turn(self) -> int:
        """Do one round; how many rows were purged."""
        await self._store.ping()
        await self._count()
        purged = 0
        while gone := await self._store.purge(self._now(), self._now() - JOBS_KEPT_FOR, PURGE_CHUNK):
            purged += gone
        return purged

    async def _count(self) -> None:
        backlog = await self._store.backlog(self._now())
        self._metrics.backlog.clear()
        for state, count in backlog.items():
            self._metrics.backlog.labels(state).set(count)
