from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.sqlite.engine import open_store
from storage.store import Store
from tests.contract.stored import NOW


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """The engine under test; everything that takes only this fixture holds for every engine."""
    engine = await open_store(tmp_path / "verbatim.db", now=lambda: NOW)
    yield engine
    await engine.close()
