"""The people of the fake Bot API: what they do in chats, groups, topics and channels, and what the bot gets to know."""

import aiohttp
import pytest

from bot.playground.telegram import FakeTelegram
from tests.contract.fake_telegram_client import Client


@pytest.fixture
def alice(telegram):
    return telegram.user("Alice", username="alice")


@pytest.fixture
def chat(telegram, alice):
    return telegram.private(alice)


@pytest.fixture
def bob(telegram):
    return telegram.user("Bob", language_code="de", last_name="Bauer")


def heard(telegram):
    """What the bot would get: kind and text of each update that waits."""
    seen = []
    for update in telegram.pending_updates:
        kind = next(key for key in update if key != "update_id")
        seen.append((kind, update[kind].get("text")))
    return seen


async def test_a_private_chat_is_always_the_same_one(telegram, alice, chat):
    assert telegram.private(alice) is chat
    assert telegram.chats == [chat]
    assert chat.id == alice.id


async def test_every_kind_of_media_carries_what_its_sender_claims(telegram, chat, alice):
    voice = chat.send_voice(alice, b"one", duration=61, file_size=30_000_000)["voice"]
    assert (voice["duration"], voice["mime_type"], voice["file_size"]) == (61, "audio/ogg", 30_000_000)
    audio = chat.send_audio(alice, b"two", file_name="a.flac", mime_type="audio/flac")["audio"]
    assert (audio["file_name"], audio["mime_type"], audio["file_size"]) == ("a.flac", "audio/flac", 3)
    assert "width" in chat.send_video(alice, b"three")["video"]
    note = chat.send_video_note(alice, b"four")["video_note"]
    assert note.keys() == {"file_id", "file_unique_id", "duration", "length", "file_size"}
    document = chat.send_document(alice, b"five", file_name=None, mime_type=None)["document"]
    assert document.keys() == {"file_id", "file_unique_id", "file_size"}
    assert telegram.file_bytes(document["file_id"]) == b"five"


async def test_a_file_id_that_leads_nowhere_has_no_bytes(telegram):
    with pytest.raises(LookupError):
        telegram.file_bytes("AwAC")


async def test_the_same_bytes_twice_are_two_files_but_a_forward_is_the_same_file(telegram, chat, alice, bob):
    first, second = chat.send_voice(alice, b"x", caption="/cap #a"), chat.send_voice(alice, b"x")
    forwarded = telegram.private(bob).forward(bob, first)
    assert first["voice"]["file_unique_id"] != second["voice"]["file_unique_id"]
    assert forwarded["voice"]["file_unique_id"] == first["voice"]["file_unique_id"]
    assert forwarded["voice"]["file_id"] != first["voice"]["file_id"]
    assert forwarded["forward_origin"] == {"type": "user", "sender_user": alice.as_json(), "date": first["date"]}
    assert chat.forward(alice, forwarded)["forward_origin"] == forwarded["forward_origin"]
    assert [entity["type"] for entity in forwarded["caption_entities"]] == ["bot_command", "hashtag"]


async def test_a_message_without_a_file_has_no_file_to_lose(telegram, chat, alice):
    with pytest.raises(LookupError):
        telegram.lose_file(chat.say(alice, "hello"), chat)


async def test_a_lost_file_cannot_be_forwarded(telegram, chat, alice):
    voice = chat.send_voice(alice, b"x")
    telegram.lose_file(voice, chat)
    with pytest.raises(LookupError):
        chat.forward(alice, voice)


async def test_a_forward_names_its_origin_in_every_way(telegram, chat, alice, bob):
    channel, group = telegram.channel("News"), telegram.supergroup("Team", members=[bob])
    origins = [
        chat.send_voice(alice, b"x", forwarded_from=author)["forward_origin"]["type"]
        for author in (bob, "Hidden Harry", channel, group)
    ]
    assert origins == ["user", "hidden_user", "channel", "chat"]
    post = channel.say(None, "headline")
    origin = chat.forward(alice, post)["forward_origin"]
    assert (origin["chat"]["id"], origin["message_id"]) == (channel.id, post["message_id"])


async def test_an_album_shares_its_group_id(telegram, chat, alice):
    album = [chat.send_audio(alice, b"x", media_group_id="7")["media_group_id"] for _ in range(2)]
    assert album == ["7", "7"]


