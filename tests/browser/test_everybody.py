"""The page for everybody: by keyboard alone, on a phone, in the dark."""

import pytest
from playwright.async_api import expect

from tests.browser.chat_page import PHONE

pytestmark = pytest.mark.asyncio(loop_scope="session")

BACKGROUND = "getComputedStyle(document.body).backgroundColor"
OVERFLOWS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


async def tab_to(page, name):
    """Press Tab until the element that is called so has the focus."""
    for _ in range(60):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.ariaLabel || document.activeElement.innerText") == name:
            return
    raise AssertionError(f"no way to {name!r} by keyboard")


async def test_the_bot_can_be_talked_to_by_keyboard_alone(chat_page):
    await chat_page.says("by hand")
    await tab_to(chat_page.page, "Samples")
    await chat_page.page.keyboard.press("Enter")
    await chat_page.page.keyboard.press("ArrowDown")
    await chat_page.page.keyboard.press("Enter")
    await chat_page.see("by hand")


async def test_a_slash_offers_the_commands_and_escape_takes_them_back(chat_page):
    box = chat_page.page.get_by_role("textbox", name="Message")
    await box.press_sequentially("/mod")
    suggestions = chat_page.page.get_by_role("listbox", name="Command suggestions")
    await expect(suggestions.get_by_role("option")).to_have_count(2)
    await box.press("Escape")
    await expect(suggestions).to_be_hidden()
    await box.fill("/models")
    await box.press("Enter")
    await chat_page.see("Send /model and one of these names")


async def test_the_page_is_dark_where_the_system_is_and_the_choice_stays(chat_page):
    bright = await chat_page.page.evaluate(BACKGROUND)
    await chat_page.page.emulate_media(color_scheme="dark")
    await expect(chat_page.page.locator("body")).not_to_have_css("background-color", bright)
    await chat_page.page.get_by_role("button", name="Theme").click()
    chosen = await chat_page.page.evaluate(BACKGROUND)
    await chat_page.page.reload()
    await chat_page.page.locator("body[data-ready=true]").wait_for()
    assert await chat_page.page.evaluate(BACKGROUND) == chosen


async def test_a_phone_shows_one_thing_at_a_time(chat_page):
    phone = await chat_page.open(**PHONE)
    await expect(phone.get_by_role("textbox", name="Message")).to_be_visible()
    await expect(phone.get_by_role("navigation", name="Chats")).to_be_hidden()
    await expect(phone.get_by_role("complementary", name="Inside")).to_be_hidden()
    assert await phone.evaluate(OVERFLOWS) is False
    await phone.get_by_role("button", name="Back to the chats").click()
    await expect(phone.get_by_role("navigation", name="Chats")).to_be_visible()
