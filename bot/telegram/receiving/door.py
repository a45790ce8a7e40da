"""The door: what the updates of a batch ask to be kept. All of it is stored before Telegram is told that they came."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple, TypeVar

from telegram import Update

from bot.errors import VerbatimError
from bot.log import get_logger
from bot.metrics import Metrics
from bot.telegram.receiving.unfinished import Unfinished
from bot.telegram.writing.replies import Replies, Say
from storage.errors import StorageError, StorageUnavailableError
from storage.retry import AGAIN_AFTER
from storage.unfinished import KeptUpdate

log = get_logger(__name__)
Kept = TypeVar("Kept")


def never(_: object) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to store, and what follows from it."""

    write: Callable[[], Awaitable[Any]] | None
    then: Callable[[Any], object]
    update: Update | None  # that asks for it
    goes_on: Callable[[Any], bool] = never
    whole: bool = False  # a stop lets it end


class Stored(NamedTuple):
    """What a write came to, or the exception that is its own, and its update if that goes on."""

    result: object
    unfinished: KeptUpdate | None = None


_APART: ContextVar[list[Entry]] = ContextVar("_APART")
_UPDATE: ContextVar[Update | None] = ContextVar("_UPDATE", default=None)  # that this task handles


@dataclass(frozen=True, slots=True)
class Door:
    """Handlers hand over here what they want done; nothing of it happens before `commit`.

    What is written must be one transaction that can be repeated. What is said goes to `replies`, and waits for
    nobody: a handler that asks the network for something does so there. Where what is asked for is stored only after
    that, the update itself is kept meanwhile: see `goes_on`.

    `in_turn` is for a database that carries out at once what it is asked for at once: what a chat asks for is then
    begun when all before it is stored. Another one keeps the order by itself, and stores all of it with one commit.
    """

    replies: Replies
    metrics: Metrics
    unfinished: Unfinished
    in_turn: bool = False
    _entries: list[Entry] = field(default_factory=list, init=False)
    _going_on: list[KeptUpdate | None] = field(default_factory=list, init=False)  # while a `then` is called

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
    def hear(update: Update) -> None:
        """Learn which update this task handles from now on."""
        _UPDATE.set(update)

    def keep(
        self,
        write: Callable[[], Awaitable[Kept]],
        then: Callable[[Kept], object] = lambda _: None,
        *,
        goes_on: Callable[[Kept], bool] = never,
        whole: bool = False,
    ) -> None:
        """Store something; once everything of the batch is stored, call `then` with what `write` returned.

        Where `goes_on` says so of that, the update is kept, until what `then` hands over to `go_on` is done. A
        stop lets a `whole` one come to its end.
        """
        self._append(Entry(write, then, _UPDATE.get(), goes_on, whole))

    def say(self, chat_id: int, say: Say, *, counts: bool = False) -> None:
        """Say something once everything before it is stored; see `Replies.put`."""
        self._append(Entry(None, lambda _: self.replies.put(chat_id, say, counts=counts), _UPDATE.get()))

    def do(self, chat_id: int, act: Say, *, counts: bool = False) -> None:
        """Do something behind the door that is to be done also if this process dies; see `Replies.put`."""
        then = partial(self.go_on, chat_id, act, counts=counts)
        self._append(Entry(_nothing, lambda _: then(), _UPDATE.get(), lambda _: True))

    def go_on(self, chat_id: int, act: Say, *, counts: bool = False) -> None:
        """Do something from within what happens when something is stored; the update is finished then.

        So it is where too much is to be done for the chat, or else it would be done at the next start.
        """
        unfinished = self._going_on[-1] if self._going_on else None
        act, dropped = partial(self._to_the_end, act, unfinished), partial(self._finish, unfinished)
        self.replies.put(chat_id, act, counts=counts, dropped=dropped)

    async def _to_the_end(self, act: Say, unfinished: KeptUpdate | None) -> None:
        """Do it and finish the update; what the database or a stop keeps from being done is taken up again."""
        try:
            await act()
        except VerbatimError:
            await self._finish(unfinished)
            raise
        await self._finish(unfinished)

    async def _finish(self, unfinished: KeptUpdate | None) -> None:
        if unfinished is not None:
            await self.unfinished.finish(unfinished)

    def _append(self, entry: Entry) -> None:
        _APART.get(self._entries).append(entry)

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
            self._stand_by(entry, results[index])

    def _stand_by(self, entry: Entry, stored: Stored) -> None:
        error = stored.result if isinstance(stored.result, Exception) else None
        self._going_on.append(stored.unfinished)
        try:
            if error is None:
                entry.then(stored.result)
        except Exception as raised:  # noqa: BLE001 - one that fails must not take others along
            error = raised
        finally:
            self._going_on.pop()
        if error is not None:
            self.metrics.bug("update")
            log.error("update.failed", exc_info=error)

    async def _stored(self, entries: Sequence[Entry], refused: Callable[[], object]) -> dict[int, Stored]:
        """Return by index what each write came to."""
        results = {index: Stored(None) for index, each in enumerate(entries) if each.write is None}
        while len(results) < len(entries):
            missing = [(index, each) for index, each in enumerate(entries) if index not in results]
            errors = await self._take_turns(missing, results)
            for error in errors:
                if not isinstance(error, StorageUnavailableError):
                    raise error
            if errors:
                refused()
                log.error("storage.unavailable", updates=len(entries) - len(results), error=str(errors[0]))
                await asyncio.sleep(AGAIN_AFTER)
        return results

    async def _take_turns(
        self, missing: Iterable[tuple[int, Entry]], results: dict[int, Stored]
    ) -> list[BaseException]:
        """Ask for all at once that may be asked for at once, in its order, and return what kept it from being stored.

        Each begins with the task that is made of it here. One that began a task of its own would be asked for after
        those behind it.
        """
        tasks = {
            asyncio.create_task(self._take_turn(turn, results)): any(entry.whole for _, entry in turn)
            for turn in self._turns(missing)
        }
        try:
            await asyncio.wait(tasks)
        except asyncio.CancelledError:
            for task in (each for each, whole in tasks.items() if not whole):
                task.cancel()
            await asyncio.wait(tasks)
            raise
        return [error for task in tasks if (error := task.exception()) is not None]

    def _turns(self, missing: Iterable[tuple[int, Entry]]) -> Iterable[list[tuple[int, Entry]]]:
        """Divide what is to be stored into what may be asked for at once."""
        if not self.in_turn:
            return ([each] for each in missing)
        turns: dict[int | None, list[tuple[int, Entry]]] = defaultdict(list)
        for index, entry in missing:
            chat = None if entry.update is None else entry.update.effective_chat
            turns[None if chat is None else chat.id].append((index, entry))
        return turns.values()

    async def _take_turn(self, turn: Iterable[tuple[int, Entry]], results: dict[int, Stored]) -> None:
        """Store one after the other, up to the first that the database does not take."""
        for index, entry in turn:
            try:
                results[index] = await self._store(entry)
            except StorageError:
                raise
            except Exception as error:  # noqa: BLE001 - its own, which keeps nothing else from being stored
                results[index] = Stored(error)

    async def _store(self, entry: Entry) -> Stored:
        assert entry.write is not None
        result = await entry.write()
        goes_on = entry.update is not None and entry.goes_on(result)
        return Stored(result, await self.unfinished.keep(entry.update) if entry.update and goes_on else None)


async def _nothing() -> None:
    """Write nothing."""