async def test_edits_reach_the_bot_and_deletions_do_not(telegram, chat, alice):
    said = chat.say(alice, "/one")
    voice = chat.send_voice(alice, b"x", caption="a")
    chat.edit_text(said, "two")
    edited = chat.edit_caption(voice, "b")
    chat.delete(said)
    kinds = [next(key for key in update if key != "update_id") for update in telegram.pending_updates]
    assert kinds == ["message", "message", "edited_message", "edited_message"]
    assert telegram.pending_updates[2]["edited_message"]["text"] == "two"
    assert "entities" not in telegram.pending_updates[2]["edited_message"]
    assert edited["caption"] == "b"
    assert [message["message_id"] for message in chat.messages] == [voice["message_id"]]
    with pytest.raises(LookupError):
        chat.message(said)


async def test_a_press_carries_the_message_or_only_its_ids(telegram, client, chat, alice):
    keyboard = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}
    sent = (await client.sendMessage(chat_id=chat.id, text="x", reply_markup=keyboard)).result
    assert chat.button_texts(sent) == ["Go"]
    chat.press(alice, sent, "Go")
    chat.press(alice, sent, "go", inaccessible=True)
    full, bare = (update["callback_query"] for update in await client.updates())
    assert (full["data"], full["message"]["text"], full["from"]["id"]) == ("go", "x", alice.id)
    assert bare["message"] == {"chat": sent["chat"], "message_id": sent["message_id"], "date": 0}


async def test_a_blocked_bot_is_told_and_may_not_write_until_unblocked(telegram, client, chat, alice):
    chat.block()
    answer = await client.sendMessage(chat_id=chat.id, text="x")
    assert answer.refusal == (403, "Forbidden: bot was blocked by the user")
    chat.unblock()
    assert (await client.sendMessage(chat_id=chat.id, text="x")).status == 200
    changes = [update["my_chat_member"] for update in await client.updates()]
    statuses = [(change["old_chat_member"]["status"], change["new_chat_member"]["status"]) for change in changes]
    assert statuses == [("member", "kicked"), ("kicked", "member")]


async def test_with_privacy_on_a_group_shows_the_bot_only_what_is_meant_for_it(telegram, client, alice, bob):
    group = telegram.group("Team", members=[alice, bob], admins=[bob], privacy=True)
    group.send_voice(alice, b"x")
    group.say(alice, "hello")
    group.say(alice, "/model")
    group.say(alice, "/model@Verbatim_Bot now")
    group.say(alice, "/model@other_bot")
    group.say(alice, "#note /help")
    sent = (await client.sendMessage(chat_id=group.id, text="x")).result
    group.say(bob, "thanks", reply_to=sent)
    assert [text for _, text in heard(telegram)] == ["/model", "/model@Verbatim_Bot now", "#note /help", "thanks"]


async def test_a_command_brings_along_the_voice_note_it_replies_to(telegram, alice):
    group = telegram.supergroup("Team", members=[alice])
    voice = group.send_voice(alice, b"x")
    group.say(alice, "/transcribe@verbatim_bot", reply_to=voice)
    [update] = telegram.pending_updates
    assert update["message"]["reply_to_message"]["voice"] == voice["voice"]
    assert update["message"]["message_thread_id"] == voice["message_id"]
    assert "is_topic_message" not in update["message"]


@pytest.mark.parametrize("how", [{"privacy": False}, {"bot_admin": True}])
async def test_without_privacy_or_as_an_admin_the_bot_hears_everything(telegram, alice, how):
    group = telegram.supergroup("Team", members=[alice], **how)
    group.say(alice, "hello")
    assert heard(telegram) == [("message", "hello")]


async def test_privacy_of_the_whole_bot_shows_in_get_me(clock):
    async with FakeTelegram(clock=clock, privacy=False) as telegram, aiohttp.ClientSession() as session:
        assert (await Client(telegram, session).getMe()).result["can_read_all_group_messages"] is True
        alice = telegram.user("Alice")
        telegram.group("Team", members=[alice]).say(alice, "hello")
        assert len(telegram.pending_updates) == 1


async def test_a_bot_that_was_kicked_hears_and_says_nothing(telegram, client, alice):
    chats = [
        (telegram.group("Team", members=[alice]), "group chat"),
        (telegram.supergroup("Crowd", members=[alice]), "supergroup chat"),
        (telegram.channel("News", owner=alice), "channel chat"),
    ]
    for chat, place in chats:
        chat.kick_bot(alice)
        chat.say(alice, "/model")
        answer = await client.sendMessage(chat_id=chat.id, text="x")
        assert answer.refusal == (403, f"Forbidden: bot was kicked from the {place}")
    parting = ["my_chat_member", "message"]
    assert [kind for kind, _ in heard(telegram)] == [*parting, *parting, "my_chat_member"]


