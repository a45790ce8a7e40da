"""Recordings of jobs as files, which live as long as a step."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.media.prepare import Limits, prepare
from bot.telegram.files import Files
from bot.uploads import Upload, UploadFormats
from storage.words import Job


@dataclass(frozen=True, slots=True)
class Recordings:
    """Downloads recordings and makes of them what is uploaded. `workplace` is a folder of this process alone."""

    files: Files
    workplace: Path
    limits: Limits
    formats: UploadFormats

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """Make a folder for one recording, and remove it with everything in it."""
        self.workplace.mkdir(mode=0o700, exist_ok=True)  # a cleaner of temporary files may have removed it
        with TemporaryDirectory(dir=self.workplace) as name:
            yield Path(name)

    async def download(self, job: Job, target: Path) -> None:
        await self.files.download(job.file_id, job.claimed_bytes, target)

    async def prepare(self, job: Job, audio: Path, folder: Path) -> tuple[Upload, ...]:
        """See `bot.media.prepare`."""
        return await prepare(audio, kind=job.kind, limits=self.limits, formats=self.formats, folder=folder)
