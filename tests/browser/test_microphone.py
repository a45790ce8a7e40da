"""Speaking into the microphone: Chromium's fake one, which hears a recording of flite."""

import subprocess

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import expect

from bot.playground.samples import SAMPLES
from bot.subprocesses import ffmpeg_path
from tests.browser.chat_page import ChatPage
from tests.browser.launching import launched

pytestmark = pytest.mark.asyncio(loop_scope="session")

SAMPLE = SAMPLES[0]


@pytest.fixture(scope="session")
def spoken(tmp_path_factory) -> str:
    """What is said into the microphone, once, as Chromium reads it."""
    path = tmp_path_factory.mktemp("microphone") / "spoken.wav"
    command = [ffmpeg_path(), "-loglevel", "error", "-i", str(SAMPLE.path), "-ar", "48000", "-ac", "1", str(path)]
    subprocess.run(command, check=True)
    return str(path)


@pytest_asyncio.fixture(loop_scope="session")
async def speaker(chromium, spoken, demo_url):
    """A person with a microphone, in a browser of their own that lets the page use it."""
    arguments = (
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={spoken}%noloop",
    )
    async with (
        launched(chromium, *arguments) as browser,
        aiohttp.ClientSession(demo_url) as sim,
        ChatPage(browser, sim, demo_url) as chat_page,
    ):
        yield chat_page


async def test_what_is_said_into_the_microphone_becomes_text(speaker):
    await speaker.page.get_by_role("button", name="Record a voice note").click()
    stop = speaker.page.get_by_role("button", name="Stop and send")
    await expect(stop).to_be_visible()
    await expect(speaker.page.locator("#elapsed")).to_have_text("0:04")
    await stop.click()
    await speaker.see(SAMPLE.text)
    [voice] = [one for one in (await speaker.ask("GET", f"/sim/chats/{speaker.chat_id}"))["messages"] if "voice" in one]
    assert voice["voice"]["mime_type"] == "audio/ogg"
    assert 3 <= voice["voice"]["duration"] <= 7


async def test_a_recording_that_is_discarded_is_never_sent(speaker):
    await speaker.page.get_by_role("button", name="Record a voice note").click()
    await speaker.page.get_by_role("button", name="Discard recording").click()
    await expect(speaker.page.get_by_role("button", name="Record a voice note")).to_be_visible()
    assert (await speaker.ask("GET", f"/sim/chats/{speaker.chat_id}"))["messages"] == []


async def test_without_permission_the_page_says_what_to_do(chat_page):
    await chat_page.page.get_by_role("button", name="Record a voice note").click()
    alert = chat_page.page.get_by_role("alert")
    await expect(alert).to_contain_text("microphone")
    await chat_page.say("/start")
    await chat_page.see("Send or forward me a voice note")


async def test_escape_closes_a_menu_and_only_then_throws_a_recording_away(speaker):
    await speaker.page.get_by_role("button", name="Record a voice note").click()
    stop = speaker.page.get_by_role("button", name="Stop and send")
    await expect(stop).to_be_visible()
    await speaker.ask("POST", f"/sim/chats/{speaker.chat_id}/messages", **{"from": speaker.chat_id, "text": "hello"})
    await speaker.messages.first.hover()
    await speaker.messages.first.get_by_role("button", name="Message actions").click()
    menu = speaker.page.get_by_role("menu")
    await expect(menu).to_be_visible()
    await speaker.page.keyboard.press("Escape")
    await expect(menu).to_have_count(0)
    await expect(stop).to_be_visible()
    await speaker.page.keyboard.press("Escape")
    await expect(stop).to_have_count(0)


async def test_a_recording_lasts_as_long_as_the_button_is_held(speaker):
    await speaker.says("held and let go")
    await speaker.page.get_by_role("button", name="Record a voice note").hover()
    await speaker.page.mouse.down()
    await expect(speaker.page.locator("#elapsed")).to_have_text("0:01")
    await speaker.page.mouse.up()
    await speaker.see("held and let go")