async def test_joining_promoting_and_demoting_are_told(telegram, client, alice):
    group = telegram.group("Team", members=[alice])
    group.kick_bot()
    group.add_bot(alice)
    group.promote_bot(alice)
    group.demote_bot()
    group.add_bot(alice, admin=True)
    telegram.channel("News", bot=False).add_bot(admin=True)
    kinds = [kind for kind, _ in heard(telegram)]
    assert kinds.count("my_chat_member") == 6
    left, joined = (update["message"] for update in telegram.pending_updates if "message" in update)
    assert left["left_chat_member"]["id"] == 123456
    assert joined["new_chat_members"][0]["id"] == 123456


async def test_a_bot_leaves_groups_once_and_private_chats_never(telegram, client, chat, alice):
    group = telegram.group("Team", members=[alice])
    assert (await client.leaveChat(chat_id=group.id)).result is True
    gone = (403, "Forbidden: bot is not a member of the group chat")
    assert (await client.leaveChat(chat_id=group.id)).refusal == gone
    assert (await client.sendMessage(chat_id=group.id, text="x")).refusal == gone
    assert (await client.getChat(chat_id=group.id)).refusal == gone
    answer = await client.leaveChat(chat_id=chat.id)
    assert answer.refusal == (400, "Bad Request: chat member status can't be changed in private chats")


async def test_a_silenced_bot_and_a_mere_member_of_a_channel_may_not_write(telegram, client, alice):
    group, channel = telegram.supergroup("Team", members=[alice]), telegram.channel("News", bot_admin=False)
    group.silence_bot()
    assert (await client.sendMessage(chat_id=group.id, text="x")).refusal == (
        400,
        "Bad Request: not enough rights to send text messages to the chat",
    )
    assert (await client.sendMessage(chat_id=channel.id, text="x")).refusal == (
        400,
        "Bad Request: need administrator rights in the channel chat",
    )


async def test_an_upgraded_group_has_a_new_id_and_new_messages(telegram, client, alice, bob):
    group = telegram.group("Team", members=[alice], admins=[bob])
    group.say(alice, "/model")
    new = group.upgrade(bob)
    answer = await client.sendMessage(chat_id=group.id, text="x")
    assert answer.refusal == (400, "Bad Request: group chat was upgraded to a supergroup chat")
    assert answer.body["parameters"] == {"migrate_to_chat_id": new.id}
    _, leaving, arriving = (update["message"] for update in telegram.pending_updates if "message" in update)
    assert (leaving["chat"]["id"], leaving["migrate_to_chat_id"]) == (group.id, new.id)
    assert (arriving["chat"]["id"], arriving["migrate_from_chat_id"]) == (new.id, group.id)
    assert (await client.sendMessage(chat_id=new.id, text="x")).result["message_id"] == arriving["message_id"] + 1
    assert (await client.getChatMember(chat_id=new.id, user_id=bob.id)).result["status"] == "administrator"


async def test_a_topic_holds_what_is_said_and_answered_in_it(telegram, client, alice):
    forum = telegram.supergroup("Team", members=[alice], topics=True, privacy=False)
    topic = forum.topic("Voices", by=alice)
    said = forum.say(alice, "hello", thread=topic)
    assert (said["message_thread_id"], said["is_topic_message"]) == (topic, True)
    assert said["reply_to_message"]["forum_topic_created"]["name"] == "Voices"
    sent = (await client.sendMessage(chat_id=forum.id, text="x", message_thread_id=topic)).result
    assert sent["is_topic_message"] is True
    reply = {"message_id": said["message_id"]}
    answered = (await client.sendMessage(chat_id=forum.id, text="x", reply_parameters=reply)).result
    assert answered["message_thread_id"] == topic
    assert "reply_to_message" not in answered["reply_to_message"]


async def test_the_general_topic_has_no_id_to_write_to(telegram, client, alice):
    forum = telegram.supergroup("Team", members=[alice], topics=True, privacy=False)
    said = forum.say(alice, "hello")
    assert "message_thread_id" not in said
    answer = await client.sendMessage(chat_id=forum.id, text="x", message_thread_id=1)
    assert answer.refusal == (400, "Bad Request: message thread not found")
    assert (await client.sendChatAction(chat_id=forum.id, action="typing", message_thread_id=1)).status == 200
    reply = {"message_id": said["message_id"]}
    sent = (await client.sendMessage(chat_id=forum.id, text="x", reply_parameters=reply)).result
    assert "is_topic_message" not in sent
    assert sent["reply_to_message"]["message_id"] == said["message_id"]


