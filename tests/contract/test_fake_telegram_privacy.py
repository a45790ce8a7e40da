"""Which messages of a group the fake Telegram shows a bot whose privacy mode is on."""

import pytest


@pytest.fixture
def alice(telegram):
    return telegram.user("Alice")


@pytest.fixture
def group(telegram, alice):
    return telegram.supergroup("Team", members=[alice])


def heard(telegram):
    return [update["message"].get("text") for update in telegram.pending_updates if "message" in update]


async def test_a_mention_and_a_recording_are_not_seen(telegram, group, alice):
    group.say(alice, "@verbatim_bot hello")
    voice = group.send_voice(alice, b"x")
    group.say(alice, "@verbatim_bot", reply_to=voice)
    assert heard(telegram) == []


async def test_a_command_that_names_no_bot_is_for_the_one_that_wrote_last(telegram, client, group, alice):
    quiz = telegram.other_bot("quiz_bot")
    group.say(alice, "/one")
    group.say(quiz, "What is two and two?")
    group.say(alice, "/two")
    group.say(alice, "/three@verbatim_bot")
    await client.sendMessage(chat_id=group.id, text="I am here.")
    group.say(alice, "/four")
    assert heard(telegram) == ["/one", "/three@verbatim_bot", "/four"]


async def test_a_reply_to_another_bot_is_for_that_bot_alone(telegram, group, alice):
    question = group.say(telegram.other_bot("quiz_bot"), "What is two and two?")
    group.say(alice, "/transcribe@verbatim_bot", reply_to=question)
    assert heard(telegram) == []


async def test_no_bot_hears_another_one(telegram, alice):
    group = telegram.supergroup("Team", members=[alice], privacy=False, bot_admin=True)
    group.say(telegram.other_bot("quiz_bot"), "/start@verbatim_bot")
    group.say(group, "I am an anonymous admin.")
    assert heard(telegram) == ["I am an anonymous admin."]


async def test_replies_to_what_was_meant_for_the_bot_are_seen(telegram, client, group, alice):
    command = group.say(alice, "/model@verbatim_bot")
    reply = group.say(alice, "I mean the good one", reply_to=command)
    group.say(alice, "or the other", reply_to=reply)
    answer = (await client.sendMessage(chat_id=group.id, text="Which?")).result
    group.say(alice, "that one", reply_to=answer)
    group.say(alice, "nothing for bots", reply_to=group.say(alice, "hello"))
    assert heard(telegram) == ["/model@verbatim_bot", "I mean the good one", "or the other", "that one"]


async def test_an_admin_sees_everything_and_a_member_again_does_not(telegram, group, alice):
    group.promote_bot()
    group.say(alice, "one")
    group.demote_bot()
    group.say(alice, "two")
    assert heard(telegram) == ["one"]


async def test_a_changed_privacy_mode_holds_once_the_bot_is_added_again(telegram, client, group, alice):
    assert (await client.getMe()).result["can_read_all_group_messages"] is False
    telegram.set_privacy(on=False)
    assert (await client.getMe()).result["can_read_all_group_messages"] is True
    group.say(alice, "one")
    assert heard(telegram) == []
    group.kick_bot(alice)
    group.add_bot(alice)
    group.say(alice, "two")
    assert heard(telegram)[-1] == "two"
    telegram.set_privacy(on=True)
    group.say(alice, "three")
    assert heard(telegram)[-1] == "three"
