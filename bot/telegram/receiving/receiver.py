"""The receiver: asks Telegram for updates, and confirms them only after all that they ask for is committed."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import aiohttp

from bot.errors import OperatorError, OtherReceiverError, VerbatimError
from bot.log import get_logger
from bot.metrics import Metrics, status_label
from bot.outgoing.session import Session, TooLargeError, read_at_most, read_json
from bot.outgoing.waits import SHORTEST
from bot.telegram.failures import AnswerError, pause_after, translated
from bot.telegram.receiving.offset import Offset
from bot.telegram.receiving.updates import HIGHEST, number_of
from storage.errors import StorageUnavailableError

log = get_logger(__name__)

ALLOWED_UPDATES = ("message", "channel_post", "callback_query", "my_chat_member")
LONG_POLL_SECONDS = 50  # Telegram answers at once when something comes, and after 50 s at the latest
ANSWER_SECONDS = 15.0  # beyond the long poll, before an answer counts as lost
BATCH = 100  # the most that getUpdates gives
LARGEST_BATCH = 16 * 1024 * 1024  # bytes; a hundred of the longest messages fit
AGAIN_AFTER = 1.0  # seconds after a batch that confirms nothing, as the same one comes at once
UNREADABLE_TRIES = 3  # at one update in an answer that is no JSON, which may also have been cut on its way
FIRST_NUMBER = re.compile(rb'\s*\{[^\[{]{0,100}\[\s*\{\s*"update_id"\s*:\s*([0-9]{1,10})\s*[,}]')


async def _expects_none() -> bool:
    return False


class Receiver:
    """Asks for updates with getUpdates and waits until `handle` has handled each batch.

    `expects_conflict` tells whether another replica of this bot may receive them, too, for a moment.
    """

    def __init__(
        self,
        base_url: str,
        session: Session,
        handle: Callable[[Sequence[Any]], Awaitable[None]],
        metrics: Metrics,
        now: Callable[[], float],
        expects_conflict: Callable[[], Awaitable[bool]] = _expects_none,
    ) -> None:
        self._base_url = base_url
        self._session = session
        self._handle = handle
        self._metrics = metrics
        self._now = now
        self._expects_conflict = expects_conflict
        self._offset = Offset()
        self._is_stuck = False  # the last batch confirms nothing
        self._limit = BATCH
        self._unreadable = (0, 0)  # an update that cannot be taken out of its answer, and how often it came
        self.last_success_at = now()

    def begin(self) -> None:
        """Take note that updates are to be received from now on; another replica may have received some before."""
        self._offset, self.last_success_at = Offset(), self._now()

    async def run(self) -> None:
        """Receive until cancelled; no answer of Telegram's ends the loop."""
        failures = 0
        while True:
            asked_at = time.monotonic()
            try:
                received = await self.turn(LONG_POLL_SECONDS)
            except (VerbatimError, StorageUnavailableError) as error:
                pause = pause_after(error, failures)
                failures += 1
                level = log.error if await self._needs_operator(error) else log.warning
                level("receiver.failed", error=str(error), again_in=round(pause, 1))
                await asyncio.sleep(pause)
            else:
                failures = 0
                if not received:  # some servers do not wait until something comes
                    await asyncio.sleep(max(0.0, asked_at + SHORTEST - time.monotonic()))
                if self._is_stuck:
                    await asyncio.sleep(AGAIN_AFTER)

    async def _needs_operator(self, error: Exception) -> bool:
        if isinstance(error, OtherReceiverError) and await self._expects_conflict():
            return False
        return isinstance(error, OperatorError)

    async def turn(self, wait_seconds: int) -> int:
        """Ask once, handle what comes, and return how many updates that were."""
        batch = await self._get_updates(0 if self._offset.is_doubtful else wait_seconds, self._limit)
        self.last_success_at = self._now()
        self._offset.answered()
        self._limit = min(2 * self._limit, BATCH)
        self._is_stuck = False
        if batch:
            await self._handle(batch)
            numbers = {number for raw in batch if (number := number_of(raw)) is not None}
            self._is_stuck = not self._offset.take(numbers)
        return len(batch)

    async def confirm(self) -> None:
        """Tell Telegram what has been handled, without waiting for more; for a stop."""
        if self._offset.next is not None:
            await self._get_updates(0, 1)

    async def _get_updates(self, wait_seconds: int, limit: int) -> list[Any]:
        asked = {"timeout": wait_seconds, "limit": limit, "allowed_updates": ALLOWED_UPDATES}
        if self._offset.next is not None:
            asked["offset"] = self._offset.next
        with translated():
            try:
                status, body = await self._post(asked, wait_seconds + ANSWER_SECONDS)
            except TooLargeError as error:
                self._take_fewer(error.beginning)
                raise
            updates = _updates(status, body)
            if updates is None:
                self._take_fewer(body)
                raise AnswerError("getUpdates", status, {})
            return updates

    def _take_fewer(self, body: bytes) -> None:
        """Ask for one update at a time, so that only the one that makes its answer unreadable is skipped."""
        found = FIRST_NUMBER.match(body)
        number = int(found[1]) if found and self._limit == 1 else 0
        tries = self._unreadable[1] + 1 if number == self._unreadable[0] else 1
        self._unreadable = (number, tries)
        self._limit = 1
        if 0 < number <= HIGHEST and tries >= UNREADABLE_TRIES:
            self._metrics.updates_skipped.inc()
            log.error("update.unreadable", update=number, because_of="no JSON")
            self._offset.take({number})

    async def _post(self, asked: dict[str, Any], seconds: float) -> tuple[int, bytes]:
        timeout = aiohttp.ClientTimeout(total=seconds)
        try:
            url = f"{self._base_url}/getUpdates"
            async with self._session.request("POST", url, json=asked, timeout=timeout) as answer:
                body = await read_at_most(answer, LARGEST_BATCH)
        except (aiohttp.ClientError, TimeoutError) as error:
            self._metrics.telegram.labels("getUpdates", type(error).__name__).inc()
            raise
        self._metrics.telegram.labels("getUpdates", status_label(answer.status)).inc()
        return answer.status, body


def _updates(status: int, body: bytes) -> list[Any] | None:
    """Return the updates of an answer, None if it cannot be read; AnswerError if it says that it brings none."""
    try:
        read = read_json(body)
    except (ValueError, RecursionError):
        read = None
    if status == 200 and read is None:
        return None
    answer = read if isinstance(read, dict) else {}
    if status == 200 and isinstance(answer.get("result"), list):
        return list(answer["result"])
    raise AnswerError("getUpdates", status, answer)
