from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot.playground.telegram import FakeTelegram
from storage.sqlite.engine import open_store
from storage.store import Store
from tests.clock import Clock
from tests.contract.fake_telegram_client import Client
from tests.contract.stored import NOW
from tests.migrated import migrated


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """The engine under test; everything that takes only this fixture holds for every engine."""
    engine = await open_store(migrated(tmp_path / "verbatim.db"), now=lambda: NOW)
    yield engine
    await engine.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def telegram(clock: Clock) -> AsyncIterator[FakeTelegram]:
    """The fake alone, whose time passes by hand; in the end it has nothing to complain of."""
    async with FakeTelegram(clock=clock) as server:
        yield server
        assert server.violations == []


@pytest.fixture
async def client(telegram: FakeTelegram) -> AsyncIterator[Client]:
    async with aiohttp.ClientSession() as session:
        yield Client(telegram, session)
