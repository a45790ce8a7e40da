"""Recordings of jobs as files, which live as long as a step."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import gettempdir

from bot.activity import Doing, doing
from bot.engine import patience
from bot.errors import PermanentError, RoomError
from bot.machine.workplace import NeverRoomError, NoRoomError, Workplace
from bot.media.blame import rightly_blamed
from bot.media.convert import conversion_bytes
from bot.media.ffmpeg import Bench, Ffmpeg
from bot.media.prepare import Limits, prepare
from bot.media.threads import Threads
from bot.sizes import MEGABYTE
from bot.telegram.downloading.files import Files
from bot.uploads import Upload, UploadFormats
from storage.apology import Reason
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
            yield Bench(
                self.ffmpeg,
                scratch,
                patience.FFMPEG_TIMEOUT,
                self.threads,
                job.chat_id,
                longest=self.limits.max_seconds,
            )

    async def download(self, job: Job, bench: Bench) -> Path:
        """Download the recording once there is room for it and for its conversion, and return where it is.

        Raises RoomError if there is none soon: the job waits elsewhere, and spends nothing.
        """
        received = min(job.claimed_bytes or self.files.limit.bytes, self.files.limit.bytes)
        converted = conversion_bytes(received, self.limits.max_seconds, self.limits.split_seconds)
        kept = 0 if self._stays_elsewhere else received
        surely = min(job.claimed_bytes or 0, kept)
        try:
            await self.workplace.reserve(bench.scratch, kept + converted, patience.ROOM_TIMEOUT, surely=surely)
        except NoRoomError:
            raise RoomError("no room for its files", retry_after=patience.ROOM_AGAIN_AFTER) from None
        except NeverRoomError:
            folder = f"the disk of {gettempdir()} is too small for a file of {surely / MEGABYTE:.0f} MB"
            advice = "set TMPDIR to a folder on a larger one, or lower MAX_FILE_MB"
            raise PermanentError(Reason.NO_ROOM, f"{folder}; {advice}", megabytes=surely / MEGABYTE) from None
        target = bench.scratch.file()
        audio = await self.files.download(job.file_id, job.claimed_bytes, target, bench.scratch.borrow)
        if audio != target:
            self.workplace.lower(bench.scratch, converted)
        return audio

    @property
    def _stays_elsewhere(self) -> bool:
        """Tell whether a Bot API server keeps recordings on another disk of this machine, where they are read."""
        return self.files.local is not None and self.workplace.is_elsewhere(self.files.local)

    async def prepare(self, job: Job, audio: Path, bench: Bench) -> tuple[Upload, ...]:
        """See `bot.media.prepare`. Whether speakers are told apart stands in the job, so its parts stay the same."""
        limits = replace(self.limits, speakers=job.options.speakers)

        async def work(bench: Bench) -> tuple[Upload, ...]:
            return await prepare(audio, bench, kind=job.kind, limits=limits, formats=self.formats)

        with doing(Doing.CONVERTING):
            uploads = await rightly_blamed(work, bench)
        self.workplace.lower(bench.scratch, bench.scratch.used())
        return uploads
