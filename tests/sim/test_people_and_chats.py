"""More people and chats, and what happens to the bot in them."""

import pytest


async def updates(sim):
    """What the bot would be told, by kind."""
    return [next(iter(update.keys() - {"update_id"})) for update in sim.telegram.pending_updates]


async def test_a_person_is_added_as_described(sim):
    person = await sim.post(
        "/sim/people", {"first_name": " Bob ", "last_name": "Stone", "username": "bob_stone", "language_code": "pt-br"}
    )
    assert person == {
        "id": 1002,
        "first_name": "Bob",
        "last_name": "Stone",
        "username": "bob_stone",
        "language_code": "pt-br",
        "is_bot": False,
    }
    assert person in (await sim.get("/sim/state"))["people"]


async def test_a_person_needs_nothing_but_a_first_name(sim):
    person = await sim.post("/sim/people", {"first_name": "Bob"})
    assert person == {"id": 1002, "first_name": "Bob", "language_code": "en", "is_bot": False}
    assert "language_code" not in await sim.post("/sim/people", {"first_name": "Eve", "language_code": None})


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "first_name"),
        ({"first_name": ""}, "first_name"),
        ({"first_name": "  "}, "first_name"),
        ({"first_name": "x" * 65}, "first_name"),
        ({"first_name": 5}, "first_name"),
        ({"first_name": "Bob", "last_name": ""}, "last_name"),
        ({"first_name": "Bob", "username": "bob"}, "username"),
        ({"first_name": "Bob", "username": "bob stone"}, "username"),
        ({"first_name": "Bob", "language_code": "e"}, "language_code"),
        ({"first_name": "Bob", "is_bot": True}, "is_bot"),
    ],
)
async def test_a_person_that_cannot_be_is_refused(sim, body, field):
    status, sentence = (await sim.ask("POST", "/sim/people", body)).refusal
    assert status == 400
    assert sentence.startswith(f"{field}: ")
    assert len((await sim.get("/sim/state"))["people"]) == 1


@pytest.mark.parametrize("sent", [b"{", b"first_name=Bob", b"[1]", b"null", b'"Bob"', b"\xff\xfe"])
async def test_a_body_that_is_no_json_object_is_refused(sim, sent):
    status, sentence = (await sim.ask("POST", "/sim/people", data=sent)).refusal
    assert status == 400
    assert sentence.startswith("body: ")


async def test_no_body_is_one_without_fields(sim):
    assert (await sim.ask("POST", "/sim/people")).refusal == (400, "first_name: Field required")


async def test_a_body_may_call_itself_what_it_likes(sim):
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert (await sim.ask("POST", "/sim/people", data=b'{"first_name": "Bob"}', headers=headers)).status == 200


async def test_a_private_chat_is_always_the_same_one(sim):
    bob = await sim.post("/sim/people", {"first_name": "Bob"})
    chat = await sim.post("/sim/chats", {"type": "private", "user": bob["id"]})
    assert (chat["id"], chat["type"], chat["title"], chat["members"]) == (1002, "private", "Bob", [1002])
    sim.telegram.state.chats[1002].say(sim.telegram.state.users[1002], "hello")
    again = await sim.post("/sim/chats", {"type": "private", "user": bob["id"]})
    assert [message["text"] for message in again["messages"]] == ["hello"]


@pytest.mark.parametrize("kind", ["group", "supergroup"])
async def test_a_group_has_its_members_and_the_bot_as_what_it_was_told_to_be(sim, kind):
    bob = await sim.post("/sim/people", {"first_name": "Bob"})
    wanted = {"type": kind, "title": "Hikers", "members": [1001], "admins": [bob["id"]]}
    member = await sim.post("/sim/chats", wanted)
    assert (member["type"], member["title"], member["members"]) == (kind, "Hikers", [1001, 1002])
    assert (member["bot"], member["topics"], member["messages"]) == ("member", [], [])
    admins = (await sim.bot("getChatAdministrators", chat_id=member["id"])).body["result"]
    assert [admin["user"]["id"] for admin in admins] == [1002]
    assert (await sim.post("/sim/chats", wanted | {"bot_admin": True}))["bot"] == "administrator"


