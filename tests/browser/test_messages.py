"""Messages in the hands of people: replied to, forwarded, edited, deleted, reacted to; and the group."""

import pytest
from playwright.async_api import expect

from tests.english import ENGLISH

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def act(chat_page, message, action):
    await message.hover()
    await message.get_by_role("button", name="Message actions").click()
    await chat_page.page.get_by_role("menuitem", name=action).click()


async def test_a_message_can_be_edited_and_deleted(chat_page):
    await chat_page.say("helo")
    mine = chat_page.page.locator("article[data-from=me]")
    await act(chat_page, mine, "Edit")
    await chat_page.say("hello")
    await expect(mine).to_contain_text("hello")
    await expect(mine).to_contain_text("edited")
    await act(chat_page, mine, "Delete")
    await expect(mine).to_have_count(0)


async def test_a_reply_shows_what_it_answers(chat_page):
    await chat_page.say("one")
    mine = chat_page.page.locator("article[data-from=me]")
    await act(chat_page, mine, "Reply")
    await chat_page.say("two")
    await expect(mine).to_have_count(2)
    await expect(mine.last).to_contain_text("one")
    messages = (await chat_page.ask("GET", f"/sim/chats/{chat_page.chat_id}"))["messages"]
    reply = next(each for each in messages if each["text"] == "two")
    assert reply["reply_to_message"]["text"] == "one"


async def test_a_reaction_is_shown_under_the_message(chat_page):
    await chat_page.say("one")
    mine = chat_page.page.locator("article[data-from=me]")
    await act(chat_page, mine, "React")
    await chat_page.page.get_by_role("menuitemradio", name="👍").click()
    await expect(mine).to_contain_text("👍")


async def test_a_voice_that_is_forwarded_from_the_group_is_transcribed_in_private(chat_page):
    await chat_page.says("from the group")
    people = (await chat_page.ask("GET", "/sim/state"))["people"]
    me = next(one["id"] for one in people if one["first_name"] == chat_page.name)
    group = await chat_page.ask("POST", "/sim/chats", type="supergroup", title=f"Of {chat_page.name}", members=[me])
    await (
        chat_page.page.get_by_role("navigation", name="Chats")
        .get_by_role("button", name=f"Of {chat_page.name}")
        .click()
    )
    await chat_page.send_sample("Call me back")
    await act(chat_page, chat_page.page.locator("article[data-from=me]"), "Forward")
    await chat_page.page.get_by_role("menuitem", name=f"Verbatim · {chat_page.name}", exact=True).click()
    assert await chat_page.says_in_private("from the group") == "from the group"
    assert group["bot"] == "member"


async def test_a_recording_has_a_second_text_beside_the_first_one(chat_page):
    await chat_page.says("the first text")
    await chat_page.send_sample("Call me back")
    await chat_page.see("the first text")
    await chat_page.says("the second text")
    await act(chat_page, chat_page.page.locator("article[data-from=me]").first, "Reply")
    await chat_page.say("/again")
    page = chat_page.page.locator("article", has_text=ENGLISH.versions.which())
    await page.get_by_role("button", name="whisper-large").click()
    await chat_page.see("the second text")
    first = chat_page.page.locator("article", has_text="the first text")
    for text in (first, chat_page.from_bot.last):  # both reply to it
        await expect(text.get_by_role("button", name="Go to the message")).to_contain_text("Voice note")


async def test_in_the_group_a_second_person_speaks_in_a_topic(chat_page):
    await chat_page.says("words in a topic")
    await chat_page.page.get_by_role("navigation", name="Chats").get_by_role("button", name="Weekend hike").click()
    await chat_page.page.get_by_role("tab", name="Photos").click()
    await chat_page.page.get_by_role("combobox", name="Speak as").select_option(label="Sam")
    await chat_page.send_sample("Call me back")
    await chat_page.see("words in a topic")
    group = next(one for one in (await chat_page.ask("GET", "/sim/state"))["chats"] if one["title"] == "Weekend hike")
    photos = next(topic["id"] for topic in group["topics"] if topic["name"] == "Photos")
    answer = next(one for one in group["messages"] if one.get("text") == "words in a topic")
    assert answer["message_thread_id"] == photos
    assert answer["reply_to_message"]["from"]["first_name"] == "Sam"


async def test_a_press_counts_although_something_happens_in_the_chat_before_the_button_is_let_go(chat_page):
    me, page = chat_page.chat_id, chat_page.page
    title = f"Plans of {chat_page.name}"
    group = await chat_page.ask("POST", "/sim/chats", type="supergroup", title=title, members=[me], topics=True)
    topic = await chat_page.ask("POST", f"/sim/chats/{group['id']}/topics", name="Food")
    row = page.get_by_role("navigation", name="Chats").get_by_role("button", name=title)
    await row.get_by_text(title).hover(force=True)
    await page.mouse.down()
    await chat_page.ask("POST", f"/sim/chats/{group['id']}/messages", **{"from": me, "text": "hello"})
    await expect(row).to_contain_text("hello")
    await page.mouse.up()
    await expect(row).to_have_attribute("aria-current", "true")
    await page.get_by_role("tab", name="Food").hover()
    await page.mouse.down()
    await chat_page.ask(
        "PATCH", f"/sim/chats/{group['id']}/permissions", closed_topics=[topic["id"]], general_closed=True
    )
    await expect(page.locator("[data-switch=topics] button")).to_have_attribute("aria-pressed", "true")
    await page.mouse.up()
    await expect(page.get_by_role("tab", name="Food")).to_have_attribute("aria-selected", "true")


async def test_what_could_not_be_sent_can_be_sent_again(chat_page):
    await chat_page.says("at the second try")
    await chat_page.page.route("**/files", lambda route: route.abort())
    await chat_page.send_sample("Call me back")
    again = chat_page.page.get_by_role("button", name="Try again")
    await expect(again).to_be_visible()
    await chat_page.page.unroute("**/files")
    await again.click()
    await chat_page.see("at the second try")
    await expect(again).to_have_count(0)
    assert [error for error in chat_page.errors if "ERR_FAILED" not in error] == []
    chat_page.errors.clear()


@pytest.mark.parametrize("ending", ["txt", "srt", "vtt", "md", "json"])
async def test_a_file_of_a_text_opens_on_the_page(chat_page, ending):
    await chat_page.says("Good morning, Ann.")
    await chat_page.send_sample("Call me back")
    await chat_page.see("Good morning, Ann.")
    await chat_page.page.get_by_role("button", name=f".{ending}", exact=True).click()
    name = f"transcript.{ending}"
    await chat_page.from_bot.get_by_role("button", name=f"Open {name}").click()
    opened = chat_page.page.get_by_role("dialog", name=name)
    await expect(opened).to_contain_text("Good morning, Ann.")
    await opened.get_by_role("button", name="Close").click()
    await expect(opened).to_have_count(0)
