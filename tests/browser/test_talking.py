"""What a person does first: look, send a recording, read the words, choose a model, change their mind."""

import re

import pytest
from playwright.async_api import expect

from bot.playground.samples import SAMPLES
from tests.world import AUDIO

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_sample_becomes_the_words_that_are_said_in_it(stage):
    await stage.send_sample("Bread and milk")
    await expect(stage.from_bot).to_have_count(1)
    await stage.see("could you buy some bread and milk on the way home")
    await expect(stage.from_bot).to_have_count(1)


async def test_an_empty_chat_invites_to_try_a_sample(stage):
    await stage.page.get_by_role("button", name=SAMPLES[1].title).click()
    await stage.see(SAMPLES[1].text)


async def test_a_command_chooses_the_model(stage):
    await stage.say("/model nova-2-meeting")
    await stage.see("From now on this chat uses the model nova-2-meeting.")
    await stage.says("words of a meeting")
    await stage.send_sample("Call me back")
    await stage.see("words of a meeting")
    calls = [call["asked"] for call in await stage.ask("GET", "/sim/calls") if call["name"].endswith("/stt/create")]
    assert calls[-1]["model"].endswith("nova-2-meeting")


async def test_the_menu_has_the_bots_commands(stage):
    await stage.page.get_by_role("button", name="Commands").click()
    menu = stage.page.get_by_role("menu", name="Commands")
    names = await menu.get_by_role("menuitem").all_inner_texts()
    assert [re.match(r"/\w+", name)[0] for name in names] == [
        f"/{command['command']}" for command in (await stage.ask("GET", "/sim/state"))["commands"]
    ]
    await menu.get_by_role("menuitem", name="/help").click()
    await stage.see("a very long one as a text file")


async def test_the_cancel_button_cancels_and_goes_away(stage):
    await stage.switch_on("slow")
    await stage.send_sample("Call me back")
    await stage.from_bot.get_by_role("button", name="Cancel").click()
    await stage.see("cancelled")
    await expect(stage.from_bot.get_by_role("button", name="Cancel")).to_have_count(0)


async def test_a_file_that_only_pretends_to_be_audio_gets_the_bots_apology(stage):
    await stage.page.get_by_test_id("file").set_input_files(AUDIO / "text.mp3")
    await stage.see("I could not read this file as audio or video.")


async def test_a_file_that_is_dropped_on_the_chat_is_sent(stage):
    await stage.says("what the dropped file says")
    dropped = await stage.page.evaluate_handle(
        """async () => {
            const sound = await (await fetch('/samples/bread_and_milk.ogg')).blob();
            const transfer = new DataTransfer();
            transfer.items.add(new File([sound], 'dropped.ogg', {type: 'audio/ogg'}));
            return transfer;
        }"""
    )
    for event in ("dragenter", "dragover", "drop"):
        await stage.page.get_by_role("log", name="Messages").dispatch_event(event, {"dataTransfer": dropped})
    await stage.see("what the dropped file says")


async def test_text_is_shown_exactly_as_the_bot_wrote_it(stage):
    words = "<b>Buy</b> & *eggs*, 3_000 of them <img src=x onerror=alert(1)> `now` 🙂"
    await stage.says(words)
    await stage.send_sample("Call me back")
    await stage.see(words)
    assert await stage.page.locator("article img[src=x]").count() == 0


async def test_a_very_long_transcript_comes_as_a_file_to_download(stage, tmp_path):
    words = " ".join(f"word{number}" for number in range(3000))
    await stage.says(words)
    await stage.send_sample("Call me back")
    link = stage.from_bot.get_by_role("link", name="transcript.txt")
    async with stage.page.expect_download() as download:
        await link.click()
    saved = tmp_path / "transcript.txt"
    await (await download.value).save_as(saved)
    assert (await download.value).suggested_filename == "transcript.txt"
    assert saved.read_text() == words


async def test_a_long_transcript_is_folded_until_it_is_opened(stage):
    await stage.says(" ".join(f"word{number}" for number in range(600)))
    await stage.send_sample("Call me back")
    await stage.see("word599")
    page = stage.from_bot.last
    folded = (await page.bounding_box())["height"]
    await page.get_by_role("button", name="Show more").click()
    assert (await page.bounding_box())["height"] > 2 * folded
    await page.get_by_role("button", name="Show less").click()
    assert (await page.bounding_box())["height"] == folded
