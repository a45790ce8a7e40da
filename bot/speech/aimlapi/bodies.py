"""The bodies of answers: how many large ones are in memory at once, and how they become JSON.

An answer with the times of every word has 1 to 2 MB for an hour of speech, and takes five times as much memory when it
has been parsed. So few large ones are read at once; each is parsed alone, on a thread, and in small steps.
"""

import asyncio
import json
from collections.abc import Callable
from typing import Any, TypeVar

import aiohttp

from bot.machine.task_limit import TaskLimit
from bot.outgoing.moving import Moving
from bot.outgoing.session import read_at_most, read_json

SMALL_ANSWER = 256 * 1024  # bytes; any number may be read at once, and parsing one takes some milliseconds
MEDIUM_ANSWER = 4 * 1024 * 1024  # two hours of speech
LARGEST_ANSWER = 16 * 1024 * 1024  # ten hours of speech, with every word's times
MEDIUM_AT_ONCE = 4
LARGE_AT_ONCE = 1

# More than the densest answer has, each of whose words is an object with half a dozen fields. More values than that
# would take up hundreds of megabytes, and long rows of them would keep every other thread waiting.
MOST_COMMAS = 1_500_000
MOST_LISTS = 300_000
MOST_TEXTS = 100_000  # beside those in objects
MOST_TEXTS_AN_OBJECT = 12

Read = TypeVar("Read")


class Bodies:
    """The bodies of one client. A task that reads a large one has a place from then on until it ends."""

    def __init__(self) -> None:
        self._medium = TaskLimit(MEDIUM_AT_ONCE)
        self._large = TaskLimit(LARGE_AT_ONCE)
        self._parsing = asyncio.Lock()

    async def read(self, response: aiohttp.ClientResponse, largest: int, transfer: Moving) -> bytes:
        """Read the whole body, once there is a place for one of its size; TooLargeError beyond `largest` bytes."""
        before = 0

        async def grown_to(size: int) -> None:
            nonlocal before
            transfer.passed(size - before)
            before = size
            with transfer.paused():
                await self._take_place(size)

        return await read_at_most(response, largest, grown_to)

    async def _take_place(self, size: int) -> None:
        if size > SMALL_ANSWER:
            await self._medium.take()
        if size > MEDIUM_ANSWER:
            await self._large.take()

    async def parse(self, body: bytes, read: Callable[[Any], Read]) -> Read:
        """Return what `read` makes of the JSON in `body`; ValueError or RecursionError if there is none."""
        if len(body) <= SMALL_ANSWER:
            return read(read_json(body))
        async with self._parsing:
            return await asyncio.to_thread(lambda: read(_parsed(body)))


def _parsed(body: bytes) -> Any:
    """Parse a large body. Other threads run whenever one of the functions below is called, and not in between."""
    texts = (body.count(b'"') - body.count(b'\\"')) // 2
    if (
        body.count(b",") > MOST_COMMAS
        or body.count(b"[") > MOST_LISTS
        or texts > MOST_TEXTS + MOST_TEXTS_AN_OBJECT * body.count(b"{")
    ):
        raise ValueError("more values than an answer has")
    return json.loads(body, object_hook=_slim, parse_float=_as_float, parse_int=_as_int)


def _slim(value: dict[str, Any]) -> dict[str, Any]:
    """Take out of a word what nobody reads."""
    if "punctuated_word" in value and "start" in value:
        value.pop("word", None)
        value.pop("confidence", None)
    return value


def _as_float(digits: str) -> float:
    return float(digits)


def _as_int(digits: str) -> int:
    return int(digits)
