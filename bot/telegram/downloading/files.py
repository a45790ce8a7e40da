"""Files of messages: streamed to disk, never more of them than allowed, and only from where the operator says."""

import asyncio
import os
import unicodedata
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

import aiohttp

from bot.activity import Doing, doing, moved
from bot.errors import PermanentError, RefusedError, TemporaryError, UndeliverableError, told
from bot.outgoing.moving import LIMITS, Limits
from bot.outgoing.session import Session
from bot.sizes import HEAD_BYTES
from bot.telegram.calls import Calls
from bot.telegram.downloading.downloads import CHUNK, Downloads, Received, VoidLinkError, receiving
from bot.telegram.downloading.file_limit import FileLimit
from bot.telegram.downloading.local_files import NotLocalError, open_below, why_refused
from bot.telegram.failures import AnswerError, translated
from storage.apology import Reason

_HEAD_SECONDS = 60  # for a head, which takes one: nobody is told meanwhile that anything is being done
_HEAD_HEADERS = {"Range": f"bytes=0-{HEAD_BYTES - 1}", "Accept-Encoding": "identity"}
Borrow = Callable[[int], Path | None]  # takes a descriptor over, and returns a path to read its file by


def _borrow_nothing(descriptor: int) -> None:
    os.close(descriptor)


