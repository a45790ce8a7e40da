"""A long recording that has to be converted, from a local Bot API server, beside a stream of short voice notes."""

import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from bot.machine.subprocesses import ffmpeg_path
from bot.media.convert import OPUS_ENCODER
from tests.bench.meter import Row, percentile
from tests.bench.stage import Recording, Sent, Stage, staged
from tests.bench.versions import Version
from tests.long import repeated
from tests.world import AUDIO

HOUR = 3600
SPEECH_SECONDS = 0.5
EVERY = 1.0  # second, between two short voice notes
ALONE = 10  # of them, before the long recording is there
GIVE_UP_SECONDS = 3600
LOOK_EVERY = 0.5  # at the memory: a look takes some milliseconds of this process, in which the fakes run
SETTINGS = {"MAX_FILE_MB": "2000", "MAX_AUDIO_MINUTES": "660"}


def lasting(hours: int) -> Callable[[Version, random.Random], Awaitable[Row]]:
    """Return a scenario with a recording of so many hours."""

    async def measure(version: Version, _: random.Random) -> Row:
        recording = repeated(AUDIO / "speech.wma", hours * HOUR, "-f", "asf")
        by_ffmpeg = await _converted(recording)
        async with staged(version, local=True, **SETTINGS) as stage:
            alone = [await _one_short(stage) for _ in range(ALONE)]
            long = stage.send(SPEECH_SECONDS, Recording(recording, "audio", hours * HOUR))
            async with _peak(stage) as peak:
                beside = await _stream_beside(stage, long)
            await stage.answered([*beside, long])
        return _figures(long, by_ffmpeg, alone, beside) | {"peak_all_mb": max(peak)}

    return measure


def _figures(long: Sent, by_ffmpeg: float, alone: list[Sent], beside: list[Sent]) -> Row:
    wall = (long.visible_at or time.time()) - long.at - SPEECH_SECONDS
    before, meanwhile = _added(alone), _added(beside)
    return {
        "lost": sum(one.visible_at is None for one in (*alone, *beside, long)),
        "wall_s": wall,
        "ffmpeg_s": by_ffmpeg,
        "over_ffmpeg": wall / by_ffmpeg,
        "alone_p50_s": statistics.median(before),
        "beside_p50_s": statistics.median(meanwhile),
        "beside_p95_s": percentile(sorted(meanwhile)),
    }


def _added(sent: list[Sent]) -> list[float]:
    return [one.visible_at - one.at - SPEECH_SECONDS for one in sent if one.visible_at is not None]


async def _one_short(stage: Stage) -> Sent:
    (sent,) = await stage.send_all([SPEECH_SECONDS])
    return sent


async def _stream_beside(stage: Stage, long: Sent) -> list[Sent]:
    """Send short voice notes evenly until the long recording has its text."""
    sent: list[Sent] = []
    began = time.monotonic()
    while long.visible_at is None and time.monotonic() - began < GIVE_UP_SECONDS:
        sent.append(stage.send(SPEECH_SECONDS))
        stage.speech.says(long.text)  # what is no short voice note is a part of the long recording
        await asyncio.sleep(began + len(sent) * EVERY - time.monotonic())
    return sent


async def _converted(recording: bytes) -> float:
    """Return the seconds that ffmpeg alone takes to convert a recording."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "recording"), Path(folder, "converted")
        await asyncio.to_thread(source.write_bytes, recording)
        quiet = ("-nostdin", "-loglevel", "error", "-threads", "1")
        began = time.monotonic()
        process = await asyncio.create_subprocess_exec(
            *(ffmpeg_path(), *quiet, "-i", str(source), "-ac", "1", *OPUS_ENCODER, "-f", "ogg", str(target))
        )
        if await process.wait():
            raise RuntimeError("ffmpeg does not convert the recording")
        return time.monotonic() - began


@asynccontextmanager
async def _peak(stage: Stage) -> AsyncIterator[list[float]]:
    """Look at the memory of all processes of the bot during the block."""
    seen = [0.0]

    async def look() -> None:
        while True:
            seen[0] = max(seen[0], await asyncio.to_thread(stage.life.rss_mb))
            await asyncio.sleep(LOOK_EVERY)

    looking = asyncio.create_task(look())
    try:
        yield seen
    finally:
        looking.cancel()
