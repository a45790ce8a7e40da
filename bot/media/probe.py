"""The facts about a received file, read from its content: container, codec, length, sound and picture."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from bot.errors import PermanentError
from bot.media import opus
from bot.media.ffmpeg import Bench, FfmpegRun, source
from bot.media.sniff import HEAD_BYTES, Container, sniff
from storage.apology import Reason

# Bytes. To count packets the whole file is read into memory. For a larger file that need not be: it is converted
# before it is uploaded, and the conversion ends at the longest recording taken, whatever length the file claims.
LARGEST_COUNTED = 32 * 1024 * 1024
_PADDING_SECONDS = 1.0  # packets hold more than is played, at both ends; usual encoders add less than 0.2
_STREAM = re.compile(r"^ +Stream #0:\d+.*?: (Audio|Video): (\w+)(.*)$", re.MULTILINE)
_OUT_TIME = re.compile(r"^out_time_us=(\d+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Probe:
    """The facts about a file; `duration` is the seconds of sound found in it, not what its header claims."""

    container: Container
    codec: str | None
    duration: float
    has_audio: bool
    has_video: bool


async def probe(path: Path, bench: Bench) -> Probe:
    """Read the facts about the file; no process is started for Ogg/Opus.

    Raises PermanentError: EMPTY for a file without bytes, NOT_AUDIO for one that begins like no known container.
    Raises as `Ffmpeg.run` does.
    """
    container, opus_seconds = await bench.threads.run(_identify, path)
    if opus_seconds is not None:
        return Probe(container, "opus", opus_seconds, has_audio=True, has_video=False)
    ran = await bench.run(
        *("-hide_banner", *source(path, container)),
        *("-map", "0:a:0", "-c", "copy", "-f", "null", "-progress", "pipe:1", "-"),
    )
    return _parse(container, ran)


def opus_duration(path: Path) -> float | None:
    """Return `opus.duration` of a file; None if there is no such file."""
    try:
        return opus.duration(*_head_tail_and_size(path))
    except FileNotFoundError:
        return None


def _identify(path: Path) -> tuple[Container, float | None]:
    """Return the container of a file and, for Ogg/Opus, its seconds."""
    head, tail, size = _head_tail_and_size(path)
    if size == 0:
        raise PermanentError(Reason.EMPTY)
    container = sniff(head)
    if container is None:
        raise PermanentError(Reason.NOT_AUDIO, "no known container")
    seconds = opus.duration(head, tail, size)
    if seconds is not None and size <= LARGEST_COUNTED:
        seconds = _trusted(seconds, opus.duration_from_packets(path.read_bytes()))
    return container, seconds


def _trusted(claimed: float, counted: float) -> float:
    """Return what the pages claim, or more if the packets hold more: pages can be forged. A little is padding."""
    return counted if counted > claimed + _PADDING_SECONDS else claimed


def _head_tail_and_size(path: Path) -> tuple[bytes, bytes, int]:
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - opus.TAIL_BYTES))
        return head, file.read(), size


def _parse(container: Container, ran: FfmpegRun) -> Probe:
    """Read the list of streams that ffmpeg printed, and the time it had reached when the packets ended."""
    streams = _STREAM.findall(ran.stderr)
    codecs = [codec for kind, codec, _ in streams if kind == "Audio"]
    reached = _OUT_TIME.findall(ran.stdout)
    return Probe(
        container=container,
        codec=codecs[0] if codecs else None,
        duration=int(reached[-1]) / 1e6 if reached else 0.0,
        has_audio=bool(codecs),
        # The cover of a song is listed as a video stream.
        has_video=any(kind == "Video" and "(attached pic)" not in rest for kind, _, rest in streams),
    )
