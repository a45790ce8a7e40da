"""The door: what the updates of a batch ask to be kept. All of it is stored before Telegram is told that they came."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

from telegram import Chat

from bot.log import get_logger
from bot.metrics import Metrics
from bot.telegram.writing.replies import Replies, Say
from storage.errors import StorageError, StorageUnavailableError
from storage.retry import AGAIN_AFTER

log = get_logger(__name__)
Kept = TypeVar("Kept")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to store, and what follows from it."""

    write: Callable[[], Awaitable[Any]] | None
    then: Callable[[Any], object]
    chat_id: int | None  # where the update came from


_APART: ContextVar[list[Entry]] = ContextVar("_APART")
_CHAT: ContextVar[int | None] = ContextVar("_CHAT", default=None)  # where the update of this task came from


@dataclass(frozen=True, slots=True)
class Door:
    """Handlers hand over here what they want done; nothing of it happens before `commit`.

    What is written must be one transaction that can be repeated. What is said goes to `replies`, and waits for
    nobody: a handler that asks the network for something does so there.

    `in_turn` is for a database that carries out at once what it is asked for at once: what a chat asks for is then
    begun when all before it is stored. Another one keeps the order by itself, and stores all of it with one commit.
    """

    replies: Replies
    metrics: Metrics
    in_turn: bool = False
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

    @staticmethod
    def hear(chat: Chat | None) -> None:
        """Learn from which chat the update comes that this task handles from now on."""
        _CHAT.set(None if chat is None else chat.id)

    def keep(self, write: Callable[[], Awaitable[Kept]], then: Callable[[Kept], object] = lambda _: None) -> None:
        """Store something; once everything of the batch is stored, call `then` with what `write` returned."""
        self._append(write, then)

    def say(self, chat_id: int, say: Say, *, counts: bool = False) -> None:
        """Say something once everything before it is stored; see `Replies.put`."""
        self._append(None, lambda _: self.replies.put(chat_id, say, counts=counts))

    def _append(self, write: Callable[[], Awaitable[Any]] | None, then: Callable[[Any], object]) -> None:
        _APART.get(self._entries).append(Entry(write, then, _CHAT.get()))

    def take(self) -> list[Entry]:
        """Take out all that was handed over until now, but for what was collected apart."""
        entries = self._entries.copy()
        self._entries.clear()
        return entries

    async def commit(self, entries: Sequence[Entry], refused: Callable[[], object] = lambda: None) -> None:
        """Store what was taken out, in its order and as long as it takes, and go on from there.

        `refused` is called whenever the database does not take it. What fails for a reason of its own is left behind.
        """
        results = await self._stored(entries, refused)
        for index, entry in enumerate(entries):
            self._go_on(entry, results[index])

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

    async def _stored(self, entries: Sequence[Entry], refused: Callable[[], object]) -> dict[int, object]:
        """Return by index what each write came to, or the exception that is its own."""
        results: dict[int, object] = {index: None for index, each in enumerate(entries) if each.write is None}
        while len(results) < len(entries):
            missing = [(index, each) for index, each in enumerate(entries) if index not in results]
            turns = (_take_turn(turn, results) for turn in self._turns(missing))
            errors = [error for error in await asyncio.gather(*turns, return_exceptions=True) if error is not None]
            for error in errors:
                if not isinstance(error, StorageUnavailableError):
                    raise error
            if errors:
                refused()
                log.error("storage.unavailable", updates=len(entries) - len(results), error=str(errors[0]))
                await asyncio.sleep(AGAIN_AFTER)
        return results

    def _turns(self, missing: Iterable[tuple[int, Entry]]) -> Iterable[list[tuple[int, Entry]]]:
        """Divide what is to be stored into what may be asked for at once."""
        if not self.in_turn:
            return ([each] for each in missing)
        turns: dict[int | None, list[tuple[int, Entry]]] = defaultdict(list)
        for index, entry in missing:
            turns[entry.chat_id].append((index, entry))
        return turns.values()


async def _take_turn(turn: Iterable[tuple[int, Entry]], results: dict[int, object]) -> None:
    """Store one after the other, up to the first that the database does not take."""
    for index, entry in turn:
        assert entry.write is not None
        try:
            results[index] = await entry.write()
        except StorageError:
            raise
        except Exception as error:  # noqa: BLE001 - its own, which keeps nothing else from being stored
            results[index] = error
