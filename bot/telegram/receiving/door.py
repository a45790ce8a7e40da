"""The door: what the updates of a batch ask to be kept. All of it is stored before Telegram is told that they came."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

from bot.log import get_logger
from bot.metrics import Metrics
from bot.telegram.writing.replies import Replies, Say
from storage.retry import AGAIN_AFTER
from storage.store import StorageError, StorageUnavailableError

log = get_logger(__name__)
Kept = TypeVar("Kept")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to store, and what follows from it."""

    write: Callable[[], Awaitable[Any]] | None
    then: Callable[[Any], object]


_APART: ContextVar[list[Entry]] = ContextVar("_APART")


@dataclass(frozen=True, slots=True)
class Door:
    """Handlers hand over here what they want done; nothing of it happens before `commit`.

    What is written must be one transaction that can be repeated. What is said goes to `replies`, and waits for
    nobody: a handler that asks the network for something does so there.
    """

    replies: Replies
    metrics: Metrics
    _entries: list[Entry] = field(default_factory=list, init=False)

    @contextmanager
    def apart(self) -> Iterator[list[Entry]]:
        """Collect what is handed over meanwhile in this task, apart from what others hand over."""
        entries: list[Entry] = []
        token = _APART.set(entries)
        try:
            yield entries
        finally:
            _APART.reset(token)

    def keep(self, write: Callable[[], Awaitable[Kept]], then: Callable[[Kept], object] = lambda _: None) -> None:
        """Store something; once everything of the batch is stored, call `then` with what `write` returned."""
        _APART.get(self._entries).append(Entry(write, then))

    def say(self, chat_id: int, say: Say, *, counts: bool = False) -> None:
        """Say something once everything before it is stored; see `Replies.put`."""
        _APART.get(self._entries).append(Entry(None, lambda _: self.replies.put(chat_id, say, counts=counts)))

    def take(self) -> list[Entry]:
        """Take out all that was handed over until now, but for what was collected apart."""
        entries = self._entries.copy()
        self._entries.clear()
        return entries

    async def commit(self, entries: Sequence[Entry], refused: Callable[[], object] = lambda: None) -> None:
        """Store what was taken out, in its order and as long as it takes, and go on from there.

        `refused` is called whenever the database does not take it. What fails for a reason of its own is left behind.
        """
        for entry, result in zip(entries, await self._stored(entries, refused), strict=True):
            self._go_on(entry, result)

    def _go_on(self, entry: Entry, result: object) -> None:
        error = result if isinstance(result, Exception) else None
        try:
            if error is None:
                entry.then(result)
        except Exception as raised:  # noqa: BLE001 - one that fails must not take others along
            error = raised
        if error is not None:
            self.metrics.bug("update")
            log.error("update.failed", exc_info=error)

    async def _stored(self, entries: Sequence[Entry], refused: Callable[[], object]) -> list[object]:
        """Return what each write came to, or the exception that is its own."""
        results: list[object] = [None] * len(entries)
        missing = {index: entry.write for index, entry in enumerate(entries) if entry.write is not None}
        while missing:
            done = await asyncio.gather(*(write() for write in missing.values()), return_exceptions=True)
            for index, result in zip(missing, done, strict=True):
                results[index] = result
            missing = {
                index: missing[index] for index in missing if isinstance(results[index], StorageUnavailableError)
            }
            if missing:
                refused()
                log.error("storage.unavailable", updates=len(missing), error=str(results[next(iter(missing))]))
                await asyncio.sleep(AGAIN_AFTER)
        for result in results:
            if isinstance(result, StorageError | asyncio.CancelledError):
                raise result
        return results
