"""Finds out what a file really is and how long it really lasts."""

import asyncio
import os
import re
from dataclasses import dataclass
from pathlib import Path

from bot.errors import PermanentError
from bot.media import opus
from bot.media.ffmpeg import FfmpegRun, run, source
from bot.media.sniff import HEAD_BYTES, Container, sniff
from storage.apology import Reason

LARGEST_COUNTED = 32 * 1024 * 1024  # bytes; larger files are converted, with an end, and not uploaded as they are
PADDING = 1.0  # seconds
_STREAM = re.compile(r"^ +Stream #0:\d+.*?: (Audio|Video): (\w+)(.*)$", re.MULTILINE)
_REACHED = re.compile(r"^out_time_us=(\d+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Probe:
    """What a file holds; `duration` is the seconds of sound found in it, not what its header claims."""

    container: Container
    codec: str | None
    duration: float
    has_audio: bool
    has_video: bool


async def probe(path: Path, *, timeout: float) -> Probe:  # noqa: ASYNC109 - handed on to the end of ffmpeg
    """Look into the file; Ogg/Opus needs no ffmpeg for that.

    Raises PermanentError: EMPTY for no bytes, NOT_AUDIO for what begins like no audio or video file.
    """
    container, opus_seconds = await asyncio.to_thread(_look, path)
    if opus_seconds is not None:
        return Probe(container, "opus", opus_seconds, has_audio=True, has_video=False)
    counted = await run(
        *source(path, container),
        *("-map", "0:a:0", "-c", "copy", "-f", "null", "-progress", "pipe:1", "-"),
        timeout=timeout,
    )
    return _read(container, counted)


def opus_duration(path: Path) -> float | None:
    """`opus.duration` of a file; None if there is no such file."""
    try:
        return opus.duration(*_ends(path))
    except FileNotFoundError:
        return None


def _look(path: Path) -> tuple[Container, float | None]:
    head, tail, size = _ends(path)
    if size == 0:
        raise PermanentError(Reason.EMPTY)
    container = sniff(head)
    if container is None:
        raise PermanentError(Reason.NOT_AUDIO, "no known container")
    seconds = opus.duration(head, tail, size)
    if seconds is not None and size <= LARGEST_COUNTED:
        seconds = _larger(seconds, opus.counted(path.read_bytes()))
    return container, seconds


def _larger(seconds: float, counted: float) -> float:
    """Pages can be made to say that hours are minutes; packets cannot. A little more is the encoder's padding."""
    return counted if counted > seconds + PADDING else seconds


def _ends(path: Path) -> tuple[bytes, bytes, int]:
    """The beginning of a file, its end, and how many bytes it has."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - opus.TAIL_BYTES))
        return head, file.read(), size


def _read(container: Container, counted: FfmpegRun) -> Probe:
    """What ffmpeg found: its list of streams, and the time it had reached when the packets ended."""
    counted.raise_if_ours()
    streams = _STREAM.findall(counted.stderr)
    codecs = [codec for kind, codec, _ in streams if kind == "Audio"]
    reached = _REACHED.findall(counted.stdout)
    return Probe(
        container=container,
        codec=codecs[0] if codecs else None,
        duration=int(reached[-1]) / 1e6 if reached else 0.0,
        has_audio=bool(codecs),
        # The cover of a song is a video stream of one picture.
        has_video=any(kind == "Video" and "(attached pic)" not in rest for kind, _, rest in streams),
    )
