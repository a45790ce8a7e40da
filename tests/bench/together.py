"""Several replicas on one PostgreSQL database."""

import asyncio
import random
import signal
import socket
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from bot.playground.speech import FakeSpeech
from bot.playground.telegram import FakeTelegram
from tests.bench.crowds import one_after_the_other, some
from tests.bench.life import Life, living
from tests.bench.meter import Row
from tests.bench.stage import START_SECONDS, Stage
from tests.bench.stores import knows_postgres, server
from tests.bench.versions import Version
from tests.patience import until
from tests.world import KEY

REPLICAS = 3
PUBLIC = "https://bot.example.org/telegram"
ENDS = {"after_kill_s": signal.SIGKILL, "after_stop_s": signal.SIGTERM}


async def replicas(version: Version, chance: random.Random) -> Row:
    """Send as `stream` does. Updates come by a webhook, to each replica in turn."""
    if not knows_postgres(version):
        return {}
    async with _stage() as stage, AsyncExitStack() as stack:
        for _ in range(REPLICAS):
            port = _free_port()
            hooked = {"WEBHOOK_URL": PUBLIC, "HTTP_PORT": str(port)}
            stage.life = await stack.enter_async_context(_replica(version, stage, hooked))
            stage.telegram.upstreams.append(f"http://127.0.0.1:{port}")
        await until(stage, lambda: stage.telegram.state.webhook is not None, START_SECONDS)
        await stage.send_all([1.0] * REPLICAS)
        return await one_after_the_other(stage, some(600, chance, 2.0), per_second=10)


async def failover(version: Version, _: random.Random) -> Row:
    """Measure how long it takes until a voice note is acknowledged that is sent when the leader ends."""
    if not knows_postgres(version):
        return {}
    return {name: await _after(version, end) for name, end in ENDS.items()}


async def _after(version: Version, end: signal.Signals) -> float:
    async with _stage() as stage, _replica(version, stage) as leader:
        await stage.receiving()
        async with _replica(version, stage) as stage.life:
            await stage.send_all([0.3])
            leader.end(end)
            (sent,) = await stage.send_all([0.3])
            return (sent.acknowledged_at or time.time()) - sent.at


@asynccontextmanager
async def _stage() -> AsyncIterator[Stage]:
    """Start both servers, and make a database."""
    async with FakeTelegram() as telegram, FakeSpeech(key=KEY) as speech:
        with tempfile.TemporaryDirectory() as folder:
            stage = Stage(Path(folder), telegram, speech)
            stage.database = await server()
            yield stage


@asynccontextmanager
async def _replica(version: Version, stage: Stage, more: dict[str, str] | None = None) -> AsyncIterator[Life]:
    async with living(version, stage.folder, stage.settings() | (more or {})) as life:
        await asyncio.sleep(3.0)
        yield life


def _free_port() -> int:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port: int = unused.getsockname()[1]
        return port
