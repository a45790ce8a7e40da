"""Files of messages: streamed to disk, never more of them than allowed, and only from where the operator says."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

import aiohttp
from telegram.ext import ExtBot

from bot.errors import PermanentError, TemporaryError
from bot.outgoing.session import Session
from bot.telegram.failures import AnswerError, translated
from bot.telegram.local_files import NotLocalError, open_below
from storage.apology import Reason

CHUNK = 64 * 1024
MEGABYTE = 1024 * 1024
DOWNLOAD = aiohttp.ClientTimeout(total=300, sock_read=30)


@dataclass(frozen=True, slots=True)
class Files:
    """Downloads from the Bot API server. Where that runs on this machine, it copies from its folder `local`."""

    bot: ExtBot[str] = field(repr=False)  # which shows its token
    session: Session
    max_bytes: int
    local: Path | None = None

    async def download(self, file_id: str, claimed_bytes: int | None, target: Path) -> None:
        """Stream a file to `target`; PermanentError(TOO_BIG) if it is, or claims to be, larger than allowed."""
        if claimed_bytes is not None and claimed_bytes > self.max_bytes:
            raise self._too_big()
        try:
            with translated():
                file = await self.bot.get_file(file_id)
        except PermanentError as error:
            raise (self._too_big() if error.reason is Reason.TOO_BIG else error) from None
        if file.file_path is None:
            raise TemporaryError("Telegram gave no path for the file", reason=Reason.FILE_GONE)
        await self._fetch(file.file_path.removeprefix(f"{self.bot.base_file_url}/"), target)

    async def _fetch(self, path: str, target: Path) -> None:
        """Fetch `path` from the Bot API server, or from this machine's disk if the server named a place there."""
        if path.startswith("/"):
            await asyncio.to_thread(self._copy, path, target)
            return
        if not _is_plain(path):
            raise TemporaryError("Telegram gave a path that leads elsewhere", reason=Reason.FILE_GONE)
        url = f"{self.bot.base_file_url}/{quote(path)}"
        with translated():
            async with self.session.request("GET", url, timeout=DOWNLOAD) as answer:
                if answer.status != 200:
                    raise AnswerError("file", answer.status, {})
                await self._stream(answer, target)

    def _copy(self, path: str, target: Path) -> None:
        with translated(), self._open_local(path) as source, target.open("wb") as file:
            received = 0
            while chunk := source.read(CHUNK):
                received += len(chunk)
                self._write(chunk, received, file)

    def _open_local(self, path: str) -> BinaryIO:
        """Open a file of a server on this machine. Telegram is not to blame for one that is not there."""
        if self.local is None:
            raise PermanentError(Reason.MACHINE, "Telegram names a file on this machine: set TELEGRAM_LOCAL_FILES")
        try:
            return open_below(self.local, path)
        except NotLocalError as error:
            raise PermanentError(Reason.MACHINE, f"a file outside of TELEGRAM_LOCAL_FILES: {error}") from None
        except FileNotFoundError:
            raise TemporaryError(
                f"no such file in TELEGRAM_LOCAL_FILES, which is {self.local}", reason=Reason.MACHINE
            ) from None

    async def _stream(self, answer: aiohttp.ClientResponse, target: Path) -> None:
        received = 0
        with target.open("wb") as file:
            async for chunk in answer.content.iter_chunked(CHUNK):
                received += len(chunk)
                self._write(chunk, received, file)

    def _write(self, chunk: bytes, received: int, file: BinaryIO) -> None:
        """Write a chunk, unless with it more than allowed has been received."""
        if received > self.max_bytes:
            raise self._too_big()
        file.write(chunk)

    def _too_big(self) -> PermanentError:
        return PermanentError(Reason.TOO_BIG, limit_mb=round(self.max_bytes / MEGABYTE))


def _is_plain(path: str) -> bool:
    """Tell whether a path stays below the address that it is put behind, as those of Telegram do."""
    return path.isprintable() and not {"", ".", ".."} & set(path.replace("\\", "/").split("/"))
