from collections.abc import AsyncIterator

import pytest

from tests.sim.looker import Looker
from tests.sim.stage import Stage, staged


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with staged() as stage:
        yield stage


@pytest.fixture
async def looker(stage) -> AsyncIterator[Looker]:
    async with stage.looker() as looker:
        yield looker
