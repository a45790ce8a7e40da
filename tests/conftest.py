from collections.abc import AsyncIterator

import pytest

from tests.world import World


@pytest.fixture
async def stage(tmp_path) -> AsyncIterator[World]:
    """The fakes are up, the bot is not yet."""
    world = World(tmp_path)
    async with world.telegram, world.speech:
        yield world
        assert world.telegram.violations == []
        assert world.speech.violations == []


@pytest.fixture
async def world(stage) -> AsyncIterator[World]:
    """The bot is running, nobody has spoken yet."""
    async with stage.running():
        yield stage
