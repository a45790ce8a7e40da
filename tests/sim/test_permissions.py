"""What a chat refuses, switched from outside."""

import pytest


@pytest.fixture
async def forum(sim):
    return await sim.post("/sim/chats", {"type": "supergroup", "title": "Hikers", "members": [1001], "topics": True})


async def permit(sim, chat, **fields):
    answer = await sim.ask("PATCH", f"/sim/chats/{chat}/permissions", fields)
    assert answer.status == 200, answer.content
    return answer.body["permissions"]


async def said(sim, chat, **parameters):
    return (await sim.bot("sendMessage", chat_id=chat, text="hello", **parameters)).body.get("description", "done")


async def test_a_chat_permits_everything_until_it_is_told_otherwise(sim):
    assert (await sim.get("/sim/state"))["chats"][0]["permissions"] == {
        "text": True,
        "documents": True,
        "other_media": True,
        "general_closed": False,
        "slow_mode": 0,
        "edits": True,
        "keeps": True,
        "shut": None,
        "closed_topics": [],
    }


async def test_one_permission_changes_and_the_others_stay(sim, forum):
    await permit(sim, forum["id"], documents=False)
    after = await permit(sim, forum["id"], text=False)
    assert (after["documents"], after["text"], after["edits"]) == (False, False, True)
    assert await said(sim, forum["id"]) == "Bad Request: not enough rights to send text messages to the chat"
    await permit(sim, forum["id"], text=True)
    assert await said(sim, forum["id"]) == "done"


async def test_topics_are_closed_and_opened(sim, forum):
    topic = await sim.post(f"/sim/chats/{forum['id']}/topics", {"name": "Plans"})
    await permit(sim, forum["id"], closed_topics=[topic["id"]], general_closed=True)
    assert await said(sim, forum["id"]) == "Bad Request: TOPIC_CLOSED"
    assert await said(sim, forum["id"], message_thread_id=topic["id"]) == "Bad Request: TOPIC_CLOSED"
    after = await permit(sim, forum["id"], closed_topics=[])
    assert (after["closed_topics"], after["general_closed"]) == ([], True)
    assert await said(sim, forum["id"], message_thread_id=topic["id"]) == "done"


async def test_everybody_who_looks_is_told(sim, stream, forum):
    await permit(sim, forum["id"], shut="CHAT_RESTRICTED")
    await stream.sees("chat", lambda chat: chat["permissions"]["shut"] == "CHAT_RESTRICTED")
    await permit(sim, forum["id"], shut=None)
    await stream.sees("chat", lambda chat: chat["id"] == forum["id"] and chat["permissions"]["shut"] is None)


async def test_a_private_chat_asks_nobody_for_what_members_may_do(sim):
    assert (await permit(sim, 1001, edits=False))["edits"] is False
    refusal = (await sim.ask("PATCH", "/sim/chats/1001/permissions", {"text": False})).refusal
    assert refusal == (409, "In a private chat nobody is asked for text.")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"text": "perhaps"}, 400),
        ({"shut": "RAIN"}, 400),
        ({"slow_mode": -1}, 400),
        ({"photos": False}, 400),
        ({"closed_topics": [4711]}, 404),
    ],
)
async def test_permissions_that_cannot_be_are_refused(sim, forum, body, status):
    assert (await sim.ask("PATCH", f"/sim/chats/{forum['id']}/permissions", body)).refusal[0] == status
    assert (await sim.get(f"/sim/chats/{forum['id']}"))["permissions"] == forum["permissions"]
