"""The fake Bot API obeys the permissions of each chat, and refuses in the words of TDLib and of Telegram."""

import pytest

NO_TEXT = (400, "Bad Request: not enough rights to send text messages to the chat")
NO_DOCUMENTS = (400, "Bad Request: not enough rights to send documents to the chat")
CODES = [
    "CHANNEL_PRIVATE",
    "CHAT_ADMIN_REQUIRED",
    "CHAT_GUEST_SEND_FORBIDDEN",
    "CHAT_RESTRICTED",
    "CHAT_WRITE_FORBIDDEN",
    "USER_BANNED_IN_CHANNEL",
]


@pytest.fixture
def alice(telegram):
    return telegram.user("Alice")


@pytest.fixture
def team(telegram, alice):
    return telegram.supergroup("Team", members=[alice], privacy=False)


class Writer:
    """Each kind of call that the bot makes in a chat, and what it is answered."""

    def __init__(self, client, chat, **where):
        self.client = client
        self.where = {"chat_id": chat.id} | where

    async def sends(self):
        return said(await self.client.sendMessage(**self.where, text="x"))

    async def sends_file(self):
        return said(await self.client.upload("sendDocument", {"document": ("a.txt", b"a")}, **self.where))

    async def types(self):
        return said(await self.client.sendChatAction(**self.where, action="typing"))

    async def edits(self, message, text="y"):
        where = self.where | {"message_id": message["message_id"]}
        return said(await self.client.editMessageText(**where, text=text))

    async def edits_file_in(self, message):
        where = {"chat_id": self.where["chat_id"], "message_id": message["message_id"]}
        media = {"type": "document", "media": "attach://file"}
        return said(await self.client.upload("editMessageMedia", {"file": ("a.txt", b"a")}, **where, media=media))

    async def edits_buttons(self, message):
        keyboard = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}
        where = self.where | {"message_id": message["message_id"]}
        return said(await self.client.editMessageReplyMarkup(**where, reply_markup=keyboard))

    async def deletes(self, message):
        return said(await self.client.deleteMessage(**self.where, message_id=message["message_id"]))


def said(answer):
    return "done" if answer.status == 200 else answer.refusal


async def test_without_the_right_to_send_documents_texts_pass_and_no_text_becomes_a_document(client, team):
    writer = Writer(client, team)
    team.permit(documents=False)
    assert await writer.sends() == "done"
    assert await writer.sends_file() == NO_DOCUMENTS
    [sent] = team.bot_messages
    assert await writer.edits_file_in(sent) == NO_DOCUMENTS
    assert await writer.edits(sent) == "done"
    team.permit(documents=True)
    assert await writer.edits_file_in(sent) == "done"


async def test_without_the_right_to_send_texts_documents_pass_and_a_text_may_become_one(client, team):
    writer = Writer(client, team)
    await writer.sends()
    [sent] = team.bot_messages
    team.permit(text=False)
    assert await writer.sends() == NO_TEXT
    assert await writer.edits(sent) == (400, "Bad Request: CHAT_WRITE_FORBIDDEN")
    assert await writer.types() == "done"
    assert await writer.sends_file() == "done"
    assert await writer.edits_file_in(sent) == "done"


async def test_without_any_right_nothing_is_sent_but_own_messages_can_be_deleted(client, team):
    writer = Writer(client, team)
    await writer.sends()
    [sent] = team.bot_messages
    team.silence_bot()
    assert await writer.sends() == NO_TEXT
    assert await writer.sends_file() == NO_DOCUMENTS
    assert await writer.types() == (400, "Bad Request: have no rights to send a message")
    assert await writer.deletes(sent) == "done"


async def test_an_administrator_has_every_right_of_members_and_no_slow_mode(telegram, client, alice):
    forum = telegram.supergroup("Forum", members=[alice], topics=True, bot_admin=True)
    forum.permit(text=False, documents=False, other_media=False, general_closed=True, slow_mode=60)
    writer = Writer(client, forum)
    assert [await writer.sends(), await writer.sends_file(), await writer.types()] == ["done"] * 3


