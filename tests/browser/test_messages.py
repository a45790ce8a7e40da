"""Messages in the hands of people: replied to, forwarded, edited, deleted, reacted to; and the group."""

import pytest
from playwright.async_api import expect

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def act(stage, message, action):
    await message.hover()
    await message.get_by_role("button", name="Message actions").click()
    await stage.page.get_by_role("menuitem", name=action).click()


async def test_a_message_can_be_edited_and_deleted(stage):
    await stage.say("helo")
    mine = stage.page.locator("article[data-from=me]")
    await act(stage, mine, "Edit")
    await stage.say("hello")
    await expect(mine).to_contain_text("hello")
    await expect(mine).to_contain_text("edited")
    await act(stage, mine, "Delete")
    await expect(stage.messages).to_have_count(0)


async def test_a_reply_shows_what_it_answers(stage):
    await stage.say("one")
    await act(stage, stage.page.locator("article[data-from=me]"), "Reply")
    await stage.say("two")
    await expect(stage.messages.last).to_contain_text("one")
    [_, reply] = (await stage.ask("GET", f"/sim/chats/{stage.chat_id}"))["messages"]
    assert reply["reply_to_message"]["text"] == "one"


async def test_a_reaction_is_shown_under_the_message(stage):
    await stage.say("one")
    mine = stage.page.locator("article[data-from=me]")
    await act(stage, mine, "React")
    await stage.page.get_by_role("menuitemradio", name="👍").click()
    await expect(mine).to_contain_text("👍")


async def test_a_voice_that_is_forwarded_from_the_group_is_transcribed_in_private(stage):
    await stage.says("from the group")
    people = (await stage.ask("GET", "/sim/state"))["people"]
    me = next(one["id"] for one in people if one["first_name"] == stage.name)
    group = await stage.ask("POST", "/sim/chats", type="supergroup", title=f"Of {stage.name}", members=[me])
    await stage.page.get_by_role("navigation", name="Chats").get_by_role("button", name=f"Of {stage.name}").click()
    await stage.send_sample("Call me back")
    await act(stage, stage.page.locator("article[data-from=me]"), "Forward")
    await stage.page.get_by_role("menuitem", name=f"Verbatim · {stage.name}", exact=True).click()
    told = await stage.ask("GET", f"/sim/chats/{stage.chat_id}/messages?contains=from the group&wait=30")
    assert told[0]["text"] == "from the group"
    assert group["bot"] == "member"


async def test_in_the_group_a_second_person_speaks_in_a_topic(stage):
    await stage.says("words in a topic")
    await stage.page.get_by_role("navigation", name="Chats").get_by_role("button", name="Weekend hike").click()
    await stage.page.get_by_role("tab", name="Photos").click()
    await stage.page.get_by_role("combobox", name="Speak as").select_option(label="Sam")
    await stage.send_sample("Call me back")
    await stage.see("words in a topic")
    group = next(one for one in (await stage.ask("GET", "/sim/state"))["chats"] if one["title"] == "Weekend hike")
    photos = next(topic["id"] for topic in group["topics"] if topic["name"] == "Photos")
    answer = next(one for one in group["messages"] if one.get("text") == "words in a topic")
    assert answer["message_thread_id"] == photos
    assert answer["reply_to_message"]["from"]["first_name"] == "Sam"


async def test_what_could_not_be_sent_can_be_sent_again(stage):
    await stage.says("at the second try")
    await stage.page.route("**/files", lambda route: route.abort())
    await stage.send_sample("Call me back")
    again = stage.page.get_by_role("button", name="Try again")
    await expect(again).to_be_visible()
    await stage.page.unroute("**/files")
    await again.click()
    await stage.see("at the second try")
    await expect(again).to_have_count(0)
    assert [error for error in stage.errors if "ERR_FAILED" not in error] == []
    stage.errors.clear()
