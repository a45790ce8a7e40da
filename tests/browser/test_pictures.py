"""The pictures of the documents, made by a story: `make pictures` writes them, other runs look and throw them away."""

import os
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import expect

from bot.playground.samples import SAMPLES
from tests.browser.chat_page import PHONE, ChatPage

pytestmark = pytest.mark.asyncio(loop_scope="session")

PNG = b"\x89PNG"
# Too narrow for the panel, as high as two recordings with their answers, and sharp.
WINDOW = {"viewport": {"width": 1010, "height": 600}, "device_scale_factor": 2}


@pytest.fixture
def album(tmp_path) -> Path:
    """Where the pictures go."""
    return Path(os.environ.get("PICTURES") or tmp_path)


@pytest_asyncio.fixture(loop_scope="session")
async def alex(browser, demo_url):
    """The person whose chat a newcomer sees first."""
    async with aiohttp.ClientSession(demo_url) as sim, ChatPage(browser, sim, demo_url, "Alex") as chat_page:
        yield chat_page


async def test_the_demo_looks_as_in_its_document(alex, album):
    await alex.say("/model nova-2-meeting")
    await alex.see("From now on")
    for sample in (SAMPLES[0], SAMPLES[3]):
        await alex.send_sample(sample.title)
        await alex.see(sample.text)
    await expect(alex.page.get_by_role("status")).to_be_empty()
    await alex.picture(album / "demo.png")
    await alex.page.close()
    alex.page = await alex.open(color_scheme="dark", **PHONE)
    await alex.picture(album / "phone.png")
    assert {(album / name).read_bytes()[:4] for name in ("demo.png", "phone.png")} == {PNG}


async def test_the_chat_looks_as_in_the_readme(alex, album):
    await alex.page.close()
    alex.page = await alex.open(**WINDOW)
    await alex.send_sample(SAMPLES[2].title)
    await alex.see(SAMPLES[2].text)
    await alex.switch_on("slow")
    await alex.send_sample(SAMPLES[1].title)
    await alex.see("Transcribing…")
    await expect(alex.messages.nth(-2).locator(".wave i[style]").first).to_be_attached()
    await alex.picture(album / "chat.png", alex.page.locator("#conversation"))
    assert (album / "chat.png").read_bytes()[:4] == PNG
