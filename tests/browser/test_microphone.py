"""Speaking into the microphone: Chromium's fake one, which hears a sample."""

import re

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.browser.chat_page import ChatPage

pytestmark = pytest.mark.asyncio(loop_scope="session")

LONG_ENOUGH = re.compile("0:(0[4-9]|[1-5][0-9])")  # a busy machine may look late, and then hears silence too


@pytest_asyncio.fixture(loop_scope="session")
async def speaker(chat_page: ChatPage) -> ChatPage:
    """A person with a microphone that the page may use."""
    await chat_page.context.grant_permissions(["microphone"])
    return chat_page


async def test_what_is_said_into_the_microphone_becomes_text(speaker):
    await speaker.page.get_by_role("button", name="Record a voice note").click()
    stop = speaker.page.get_by_role("button", name="Stop and send")
    await expect(stop).to_be_visible()
    await expect(speaker.page.locator("#elapsed")).to_have_text(LONG_ENOUGH)
    await stop.click()
    await speaker.see("bread and milk on the way home")  # and some of what came first, as the browser began to listen
    [voice] = [one for one in (await speaker.ask("GET", f"/sim/chats/{speaker.chat_id}"))["messages"] if "voice" in one]
    assert voice["voice"]["mime_type"] == "audio/ogg"
    assert 3 <= voice["voice"]["duration"] < 60


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
    await expect(speaker.page.locator("#elapsed")).to_have_text(re.compile("0:(0[1-9]|[1-5][0-9])"))
    await speaker.page.mouse.up()
    await speaker.see("held and let go")
