import os
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser

from bot.machine.subprocesses import ffmpeg_path
from bot.playground.samples import SAMPLES
from tests.browser.chat_page import ChatPage
from tests.browser.chromium import NO_CHROMIUM, find_chromium
from tests.browser.launching import launched
from tests.process import Command, executed_as
from tests.sim.event_stream import EventStream

BREATH_MS = 800


@pytest.fixture(scope="session")
def chromium() -> str:
    """Its path. Where none is, the tests are skipped, or fail if REQUIRE_BROWSER is set."""
    found = find_chromium()
    if found is None:
        (pytest.fail if os.environ.get("REQUIRE_BROWSER") else pytest.skip)(NO_CHROMIUM)
    return found


@pytest.fixture(scope="session")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is said into the microphone, as Chromium reads it: after a breath, as it begins to listen unheard."""
    path = tmp_path_factory.mktemp("microphone") / "spoken.wav"
    sample = str(SAMPLES[0].path)
    breath = f"adelay={BREATH_MS}:all=1"
    form = ("-af", breath, "-ar", "48000", "-ac", "1")
    subprocess.run([ffmpeg_path(), "-loglevel", "error", "-i", sample, *form, path], check=True)
    return path


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: str, spoken: Path) -> AsyncIterator[Browser]:
    async with launched(chromium, spoken) as browser:
        yield browser


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def demo_url(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The address of a demo that runs as a user starts it, but for its shorter waits."""
    folder = tmp_path_factory.mktemp("demo")
    starter = executed_as("tests.browser.hasty_demo")
    process = await Command.start(["demo", "--no-browser", "--port", "0"], {"TMPDIR": str(folder)}, folder, starter)
    try:
        url = await process.is_up()
        async with aiohttp.ClientSession(url) as sim, EventStream.at(sim) as stream:
            await stream.menu()
        yield url
    finally:
        assert await process.stop() == 0
    assert list(folder.iterdir()) == []


@pytest_asyncio.fixture(loop_scope="session")
async def chat_page(browser: Browser, demo_url: str) -> AsyncIterator[ChatPage]:
    """A person who has just met the bot, and the page showing their chat. In the end the page has made no error."""
    async with aiohttp.ClientSession(demo_url) as sim, ChatPage(browser, sim, demo_url) as chat_page:
        yield chat_page
