"""The bot in a group: people add, promote and mute it, follow its links, and tap buttons that are not theirs."""

import base64
import re

import pytest
from playwright.async_api import expect

from tests.browser.test_messages import act

pytestmark = pytest.mark.asyncio(loop_scope="session")

PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
)


async def person_called(chat_page, name):
    people = (await chat_page.ask("GET", "/sim/state"))["people"]
    return next(person["id"] for person in people if person["first_name"] == name)


async def group_of(chat_page, **options):
    """Create a group of the person, in which Sam is a member too, and open it."""
    title = f"Circle of {chat_page.name}"
    sam = await person_called(chat_page, "Sam")
    group = await chat_page.ask(
        "POST", "/sim/chats", type="supergroup", title=title, admins=[chat_page.chat_id], members=[sam], **options
    )
    await chat_page.page.get_by_role("navigation", name="Chats").get_by_role("button", name=title).click()
    return group


async def speak_as(chat_page, label):
    await chat_page.page.get_by_role("combobox", name="Speak as").select_option(label=label)


async def status_of_bot(chat_page, group):
    return (await chat_page.ask("GET", f"/sim/chats/{group['id']}"))["bot"]


async def test_the_bot_is_promoted_muted_removed_and_added_again(chat_page):
    group = await group_of(chat_page)
    page = chat_page.page
    await page.get_by_text("The bot in this chat").click()
    steps = [
        ("Bot is an admin", "true", "administrator"),
        ("Bot is an admin", "false", "member"),
        ("Bot is muted", "true", "restricted"),
        ("Bot is muted", "false", "member"),
        ("Bot is here", "false", "kicked"),
        ("Bot is here", "true", "member"),
    ]
    for title, pressed, status in steps:
        switch = page.locator("#room").get_by_role("button", name=title)
        await switch.click()
        await expect(switch).to_have_attribute("aria-pressed", pressed)
        assert await status_of_bot(chat_page, group) == status
    told = chat_page.messages.filter(has_text=re.compile("(added|removed) Verbatim"))
    await expect(told).to_contain_text(["removed Verbatim", "added Verbatim"])


async def test_the_privacy_mode_is_switched_and_holds_once_the_bot_is_added_again(chat_page):
    await group_of(chat_page)
    page = chat_page.page
    await page.get_by_text("The bot in this chat").click()
    room = page.locator("#room")
    await expect(room).to_contain_text("The bot sees commands and replies to it.")
    await room.get_by_role("button", name="Privacy mode").click()
    await expect(room).to_contain_text("Holds here once the bot is added again.")
    here = room.get_by_role("button", name="Bot is here")
    for pressed in ("false", "true"):
        await here.click()
        await expect(here).to_have_attribute("aria-pressed", pressed)
    await expect(room).to_contain_text("The bot sees everything here.")


async def test_a_recording_is_answered_from_another_chat(chat_page):
    group = await group_of(chat_page)
    await speak_as(chat_page, f"{chat_page.name} · admin")
    await chat_page.send_sample("Call me back")
    await act(chat_page, chat_page.page.locator("article[data-from=me]"), "Answer in another chat")
    await chat_page.page.get_by_role("menuitem", name=f"Verbatim · {chat_page.name}", exact=True).click()
    await expect(chat_page.page.locator("#subject")).to_contain_text("Voice note")
    await chat_page.say("/transcribe")
    reply = chat_page.page.locator("article[data-from=me]", has_text="/transcribe")
    await expect(reply).to_contain_text("Voice note from another chat")
    messages = (await chat_page.ask("GET", f"/sim/chats/{chat_page.chat_id}"))["messages"]
    outside = next(message["external_reply"] for message in messages if "external_reply" in message)
    assert outside["chat"]["id"] == group["id"]


async def test_a_second_person_taps_a_button_that_is_not_theirs(chat_page):
    group = await group_of(chat_page, bot_admin=True)
    assert group["admins"] == [chat_page.chat_id]
    await chat_page.switch_on("slow")
    await speak_as(chat_page, f"{chat_page.name} · admin")
    await chat_page.send_sample("Call me back")
    await expect(chat_page.from_bot).to_have_count(1)
    await speak_as(chat_page, "Sam")
    await chat_page.from_bot.get_by_role("button", name="Cancel").click()
    told = chat_page.page.locator("#toasts, [role=alertdialog]", has_text="can cancel")
    await expect(told).to_be_visible()


async def test_a_link_to_the_bot_is_followed_here(chat_page):
    name = (await chat_page.ask("GET", "/sim/state"))["bot"]["username"]
    await group_of(chat_page)
    link = f"https://t.me/{name}?start=hello"
    await chat_page.say(link)
    await chat_page.messages.get_by_role("button", name=link).click()
    await expect(chat_page.page.locator("#chat-about")).to_contain_text("private chat")
    await expect(chat_page.messages.last).to_be_visible()
    messages = (await chat_page.ask("GET", f"/sim/chats/{await person_called(chat_page, 'Sam')}"))["messages"]
    assert "/start hello" in [message.get("text") for message in messages]


async def test_a_link_asks_for_the_group_to_add_the_bot_to(chat_page):
    name = (await chat_page.ask("GET", "/sim/state"))["bot"]["username"]
    group = await group_of(chat_page)
    await speak_as(chat_page, f"{chat_page.name} · admin")
    link = f"https://t.me/{name}?startgroup&admin=manage_chat"
    await chat_page.say(link)
    await chat_page.messages.get_by_role("button", name=link).click()
    await chat_page.page.get_by_role("menuitem", name=f"Circle of {chat_page.name}").last.click()
    await expect(chat_page.page.locator("#chat-about")).to_contain_text("the bot is an admin")
    assert await status_of_bot(chat_page, group) == "administrator"


async def test_a_photo_is_shown(chat_page):
    picture = {"name": "dot.png", "mimeType": "image/png", "buffer": PICTURE}
    await chat_page.page.get_by_test_id("file").set_input_files(picture)
    shown = chat_page.messages.get_by_role("img", name="Photo")
    await expect(shown).to_be_visible()
    assert await shown.evaluate("async (image) => (await image.decode(), image.naturalWidth)") == 1