@dataclass(frozen=True, slots=True)
class Files:
    """Downloads from the Bot API server. Where that runs on this machine, its files are in its folder `local`."""

    calls: Calls = field(repr=False)  # which know the token
    session: Session
    limit: FileLimit
    local: Path | None = None
    limits: Limits = LIMITS

    async def download(
        self, file_id: str, claimed_bytes: int | None, target: Path, borrow: Borrow = _borrow_nothing
    ) -> Path:
        """Return where a file is: it is streamed to `target`, or stays on this machine's disk if that can be borrowed.

        PermanentError(TOO_BIG) if it is, or claims to be, larger than allowed.
        """
        if claimed_bytes is not None and claimed_bytes > self.limit.bytes:
            raise self.limit.too_big()
        with doing(Doing.DOWNLOADING):
            path = await self._path(file_id, claimed_bytes or 0)
            if path.startswith("/") and (borrowed := await asyncio.to_thread(self._borrow, path, borrow)) is not None:
                return borrowed
            with receiving(target, self.limit, claimed_bytes) as received:
                try:
                    await self._fetch(path, received)
                except VoidLinkError:  # it may have been given out long ago, by a server that remembers it
                    await self._fetch(await self._path(file_id), received)
        return target

    async def head(self, file_id: str) -> bytes:
        """Return the first bytes of a file, at most HEAD_BYTES, and fetch little more, whatever the server sends."""
        with doing(Doing.DOWNLOADING):
            path = await self._path(file_id)
            try:
                return await self._head(path)
            except VoidLinkError:  # as above
                return await self._head(await self._path(file_id))

    async def _head(self, path: str) -> bytes:
        if path.startswith("/"):
            return await asyncio.to_thread(self._read_head, path)
        with translated():
            async with self.session.request(
                "GET", self._address(path), headers=_HEAD_HEADERS, timeout=aiohttp.ClientTimeout(total=_HEAD_SECONDS)
            ) as answer:
                return await _first_bytes(answer)

    def _read_head(self, path: str) -> bytes:
        with self._open_local(path) as source:
            return self._read(source)[:HEAD_BYTES]

    async def _path(self, file_id: str, size: int = 0) -> str:
        """Ask where the file is: at an address of the Bot API server, or on this machine's disk."""
        try:
            with translated():
                async with _getting_on(self.limits.unseen_every):
                    file = await self.calls.make("getFile", {"file_id": file_id}, seconds=self._patience(size))
        except PermanentError as error:
            raise (self.limit.refused() if error.reason is Reason.TOO_BIG else error) from None
        except (RefusedError, UndeliverableError) as error:  # it was no chat that was asked for
            raise TemporaryError(f"Telegram refused the file: {error}", reason=Reason.FILE_GONE) from None
        path: str | None = file["file_path"]
        if path is None:
            raise TemporaryError("Telegram gave no path for the file", reason=Reason.FILE_GONE)
        return path.removeprefix(f"{self.calls.file_url}/")

    def _patience(self, size: int) -> float:
        """Return the seconds in which an address is due. A server of one's own fetches the whole file before that."""
        limits = self.limits
        return limits.answer if self.local is None else limits.local_file + size / limits.local_rate

    async def _fetch(self, path: str, received: Received) -> None:
        """Fetch `path` from the Bot API server, or from this machine's disk if the server named a place there."""
        if path.startswith("/"):
            await asyncio.to_thread(self._copy, path, received)
            return
        await Downloads(self.session, self.limits).fetch(self._address(path), received)

    def _address(self, path: str) -> str:
        if not _is_plain(path):
            raise TemporaryError("Telegram gave a path that leads elsewhere", reason=Reason.FILE_GONE)
        return f"{self.calls.file_url}/{quote(path)}"

    def _borrow(self, path: str, borrow: Borrow) -> Path | None:
        with self._open_local(path) as source:
            borrowed = borrow(os.dup(source.fileno()))
            if borrowed is not None and os.fstat(source.fileno()).st_size > self.limit.bytes:
                raise self.limit.too_big()
            return borrowed

    def _copy(self, path: str, received: Received) -> None:
        with self._open_local(path) as source:
            received.begin()
            while chunk := self._read(source):
                received.write(chunk)
                moved()

    def _open_local(self, path: str) -> BinaryIO:
        """Open a file of a server on this machine. Telegram is not to blame for one that is not there."""
        if self.local is None:
            raise PermanentError(Reason.MACHINE, "Telegram names a file on this machine: set TELEGRAM_LOCAL_FILES")
        try:
            return open_below(self.local, path)
        except NotLocalError as error:
            named = f"Telegram names a file outside of TELEGRAM_LOCAL_FILES, which is {self.local}: {error}"
            advice = "mount the folder there that the Bot API server has as its --dir"
            raise PermanentError(Reason.MACHINE, f"{named}; {advice}") from None
        except OSError as error:
            raise self._not_local(error, path) from None

    def _read(self, source: BinaryIO) -> bytes:
        try:
            return source.read(CHUNK)
        except OSError as error:
            raise self._not_local(error) from None

    def _not_local(self, error: OSError, path: str | None = None) -> TemporaryError:
        """Say what is wrong with the folder."""
        assert self.local is not None
        folder = f"this machine: TELEGRAM_LOCAL_FILES, which is {self.local}"
        if not self.local.is_dir():
            why = f"is no folder that this program sees; mount the folder of the Bot API server there: {told(error)}"
        elif isinstance(error, FileNotFoundError):
            why = f"has no such file; is the folder of the Bot API server mounted there? {told(error)}"
        else:
            why = f"has a file that cannot be read: {why_refused(self.local, path) or told(error)}"
        return TemporaryError(f"{folder}, {why}", reason=Reason.MACHINE)


@asynccontextmanager
async def _getting_on(every: float) -> AsyncIterator[None]:
    """Take it for granted that a server gets on in this block, which has an end of its own."""
    loop = asyncio.get_running_loop()
    telling: asyncio.TimerHandle

    def tell() -> None:
        nonlocal telling
        moved()
        telling = loop.call_later(every, tell)

    telling = loop.call_later(every, tell)
    try:
        yield
    finally:
        telling.cancel()


async def _first_bytes(answer: aiohttp.ClientResponse) -> bytes:
    if answer.status == 404:
        raise VoidLinkError
    if answer.status == 416:  # there are no bytes
        return b""
    if answer.status not in {200, 206}:
        raise AnswerError("file", answer.status, {})
    head = bytearray()
    async for chunk in answer.content.iter_chunked(HEAD_BYTES):
        head += chunk
        if len(head) >= HEAD_BYTES:
            break
    return bytes(head[:HEAD_BYTES])


def _is_plain(path: str) -> bool:
    """Tell whether a path stays below the address that it is put behind, as those of Telegram do."""
    has_controls = any(unicodedata.category(character) == "Cc" for character in path)
    return not has_controls and not {"", ".", ".."} & set(path.replace("\\", "/").split("/"))
