from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from bot.playground.telegram import FakeTelegram
from storage.opening import open_store
from storage.statements.store import SQLStore
from storage.store import Store
from tests.clock import Clock
from tests.contract.fake_telegram_client import Client
from tests.contract.lender import Lender
from tests.contract.stored import NOW
from tests.migrated import migrated


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what borrows a store on the loop of the session, as connections belong to a loop."""
    for item in items:
        if "lender" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def lender() -> AsyncIterator[Lender]:
    async with Lender() as lender:
        yield lender


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> str:
    """Return the address of an empty database, of each engine in turn; empty for SQLite's."""
    if request.param == "sqlite":
        return ""
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest_asyncio.fixture(loop_scope="session")
async def store(database: str, lender: Lender, tmp_path: Path) -> AsyncIterator[Store]:
    """The engine under test; everything that takes only this fixture holds for every engine."""
    if database:
        async with lender.store(database) as borrowed:
            yield borrowed
        return
    opened = await open_store(f"sqlite:///{migrated(tmp_path / 'verbatim.db')}", now=lambda: NOW)
    yield opened
    await opened.close()


@pytest_asyncio.fixture(loop_scope="session")
async def other(database: str, store: SQLStore, lender: Lender) -> AsyncIterator[Store]:
    """The store of another process on the same database; where there can be none, that of somebody else in this one."""
    if not database:
        yield SQLStore(store.engine)
        return
    async with lender.store(database) as borrowed:
        yield borrowed


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
