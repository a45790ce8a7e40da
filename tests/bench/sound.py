"""An hour of sound that is ready after a second: what of the wait, and of the work, is the bot's."""

import random
from functools import cache

from tests.bench.meter import Meter, Row
from tests.bench.stage import Recording, Stage, staged
from tests.bench.versions import Version
from tests.long import repeated
from tests.world import AUDIO

AN_HOUR = 3580  # with the samples that a player drops, almost as long as a recording can be that is not split
MORE = 3660
SPEECH_SECONDS = 1.0

_long = cache(repeated)


async def hour(version: Version, _: random.Random) -> Row:
    async with staged(version) as stage:
        return await _sent(stage, Recording(_long(AUDIO / "voice.ogg", AN_HOUR, "-f", "ogg"), "voice", AN_HOUR))


async def hour_m4a(version: Version, _: random.Random) -> Row:
    async with staged(version) as stage:
        row = await _sent(stage, Recording(_long(AUDIO / "speech.m4a", MORE, "-f", "ipod"), "audio", MORE))
    return {"cpu_s": row["cpu_ms_per_voice"] / 1000, **row}


async def _sent(stage: Stage, recording: Recording) -> Row:
    meter = Meter(stage)
    sent = [stage.send(SPEECH_SECONDS, recording)]
    await stage.answered(sent)
    return meter.read(sent)
