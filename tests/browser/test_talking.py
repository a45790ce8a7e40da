"""What a person does first: look, send a recording, read the words, choose a model, change their mind."""

import re

import pytest
from playwright.async_api import expect

from bot.playground.samples import SAMPLES
from tests.world import AUDIO

pytestmark = pytest.mark.asyncio(loop_scope="session")

EVERYTHING_SHOWN = """(element) => {
  const shown = [];
  new MutationObserver(() => shown.push(element.textContent)).observe(element, {childList: true});
  return shown;
}"""


async def test_a_sample_becomes_the_words_that_are_said_in_it(chat_page):
    await chat_page.send_sample("Bread and milk")
    await expect(chat_page.from_bot).to_have_count(1)
    await chat_page.see("could you buy some bread and milk on the way home")
    await expect(chat_page.from_bot).to_have_count(1)


async def test_an_empty_chat_invites_to_try_a_sample(chat_page):
    await chat_page.page.locator("#welcome").get_by_role("button", name=SAMPLES[1].title).click()
    await chat_page.see(SAMPLES[1].text)


async def test_a_command_chooses_the_model(chat_page):
    await chat_page.say("/model nova-2-meeting")
    await chat_page.see("From now on this chat uses the model nova-2-meeting.")
    await chat_page.says("words of a meeting")
    await chat_page.send_sample("Call me back")
    await chat_page.see("words of a meeting")
    calls = [call["asked"] for call in await chat_page.ask("GET", "/sim/calls") if call["name"].endswith("/stt/create")]
    assert calls[-1]["model"].endswith("nova-2-meeting")


async def test_the_menu_has_the_bots_commands(chat_page):
    chat = await chat_page.ask("GET", f"/sim/chats/{chat_page.chat_id}")
    await chat_page.page.get_by_role("button", name="Commands").click()
    menu = chat_page.page.get_by_role("menu", name="Commands")
    names = await menu.get_by_role("menuitem").all_inner_texts()
    assert [re.match(r"/\w+", name)[0] for name in names] == [
        f"/{command['command']}" for command in chat["menus"][str(chat_page.chat_id)]
    ]
    await menu.get_by_role("menuitem", name="/help").click()
    await chat_page.see("a very long one as a text file")


async def test_the_cancel_button_cancels_and_goes_away(chat_page):
    await chat_page.switch_on("slow")
    await chat_page.send_sample("Call me back")
    await chat_page.from_bot.get_by_role("button", name="Cancel").click()
    await chat_page.see("Cancelled.")
    await expect(chat_page.from_bot.get_by_role("button", name="Cancel")).to_have_count(0)


async def test_a_file_that_only_pretends_to_be_audio_gets_the_bots_apology(chat_page):
    await chat_page.page.get_by_test_id("file").set_input_files(AUDIO / "text.mp3")
    await chat_page.see("I could not read this file as audio or video.")


async def test_a_file_that_is_dropped_on_the_chat_is_sent(chat_page):
    await chat_page.says("what the dropped file says")
    dropped = await chat_page.page.evaluate_handle(
        """async () => {
            const sound = await (await fetch('/samples/bread_and_milk.ogg')).blob();
            const transfer = new DataTransfer();
            transfer.items.add(new File([sound], 'dropped.ogg', {type: 'audio/ogg'}));
            return transfer;
        }"""
    )
    for event in ("dragenter", "dragover", "drop"):
        await chat_page.page.get_by_role("log", name="Messages").dispatch_event(event, {"dataTransfer": dropped})
    await chat_page.see("what the dropped file says")


async def test_text_is_shown_exactly_as_the_bot_wrote_it(chat_page):
    words = "<b>Buy</b> & *eggs*, 3_000 of them <img src=x onerror=alert(1)> `now` 🙂"
    await chat_page.says(words)
    await chat_page.send_sample("Call me back")
    await chat_page.see(words)
    assert await chat_page.page.locator("article img[src=x]").count() == 0


async def test_a_very_long_transcript_comes_as_a_file_to_download(chat_page, tmp_path):
    words = " ".join(f"word{number}" for number in range(3000))
    await chat_page.says(words)
    await chat_page.send_sample("Call me back")
    link = chat_page.from_bot.get_by_role("link", name="transcript.txt")
    async with chat_page.page.expect_download() as download:
        await link.click()
    saved = tmp_path / "transcript.txt"
    await (await download.value).save_as(saved)
    assert (await download.value).suggested_filename == "transcript.txt"
    assert saved.read_text() == words


async def test_a_long_transcript_is_folded_until_it_is_opened(chat_page):
    await chat_page.says(" ".join(f"word{number}" for number in range(600)))
    await chat_page.send_sample("Call me back")
    await chat_page.see("word599")
    quote = chat_page.from_bot.last.locator("blockquote")
    folded = (await quote.bounding_box())["height"]
    await quote.get_by_role("button", name="Show more").click()
    assert (await quote.bounding_box())["height"] > 2 * folded
    await quote.get_by_role("button", name="Show less").click()
    assert (await quote.bounding_box())["height"] == folded


async def test_a_time_in_a_reply_plays_the_recording_from_there(chat_page):
    await chat_page.says("Listen 0:02 into it, but not at 9:59 or 0:0200.")
    await chat_page.say("/times on")
    await expect(chat_page.from_bot).to_have_count(1)
    await chat_page.send_sample("Bread and milk")
    await chat_page.see("0:00 Listen")
    answer, recording = chat_page.from_bot.last, chat_page.messages.nth(-2)
    await expect(answer.get_by_role("button", name="Listen from")).to_have_text(["0:00", "0:02"])
    time = recording.locator(".time")
    shown = await time.evaluate_handle(EVERYTHING_SHOWN)
    await answer.get_by_role("button", name="Listen from 0:02").click()
    await expect(time).to_contain_text(re.compile("^0:0[3-9] /"))  # it plays, and stays there at its end
    assert [text for text in await shown.json_value() if re.match("0:0[01] /", text)] == []


async def test_a_time_in_a_message_that_replies_to_no_recording_is_text(chat_page):
    await chat_page.say("See you at 0:01")
    await expect(chat_page.from_bot).to_have_count(1)
    await expect(chat_page.page.get_by_role("button", name="Listen from")).to_have_count(0)
