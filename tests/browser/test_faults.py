"""Faults, seen from the page: the bot dies, servers refuse, connections end."""

import pytest
from playwright.async_api import expect

pytestmark = pytest.mark.asyncio(loop_scope="session")


def panel(stage):
    return stage.page.get_by_role("complementary", name="Inside")


HOLD_MS = 90_000  # the bot tries again after 30 seconds, and then a minute later


async def test_a_bot_that_is_killed_in_the_middle_finishes_before_ones_eyes(stage):
    lives = (await stage.ask("GET", "/sim/state"))["process"]["lives"]
    await stage.says("the words survive")
    await stage.switch_on("slow")
    await stage.send_sample("Call me back")
    await stage.see("Transcribing…")
    await expect(panel(stage).locator("[data-job]").first).to_contain_text("submitted", ignore_case=True)
    await stage.page.get_by_role("button", name="Kill the bot").click()
    await expect(panel(stage)).to_contain_text(f"life {lives + 1}")
    await stage.see("the words survive")
    await expect(stage.from_bot).to_have_count(1)
    calls = await stage.ask("GET", "/sim/calls")
    placeholder = next(call for call in calls if call["asked"].get("chat_id") == stage.chat_id)
    assert sum(call["name"].endswith("/create") and call["at"] > placeholder["at"] for call in calls) == 1


async def test_a_telegram_that_asks_for_patience_gets_it(stage):
    await stage.says("patiently")
    await stage.page.get_by_role("button", name="Telegram says 429").click()
    await stage.send_sample("Call me back")
    await stage.see("patiently")
    state = await stage.ask("GET", "/sim/state")
    refused = [call for call in state["calls"] if call["status"] == 429]
    assert refused
    assert {fault["name"]: fault["on"] for fault in state["faults"]}["telegram-429"] is False


async def test_a_provider_that_is_down_is_told_and_the_words_come_later(stage):
    await stage.says("at last")
    down = stage.page.get_by_role("button", name="Provider down")
    await down.click()
    await expect(down).to_have_attribute("aria-pressed", "true")
    await stage.send_sample("Call me back")
    await stage.see("not answering at the moment")
    await down.click()
    await stage.see("at last")


async def test_without_credits_the_bot_pauses_until_there_are_some(stage):
    await stage.says("for money")
    out = stage.page.get_by_role("button", name="Out of credits")
    await out.click()
    await stage.send_sample("Call me back")
    await stage.see("paused")
    await out.click()
    await expect(stage.from_bot).to_contain_text("for money", timeout=HOLD_MS)


async def test_the_panel_shows_what_happens_inside(stage):
    await stage.says("looked into")
    await stage.send_sample("Call me back")
    await stage.see("looked into")
    card = panel(stage).locator("[data-job]").first
    for word in ("queued", "submitted", "delivered"):
        await expect(card).to_contain_text(word, ignore_case=True)
    await panel(stage).get_by_role("tab", name="Calls").click()
    await panel(stage).get_by_text("POST /v1/stt/create").last.click()
    await expect(panel(stage)).to_contain_text("nova-2-general")
    shown = await panel(stage).inner_text()
    state = await stage.ask("GET", "/sim/state")
    assert str(state["bot"]["id"]) + ":" not in shown


async def test_a_page_that_is_loaded_again_shows_everything_again(stage):
    await stage.says("still here")
    await stage.send_sample("Call me back")
    await stage.see("still here")
    await stage.page.reload()
    await stage.enter()
    await stage.see("still here")