async def test_what_people_say_in_a_group_is_private_to_them_unless_privacy_is_off(sim):
    wanted = {"type": "group", "title": "Hikers", "members": [1001]}
    for body, told in ((wanted, []), (wanted | {"privacy": False}, ["message"])):
        group = await sim.post("/sim/chats", body)
        await sim.post(f"/sim/chats/{group['id']}/messages", {"from": 1001, "text": "hello"})
        assert await updates(sim) == told


async def test_a_channel_speaks_for_itself(sim):
    channel = await sim.post("/sim/chats", {"type": "channel", "title": "News", "bot_admin": True})
    assert (channel["type"], channel["bot"], channel["members"]) == ("channel", "administrator", [])
    post = await sim.post(f"/sim/chats/{channel['id']}/messages", {"from": 1001, "text": "hello"})
    assert "from" not in post
    assert post["sender_chat"]["title"] == "News"
    assert await updates(sim) == ["channel_post"]


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"type": "private"}, (400, "user: a private chat is somebody's")),
        ({"type": "private", "user": 4711}, (404, "There is no person 4711.")),
        ({"type": "group", "title": "Hikers", "members": [4711]}, (404, "There is no person 4711.")),
        ({"type": "supergroup", "title": "Hikers", "admins": [4711]}, (404, "There is no person 4711.")),
    ],
)
async def test_a_chat_without_its_people_is_refused(sim, body, refusal):
    assert (await sim.ask("POST", "/sim/chats", body)).refusal == refusal
    assert sim.telegram.chats == [sim.chat]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "type"),
        ({"type": "party"}, "type"),
        ({"type": "group", "title": ""}, "title"),
        ({"type": "group", "members": 1001}, "members"),
        ({"type": "group", "members": ["Alice"]}, "members.0"),
        ({"type": "group", "topics": "perhaps"}, "topics"),
        ({"type": "group", "owner": 1001}, "owner"),
    ],
)
async def test_a_chat_that_cannot_be_is_refused(sim, body, field):
    status, sentence = (await sim.ask("POST", "/sim/chats", body)).refusal
    assert status == 400
    assert sentence.startswith(f"{field}: ")


async def test_a_topic_is_opened_and_written_to(sim):
    forum = await sim.post("/sim/chats", {"type": "supergroup", "title": "Hikers", "members": [1001], "topics": True})
    topic = await sim.post(f"/sim/chats/{forum['id']}/topics", {"name": "Plans"})
    assert topic == {"id": topic["id"], "name": "Plans"}
    assert (await sim.get(f"/sim/chats/{forum['id']}"))["topics"] == [topic]
    message = await sim.post(
        f"/sim/chats/{forum['id']}/messages", {"from": 1001, "text": "where to?", "thread": topic["id"]}
    )
    assert (message["message_thread_id"], message["is_topic_message"]) == (topic["id"], True)


async def test_topics_are_for_forums_and_have_names(sim):
    path = f"/sim/chats/{sim.chat.id}/topics"
    assert (await sim.ask("POST", path, {"name": "Plans"})).refusal == (409, "This chat has no topics.")
    assert (await sim.ask("POST", path, {"name": " "})).refusal[0] == 400
    assert (await sim.ask("POST", "/sim/chats/-4711/topics", {"name": "Plans"})).refusal[0] == 404


async def test_a_person_blocks_the_bot_and_thinks_better_of_it(sim):
    path = f"/sim/chats/{sim.chat.id}/bot"
    assert (await sim.post(path, {"do": "block"}))["bot"] == "kicked"
    refused = await sim.bot("sendMessage", chat_id=sim.chat.id, text="hello?")
    assert refused.body["description"] == "Forbidden: bot was blocked by the user"
    assert (await sim.post(path, {"do": "unblock"}))["bot"] == "member"
    await sim.bot_says("hello!")
    assert await updates(sim) == ["my_chat_member", "my_chat_member"]


