"""The members of the fake Telegram's chats: who comes and goes, who may what, and what the bot is told of it."""

import pytest


@pytest.fixture
def alice(telegram):
    return telegram.user("Alice", username="alice")


@pytest.fixture
def bob(telegram):
    return telegram.user("Bob")


@pytest.fixture
async def hearing(telegram, client):
    """A bot that asks for changes of members too."""
    await client.getUpdates(allowed_updates=["message", "my_chat_member", "chat_member", "callback_query"])


def told(telegram, kind):
    return [update[kind] for update in telegram.pending_updates if kind in update]


def statuses(changes):
    return [(change["old_chat_member"]["status"], change["new_chat_member"]["status"]) for change in changes]


async def test_the_bot_hears_of_itself_only_if_it_asks_for_that(telegram, client, alice):
    await client.getUpdates(allowed_updates=["message"])
    group = telegram.group("Team", members=[alice], bot=False)
    group.add_bot(alice)
    group.promote_bot(alice)
    assert [update.keys() - {"update_id"} for update in telegram.pending_updates] == [{"message"}]


@pytest.mark.usefixtures("hearing")
async def test_a_group_without_the_bot_gets_it_from_a_person(telegram, client, alice):
    group = telegram.group("Team", members=[alice], bot=False)
    group.say(alice, "/start")
    assert telegram.pending_updates == []
    assert (await client.sendMessage(chat_id=group.id, text="x")).refusal == (
        403,
        "Forbidden: bot is not a member of the group chat",
    )
    group.add_bot(alice)
    [change] = told(telegram, "my_chat_member")
    assert (change["from"]["id"], change["chat"]["id"]) == (alice.id, group.id)
    assert statuses([change]) == [("left", "member")]
    [joined] = told(telegram, "message")
    assert (joined["from"]["id"], joined["new_chat_members"][0]["id"]) == (alice.id, telegram.state.bot.id)


@pytest.mark.usefixtures("hearing")
async def test_the_bot_comes_as_an_admin_and_is_demoted_muted_removed_and_added_again(telegram, alice):
    group = telegram.supergroup("Team", owner=alice, bot=False)
    group.add_bot(alice, admin=True, rights=frozenset({"can_pin_messages"}))
    group.demote_bot(alice)
    group.mute_bot(alice)
    group.kick_bot(alice)
    group.add_bot(alice)
    changes = told(telegram, "my_chat_member")
    assert statuses(changes) == [
        ("left", "administrator"),
        ("administrator", "member"),
        ("member", "restricted"),
        ("restricted", "kicked"),
        ("kicked", "member"),
    ]
    admin = changes[0]["new_chat_member"]
    assert (admin["can_manage_chat"], admin["can_pin_messages"], admin["can_delete_messages"]) == (True, True, False)
    assert changes[2]["new_chat_member"]["can_send_messages"] is False
    assert [
        next(iter(message.keys() & {"new_chat_members", "left_chat_member"})) for message in told(telegram, "message")
    ] == [
        "new_chat_members",
        "left_chat_member",
        "new_chat_members",
    ]


async def test_a_bot_that_is_there_already_is_promoted_without_joining_again(telegram, alice):
    group = telegram.group("Team", members=[alice])
    with pytest.raises(ValueError, match="already"):
        group.add_bot(alice)
    group.add_bot(alice, admin=True)
    assert statuses(told(telegram, "my_chat_member")) == [("member", "administrator")]
    assert told(telegram, "message") == []


async def test_a_bot_that_leaves_is_told_so(telegram, client, alice):
    group = telegram.supergroup("Team", members=[alice])
    await client.leaveChat(chat_id=group.id)
    await client.leaveChat(chat_id=telegram.channel("News").id)
    assert statuses(told(telegram, "my_chat_member")) == [("member", "left"), ("administrator", "left")]
    assert [message["left_chat_member"]["id"] for message in told(telegram, "message")] == [telegram.state.bot.id]


@pytest.mark.usefixtures("hearing")
async def test_the_bot_joins_an_upgraded_group_and_never_leaves_the_old_one(telegram, client, alice):
    group = telegram.group("Team", owner=alice, bot_admin=True)
    new = group.upgrade(alice)
    [change] = told(telegram, "my_chat_member")
    assert change["chat"]["id"] == new.id
    assert statuses([change]) == [("left", "administrator")]
    assert [message["chat"]["id"] for message in told(telegram, "message")] == [group.id, new.id]
    assert (await client.getChatMember(chat_id=new.id, user_id=alice.id)).result["status"] == "creator"


@pytest.mark.usefixtures("hearing")
async def test_an_admin_hears_of_others_who_come_and_go(telegram, client, alice, bob):
    group = telegram.supergroup("Team", owner=alice)
    group.join(bob)
    assert told(telegram, "chat_member") == []
    group.promote_bot(alice)
    group.restrict(bob, alice)
    group.promote(bob, alice)
    group.demote(bob, alice)
    group.leave(bob)
    group.join(bob, by=alice)
    group.ban(bob, alice)
    assert statuses(told(telegram, "chat_member")) == [
        ("member", "restricted"),
        ("restricted", "administrator"),
        ("administrator", "member"),
        ("member", "left"),
        ("left", "member"),
        ("member", "kicked"),
    ]
    assert (await client.getChatMember(chat_id=group.id, user_id=bob.id)).result["status"] == "kicked"
    services = [message for message in told(telegram, "message") if "text" not in message]
    assert [message["from"]["first_name"] for message in services] == ["Bob", "Bob", "Alice", "Alice"]
    assert (await client.getChatMemberCount(chat_id=group.id)).result == 2


