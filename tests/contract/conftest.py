from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot.playground.telegram import FakeTelegram
from storage.opening import open_store
from storage.statements.store import SQLStore
from storage.store import Store
from tests.clock import Clock
from tests.contract.fake_telegram_client import Client
from tests.contract.stored import NOW
from tests.migrated import migrated


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> str:
    """Return the address of an empty database, of each engine in turn; empty for SQLite's."""
    if request.param == "sqlite":
        return ""
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
async def store(database: str, tmp_path: Path) -> AsyncIterator[Store]:
    """The engine under test; everything that takes only this fixture holds for every engine."""
    opened = await open_store(database or f"sqlite:///{migrated(tmp_path / 'verbatim.db')}", now=lambda: NOW)
    yield opened
    await opened.close()


@pytest.fixture
async def other(database: str, store: SQLStore) -> AsyncIterator[Store]:
    """The store of another process on the same database; where there can be none, that of somebody else in this one."""
    if not database:
        yield SQLStore(store.engine)
        return
    opened = await open_store(database, now=lambda: NOW)
    yield opened
    await opened.close()


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
