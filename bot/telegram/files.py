"""Files of messages: streamed to disk, never more of them than allowed."""

import asyncio
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from telegram.ext import ExtBot

from bot.errors import PermanentError, TemporaryError
from bot.telegram.failures import AnswerError, translated
from storage.apology import Reason

CHUNK = 64 * 1024
MEGABYTE = 1024 * 1024
DOWNLOAD = aiohttp.ClientTimeout(total=300, sock_read=30)


@dataclass(frozen=True, slots=True)
class Files:
    """Downloads from the Bot API server, by HTTP or, where that runs on this machine, by copying."""

    bot: ExtBot[str] = field(repr=False)  # which shows its token
    session: aiohttp.ClientSession
    max_bytes: int

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
        await self._fetch(file.file_path, target)

    async def _fetch(self, address: str, target: Path) -> None:
        """Fetch `address`: a URL, or a path on this machine where the Bot API server runs in local mode."""
        if address.startswith("/"):
            await asyncio.to_thread(self._copy, Path(address), target)
            return
        with translated():
            async with self.session.get(address, timeout=DOWNLOAD) as answer:
                if answer.status != 200:
                    raise AnswerError("file", answer.status, {})
                await self._stream(answer, target)

    def _copy(self, local: Path, target: Path) -> None:
        with translated():
            if not local.exists():
                raise AnswerError("file", 404, {})
            if local.stat().st_size > self.max_bytes:
                raise self._too_big()
            shutil.copyfile(local, target)

    async def _stream(self, answer: aiohttp.ClientResponse, target: Path) -> None:
        received = 0
        with target.open("wb") as file:
            async for chunk in answer.content.iter_chunked(CHUNK):
                received += len(chunk)
                if received > self.max_bytes:
                    raise self._too_big()
                file.write(chunk)

    def _too_big(self) -> PermanentError:
        return PermanentError(Reason.TOO_BIG, limit_mb=round(self.max_bytes / MEGABYTE))
