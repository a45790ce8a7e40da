from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.playground.speech import FakeSpeech
from bot.playground.telegram import FakeTelegram
from tests.crash.scene import Scene
from tests.process import executed
from tests.world import KEY
from tests.zygote import Zygote


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    with Zygote("tests.hasty", "bot.commands.operator") as zygote:
        yield zygote


@pytest.fixture
async def scene(tmp_path: Path, zygote: Zygote) -> AsyncIterator[Scene]:
    """The fakes are up, the bot is not yet. In the end no process is left, and none has told a secret."""
    async with FakeTelegram() as telegram, FakeSpeech(key=KEY) as speech:
        speech.latency = 0.3
        scene = Scene(tmp_path, telegram, speech, zygote.start)
        try:
            yield scene
        finally:
            for life in scene.lives:
                await life.kill()
        assert telegram.violations == []
        assert speech.violations == []
        assert scene.told_secrets() == set()


@pytest.fixture
def by_command_line(scene: Scene) -> None:
    """Start the bot as an operator starts it."""
    scene.starter = executed
