"""Dispatch: the updates of a batch are read and handed to the handlers in order, and what must outlive them is kept."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from telegram import Update
from telegram.ext import Application, ApplicationHandlerStop, ExtBot

from bot.log import get_logger
from bot.metrics import Metrics
from bot.telegram.receiving.door import Door
from bot.telegram.receiving.updates import UnreadableUpdateError, number_of, read
from storage.errors import StorageUnavailableError
from storage.unfinished import KeptUpdate

log = get_logger(__name__)

AT_A_STRETCH = 50  # updates read and handled before others get a turn: the door is what everybody waits at

Process = Callable[[Update], Awaitable[None]]
_RAISED: ContextVar[list[Exception]] = ContextVar("_RAISED")  # by the handlers of the update of this task


@dataclass(frozen=True, slots=True)
class Dispatch:
    """Hands updates to `process`, which raises what a handler raised. Handlers wait for nobody but the database."""

    bot: ExtBot[str] = field(repr=False)  # which shows its token
    process: Process
    door: Door
    metrics: Metrics

    async def handle(self, batch: Sequence[Any]) -> None:
        """Return when everything that must outlive this process is stored.

        Of a batch whose handling is cancelled nothing is kept: whoever receives next gets it again.
        """
        try:
            for index, raw in enumerate(batch):
                if index % AT_A_STRETCH == 0:
                    await asyncio.sleep(0)
                update = self._read(raw)
                if update is not None:
                    self.door.hear(update)
                    await self._process(update)
        finally:
            entries = self.door.take()
        await self.door.commit(entries)

    async def handle_one(self, raw: Any, refused: Callable[[], object], *, is_last_try: bool) -> None:
        """Return when everything of one update that must outlive this process is stored; others may be under way.

        `refused` is called whenever the database does not take it. Nothing is kept of an update that a handler cannot
        bear, and what it raised is raised, unless this is the last try.
        """
        update = self._read(raw)
        if update is None:
            return
        self.door.hear(update)
        with self.door.apart() as entries:
            await (self._process if is_last_try else self.process)(update)
        await self.door.commit(entries, refused)

    async def take_up(self) -> None:
        """Handle once more what processes that died had taken in and not finished.

        What goes on is kept anew, and no longer held by what is finished here.
        """
        while found := await self._left_unfinished():
            log.info("updates.taken_up", updates=len(found))
            for each in found:
                update = self.door.unfinished.read(each)
                self.door.hear(update)
                with self.door.apart() as entries:
                    await self._process(update)
                await self.door.commit(entries)
                await self.door.unfinished.finish(each)

    async def _left_unfinished(self) -> Sequence[KeptUpdate]:
        """Return what is to be handled once more; of what is not, as processes died with it, the log tells."""
        found = await self.door.unfinished.take_up()
        for number in found.left_behind:
            self.metrics.updates_skipped.inc()
            log.error("update.left_behind", update=number, because_of="process after process died with it")
        return found.updates

    def _read(self, raw: Any) -> Update | None:
        """Read one update; None for one that cannot be read, which must not block those around it."""
        try:
            return read(raw, self.bot)
        except UnreadableUpdateError as error:
            self.metrics.updates_skipped.inc()
            log.error("update.unreadable", update=number_of(raw), because_of=str(error))
            return None

    async def _process(self, update: Update) -> None:
        """Let the handlers look at the update; one that they cannot bear is left behind.

        One of which the database did not say what they asked comes again.
        """
        try:
            await self.process(update)
        except StorageUnavailableError:
            raise
        except Exception as error:
            self.metrics.bug("update")
            log.error("update.failed", update=update.update_id, exc_info=error)


def processing(telegram: "Application[Any, Any, Any, Any, Any, Any]") -> Process:
    """Make the library's dispatch raise what a handler raised, which by itself it keeps for its error handlers.

    No handler after it sees the update: it may be the one that keeps strangers out.
    """

    async def keep(_: object, context: Any) -> None:
        _RAISED.get().append(context.error)
        raise ApplicationHandlerStop

    async def process(update: Update) -> None:
        raised: list[Exception] = []
        _RAISED.set(raised)
        await telegram.process_update(update)
        if raised:
            raise raised[0]

    telegram.add_error_handler(keep)
    return process
