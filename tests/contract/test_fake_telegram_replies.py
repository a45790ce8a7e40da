"""What the fake Telegram tells of replies, in the same chat and from another one, and which reactions it lets pass."""

import pytest

THUMB = [{"type": "emoji", "emoji": "👍"}]
EYES = [{"type": "emoji", "emoji": "👀"}]


@pytest.fixture
def alice(telegram):
    return telegram.user("Alice")


@pytest.fixture
def chat(telegram, alice):
    return telegram.private(alice)


@pytest.mark.parametrize("kind", ["voice", "audio", "video", "video_note", "document"])
async def test_a_reply_from_another_chat_brings_the_file_along(telegram, client, chat, alice, kind):
    source = telegram.supergroup("Team", members=[alice])
    recording = getattr(source, f"send_{kind}")(alice, b"sound", caption="listen")
    reply = chat.say(alice, "/transcribe", reply_to=recording)
    outside = reply["external_reply"]
    assert "reply_to_message" not in reply
    assert (outside["chat"]["id"], outside["message_id"]) == (source.id, recording["message_id"])
    assert outside["origin"]["sender_user"]["id"] == alice.id
    assert outside[kind]["file_unique_id"] == recording[kind]["file_unique_id"]
    assert outside[kind]["file_id"] != recording[kind]["file_id"]
    assert "caption" not in outside
    path = (await client.getFile(file_id=outside[kind]["file_id"])).result["file_path"]
    assert await client.download(path) == (200, b"sound")


async def test_a_private_chat_and_a_basic_group_stay_unnamed_outside(telegram, chat, alice):
    group = telegram.group("Team", members=[alice])
    for source, goal in ((chat, group), (group, chat)):
        outside = goal.say(alice, "/transcribe", reply_to=source.send_voice(alice, b"x"))["external_reply"]
        assert outside.keys() == {"origin", "voice"}


async def test_a_reply_to_a_post_of_a_channel_names_it(telegram, chat, alice):
    channel = telegram.channel("News")
    post = channel.send_voice(None, b"x")
    outside = chat.say(alice, "/transcribe", reply_to=post)["external_reply"]
    assert (outside["origin"]["type"], outside["origin"]["chat"]["id"]) == ("channel", channel.id)


async def test_a_reply_to_another_topic_comes_from_outside(telegram, alice):
    forum = telegram.supergroup("Forum", members=[alice], topics=True, privacy=False)
    here, there = forum.topic("Here"), forum.topic("There")
    recording = forum.send_voice(alice, b"x", thread=there)
    reply = forum.say(alice, "/transcribe", reply_to=recording, thread=here)
    assert (reply["message_thread_id"], reply["external_reply"]["message_id"]) == (here, recording["message_id"])
    assert "external_reply" not in forum.say(alice, "/transcribe", reply_to=recording)


async def test_a_quote_says_where_it_stands(telegram, chat, alice):
    said = chat.say(alice, "😀 one two")
    reply = chat.say(alice, "this", reply_to=said, quote="two")
    assert reply["quote"] == {"text": "two", "position": 7, "is_manual": True}
    assert reply["reply_to_message"]["text"] == "😀 one two"
    elsewhere = telegram.group("Team", members=[alice]).say(alice, "this", reply_to=said, quote="one")
    assert (elsewhere["quote"]["text"], elsewhere["external_reply"]["origin"]["type"]) == ("one", "user")
    with pytest.raises(ValueError, match="substring"):
        chat.say(alice, "this", reply_to=said, quote="three")


async def test_a_recording_from_before_the_bot_comes_along_with_the_reply(telegram, client, alice):
    group = telegram.supergroup("Team", members=[alice], bot=False)
    recording = group.send_voice(alice, b"sound")
    group.add_bot(alice)
    group.say(alice, "/transcribe@verbatim_bot", reply_to=recording)
    replied = telegram.pending_updates[-1]["message"]["reply_to_message"]
    path = (await client.getFile(file_id=replied["voice"]["file_id"])).result["file_path"]
    assert await client.download(path) == (200, b"sound")


async def test_a_chat_may_have_few_reactions_or_none(telegram, client, alice):
    group = telegram.supergroup("Team", members=[alice])
    hers = group.say(alice, "hello")
    where = {"chat_id": group.id, "message_id": hers["message_id"]}
    group.limit_reactions("👍")
    assert (await client.setMessageReaction(**where, reaction=EYES)).refusal == (400, "Bad Request: REACTION_INVALID")
    assert (await client.setMessageReaction(**where, reaction=THUMB)).result is True
    group.limit_reactions()
    assert (await client.setMessageReaction(**where, reaction=THUMB)).refusal == (400, "Bad Request: REACTION_INVALID")
    assert (await client.getChat(chat_id=group.id)).result["available_reactions"] == []
    assert (await client.setMessageReaction(**where, reaction=[])).result is True
    assert group.reactions(hers) == {}


async def test_no_reaction_where_nothing_may_be_done(telegram, client, alice):
    group = telegram.supergroup("Team", members=[alice])
    hers = group.say(alice, "hello")
    group.permit(shut="CHANNEL_PRIVATE")
    answer = await client.setMessageReaction(chat_id=group.id, message_id=hers["message_id"], reaction=THUMB)
    assert answer.refusal == (400, "Bad Request: CHANNEL_PRIVATE")


async def test_a_reaction_to_an_album_stands_at_its_first_message(client, chat, alice):
    first, second = (chat.send_audio(alice, b"x", media_group_id="7") for _ in range(2))
    await client.setMessageReaction(chat_id=chat.id, message_id=second["message_id"], reaction=EYES)
    assert (list(chat.reactions(first).values()), chat.reactions(second)) == (["👀"], {})
