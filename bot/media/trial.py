"""The choice of an ffmpeg: one that works here, and is not older than the one that comes along."""

import asyncio
import re
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import gettempdir
from typing import NamedTuple

from bot.errors import TemporaryError, VerbatimError, machine_failure
from bot.log import get_logger
from bot.machine.scratch import Scratch
from bot.machine.subprocesses import bundled_ffmpeg
from bot.media import streams
from bot.media.ffmpeg import Bench, Ffmpeg, FfmpegRun, chosen, source
from bot.media.prepare import Limits, most_work, prepare
from bot.media.sniff import Container
from bot.media.threads import Threads
from bot.uploads import UploadFormats
from storage.apology import Reason

log = get_logger(__name__)

# Half a second of a tone in three tracks: Opus, AAC and MP3. The first has two channels that are opposite.
_SAMPLE = Path(__file__).with_name("trial.mka")
_TRACKS = 3
_SAMPLE_SECONDS = 0.5
_TOLERANCE_SECONDS = 0.1
_LIMITS = Limits(max_seconds=60, split_seconds=0.4, most_work=most_work(60))  # so that it is cut in two
_SAYS_NOTHING = ("size=", "Conversion failed!")
_TIMEOUT = 10.0  # a start from a slow disk takes seconds
_VERSION = re.compile(r"^ffmpeg version (\S+)", re.MULTILINE)
_RELEASE = re.compile(r"[nv]?(\d+(?:\.\d+)*)")
_IN_FILE_NAME = re.compile(r"-(v\d[\d.]*\d)")


class UnfitError(Exception):
    """An ffmpeg that did not pass its trial; the message says why."""


class Refused(NamedTuple):
    """An ffmpeg that comes first, and the reason why it is not used."""

    path: str
    why: str


@dataclass(frozen=True, slots=True)
class Tried:
    """An ffmpeg that passed its trial, the version that it told, and the one that it replaces."""

    path: str
    version: str
    instead_of: Refused | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """Chooses the ffmpeg that is `named`, else the one `on_path`, else the bundled one: the first that is fit.

    Where none is named, the one on the path must not be older than the bundled one.
    """

    scratch: Callable[[], AbstractContextManager[Scratch]]
    named: str | None = None
    on_path: Callable[[], str | None] = lambda: shutil.which("ffmpeg")
    bundled: Callable[[], str] = bundled_ffmpeg

    async def path(self) -> str:
        """Choose, log which one it is, and return its path."""
        chosen = await self.choose()
        log.info("ffmpeg.chosen", path=chosen.path, version=chosen.version)
        return chosen.path

    async def choose(self) -> Tried:
        """Try them, and return the chosen one. Raises TemporaryError if none is fit."""
        path = self.named or await asyncio.to_thread(self.on_path)
        if path is None:
            return await self._last_resort()
        try:
            return await self._preferred(path)
        except UnfitError as why:
            level = log.warning if self.named else log.info
            level("ffmpeg.refused", path=path, error=str(why))
            return replace(await self._last_resort(), instead_of=Refused(path, str(why)))

    async def try_again(self, path: str) -> str | None:
        """Try one that failed, and return the bundled one if that is another. Raises TemporaryError if it is unfit."""
        try:
            await try_out(path, self.scratch)
        except UnfitError as why:
            log.error("ffmpeg.broken", path=path, error=str(why))
            raise TemporaryError(f"ffmpeg no longer works: {why}", reason=Reason.MACHINE) from why
        try:
            return self.bundled() if self.bundled() != path else None
        except RuntimeError:
            return None

    async def _preferred(self, path: str) -> Tried:
        tried = await try_out(path, self.scratch)
        if self.named is None:
            self._require_new(tried)
        return tried

    def _require_new(self, tried: Tried) -> None:
        try:
            least = _IN_FILE_NAME.search(Path(self.bundled()).name)
        except RuntimeError:  # there is none to prefer
            return
        if least is not None and is_older(tried.version, least[1]):
            raise UnfitError(f"version {tried.version} is older than {least[1]}, which comes along")

    async def _last_resort(self) -> Tried:
        try:
            return await try_out(self.bundled(), self.scratch)
        except (UnfitError, RuntimeError) as why:
            log.error("ffmpeg.missing", error=str(why))
            message = f"there is no ffmpeg that works on this machine: {why}"
            raise TemporaryError(message, reason=Reason.MACHINE) from why


def is_older(version: str, than: str) -> bool:
    """Tell whether a version is that of an older release. One that names no release is a build from today's source."""
    release, least = _RELEASE.match(version), _RELEASE.match(than)
    return release is not None and least is not None and _numbers(release[1]) < _numbers(least[1])


def _numbers(release: str) -> tuple[int, ...]:
    return tuple(int(number) for number in release.split("."))


async def try_out(path: str, scratch: Callable[[], AbstractContextManager[Scratch]]) -> Tried:
    """Let an ffmpeg prepare a tiny recording as it will prepare those of others. Raises UnfitError if it fails.

    The recording lies where others will lie: some programs may not see every folder.
    """
    try:
        with scratch() as files, closing(Threads()) as threads:
            return await _prepare_sample(path, Bench(Ffmpeg(chosen(path)), files, _TIMEOUT, threads))
    except VerbatimError as error:
        raise UnfitError(str(error)) from error
    except OSError as error:  # such as a full disk, which is the fault of no ffmpeg
        raise UnfitError(str(machine_failure(error, f"trying ffmpeg below {gettempdir()}"))) from error


async def _prepare_sample(path: str, bench: Bench) -> Tried:
    sample = bench.scratch.file()
    await bench.compute(sample.write_bytes, _SAMPLE.read_bytes())
    listed = await bench.run(*source(sample, Container.MATROSKA), "-map", "0:a", "-f", "framecrc", "pipe:1")
    version = _VERSION.search(listed.stderr)
    if version is None or not _is_all_decoded(listed):
        raise UnfitError(f"it does not read Opus, AAC and MP3{_last_words(listed)}")
    uploads = await prepare(sample, bench, kind="audio", limits=_LIMITS, formats=UploadFormats({}, 0))
    seconds = sum(upload.duration for upload in uploads)
    if abs(seconds - _SAMPLE_SECONDS) > _TOLERANCE_SECONDS:
        raise UnfitError(f"it made {seconds:g} s of {_SAMPLE_SECONDS:g} s")
    return Tried(path, version[1])


def _is_all_decoded(ran: FfmpegRun) -> bool:
    return ran.returncode == 0 and len(streams.parse(ran.stdout).sounds) == _TRACKS


def _last_words(ran: FfmpegRun) -> str:
    """Return what an ffmpeg said last of its failure; of our own sample it says nothing private."""
    lines = [line for line in ran.stderr.splitlines() if line.strip() and not line.startswith(_SAYS_NOTHING)]
    return f": {lines[-1].strip()}" if ran.returncode and lines else ""
