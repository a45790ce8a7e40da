"""Recordings of jobs as files, which live as long as a step."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.formats import Upload, UploadFormats
from bot.media.prepare import Limits, prepare
from bot.telegram.files import Files
from storage.words import Job


class Recordings:
    """Downloads recordings and makes of them what is uploaded. `workplace` is a folder of this process alone."""

    def __init__(self, files: Files, workplace: Path, limits: Limits, formats: UploadFormats) -> None:
        self._files = files
        self._workplace = workplace
        self._limits = limits
        self._formats = formats

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """Make a folder for one recording, and remove it with everything in it."""
        self._workplace.mkdir(mode=0o700, exist_ok=True)  # a cleaner of temporary files may have removed it
        with TemporaryDirectory(dir=self._workplace) as name:
            yield Path(name)

    async def download(self, job: Job, target: Path) -> None:
        await self._files.download(job.file_id, job.claimed_bytes, target)

    async def prepare(self, job: Job, audio: Path, folder: Path) -> tuple[Upload, ...]:
        """See `bot.media.prepare`."""
        return await prepare(audio, kind=job.kind, limits=self._limits, formats=self._formats, folder=folder)
