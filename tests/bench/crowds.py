"""People who send voice notes: one alone, many at once, and one after the other."""

import asyncio
import math
import random
from collections.abc import Iterator

from tests.bench.meter import Meter, Row
from tests.bench.stage import Sent, Stage, staged
from tests.bench.versions import Version

SIGMA = 0.5  # of lognormal speech times: with a median of 2 s, nine in ten are between 0.9 s and 4.6 s
WARM_UP = 32  # voices beforehand: connections are open and the model's pace is known, as on any day but the first
REST_SECONDS = 5.0  # after those: no limit of pace remembers them


def lognormal(chance: random.Random, median: float) -> Iterator[float]:
    while True:
        yield median * math.exp(chance.gauss(0.0, SIGMA))


def some(voices: int, chance: random.Random, median: float) -> list[float]:
    return [seconds for seconds, _ in zip(lognormal(chance, median), range(voices), strict=False)]


async def single(version: Version, _: random.Random) -> Row:
    async with staged(version) as stage:
        return await _at_once(stage, [1.0])


async def crowd30(version: Version, _: random.Random) -> Row:
    async with staged(version) as stage:
        return await _at_once(stage, [2.0] * 30)


async def crowd30_warm(version: Version, _: random.Random) -> Row:
    async with staged(version) as stage:
        await stage.send_all([2.0] * WARM_UP)
        await asyncio.sleep(REST_SECONDS)
        return await _at_once(stage, [2.0] * 30)


async def crowd300(version: Version, chance: random.Random) -> Row:
    async with staged(version) as stage:
        stage.telegram.enforce_pace(count_edits=False)
        return await _at_once(stage, some(300, chance, 2.0))


async def crowd300_edits(version: Version, chance: random.Random) -> Row:
    async with staged(version) as stage:
        stage.telegram.enforce_pace(count_edits=True)
        return await _at_once(stage, some(300, chance, 2.0))


async def stream(version: Version, chance: random.Random) -> Row:
    async with staged(version) as stage:
        return await one_after_the_other(stage, some(600, chance, 2.0), per_second=10)


async def looks(version: Version, chance: random.Random) -> Row:
    async with staged(version) as stage:
        return await one_after_the_other(stage, some(150, chance, 6.0), per_second=5)


async def _at_once(stage: Stage, speech_times: list[float]) -> Row:
    meter = Meter(stage)
    return meter.read(await stage.send_all(speech_times))


async def one_after_the_other(stage: Stage, speech_times: list[float], *, per_second: int) -> Row:
    """Send voice notes evenly, whatever becomes of those before."""
    meter, sent = Meter(stage), list[Sent]()
    loop = asyncio.get_running_loop()
    began = loop.time()
    for number, seconds in enumerate(speech_times):
        await asyncio.sleep(began + number / per_second - loop.time())
        sent.append(stage.send(seconds))
    await stage.answered(sent)
    return meter.read(sent)
