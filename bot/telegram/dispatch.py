"""Dispatch: updates are parsed, put in order, and handed to the handlers; chat by chat in order, chats side by side."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from telegram import Update
from telegram.ext import Application, ExtBot

from bot.log import get_logger
from bot.metrics import Metrics
from storage.retry import repeat_until_stored
from storage.store import StorageUnavailableError

log = get_logger(__name__)

MOST_TRIES = 3  # at an update whose handler fails unexpectedly, before it is left behind
AGAIN_AFTER = 1.0  # seconds between them

Process = Callable[[Update], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Dispatch:
    """Hands updates to `process`, which raises what a handler raised."""

    bot: ExtBot[str] = field(repr=False)  # which shows its token
    process: Process
    metrics: Metrics

    async def handle(self, batch: Sequence[Any]) -> None:
        """Return when everything that these updates ask for is done, or has been tried often enough."""
        chats: defaultdict[object, list[Update]] = defaultdict(list)
        for raw in batch:
            update = self._parse(raw)
            if update is not None:
                chats[update.effective_chat.id if update.effective_chat else None].append(update)
        async with asyncio.TaskGroup() as group:
            for updates in chats.values():
                group.create_task(self._handle_in_order(updates))

    def _parse(self, raw: Any) -> Update | None:
        """Read one update; None for one that cannot be read, which must not block those behind it."""
        try:
            return Update.de_json(raw, self.bot)
        except Exception as error:  # noqa: BLE001 - whatever the library makes of bad data
            self.metrics.updates_skipped.inc()
            log.error("update.unreadable", update=update_number(raw), kind=type(error).__name__)
            return None

    async def _handle_in_order(self, updates: Sequence[Update]) -> None:
        for update in updates:
            await repeat_until_stored(partial(self._try, update), partial(_report, update))

    async def _try(self, update: Update) -> None:
        """Process the update; a bug holds back the updates of its chat for a few tries."""
        for tries in range(1, MOST_TRIES + 1):
            try:
                return await self.process(update)
            except StorageUnavailableError:
                raise
            except Exception as error:
                self.metrics.bugs.labels("update").inc()
                log.error("update.failed", update=update.update_id, tries=tries, exc_info=error)
            if tries < MOST_TRIES:
                await asyncio.sleep(AGAIN_AFTER)
        return None


def _report(update: Update, error: StorageUnavailableError) -> None:
    log.error("storage.unavailable", update=update.update_id, error=str(error))


def update_number(raw: Any) -> int:
    """Return the update's id; -1 for something that has none, which confirms nothing."""
    number = raw.get("update_id") if isinstance(raw, dict) else None
    return number if isinstance(number, int) else -1


def processing(telegram: "Application[Any, Any, Any, Any, Any, Any]") -> Process:
    """Make the library's dispatch raise what a handler raised, which by itself it keeps for its error handlers."""
    raised: dict[int, Exception] = {}

    async def keep(update: object, context: Any) -> None:
        if isinstance(update, Update):
            raised[update.update_id] = context.error

    async def process(update: Update) -> None:
        await telegram.process_update(update)
        error = raised.pop(update.update_id, None)
        if error is not None:
            raise error

    telegram.add_error_handler(keep)
    return process
