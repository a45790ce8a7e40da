"""The webhook: takes updates that are brought, and answers when all that they ask for is committed.

Telegram brings the next update of a chat after a success for the one before it, and those of other chats meanwhile.
What is not answered with a success is brought again, to this process or to another one, for a day.
"""

import asyncio
import hashlib
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from bot.log import get_logger
from bot.metrics import Metrics
from bot.outgoing.session import read_json
from bot.telegram.receiving.dispatch import Dispatch
from bot.telegram.receiving.updates import number_of
from storage.errors import StorageError, StorageUnavailableError

log = get_logger(__name__)

ANSWER_WITHIN = 5.0  # seconds, while a database is slow; what is under way goes on, and is not begun a second time
GOES_ON_FOR = 60.0  # seconds, so that nothing is stored long after a later update of the chat, by another process
READY_WITHIN = 5.0  # seconds, at a start, which needs one answer of Telegram's
MOST_UNDER_WAY = 1000  # updates, of which Telegram brings 40 at once
MOST_REFUSED = 100  # of these by the database, which is asked again for each of them every second
MOST_REMEMBERED = 1000  # updates that came lately
TRIES = 3  # at an update that a handler cannot bear, or that is no JSON, as it may have been cut on its way
TRIES_AT_ONCE = 2  # whenever it comes


class Taken(NamedTuple):
    """What is answered to an update: a status, and after how many seconds it is to be brought again, if it is."""

    status: int
    again_after: int | None = None


DONE = Taken(200)
REFUSED = Taken(503, again_after=2)  # most outages of a database that end by themselves take some seconds
LATER = Taken(503, again_after=1)  # another process may take it, or this one when it is ready
UNREADABLE = Taken(400, again_after=1)
FAILED = Taken(500, again_after=1)


@dataclass(frozen=True, slots=True)
class _UnderWay:
    """An update that is being handled; `refused` is done as soon as the database has refused it."""

    task: asyncio.Task[Taken]
    refused: asyncio.Future[None]


@dataclass(slots=True)
class _Seen:
    """How often updates have failed, by their bytes, which are the same when they come again; TRIES: done with."""

    failures: OrderedDict[bytes, int] = field(default_factory=OrderedDict)

    def is_done(self, key: bytes) -> bool:
        return self.failures.get(key) == TRIES

    def is_last_try(self, key: bytes) -> bool:
        return self.failures.get(key, 0) >= TRIES - 1

    def keep(self, key: bytes, failures: int) -> None:
        self.failures[key] = failures
        self.failures.move_to_end(key)
        if len(self.failures) > MOST_REMEMBERED:
            self.failures.popitem(last=False)


class Webhook:
    """Takes updates from the beginning of `run` to its end."""

    def __init__(
        self,
        dispatch: Dispatch,
        metrics: Metrics,
        *,
        most_under_way: int = MOST_UNDER_WAY,
        goes_on_for: float = GOES_ON_FOR,
    ) -> None:
        self._dispatch = dispatch
        self._metrics = metrics
        self._most_under_way = most_under_way
        self._goes_on_for = goes_on_for
        self._ready = asyncio.Event()
        self._is_over = False
        self._broken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._under_way: dict[bytes, _UnderWay] = {}
        self._seen = _Seen()

    @property
    def is_open(self) -> bool:
        """Tell whether updates are taken."""
        return self._ready.is_set() and not self._is_over

    async def run(self) -> None:
        """Take updates until cancelled; raise what the store raises of a database that cannot be used any more."""
        self._ready.set()
        try:
            await self._broken
        finally:
            self._is_over = True

    async def finish(self, seconds: float) -> None:
        """Take nothing more, and let what was taken come to its end; what the database refuses is brought again."""
        self._is_over = True
        taken = list(self._under_way.values())
        going = [each.task for each in taken if not each.refused.done()]
        if going:
            await asyncio.wait(going, timeout=seconds)
        for each in taken:
            each.task.cancel()
        await asyncio.gather(*(each.task for each in taken), return_exceptions=True)

    async def take(self, body: bytes) -> Taken:
        """Handle an update, and return what to answer."""
        if not await self._is_ready_soon():
            return LATER
        key = hashlib.sha256(body).digest()
        if self._seen.is_done(key):
            return DONE
        under_way = self._under_way.get(key)
        if under_way is None and self._is_over:
            return LATER
        if under_way is None and not self._has_room():
            return REFUSED
        return await self._outcome(under_way or self._begin(key, body))

    async def _is_ready_soon(self) -> bool:
        if not self._ready.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ready.wait(), READY_WITHIN)
        return self._ready.is_set()

    def _has_room(self) -> bool:
        refused = sum(each.refused.done() for each in self._under_way.values())
        return len(self._under_way) < self._most_under_way and refused < MOST_REFUSED

    async def _outcome(self, under_way: _UnderWay) -> Taken:
        ends: set[asyncio.Future[Any]] = {under_way.task, under_way.refused}
        await asyncio.wait(ends, timeout=ANSWER_WITHIN, return_when=asyncio.FIRST_COMPLETED)
        is_done = under_way.task.done() and not under_way.task.cancelled()
        return under_way.task.result() if is_done else REFUSED

    def _begin(self, key: bytes, body: bytes) -> _UnderWay:
        """Handle an update in a task of its own: who brings it may not wait for the end."""
        refused: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(self._handle(key, body, refused))
        task.add_done_callback(lambda _: self._under_way.pop(key))
        under_way = self._under_way[key] = _UnderWay(task, refused)
        return under_way

    async def _handle(self, key: bytes, body: bytes, refused: asyncio.Future[None]) -> Taken:
        try:
            raw = read_json(body)
        except (ValueError, RecursionError):
            return self._unreadable(key)

        def refuse() -> None:
            if not refused.done():
                refused.set_result(None)

        is_last_try, failure = self._seen.is_last_try(key), None
        for _ in range(TRIES_AT_ONCE):
            try:
                async with asyncio.timeout(self._goes_on_for):
                    await self._dispatch.handle_one(raw, refuse, is_last_try=is_last_try)
            except (TimeoutError, StorageUnavailableError):  # the second of a handler, as the door goes on
                return REFUSED
            except StorageError as error:
                self._end(error)
                return REFUSED
            except Exception as error:  # noqa: BLE001 - one that fails must not take others along
                failure = error
            else:
                self._seen.keep(key, TRIES)
                return DONE
        log.error("update.failed", update=number_of(raw), exc_info=failure)
        self._fail(key)
        return FAILED

    def _unreadable(self, key: bytes) -> Taken:
        """Skip what is no JSON when it comes for the last time: nobody could ever read it."""
        if not self._seen.is_last_try(key):
            self._fail(key)
            return UNREADABLE
        self._metrics.updates_skipped.inc()
        log.error("update.unreadable", because_of="no JSON")
        self._seen.keep(key, TRIES)
        return DONE

    def _fail(self, key: bytes) -> None:
        self._seen.keep(key, self._seen.failures.get(key, 0) + 1)

    def _end(self, error: StorageError) -> None:
        if not (self._broken.done() or self._is_over):
            self._broken.set_exception(error)
