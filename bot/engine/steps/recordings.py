"""Recordings of jobs as files, which live as long as a step."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.activity import Doing, doing
from bot.engine import patience
from bot.errors import RateLimitedError
from bot.machine.workplace import NoRoomError, Workplace
from bot.media.blame import rightly_blamed
from bot.media.convert import conversion_bytes
from bot.media.ffmpeg import Bench, Ffmpeg
from bot.media.prepare import Limits, prepare
from bot.media.threads import Threads
from bot.telegram.downloading.files import Files
from bot.uploads import Upload, UploadFormats
from storage.words import Job


@dataclass(frozen=True, slots=True)
class Recordings:
    """Downloads recordings and makes of them what is uploaded."""

    files: Files
    workplace: Workplace
    ffmpeg: Ffmpeg
    threads: Threads
    limits: Limits
    formats: UploadFormats

    @contextmanager
    def bench(self, job: Job) -> Iterator[Bench]:
        """Make a place for the files of a job's recording, and remove them at the end."""
        with self.workplace.scratch() as scratch:
            yield Bench(self.ffmpeg, scratch, patience.FFMPEG_TIMEOUT, self.threads, job.chat_id)

    async def download(self, job: Job, target: Path, bench: Bench) -> None:
        """Download the recording once there is room for it and for its conversion.

        Raises RateLimitedError if there is none soon: the job waits elsewhere, and spends nothing.
        """
        try:
            await self.workplace.reserve(bench.scratch, self._size(job), patience.ROOM_TIMEOUT)
        except NoRoomError:
            raise RateLimitedError("no room for its files", retry_after=patience.ROOM_AGAIN_AFTER) from None
        await self.files.download(job.file_id, job.claimed_bytes, target)

    def _size(self, job: Job) -> int:
        """Return the bytes that the recording and its conversion take at the most, if it is as large as it claims."""
        received = min(job.claimed_bytes or self.files.limit.bytes, self.files.limit.bytes)
        return received + conversion_bytes(received, self.limits.max_seconds, self.limits.split_seconds)

    async def prepare(self, job: Job, audio: Path, bench: Bench) -> tuple[Upload, ...]:
        """See `bot.media.prepare`."""

        async def work(bench: Bench) -> tuple[Upload, ...]:
            return await prepare(audio, bench, kind=job.kind, limits=self.limits, formats=self.formats)

        with doing(Doing.CONVERTING):
            return await rightly_blamed(work, bench)
