"""The choice of an ffmpeg: one that works here, and is not older than the one that comes along."""

import asyncio
import re
import shutil
import wave
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from bot.errors import TemporaryError, VerbatimError
from bot.log import get_logger
from bot.machine.scratch import Scratch
from bot.machine.subprocesses import ChildLimits, bundled_ffmpeg
from bot.media.convert import FIRST_AUDIO_STREAM, OPUS_ENCODER
from bot.media.ffmpeg import failure_of, run_once, source
from bot.media.probe import opus_duration
from bot.media.sniff import Container
from storage.apology import Reason

log = get_logger(__name__)

_SECONDS = 0.1  # of silence, which is converted
_RATE = 16_000
_TIMEOUT = 10.0  # a start from a slow disk takes seconds
_LIMITS = ChildLimits(cpu_seconds=10.0)
_VERSION = re.compile(r"^ffmpeg version (\S+)", re.MULTILINE)
_RELEASE = re.compile(r"[nv]?(\d+(?:\.\d+)*)")
_IN_FILE_NAME = re.compile(r"-(v\d[\d.]*\d)")


class UnfitError(Exception):
    """An ffmpeg that did not pass its trial; the message says why."""


@dataclass(frozen=True, slots=True)
class Tried:
    """An ffmpeg that passed its trial, and the version that it told."""

    path: str
    version: str


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
        return await self._preferred() or await self._last_resort()

    async def _preferred(self) -> Tried | None:
        path = self.named or await asyncio.to_thread(self.on_path)
        if path is None:
            return None
        try:
            tried = await try_out(path, self.scratch)
            if self.named is None:
                self._require_new(tried)
        except UnfitError as why:
            level = log.warning if self.named else log.info
            level("ffmpeg.refused", path=path, error=str(why))
            return None
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
            raise TemporaryError("there is no ffmpeg that works on this machine", reason=Reason.MACHINE) from why


def is_older(version: str, than: str) -> bool:
    """Tell whether a version is that of an older release. One that names no release is a build from today's source."""
    release, least = _RELEASE.match(version), _RELEASE.match(than)
    return release is not None and least is not None and _numbers(release[1]) < _numbers(least[1])


def _numbers(release: str) -> tuple[int, ...]:
    return tuple(int(number) for number in release.split("."))


async def try_out(path: str, scratch: Callable[[], AbstractContextManager[Scratch]]) -> Tried:
    """Let an ffmpeg convert a little silence, as it will convert recordings. Raises UnfitError if it fails."""
    try:
        with scratch() as files:
            return await _convert_silence(path, files.file(), files.file())
    except (VerbatimError, OSError) as error:
        raise UnfitError(str(error)) from error


async def _convert_silence(path: str, silence: Path, converted: Path) -> Tried:
    _write_silence(silence)
    arguments = (*source(silence, Container.WAV), *FIRST_AUDIO_STREAM, *OPUS_ENCODER, "-f", "ogg", f"file:{converted}")
    ran = await run_once(path, *arguments, timeout=_TIMEOUT, limits=_LIMITS)
    if (failure := failure_of(ran)) is not None:
        raise failure
    version = _VERSION.search(ran.stderr)
    if ran.returncode or version is None or opus_duration(converted) is None:
        raise UnfitError("it converts nothing")
    return Tried(path, version[1])


def _write_silence(path: Path) -> None:
    with path.open("wb") as file, wave.open(file) as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(_RATE)
        sound.writeframes(bytes(2 * int(_RATE * _SECONDS)))
