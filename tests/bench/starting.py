"""From `python -m bot run` to the first request for updates."""

import random
import tempfile
import time
from pathlib import Path

from bot.playground.speech import FakeSpeech
from bot.playground.telegram import FakeTelegram
from tests.bench.life import living
from tests.bench.meter import Row
from tests.bench.stage import START_SECONDS, Stage
from tests.bench.versions import Version
from tests.patience import until
from tests.world import KEY


async def start(version: Version, _: random.Random) -> Row:
    with tempfile.TemporaryDirectory() as folder:
        return await start_in(Path(folder), version)


async def start_in(folder: Path, version: Version) -> Row:
    """Start a version in a folder that may have a database, and look at it when it first asks for updates."""
    async with FakeTelegram() as telegram, FakeSpeech(key=KEY) as speech:
        stage, row = Stage(folder, telegram, speech), Row()
        began = time.time()
        async with living(version, folder, stage.settings()) as life:

            def look() -> None:
                row.update(start_s=time.time() - began, start_cpu_s=life.cpu_seconds())

            telegram.watch("getUpdates", look)
            await until(stage, lambda: row, START_SECONDS)
        return row