async def test_a_restricted_bot_is_told_and_told_again_when_it_is_a_member(telegram, client, alice, team):
    team.restrict_bot(alice, documents=False)
    member = (await client.getChatMember(chat_id=team.id, user_id=telegram.state.bot.id)).result
    assert (member["status"], member["can_send_documents"], member["can_send_messages"]) == ("restricted", False, True)
    team.restrict_bot(alice, text=False)
    writer = Writer(client, team)
    assert [await writer.sends(), await writer.sends_file()] == [NO_TEXT, NO_DOCUMENTS]
    team.demote_bot(alice)
    assert [await writer.sends(), await writer.sends_file()] == ["done"] * 2
    changes = [update["my_chat_member"] for update in telegram.pending_updates]
    statuses = [(change["old_chat_member"]["status"], change["new_chat_member"]["status"]) for change in changes]
    assert statuses == [("member", "restricted"), ("restricted", "restricted"), ("restricted", "member")]
    assert changes[1]["old_chat_member"]["can_send_messages"] is True


async def test_a_restricted_bot_goes_on_hearing(telegram, team, alice):
    team.restrict_bot(text=False)
    telegram.state.updates.drop()
    team.say(alice, "hello")
    assert [update["message"]["text"] for update in telegram.pending_updates] == ["hello"]


def test_nobody_is_restricted_where_telegram_restricts_nobody(telegram, alice):
    with pytest.raises(ValueError, match="in a private"):
        telegram.private(alice).restrict_bot(text=False)


async def test_the_permissions_of_everybody_change_without_an_update_and_can_be_asked_for(telegram, client, team):
    team.permit(documents=False, slow_mode=30)
    assert telegram.pending_updates == []
    found = (await client.getChat(chat_id=team.id)).result
    assert (found["permissions"]["can_send_documents"], found["permissions"]["can_send_messages"]) == (False, True)
    assert found["slow_mode_delay"] == 30


async def test_a_wrong_name_of_a_permission_is_noticed(team):
    with pytest.raises(TypeError):
        team.permit(documnets=False)


async def test_slow_mode_asks_for_patience_between_messages_and_not_between_edits(client, team, clock):
    writer = Writer(client, team)
    team.permit(slow_mode=30)
    assert await writer.sends() == "done"
    clock.pass_(10.5)
    assert await writer.sends() == (429, "Too Many Requests: retry after 20")
    assert await writer.sends_file() == (429, "Too Many Requests: retry after 20")
    assert await writer.edits(team.bot_messages[0]) == "done"
    clock.pass_(19.5)
    assert await writer.sends_file() == "done"
    answer = await client.sendMessage(chat_id=team.id, text="x")
    assert answer.body["parameters"] == {"retry_after": 30}


@pytest.mark.parametrize("code", CODES)
async def test_what_telegram_itself_forbids_is_refused_by_its_code(client, team, code):
    writer = Writer(client, team)
    await writer.sends()
    [sent] = team.bot_messages
    team.promote_bot()
    team.permit(shut=code)
    refused = (400, f"Bad Request: {code}")
    assert [await writer.sends(), await writer.sends_file(), await writer.types()] == [refused] * 3
    assert [await writer.edits(sent), await writer.edits_file_in(sent), await writer.edits_buttons(sent)] == [
        refused
    ] * 3
    team.permit(shut=None)
    assert await writer.edits(sent) == "done"


@pytest.mark.parametrize(
    ("code", "outcome"),
    [("CHANNEL_PRIVATE", (400, "Bad Request: CHANNEL_PRIVATE")), ("CHAT_RESTRICTED", "done")],
)
async def test_a_message_is_deleted_wherever_the_bot_still_is(client, team, code, outcome):
    writer = Writer(client, team)
    await writer.sends()
    team.permit(shut=code)
    assert await writer.deletes(team.bot_messages[0]) == outcome


