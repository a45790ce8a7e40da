from collections.abc import AsyncIterator

import pytest

from bot.playground.speech import FakeSpeech
from bot.playground.telegram import FakeTelegram
from tests.crash.scene import Scene
from tests.world import KEY


@pytest.fixture
async def scene(tmp_path) -> AsyncIterator[Scene]:
    """The fakes are up, the bot is not yet. In the end no process is left, and none has told a secret."""
    async with FakeTelegram() as telegram, FakeSpeech(key=KEY) as speech:
        speech.latency = 0.3
        scene = Scene(tmp_path, telegram, speech)
        try:
            yield scene
        finally:
            for life in scene.lives:
                await life.kill()
        assert telegram.violations == []
        assert speech.violations == []
        assert scene.told_secrets() == set()
