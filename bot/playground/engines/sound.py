"""The sound in the bytes of strangers: as raw samples, as a voice note, and how long it lasts."""

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from tempfile import NamedTemporaryFile

from bot.playground.engines.program import Ended, ProgramError, run
from bot.subprocesses import ffmpeg_path

RATE = 16_000
BYTES_PER_SECOND = RATE * 2
LONGEST_SECONDS = 3_900.0  # a little more than an hour, the longest part that a bot sends of a longer recording
LONGEST_VOICE_SECONDS = 3 * 3600.0  # longer than anything that the bot accepts
FFMPEG_SECONDS = 120.0

# Left to guess, ffmpeg takes a playlist for a recording and opens whatever files and addresses it lists.
_SAFELY = (
    *("-protocol_whitelist", "file"),
    *("-format_whitelist", "aac,aiff,amr,asf,au,avi,caf,flac,flv,matroska,mp3,mp4,mpeg,mpegts,ogg,wav"),
)
# Fatal errors alone: of the others a broken file can cause any number.
_QUIETLY = ("-nostdin", "-hide_banner", "-nostats", "-loglevel", "fatal", "-threads", "1")
_VOICE = (
    *("-ac", "1", "-ar", "48000", "-c:a", "libopus", "-b:a", "32k", "-application", "voip"),
    *("-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact", "-flags", "+bitexact"),
)
_TELL_THE_TIME = ("-progress", "pipe:2")
_REACHED = re.compile(r"^out_time_us=(\d+)$", re.MULTILINE)


class NoSoundError(Exception):
    """There is nothing to hear in these bytes, or more than anybody would want to."""

    def __init__(self, message: str = "no sound could be decoded from this file") -> None:
        super().__init__(message)


async def decoded(data: bytes, longest: float = LONGEST_SECONDS) -> bytes:
    """The sound in an audio or video file as samples of 16 bits, mono, RATE a second.

    Raises NoSoundError if there is none or it lasts more than `longest` seconds, ProgramError if ffmpeg cannot tell.
    """
    ended = await _ffmpeg(data, *("-ac", "1", "-ar", str(RATE), "-t", f"{longest + 1:.3f}", "-f", "s16le", "pipe:1"))
    if not ended.stdout:
        raise NoSoundError
    if len(ended.stdout) > longest * BYTES_PER_SECOND:
        raise NoSoundError(f"the recording is longer than {longest / 60:g} minutes")
    return ended.stdout


async def as_voice(data: bytes) -> tuple[bytes, float]:
    """A recording as the voice note an app would send, Ogg with Opus, and its seconds; LONGEST_VOICE_SECONDS at most.

    Raises NoSoundError, or ProgramError if it was not the recording's fault.
    """
    ended = await _ffmpeg(data, *_VOICE, "-t", f"{LONGEST_VOICE_SECONDS:.3f}", *_TELL_THE_TIME, "-f", "ogg", "pipe:1")
    lasts = _reached(ended)
    if lasts is None:
        raise NoSoundError
    return ended.stdout, lasts


async def seconds(data: bytes) -> float | None:
    """How long the sound in a file lasts, found by decoding it; None if there is none. May raise ProgramError."""
    return _reached(await _ffmpeg(data, *_TELL_THE_TIME, "-f", "null", "-"))


def found_by(find: Callable[[], str]) -> str:
    """The ffmpeg that `find` finds, or else a ProgramError."""
    try:
        return find()
    except RuntimeError as failure:
        raise ProgramError("there is no ffmpeg on this machine") from failure


async def _ffmpeg(data: bytes, *output: str) -> Ended:
    """Make `output` of the first sound track in `data`."""
    executable = await asyncio.to_thread(found_by, ffmpeg_path)
    with _as_file(data) as path:
        source = (*_SAFELY, "-i", f"file:{path}", "-map", "0:a:0")
        return await run((executable, *_QUIETLY, *source, *output), name="ffmpeg", timeout=FFMPEG_SECONDS)


@contextmanager
def _as_file(data: bytes) -> Iterator[str]:
    """A file and not a pipe, as the index of an MP4 may come last."""
    with NamedTemporaryFile(prefix="playground-") as file:
        file.write(data)
        file.flush()
        yield file.name


def _reached(ended: Ended) -> float | None:
    times = _REACHED.findall(ended.stderr)
    return int(times[-1]) / 1e6 or None if times else None
