"""Downloads of files from the Bot API server, each into one file. One that breaks off goes on where it stopped."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir
from typing import BinaryIO

import aiohttp

from bot.errors import TemporaryError, VerbatimError, machine_failure
from bot.log import get_logger
from bot.outgoing.moving import LIMITS, CrawlError, Limits, Moving, StillError
from bot.outgoing.session import Session
from bot.sizes import MEGABYTE
from bot.telegram.downloading.file_limit import FileLimit
from bot.telegram.failures import AnswerError, failure_of
from storage.apology import Reason

log = get_logger(__name__)

CHUNK = 64 * 1024
MOST_BREAKS = 5  # of a download, before it counts as a failed try
FORGIVEN = MEGABYTE  # bytes; a break after so many new ones is not counted, as the download gets on
_RANGE = re.compile(r"bytes (\d{1,15})-\d{1,15}/(\d{1,15}|\*)", re.ASCII)


class VoidLinkError(TemporaryError):
    """The server does not know the address that it gave out: Telegram's are valid for an hour."""

    def __init__(self) -> None:
        why = "Telegram does not hand the file over: its link is void (404)"
        advice = "a Bot API server of one's own hands out no files: run it with --local, and set TELEGRAM_LOCAL_FILES"
        super().__init__(f"{why}; {advice}", reason=Reason.FILE_GONE)


class _ChangedError(TemporaryError):
    """What the server would go on with is not the file that was begun."""

    def __init__(self) -> None:
        super().__init__("Telegram goes on with another file than it began", reason=Reason.TELEGRAM_DOWN)


@dataclass(slots=True)
class Received:
    """What has been received so far, and by what the rest is known to belong to it."""

    target: Path
    limit: FileLimit
    claimed: int | None = None  # bytes, by the message; counts only where nothing else tells where the file ends
    file: BinaryIO | None = None
    size: int = 0
    total: int | None = None
    mark: str | None = None
    is_packed: bool = False  # so that places in the file are not those that a server counts

    def write(self, chunk: bytes) -> None:
        """Keep a chunk, unless with it more than allowed has been received."""
        if self.size + len(chunk) > self.limit.bytes:
            raise self.limit.too_big()
        assert self.file is not None
        with _on_disk():
            self.file.write(chunk)
        self.size += len(chunk)

    def begin(self) -> None:
        """Open the file, and forget what was received."""
        with _on_disk():
            self.close()
            self.file = self.target.open("wb")
        self.size, self.total, self.mark, self.is_packed = 0, None, None, False

    def close(self) -> None:
        if self.file is not None:
            self.file.close()

    def headers(self) -> dict[str, str]:
        """Ask for the bytes that are missing; for all of them if the file has changed meanwhile."""
        wanted = {"Accept-Encoding": "identity"}
        if self.size:
            wanted |= {"Range": f"bytes={self.size}-"} | ({"If-Range": self.mark} if self.mark else {})
        return wanted


@contextmanager
def receiving(target: Path, limit: FileLimit, claimed: int | None = None) -> Iterator[Received]:
    """Keep what is received in a file, which is made when something comes. All of it is there at the end."""
    received = Received(target, limit, claimed)
    try:
        yield received
    except BaseException:
        with suppress(OSError):
            received.close()
        raise
    with _on_disk():
        received.close()


@contextmanager
def _on_disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise machine_failure(error, f"writing a recording below {gettempdir()}") from None


@dataclass(frozen=True, slots=True)
class Downloads:
    """Downloads with GET."""

    session: Session
    limits: Limits = LIMITS

    async def fetch(self, url: str, received: Received) -> None:
        """Receive what is missing; VoidLinkError if the server does not know the address."""
        breaks = 0
        while True:
            before = received.size
            try:
                await self._receive(url, received)
            except (aiohttp.ClientError, OSError, AnswerError, _ChangedError) as error:
                failure = error if isinstance(error, _ChangedError) else failure_of(error)
                breaks = breaks + 1 if received.size < before + FORGIVEN else 0
                if breaks > MOST_BREAKS or not _goes_on(error, failure, before, received.size):
                    raise failure from None
                log.info("download.broken", received=received.size, error=str(failure))
                if received.is_packed or failure is error:
                    received.begin()  # what was there before is of no use
                await asyncio.sleep(self.limits.go_on_after)
            else:
                return

    async def _receive(self, url: str, received: Received) -> None:
        async with self.session.transfer("GET", url, self.limits, headers=received.headers()) as (answer, transfer):
            self._match(answer, received)
            await _pour(answer, received, transfer)

    def _match(self, answer: aiohttp.ClientResponse, received: Received) -> None:
        """See to it that what comes belongs behind what was received."""
        match answer.status:
            case 206 if received.size:
                if not _goes_on_from(answer, received):
                    raise _ChangedError
            case 200:
                received.begin()
                received.is_packed = "Content-Encoding" in answer.headers
                received.total, received.mark = answer.content_length, _mark(answer)
            case 404:
                raise VoidLinkError
            case 416 if received.size:
                raise _ChangedError
            case _:
                raise AnswerError("file", answer.status, {})


def _goes_on_from(answer: aiohttp.ClientResponse, received: Received) -> bool:
    """Tell whether a part of a file begins where the last one ended, and is of the same file as far as is known."""
    place = _RANGE.fullmatch(answer.headers.get("Content-Range", "").strip())
    if place is None or int(place[1]) != received.size or _mark(answer) != received.mark:
        return False
    return place[2] == "*" or received.total in {None, int(place[2])}


def _goes_on(error: Exception, failure: VerbatimError, before: int, size: int) -> bool:
    """Tell whether to go on where it stopped: something was received, and the server neither refuses nor crawls.

    Where it stood still it may only be the connection that is dead, unless the one before was as dead.
    """
    if isinstance(error, CrawlError) or (isinstance(error, StillError) and size == before):
        return False
    return size > 0 and isinstance(failure, TemporaryError) and failure.reason is not Reason.MACHINE


async def _pour(answer: aiohttp.ClientResponse, received: Received, transfer: Moving) -> None:
    async for chunk in answer.content.iter_chunked(CHUNK):
        transfer.passed(len(chunk))
        received.write(chunk)
    if _ends_anywhere(answer) and received.size < (received.claimed or 0):
        raise aiohttp.ClientPayloadError


def _ends_anywhere(answer: aiohttp.ClientResponse) -> bool:
    """Tell whether an answer ends where its connection does, so that nobody sees whether it broke off."""
    return answer.content_length is None and "Transfer-Encoding" not in answer.headers


def _mark(answer: aiohttp.ClientResponse) -> str | None:
    """Return what changes with the file. A weak ETag may stay the same, and cannot be asked with."""
    mark = answer.headers.get("ETag", "")
    return mark if mark.startswith('"') else answer.headers.get("Last-Modified")
