"""Faults, seen from the page: the bot dies, servers refuse, connections end."""

import pytest
from playwright.async_api import expect

pytestmark = pytest.mark.asyncio(loop_scope="session")


def panel(chat_page):
    return chat_page.page.get_by_role("complementary", name="Inside")


async def test_a_bot_that_is_killed_in_the_middle_finishes_before_ones_eyes(chat_page):
    lives = (await chat_page.ask("GET", "/sim/state"))["process"]["lives"]
    await chat_page.says("the words survive")
    await chat_page.switch_on("slow")
    await chat_page.send_sample("Call me back")
    await chat_page.see("Transcribing…")
    await expect(panel(chat_page).locator("[data-job]").first).to_contain_text("submitted", ignore_case=True)
    await chat_page.page.get_by_role("button", name="Kill the bot").click()
    await expect(panel(chat_page)).to_contain_text(f"life {lives + 1}")
    await chat_page.see("the words survive")
    await expect(chat_page.from_bot).to_have_count(1)
    calls = await chat_page.ask("GET", "/sim/calls")
    placeholder = next(call for call in calls if call["asked"].get("chat_id") == chat_page.chat_id)
    assert sum(call["name"].endswith("/create") and call["at"] > placeholder["at"] for call in calls) == 1


async def test_one_button_sends_a_note_and_kills_the_bot_in_the_middle(chat_page):
    lives = (await chat_page.ask("GET", "/sim/state"))["process"]["lives"]
    await chat_page.says("the words survive once more")
    button = panel(chat_page).get_by_role("button", name="Send a note and kill -9 in the middle", exact=True)
    await button.click()
    story = chat_page.page.locator("#story")
    await expect(story).to_contain_text("kill -9 hit the bot")
    await expect(story).to_contain_text("The bot started again as process")
    await expect(story).to_contain_text("The text is in the chat, and the recording was paid for only once.")
    await expect(chat_page.from_bot).to_have_count(1)
    await expect(chat_page.from_bot).to_contain_text("the words survive once more")
    assert (await chat_page.ask("GET", "/sim/state"))["process"]["lives"] == lives + 1
    steps = await story.get_by_role("listitem").all_inner_texts()
    assert steps[0] == f"{chat_page.name} sent a voice note."
    assert len(steps) == 4
    await story.get_by_role("button", name="Close").click()
    await expect(story).to_be_empty()
    await expect(button).to_be_enabled()


async def test_a_note_that_never_gets_to_the_provider_leaves_the_bot_alive(chat_page):
    before = (await chat_page.ask("GET", "/sim/state"))["process"]
    await chat_page.switch_on("provider-down")
    button = panel(chat_page).get_by_role("button", name="Send a note and kill -9 in the middle")
    await button.click()
    await expect(button).to_be_disabled()
    await expect(chat_page.page.locator("#story")).to_contain_text("Waiting for the provider to accept it…")
    await expect(chat_page.page.get_by_role("alert")).to_contain_text("so the bot was not killed")
    await expect(chat_page.page.locator("#story")).to_be_empty()
    await expect(button).to_be_enabled()
    assert (await chat_page.ask("GET", "/sim/state"))["process"] == before
    chat_page.errors[:] = [said for said in chat_page.errors if "409" not in said]  # the browser tells of refusals


async def test_a_telegram_that_asks_for_patience_gets_it(chat_page):
    await chat_page.says("patiently")
    patience = chat_page.page.get_by_role("button", name="Telegram says 429")
    await patience.click()
    await expect(patience).to_have_attribute("aria-pressed", "true")
    await chat_page.send_sample("Call me back")
    await chat_page.see("patiently")
    state = await chat_page.ask("GET", "/sim/state")
    refused = [call for call in state["calls"] if call["status"] == 429]
    assert refused
    assert {fault["name"]: fault["on"] for fault in state["faults"]}["telegram-429"] is False


async def test_a_provider_that_is_down_is_told_and_the_words_come_later(chat_page):
    await chat_page.says("at last")
    down = chat_page.page.get_by_role("button", name="Provider down")
    await down.click()
    await expect(down).to_have_attribute("aria-pressed", "true")
    await chat_page.send_sample("Call me back")
    await chat_page.see("not answering at the moment")
    await down.click()
    await chat_page.see("at last")


async def test_without_credits_the_bot_pauses_until_there_are_some(chat_page):
    await chat_page.says("for money")
    out = chat_page.page.get_by_role("button", name="Out of credits")
    await out.click()
    await expect(out).to_have_attribute("aria-pressed", "true")
    await chat_page.send_sample("Call me back")
    await chat_page.see("paused")
    await out.click()
    await chat_page.see("for money")


async def test_the_panel_shows_what_happens_inside(chat_page):
    await chat_page.says("looked into")
    await chat_page.send_sample("Call me back")
    await chat_page.see("looked into")
    card = panel(chat_page).locator("[data-job]").first
    for word in ("queued", "submitted", "delivered"):
        await expect(card).to_contain_text(word, ignore_case=True)
    await panel(chat_page).get_by_role("tab", name="Calls").click()
    call = panel(chat_page).get_by_role("tabpanel", name="Calls").locator("li", has_text="POST /v1/stt/create").first
    await call.locator("summary").press("Enter")
    await expect(call.locator("pre").first).to_contain_text("nova-2-general")
    shown = await panel(chat_page).inner_text()
    state = await chat_page.ask("GET", "/sim/state")
    assert str(state["bot"]["id"]) + ":" not in shown


async def test_a_page_that_is_loaded_again_shows_everything_again(chat_page):
    await chat_page.says("still here")
    await chat_page.send_sample("Call me back")
    await chat_page.see("still here")
    await chat_page.page.reload()
    await chat_page.enter()
    await chat_page.see("still here")
