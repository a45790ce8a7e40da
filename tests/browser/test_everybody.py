"""The page for everybody: by keyboard alone, on a phone, in the dark."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.chat_page import DESKTOP, PHONE

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
    await expect(suggestions.get_by_role("option")).to_have_count(3)  # /mode, /model and /models
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


async def test_a_phone_shows_the_chat_first_with_what_kills_the_bot(chat_page):
    await chat_page.page.close()
    phone = chat_page.page = await chat_page.open(enter=False, **PHONE)
    for name in ("Kill the bot", "Send a note and kill -9 in the middle", "Record a voice note"):
        await expect(phone.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)
    await expect(phone.get_by_role("textbox", name="Message")).to_be_in_viewport(ratio=1)
    await expect(phone.get_by_role("log", name="Messages")).to_be_in_viewport(ratio=1)
    await expect(phone.get_by_role("navigation", name="Chats")).to_be_hidden()
    await chat_page.enter()
    await chat_page.says("on the phone")
    await phone.get_by_role("button", name="Send a note and kill -9 in the middle").click()
    await chat_page.see("on the phone")
    await expect(phone.locator("#story")).to_contain_text("paid for only once")
    await expect(phone.get_by_role("button", name="Kill the bot")).to_be_in_viewport(ratio=1)
    assert await phone.evaluate(OVERFLOWS) is False


async def test_a_phone_shows_one_thing_at_a_time(chat_page):
    phone = await chat_page.open(**PHONE)
    await expect(phone.get_by_role("textbox", name="Message")).to_be_visible()
    await expect(phone.get_by_role("navigation", name="Chats")).to_be_hidden()
    await expect(phone.get_by_role("complementary", name="Inside")).to_be_hidden()
    assert await phone.evaluate(OVERFLOWS) is False
    await phone.get_by_role("button", name="Back to the chats").click()
    await expect(phone.get_by_role("navigation", name="Chats")).to_be_visible()


async def test_what_kills_the_bot_moves_along_when_the_window_gets_narrow(chat_page):
    kill = chat_page.page.get_by_role("button", name="Kill the bot")
    inside = chat_page.page.get_by_role("complementary", name="Inside")
    await expect(inside.get_by_role("button", name="Kill the bot")).to_be_visible()
    await chat_page.page.set_viewport_size({"width": 480, "height": 800})
    await expect(kill).to_be_in_viewport(ratio=1)
    await expect(inside).to_be_hidden()
    await chat_page.page.set_viewport_size(DESKTOP)
    await expect(inside.get_by_role("button", name="Kill the bot")).to_be_visible()


async def test_one_can_write_at_once(chat_page):
    page = await chat_page.open(enter=False)
    box = page.get_by_role("textbox", name="Message")
    await expect(box).to_be_focused()
    await page.keyboard.type("at once")
    await expect(box).to_have_value("at once")


async def test_what_is_typed_at_nothing_in_particular_goes_to_the_message(chat_page):
    page, box = chat_page.page, chat_page.page.get_by_role("textbox", name="Message")
    for place in (page.get_by_role("log", name="Messages"), page.get_by_role("tabpanel", name="Jobs")):
        await box.fill("")
        await place.focus()
        await page.keyboard.type("hello")
        await expect(box).to_have_value("hello")
        await expect(box).to_be_focused()
    await box.fill("")
    await page.evaluate("document.activeElement.blur()")
    await page.keyboard.type("you too")
    await expect(box).to_have_value("you too")


async def test_keys_that_belong_to_something_else_stay_there(chat_page):
    page, box = chat_page.page, chat_page.page.get_by_role("textbox", name="Message")
    theme = page.get_by_role("button", name="Theme")
    await theme.focus()
    await page.keyboard.type("x")
    await expect(theme).to_be_focused()
    await page.evaluate("document.activeElement.blur()")
    for shortcut in ("Control+b", "Meta+b", "Alt+b", "Escape", "ArrowUp", "Space"):
        await page.keyboard.press(shortcut)
        await expect(box).not_to_be_focused()
    await page.get_by_role("button", name="Commands").click()
    await page.keyboard.type("x")
    await expect(page.get_by_role("menu", name="Commands")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.evaluate("document.activeElement.blur(); document.body.append(document.createElement('dialog'))")
    await page.evaluate("document.querySelector('dialog').showModal()")
    await page.keyboard.type("x")
    await expect(box).to_have_value("")


async def test_a_chat_chosen_with_the_mouse_can_be_written_to(chat_page):
    chats = chat_page.page.get_by_role("navigation", name="Chats")
    await chats.get_by_role("button", name="Weekend hike").click()
    await expect(chat_page.page.get_by_role("textbox", name="Message")).to_be_focused()
    row = chats.get_by_role("button", name=f"Verbatim · {chat_page.name}")
    await row.focus()
    await chat_page.page.keyboard.press("Enter")
    await expect(row).to_be_focused()


async def test_the_first_link_skips_to_the_message(chat_page):
    page = await chat_page.open(enter=False)
    await page.evaluate("document.activeElement.blur()")
    await page.keyboard.press("Tab")
    link = page.get_by_role("link", name="Skip to the message box")
    assert await page.evaluate("document.body.firstElementChild.id") == "skip"
    await link.focus()
    await expect(link).to_be_in_viewport(ratio=1)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("textbox", name="Message")).to_be_focused()


# Text of an element as it is seen: without what is hidden from everybody, or shown to screen readers only.
SEEN = """(row) => [...row.querySelectorAll(":scope > :not([aria-hidden])")]
  .map((part) => [...part.childNodes].filter((one) => one.className !== "aside").map((one) => one.textContent).join(""))
  .join(" ")"""


async def test_the_name_of_a_chat_begins_with_what_is_shown(chat_page):
    await chat_page.says("not yet read")
    chats = chat_page.page.get_by_role("navigation", name="Chats")
    await chats.get_by_role("button", name="Weekend hike").click()
    await chat_page.ask(
        "POST", f"/sim/chats/{chat_page.chat_id}/messages", **{"from": chat_page.chat_id, "text": "/help"}
    )
    row = chats.get_by_role("button", name=f"Verbatim · {chat_page.name}")
    await expect(row).to_contain_text("unread")
    for each in await chats.get_by_role("button").all():
        shown = " ".join((await each.evaluate(SEEN)).split())
        await expect(each).to_have_accessible_name(re.compile(f"^{re.escape(shown)}"))


async def test_an_empty_group_invites(chat_page):
    page = chat_page.page
    title = f"Of {chat_page.name}"
    people = [one["id"] for one in (await chat_page.ask("GET", "/sim/state"))["people"] if one["first_name"] == "Sam"]
    group = await chat_page.ask(
        "POST",
        "/sim/chats",
        type="supergroup",
        title=title,
        members=[chat_page.chat_id, *people],
        bot_admin=True,
        topics=True,
    )
    await chat_page.ask("POST", f"/sim/chats/{group['id']}/topics", name="Plans")
    await page.get_by_role("navigation", name="Chats").get_by_role("button", name=title).click()
    welcome = page.locator("#welcome")
    await expect(welcome).to_contain_text("Say something or send a voice note as Sam.")
    await page.get_by_role("combobox", name="Speak as").select_option(label=chat_page.name)
    await expect(welcome).to_contain_text(f"Say something or send a voice note as {chat_page.name}.")
    await chat_page.says("said in the group")
    await welcome.get_by_role("button", name="Call me back").click()
    await chat_page.see("said in the group")
    await expect(welcome).to_be_hidden()


async def test_who_hears_is_said_where_the_words_appear(chat_page):
    line = chat_page.page.locator("#hearing")
    await expect(line).to_contain_text("small offline recogniser")
    await expect(line).to_contain_text("the real service hears better")
    phone = await chat_page.open(**PHONE)
    await expect(phone.locator("#hearing")).to_be_in_viewport(ratio=1)
    await chat_page.says("always this")
    await expect(line).to_have_text("Whatever you send, the bot hears: “always this”")