def test_nobody_is_restricted_in_a_basic_group(telegram, alice):
    with pytest.raises(ValueError, match="in a group"):
        telegram.group("Team", members=[alice]).restrict(alice)


async def test_a_restricted_member_says_what_is_left(telegram, client, alice):
    group = telegram.supergroup("Team", members=[alice])
    group.restrict(alice)
    found = (await client.getChatMember(chat_id=group.id, user_id=alice.id)).result
    assert (found["status"], found["is_member"], found["can_send_messages"]) == ("restricted", True, False)


async def test_an_anonymous_admin_writes_and_acts_as_the_group(telegram, client, alice, bob):
    group = telegram.supergroup("Team", owner=bob, admins=[alice])
    group.promote(alice, bob, anonymous=True)
    said = group.say(alice, "/mode")
    assert (said["from"]["id"], said["sender_chat"]["id"]) == (1087968824, group.id)
    group.promote_bot(alice)
    assert told(telegram, "my_chat_member")[0]["from"]["username"] == "GroupAnonymousBot"
    admins = (await client.getChatAdministrators(chat_id=group.id)).result
    assert [(admin["user"]["id"], admin["is_anonymous"]) for admin in admins] == [
        (alice.id, True),
        (bob.id, False),
        (telegram.state.bot.id, False),
    ]
    assert (await client.getChatMember(chat_id=group.id, user_id=1087968824)).result["status"] == "left"
    group.promote(bob, anonymous=True)
    assert (await client.getChatMember(chat_id=group.id, user_id=bob.id)).result == {
        "user": bob.as_json(),
        "status": "creator",
        "is_anonymous": True,
    }


async def test_what_an_anonymous_admin_taps_is_tapped_by_the_person(telegram, client, alice):
    group = telegram.supergroup("Team", admins=[alice])
    group.promote(alice, anonymous=True)
    keyboard = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}
    sent = (await client.sendMessage(chat_id=group.id, text="x", reply_markup=keyboard)).result
    group.press(alice, sent, "Go")
    assert telegram.pending_updates[-1]["callback_query"]["from"]["id"] == alice.id


async def test_members_of_a_channel_are_shown_to_its_admins_only(telegram, client, alice):
    channel = telegram.channel("News", owner=alice, bot_admin=False)
    hidden = (400, "Bad Request: member list is inaccessible")
    assert (await client.getChatMember(chat_id=channel.id, user_id=alice.id)).refusal == hidden
    assert (await client.getChatAdministrators(chat_id=channel.id)).refusal == hidden
    assert (await client.getChatMember(chat_id=channel.id, user_id=telegram.state.bot.id)).result["status"] == "member"
    channel.promote_bot(alice)
    assert (await client.getChatMember(chat_id=channel.id, user_id=alice.id)).result["status"] == "creator"
    own = (await client.getChatMember(chat_id=channel.id, user_id=telegram.state.bot.id)).result
    assert own["can_post_messages"] is True
    assert "can_pin_messages" not in own


async def test_a_group_may_hide_its_members(telegram, client, alice):
    group = telegram.supergroup("Team", members=[alice])
    group.hides_members = True
    assert (await client.getChatMember(chat_id=group.id, user_id=alice.id)).refusal == (
        400,
        "Bad Request: member list is inaccessible",
    )
    assert (await client.getChat(chat_id=group.id)).result["has_hidden_members"] is True


async def test_somebody_whom_nobody_knows_is_no_member(telegram, client, alice):
    group, private = telegram.supergroup("Team", members=[alice]), telegram.private(alice)
    unknown = [
        (group, 5, "PARTICIPANT_ID_INVALID"),
        (private, 5, "user not found"),
        (group, 0, "invalid user_id specified"),
    ]
    for chat, user_id, sentence in unknown:
        answer = await client.getChatMember(chat_id=chat.id, user_id=user_id)
        assert answer.refusal == (400, f"Bad Request: {sentence}")
    assert (await client.getChatMember(chat_id=private.id, user_id=alice.id)).result["status"] == "member"
    assert (await client.getChatMemberCount(chat_id=private.id)).result == 2


async def test_an_admin_without_the_right_to_delete_deletes_its_own_messages_only(telegram, client, alice):
    group = telegram.supergroup("Team", members=[alice])
    group.promote_bot(rights=frozenset({"can_manage_chat"}))
    hers, own = group.say(alice, "hello"), (await client.sendMessage(chat_id=group.id, text="x")).result
    refused = await client.deleteMessage(chat_id=group.id, message_id=hers["message_id"])
    assert refused.refusal == (400, "Bad Request: message can't be deleted for everyone")
    assert (await client.deleteMessage(chat_id=group.id, message_id=own["message_id"])).status == 200
