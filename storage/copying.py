"""Copying a database to another one, row by row: ids stay, so that buttons stay valid.

Nothing is changed unless all of it was copied and read back. The old database stays as it is.
"""

import hashlib
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, NamedTuple, Protocol

from storage.errors import ForeignTablesError, StorageError, damaged
from storage.texts import storable

Say = Callable[[str], None]
Row = tuple[Any, ...]
Columns = Mapping[str, type]  # of a table: what each column holds, int, float or str

# A table comes after those that its rows refer to.
_FIRST = ("chats", "transcripts", "jobs")
# What an engine keeps for itself, or for the processes that run just now.
OWN = frozenset({"counts", "schema_version", "sqlite_sequence", "replicas", "leader", "pace", "pace_overall"})
# What a bot stores when it has started once, without any chat. The moved rows replace it.
OF_NOBODY = frozenset({"pulse", "looks", "troubles", "hold"})
_TOLD_EVERY = 2.0  # seconds
_KINDS = {"bigint": int, "integer": int, "double precision": float, "text": str}


class Side(Protocol):
    """A database inside one transaction that keeps everybody else's writes out."""

    name: str  # without password

    async def tables(self) -> Mapping[str, Columns]:
        """Return all tables but those that are in OWN."""

    async def count(self, table: str) -> int: ...

    def rows(self, table: str, columns: Sequence[str]) -> AsyncIterator[Sequence[Row]]:
        """Read a table in pieces. A text that is not UTF-8 comes as bytes."""

    async def largest_id(self, table: str) -> int:
        """Return the largest id that a row of a table ever had."""

    async def clear(self, table: str) -> None: ...

    async def insert(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None: ...

    async def go_on_after(self, table: str, largest_id: int) -> None:
        """Give no row of a table an id up to this one."""


class Opened(Protocol):
    """A database that nobody else works on as long as it is open."""

    name: str

    async def is_free(self) -> bool:
        """Tell whether it can take what is moved: it is empty, or has rows of nobody alone. Changes nothing."""

    def changing(self) -> AbstractAsyncContextManager[Side]:
        """Bring the schema up to date and begin a transaction, which an error undoes."""


class Moved(NamedTuple):
    """What was moved, and how many texts had to be mended."""

    rows: int
    mended: int


def kind_of(declared: str) -> type:
    """Return what a column holds, by its type; ForeignTablesError for one that no table of this program has."""
    kind = _KINDS.get(declared.lower())
    if kind is None:
        raise ForeignTablesError
    return kind


async def copy(old: Opened, new: Opened, say: Say) -> Moved:
    """Copy everything; StorageError, and nothing changed, where the new one has something already."""
    if not await new.is_free():
        raise StorageError(f"{new.name} has jobs or chats already: name an empty database")
    async with old.changing() as source, new.changing() as target:
        return await _copy_tables(source, target, say)


async def _copy_tables(source: Side, target: Side, say: Say) -> Moved:
    theirs, ours = await source.tables(), await target.tables()
    rows = mended = 0
    for table in [*_FIRST, *sorted(theirs.keys() - set(_FIRST))]:
        if table not in ours:
            raise damaged(f"{source.name} has a table {table}, which no database of this program has")
        columns = {name: kind for name, kind in ours[table].items() if name in theirs[table]}
        copied = await _copy_table(source, target, table, columns, say)
        rows, mended = rows + copied.rows, mended + copied.mended
    return Moved(rows, mended)


async def _copy_table(source: Side, target: Side, table: str, columns: Columns, say: Say) -> Moved:
    """Copy a table, and compare what can be read of it then."""
    await target.clear(table)
    total, sent, progress = await source.count(table), _Digest(), _Progress(table, say)
    mended = 0
    async for piece in source.rows(table, tuple(columns)):
        rows = [_read(row, columns, table) for row in piece]
        mended += sum(count for _, count in rows)
        await target.insert(table, tuple(columns), [row for row, _ in rows])
        sent.add(row for row, _ in rows)
        progress.tell(sent.rows, total)
    if columns.get("id") is int:
        await target.go_on_after(table, await source.largest_id(table))
    found = _Digest()
    async for piece in target.rows(table, tuple(columns)):
        found.add(_read(row, columns, table)[0] for row in piece)
    if found != sent or sent.rows != total:
        raise StorageError(f"{table}: what {target.name} has is not what was copied; nothing was changed")
    say(f"{table}: {sent.rows} rows")
    return Moved(sent.rows, mended)


class _Digest:
    """A hash of rows in whatever order they come, and how many they are."""

    def __init__(self) -> None:
        self.rows = 0
        self._sum = 0

    def add(self, rows: Any) -> None:
        for row in rows:
            self.rows += 1
            hashed = hashlib.sha256(repr(row).encode("utf-8", "backslashreplace")).digest()
            self._sum = (self._sum + int.from_bytes(hashed)) % 2**256

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Digest) and (self.rows, self._sum) == (other.rows, other._sum)

    __hash__ = None  # type: ignore[assignment]


class _Progress:
    """Says now and then how much of a large table is copied."""

    def __init__(self, table: str, say: Say) -> None:
        self._table = table
        self._say = say
        self._told_at = time.monotonic()

    def tell(self, done: int, total: int) -> None:
        if done < total and time.monotonic() >= self._told_at + _TOLD_EVERY:
            self._told_at = time.monotonic()
            self._say(f"{self._table}: {done} of {total} rows")


def _read(row: Row, columns: Columns, table: str) -> tuple[Row, int]:
    """Return a row as any engine can keep it, and in how many texts something had to be replaced for that."""
    values, mended = [], 0
    for value, (name, kind) in zip(row, columns.items(), strict=True):
        try:
            read = value if value is None else _READ[kind](value)
        except (TypeError, ValueError, OverflowError):
            raise damaged(f"a row of {table} has a value in {name} that does not belong there") from None
        mended += kind is str and value is not None and read != value
        values.append(read)
    return tuple(values), mended


def _whole(value: Any) -> int:
    if value != int(value):
        raise ValueError
    return int(value)


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str):
        raise TypeError
    return storable(value)


_READ: Mapping[type, Callable[[Any], Any]] = {int: _whole, float: float, str: _text}