async def test_when_the_time_for_edits_is_over_a_message_stays_as_it_is(client, team):
    writer = Writer(client, team)
    await writer.sends()
    [sent] = team.bot_messages
    team.permit(edits=False)
    over = (400, "Bad Request: MESSAGE_EDIT_TIME_EXPIRED")
    assert [await writer.edits(sent), await writer.edits_file_in(sent), await writer.edits_buttons(sent)] == [over] * 3
    assert await writer.sends() == "done"
    assert team.message(sent)["text"] == "x"


async def test_messages_that_another_bot_removes_are_sent_and_gone(client, team):
    writer = Writer(client, team)
    team.permit(keeps=False)
    sent = (await client.sendMessage(chat_id=team.id, text="x")).result
    assert team.bot_messages == []
    assert await writer.edits(sent) == (400, "Bad Request: message to edit not found")
    assert await writer.deletes(sent) == (400, "Bad Request: message to delete not found")


async def test_closed_topics_are_closed_also_to_replies_and_the_topic_general_can_be_closed(telegram, client, alice):
    forum = telegram.supergroup("Forum", members=[alice], topics=True, privacy=False)
    thread = forum.topic("Closed")
    hers = forum.say(alice, "hello", thread=thread)
    forum.close_topic(thread)
    forum.permit(general_closed=True)
    closed = (400, "Bad Request: TOPIC_CLOSED")
    reply = {"message_id": hers["message_id"]}
    assert await Writer(client, forum, message_thread_id=thread).sends() == closed
    assert await Writer(client, forum, reply_parameters=reply).sends_file() == closed
    assert await Writer(client, forum).sends() == closed
    assert await Writer(client, forum).types() == closed
    forum.reopen_topic(thread)
    assert await Writer(client, forum, reply_parameters=reply).sends() == "done"
    assert await Writer(client, forum).sends() == closed


async def test_nobody_is_written_to_who_has_not_begun_or_is_gone(telegram, client, team, alice):
    begun = (403, "Forbidden: bot can't initiate conversation with a user")
    stranger = telegram.user("Eve")
    assert said(await client.sendMessage(chat_id=alice.id, text="x")) == begun
    assert said(await client.sendMessage(chat_id=stranger.id, text="x")) == (400, "Bad Request: chat not found")
    chat = telegram.private(alice)
    assert await Writer(client, chat).sends() == "done"
    chat.deactivate()
    assert await Writer(client, chat).sends() == (403, "Forbidden: user is deactivated")


async def test_the_direct_messages_of_a_channel_need_their_topic(telegram, client, alice):
    news = telegram.channel("News")
    direct = telegram.direct_messages(news, [alice])
    hers = direct.say(alice, "hello")
    assert hers["chat"]["is_direct_messages"] is True
    assert hers["direct_messages_topic"]["topic_id"] == alice.id
    assert (await client.getChat(chat_id=direct.id)).result["parent_chat"]["id"] == news.id
    assert await Writer(client, direct).sends() == (
        400,
        "Bad Request: channel direct messages topic must be specified",
    )
    assert await Writer(client, direct, direct_messages_topic_id=7).sends() == (400, "Bad Request: topic not found")
    assert await Writer(client, direct, direct_messages_topic_id=alice.id).sends() == "done"
    assert direct.bot_messages[0]["direct_messages_topic"] == hers["direct_messages_topic"]
    elsewhere = Writer(client, telegram.private(alice), direct_messages_topic_id=alice.id)
    assert await elsewhere.sends() == (
        400,
        "Bad Request: chat is not an administered channel direct messages chat",
    )


async def test_any_call_can_be_refused_in_any_words(telegram, client, team):
    other = telegram.supergroup("Other")
    telegram.refuse("sendMessage", "CHAT_SEND_PLAIN_FORBIDDEN", chat_id=team.id)
    telegram.refuse("sendMessage", "bot is sad", 403, times=None)
    assert await Writer(client, other).sends() == (403, "Forbidden: bot is sad")
    assert await Writer(client, team).sends() == (400, "Bad Request: CHAT_SEND_PLAIN_FORBIDDEN")
    assert await Writer(client, team).sends() == (403, "Forbidden: bot is sad")
