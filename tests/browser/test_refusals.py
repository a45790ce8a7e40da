"""What a chat refuses, switched on the page."""

import pytest
from playwright.async_api import expect

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def permissions(chat_page, chat_id):
    return (await chat_page.ask("GET", f"/sim/chats/{chat_id}"))["permissions"]


async def test_a_group_refuses_what_it_is_told_to_refuse(chat_page):
    title = f"Team of {chat_page.name}"
    group = await chat_page.ask("POST", "/sim/chats", type="supergroup", title=title, members=[chat_page.chat_id])
    page = chat_page.page
    await page.get_by_role("navigation", name="Chats").get_by_role("button", name=title).click()
    await page.get_by_text("What this chat refuses").click()
    files = page.get_by_role("button", name="No files")
    await files.click()
    await expect(files).to_have_attribute("aria-pressed", "true")
    assert (await permissions(chat_page, group["id"]))["documents"] is False
    async with page.expect_response("**/permissions"):
        await page.get_by_label("Telegram answers every message").select_option("CHAT_RESTRICTED")
    await page.get_by_role("button", name="Slow mode").click()
    await expect(page.get_by_role("button", name="Slow mode")).to_have_attribute("aria-pressed", "true")
    assert (await permissions(chat_page, group["id"]))["shut"] == "CHAT_RESTRICTED"
    await files.click()
    await expect(files).to_have_attribute("aria-pressed", "false")


async def test_in_private_the_bot_can_be_blocked_and_topics_be_closed_in_a_forum(chat_page):
    page = chat_page.page
    await page.get_by_text("What this chat refuses").click()
    blocked = page.get_by_role("button", name="Bot blocked")
    await blocked.click()
    await expect(blocked).to_have_attribute("aria-pressed", "true")
    await expect(page.get_by_role("button", name="No files")).to_have_count(0)
    await blocked.click()
    await expect(blocked).to_have_attribute("aria-pressed", "false")
    title = f"Forum of {chat_page.name}"
    forum = await chat_page.ask(
        "POST", "/sim/chats", type="supergroup", title=title, members=[chat_page.chat_id], topics=True
    )
    topic = await chat_page.ask("POST", f"/sim/chats/{forum['id']}/topics", name="Plans")
    await page.get_by_role("navigation", name="Chats").get_by_role("button", name=title).click()
    closed = page.get_by_role("button", name="Topics closed")
    await closed.click()
    await expect(closed).to_have_attribute("aria-pressed", "true")
    after = await permissions(chat_page, forum["id"])
    assert (after["general_closed"], after["closed_topics"]) == (True, [topic["id"]])
