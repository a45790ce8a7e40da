from collections.abc import AsyncIterator

import pytest

from tests.sim.event_stream import EventStream
from tests.sim.sim_client import SimClient, open_sim


@pytest.fixture
async def sim() -> AsyncIterator[SimClient]:
    async with open_sim() as sim:
        yield sim


@pytest.fixture
async def stream(sim: SimClient) -> AsyncIterator[EventStream]:
    async with sim.stream() as stream:
        yield stream
