"""The sound in an untrusted file: as raw samples, as a voice note, and its length."""

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from tempfile import gettempdir

from bot.machine.scratch import Scratch
from bot.machine.subprocesses import ffmpeg_path
from bot.playground.engines.program import Ended, ProgramError, run

RATE = 16_000
BYTES_PER_SECOND = RATE * 2
LONGEST_SECONDS = 3_900.0  # a little more than an hour, the longest part that a bot sends of a longer recording
LONGEST_VOICE_SECONDS = 3 * 3600.0  # longer than anything that the bot accepts
FFMPEG_SECONDS = 120.0

# Without these limits ffmpeg also reads playlists, and opens every file and address in them.
_SAFELY = (
    *("-protocol_whitelist", "file"),
    *("-format_whitelist", "aac,aiff,amr,asf,au,avi,caf,flac,flv,matroska,mp3,mp4,mpeg,mpegts,ogg,wav"),
)
# Only fatal errors: a broken file can cause any number of others.
_QUIETLY = ("-nostdin", "-hide_banner", "-nostats", "-loglevel", "fatal", "-threads", "1")
_VOICE = (
    *("-ac", "1", "-ar", "48000", "-c:a", "libopus", "-b:a", "32k", "-application", "voip"),
    *("-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact", "-flags", "+bitexact"),
)
_TELL_THE_TIME = ("-progress", "pipe:2")
_REACHED = re.compile(r"^out_time_us=(\d+)$", re.MULTILINE)


class NoSoundError(Exception):
    """There is no sound in a file, or it is too long."""

    def __init__(self, message: str = "no sound could be decoded from this file") -> None:
        super().__init__(message)


async def decoded(data: bytes, longest: float = LONGEST_SECONDS) -> bytes:
    """Decode the sound in an audio or video file to samples of 16 bits, mono, RATE a second.

    Raises NoSoundError if there is none or it lasts more than `longest` seconds, ProgramError if ffmpeg cannot tell.
    """
    ended = await _ffmpeg(data, *("-ac", "1", "-ar", str(RATE), "-t", f"{longest + 1:.3f}", "-f", "s16le", "pipe:1"))
    if not ended.stdout:
        raise NoSoundError
    if len(ended.stdout) > longest * BYTES_PER_SECOND:
        raise NoSoundError(f"the recording is longer than {longest / 60:g} minutes")
    return ended.stdout


async def as_voice(data: bytes) -> tuple[bytes, float]:
    """Convert a recording to a voice note as apps send it, Ogg with Opus, and return it with its length in seconds.

    After LONGEST_VOICE_SECONDS it is cut. Raises NoSoundError, or ProgramError if ffmpeg itself fails.
    """
    ended = await _ffmpeg(data, *_VOICE, "-t", f"{LONGEST_VOICE_SECONDS:.3f}", *_TELL_THE_TIME, "-f", "ogg", "pipe:1")
    lasts = _reached(ended)
    if lasts is None:
        raise NoSoundError
    return ended.stdout, lasts


async def seconds(data: bytes) -> float | None:
    """Measure the length of the sound in a file by decoding it; None if there is no sound. Raises ProgramError."""
    return _reached(await _ffmpeg(data, *_TELL_THE_TIME, "-f", "null", "-"))


def found_by(find: Callable[[], str]) -> str:
    """Return what `find` returns, or raise ProgramError if there is no ffmpeg."""
    try:
        return find()
    except RuntimeError as failure:
        raise ProgramError("there is no ffmpeg on this machine") from failure


async def _ffmpeg(data: bytes, *output: str) -> Ended:
    """Convert the first sound track in `data` as the arguments `output` say."""
    executable = await asyncio.to_thread(found_by, ffmpeg_path)
    with Scratch(Path(gettempdir())) as scratch:
        path = scratch.file()  # a pipe cannot be used, as the index of an MP4 may be at its end
        path.write_bytes(data)
        source = (*_SAFELY, "-i", f"file:{path}", "-map", "0:a:0")
        return await run((executable, *_QUIETLY, *source, *output), name="ffmpeg", timeout=FFMPEG_SECONDS)


def _reached(ended: Ended) -> float | None:
    times = _REACHED.findall(ended.stderr)
    return int(times[-1]) / 1e6 or None if times else None
