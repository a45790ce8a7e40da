"""The receiver: an update is confirmed to Telegram only after its handlers have committed what it asks for."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import aiohttp
from telegram import Update
from telegram.ext import ExtBot

from bot.errors import OperatorError, RateLimitedError, TemporaryError, VerbatimError
from bot.log import get_logger
from bot.metrics import Metrics
from storage.apology import Reason
from storage.store import StorageUnavailableError

log = get_logger(__name__)

ALLOWED_UPDATES = ("message", "channel_post", "callback_query")
LONG_POLL_SECONDS = 50
BATCH = 100
LONGEST_PAUSE = 30.0
MOST_TRIES = 3  # at an update whose handler fails unexpectedly, before it is left behind

Process = Callable[[Update], Awaitable[None]]


class Receiver:
    """Asks for updates and hands each to `process`, chat by chat in order, chats side by side."""

    def __init__(
        self,
        *,
        bot: ExtBot[str],
        session: aiohttp.ClientSession,
        process: Process,
        metrics: Metrics,
        now: Callable[[], float],
    ) -> None:
        self._bot = bot
        self._session = session
        self._process = process
        self._metrics = metrics
        self._now = now
        self._offset: int | None = None
        self.last_success_at = now()

    async def run(self) -> None:
        """Receive until cancelled; nothing that Telegram answers ends the loop."""
        failures = 0
        while True:
            try:
                await self.turn(LONG_POLL_SECONDS)
            except (VerbatimError, StorageUnavailableError) as error:
                pause = _pause(error, failures)
                failures += 1
                level = log.error if isinstance(error, OperatorError) else log.warning
                level("receiver.failed", error=str(error), again_in=round(pause, 1))
                await asyncio.sleep(pause)
            else:
                failures = 0

    async def turn(self, wait_seconds: int) -> int:
        """One getUpdates and the work it brings; how many updates came."""
        batch = await self._get_updates(wait_seconds, BATCH)
        self.last_success_at = self._now()
        if batch:
            await self._handle(batch)
            self._offset = max(_number(raw) for raw in batch) + 1
        return len(batch)

    async def confirm(self) -> None:
        """Tell Telegram what has been handled, without waiting for more; for a stop."""
        if self._offset is not None:
            await self._get_updates(0, 1)

    async def _handle(self, batch: Sequence[Any]) -> None:
        chats: defaultdict[object, list[Update]] = defaultdict(list)
        for raw in batch:
            update = self._parse(raw)
            if update is not None:
                chats[update.effective_chat.id if update.effective_chat else None].append(update)
        async with asyncio.TaskGroup() as group:
            for updates in chats.values():
                group.create_task(self._handle_in_order(updates))

    def _parse(self, raw: Any) -> Update | None:
        """One update; None for poison, which must not block those behind it."""
        try:
            return Update.de_json(raw, self._bot)
        except Exception as error:  # noqa: BLE001 - whatever the library makes of bad data
            self._metrics.poison.inc()
            log.error("update.unreadable", update=_number(raw), kind=type(error).__name__)
            return None

    async def _handle_in_order(self, updates: Sequence[Update]) -> None:
        for update in updates:
            await self._handle_until_done(update)

    async def _handle_until_done(self, update: Update) -> None:
        """A database that cannot be used holds the update back; a bug holds it back three times."""
        tries = 0
        while True:
            try:
                await self._process(update)
            except StorageUnavailableError as error:
                log.error("storage.unavailable", update=update.update_id, error=str(error))
            except Exception as error:
                tries += 1
                self._metrics.bugs.labels("update").inc()
                log.error("update.failed", update=update.update_id, tries=tries, exc_info=error)
                if tries >= MOST_TRIES:
                    return
            else:
                return
            await asyncio.sleep(1.0)

    async def _get_updates(self, wait_seconds: int, limit: int) -> list[Any]:
        asked = {"timeout": wait_seconds, "limit": limit, "allowed_updates": ALLOWED_UPDATES}
        if self._offset is not None:
            asked["offset"] = self._offset
        try:
            async with self._session.post(
                f"{self._bot.base_url}/getUpdates",
                json=asked,
                timeout=aiohttp.ClientTimeout(total=wait_seconds + 15.0),
            ) as answer:
                body = await answer.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            self._metrics.telegram.labels("getUpdates", type(error).__name__).inc()
            raise TemporaryError(f"no answer to getUpdates: {type(error).__name__}") from None
        self._metrics.telegram.labels("getUpdates", str(answer.status)).inc()
        return _updates(answer.status, body)


def _updates(status: int, body: bytes) -> list[Any]:
    """The updates in an answer; whatever else it is becomes a failure with its meaning."""
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        read = None
    if status == 200 and isinstance(read, dict) and isinstance(read.get("result"), list):
        return list(read["result"])
    described = read if isinstance(read, dict) else {}
    raise _failure(status, described)


def _failure(status: int, answer: dict[str, Any]) -> VerbatimError:
    if status == 401 or (status == 404 and answer):
        return OperatorError("Telegram does not accept TELEGRAM_BOT_TOKEN")
    if status == 409:
        return OperatorError("another program receives this bot's updates, or a webhook is set")
    if status == 429:
        return RateLimitedError("Telegram asks for patience", retry_after=_patience(answer))
    return TemporaryError(f"getUpdates answered {status}", reason=Reason.TELEGRAM_DOWN)


def _patience(answer: dict[str, Any]) -> float | None:
    parameters = answer.get("parameters")
    asked = parameters.get("retry_after") if isinstance(parameters, dict) else None
    return float(asked) if isinstance(asked, int | float) else None


def _pause(error: Exception, failures: int) -> float:
    asked = error.retry_after if isinstance(error, RateLimitedError) else None
    return asked or min(2.0 ** min(failures, 10), LONGEST_PAUSE)


def _number(raw: Any) -> int:
    """The update's id; -1 for something that has none, which confirms nothing."""
    number = raw.get("update_id") if isinstance(raw, dict) else None
    return number if isinstance(number, int) else -1