async def test_a_deleted_topic_is_gone_and_a_closed_one_is_for_admins(telegram, client, alice):
    forum = telegram.supergroup("Team", members=[alice], topics=True)
    gone, closed = forum.topic("Gone"), forum.topic("Closed")
    forum.say(alice, "hello", thread=gone)
    kept = forum.say(alice, "hello", thread=closed)
    forum.delete_topic(gone)
    forum.close_topic(closed)
    assert forum.messages[-1] == kept
    assert len(forum.messages) == 2
    assert (await client.sendMessage(chat_id=forum.id, text="x", message_thread_id=gone)).refusal == (
        400,
        "Bad Request: message thread not found",
    )
    in_closed = {"chat_id": forum.id, "text": "x", "message_thread_id": closed}
    assert (await client.sendMessage(**in_closed)).refusal == (400, "Bad Request: TOPIC_CLOSED")
    forum.promote_bot()
    assert (await client.sendMessage(**in_closed)).status == 200
    forum.remove(closed)
    assert "reply_to_message" not in forum.say(alice, "x", thread=closed)


async def test_a_channel_post_has_no_author_and_is_forwarded_into_the_linked_group(telegram, client, alice):
    group = telegram.supergroup("Talk", members=[alice], privacy=False)
    channel = telegram.channel("News", linked_group=group, username="news")
    post = channel.send_voice(None, b"x", caption="listen")
    channel.edit_caption(post, "listen!")
    posted, copied, edited = telegram.pending_updates
    assert "from" not in posted["channel_post"]
    copy = copied["message"]
    assert (copy["is_automatic_forward"], copy["from"]["id"]) == (True, 777000)
    assert copy["sender_chat"]["id"] == channel.id
    assert copy["voice"]["file_unique_id"] == post["voice"]["file_unique_id"]
    assert copy["forward_origin"]["message_id"] == post["message_id"]
    assert edited["edited_channel_post"]["caption"] == "listen!"
    assert (await client.getChat(chat_id="@News")).result["linked_chat_id"] == group.id


async def test_the_bot_edits_its_own_posts_in_a_channel_only(telegram, client):
    channel = telegram.channel("News")
    theirs = channel.say(None, "headline")
    own = (await client.sendMessage(chat_id=channel.id, text="x")).result
    assert "from" not in own
    assert channel.bot_messages == [own]
    where = {"chat_id": channel.id, "text": "y"}
    assert (await client.editMessageText(**where, message_id=own["message_id"])).status == 200
    assert (await client.editMessageText(**where, message_id=theirs["message_id"])).status == 400


async def test_anonymous_admins_and_channels_speak_as_chats(telegram, alice):
    group = telegram.supergroup("Team", members=[alice], privacy=False, username="team")
    channel = telegram.channel("News")
    anonymous, foreign = group.say(group, "psst"), group.say(channel, "hear")
    assert (anonymous["from"]["username"], anonymous["sender_chat"]["id"]) == ("GroupAnonymousBot", group.id)
    assert (foreign["from"]["username"], foreign["sender_chat"]["id"]) == ("Channel_Bot", channel.id)
    assert group.say(None, "x")["sender_chat"]["username"] == "team"


async def test_members_have_their_status(telegram, client, chat, alice, bob):
    carol = telegram.user("Carol")
    group = telegram.group("Team", members=[alice], admins=[bob], owner=carol)
    stranger = telegram.user("Eve")
    for person, status in ((alice, "member"), (bob, "administrator"), (carol, "creator"), (stranger, "left")):
        found = (await client.getChatMember(chat_id=group.id, user_id=person.id)).result
        assert found["status"] == status
    assert (await client.getChatMember(chat_id=group.id, user_id=123456)).result["status"] == "member"
    admins = (await client.getChatAdministrators(chat_id=group.id)).result
    assert [admin["user"]["first_name"] for admin in admins] == ["Bob", "Carol"]
    assert (await client.getChatMember(chat_id=group.id, user_id=5)).refusal == (
        400,
        "Bad Request: PARTICIPANT_ID_INVALID",
    )
    assert (await client.getChatAdministrators(chat_id=chat.id)).refusal == (
        400,
        "Bad Request: there are no administrators in the private chat",
    )


async def test_somebody_must_have_added_the_bot_even_where_nobody_is_known(telegram):
    channel = telegram.channel("News")
    channel.kick_bot()
    assert telegram.pending_updates[0]["my_chat_member"]["from"]["first_name"] == "Telegram"


async def test_messages_deleted_from_under_a_reply_leave_the_reply(chat, alice):
    said = chat.say(alice, "hello")
    reply = chat.say(alice, "again", reply_to=said["message_id"])
    chat.delete(said)
    assert chat.messages == [reply]
    assert reply["reply_to_message"]["text"] == "hello"