async def test_a_group_does_with_the_bot_as_it_likes(sim):
    group = await sim.post("/sim/chats", {"type": "group", "title": "Hikers", "members": [1001]})
    path = f"/sim/chats/{group['id']}/bot"
    for deed, status in (
        ("promote", "administrator"),
        ("demote", "member"),
        ("kick", "kicked"),
        ("add", "member"),
    ):
        assert (await sim.post(path, {"do": deed}))["bot"] == status
    left, joined = await sim.get(f"/sim/chats/{group['id']}/messages")
    assert left["left_chat_member"]["id"] == joined["new_chat_members"][0]["id"] == 123456
    again = (await sim.ask("POST", path, {"do": "add"})).refusal
    assert again == (409, "That does not go: the bot is in this chat already.")


@pytest.mark.parametrize(
    ("kind", "deed"),
    [("private", "kick"), ("private", "add"), ("group", "block"), ("group", "unblock")],
)
async def test_what_cannot_be_done_to_a_bot_there_is_refused(sim, kind, deed):
    chat = await sim.post("/sim/chats", {"type": kind, "user": 1001, "members": [1001]})
    refusal = (await sim.ask("POST", f"/sim/chats/{chat['id']}/bot", {"do": deed})).refusal
    assert refusal == (409, f"Nobody can {deed} a bot in a {kind} chat.")
    assert await updates(sim) == []


async def test_a_deed_that_nobody_knows_is_refused(sim):
    path = f"/sim/chats/{sim.chat.id}/bot"
    assert (await sim.ask("POST", path, {"do": "tickle"})).refusal[0] == 400
    assert (await sim.ask("POST", "/sim/chats/-4711/bot", {"do": "kick"})).refusal[0] == 404


async def test_a_person_promotes_and_mutes_the_bot(sim):
    group = await sim.post("/sim/chats", {"type": "supergroup", "title": "Hikers", "members": [1001]})
    path = f"/sim/chats/{group['id']}/bot"
    assert (await sim.post(path, {"do": "mute", "from": 1001}))["bot"] == "restricted"
    assert (await sim.post(path, {"do": "promote", "from": 1001}))["bot"] == "administrator"
    answer = await sim.bot("getUpdates")
    assert [update["my_chat_member"]["from"]["id"] for update in answer.body["result"]] == [1001, 1001]
    basic = await sim.post("/sim/chats", {"type": "group", "title": "Hikers", "members": [1001]})
    refused = (await sim.ask("POST", f"/sim/chats/{basic['id']}/bot", {"do": "mute"})).refusal
    assert refused == (409, "That does not go: nobody is restricted in a group.")


async def test_the_privacy_mode_holds_once_the_bot_is_added_again(sim):
    group = await sim.post("/sim/chats", {"type": "group", "title": "Hikers", "members": [1001]})
    answer = await sim.ask("PATCH", "/sim/bot", {"privacy": False})
    assert answer.body == {"privacy": False}
    state = await sim.get("/sim/state")
    assert (state["privacy"], state["chats"][-1]["privacy"]) == (False, True)
    for deed in ("kick", "add"):
        after = await sim.post(f"/sim/chats/{group['id']}/bot", {"do": deed})
    assert after["privacy"] is False


async def test_a_link_starts_the_bot_or_adds_it_to_a_group(sim):
    link = "https://t.me/verbatim_bot"
    chat = await sim.post("/sim/links", {"from": 1001, "url": f"{link}?start=own-1"})
    assert (chat["id"], chat["messages"][-1]["text"]) == (1001, "/start own-1")
    group = await sim.post("/sim/chats", {"type": "group", "title": "Hikers", "members": [], "admins": [1001]})
    wanted = {"from": 1001, "url": f"{link}?startgroup&admin=manage_chat", "to": group["id"]}
    assert (await sim.post("/sim/links", wanted))["bot"] == "administrator"
    refused = (await sim.ask("POST", "/sim/links", {"from": 1001, "url": "https://example.com"})).refusal
    assert refused == (409, "That link leads nowhere: https://example.com does not lead into Telegram.")
