"""Recordings of jobs as files, which live as long as a step."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.engine import patience
from bot.errors import RateLimitedError
from bot.media.convert import conversion_bytes
from bot.media.ffmpeg import Bench, Ffmpeg
from bot.media.prepare import Limits, prepare
from bot.telegram.files import Files
from bot.uploads import Upload, UploadFormats
from bot.workplace import NoRoomError, Workplace
from storage.words import Job


@dataclass(frozen=True, slots=True)
class Recordings:
    """Downloads recordings and makes of them what is uploaded."""

    files: Files
    workplace: Workplace
    ffmpeg: Ffmpeg
    limits: Limits
    formats: UploadFormats

    def has_room(self, job: Job) -> bool:
        """Tell whether there is room for the files of this recording now."""
        return self.workplace.has_room(self._size(job))

    @asynccontextmanager
    async def bench(self, job: Job) -> AsyncIterator[Bench]:
        """Reserve room for the files of one recording; at the end they are gone.

        Raises RateLimitedError if there is none soon: the job waits elsewhere, and spends nothing.
        """
        try:
            async with self.workplace.reserved(self._size(job), patience.ROOM_TIMEOUT) as scratch:
                yield Bench(self.ffmpeg, scratch, patience.FFMPEG_TIMEOUT)
        except NoRoomError:
            raise RateLimitedError("no room for its files", retry_after=patience.ROOM_AGAIN_AFTER) from None

    def _size(self, job: Job) -> int:
        """Return the bytes that the recording and its conversion take at the most, if it is as large as it claims."""
        received = min(job.claimed_bytes or self.files.max_bytes, self.files.max_bytes)
        return received + conversion_bytes(received, self.limits.max_seconds, self.limits.split_seconds)

    async def download(self, job: Job, target: Path) -> None:
        await self.files.download(job.file_id, job.claimed_bytes, target)

    async def prepare(self, job: Job, audio: Path, bench: Bench) -> tuple[Upload, ...]:
        """See `bot.media.prepare`."""
        return await prepare(audio, bench, kind=job.kind, limits=self.limits, formats=self.formats)
