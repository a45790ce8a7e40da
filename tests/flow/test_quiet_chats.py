"""A chat that wants to be left in peace: a reaction while it waits, then the text as a reply."""

import pytest

from bot.engine.patience import MINUTE, QUIET_FOR
from storage.apology import Notice, Reason
from storage.words import State
from tests.english import ENGLISH
from tests.world import audio, other_voice, texts

PLACEHOLDER = ENGLISH.waiting.placeholder(Notice.NONE)


@pytest.fixture
def alice(world):
    return world.telegram.user("Alice")


@pytest.fixture
async def chat(world, alice):
    """Her private chat, which is quiet, and says nothing yet."""
    chat = world.telegram.private(alice)
    await make_quiet(world, chat, alice)
    return chat


async def make_quiet(world, chat, person):
    chat.say(person, "/quiet on")
    await world.settle()
    for message in chat.bot_messages:
        chat.delete(message)
    chat.history.clear()
    world.speech.says("said")


def reactions(chat, voice):
    return list(chat.reactions(voice).values())


def shown(chat):
    """What the bot's messages said, one after the other."""
    return [seen.text for seen in chat.history]


async def test_the_recording_has_a_reaction_until_the_text_comes_as_a_reply(world, chat, alice):
    voice = chat.send_voice(alice, audio())
    await world.turn()
    assert reactions(chat, voice) == ["👀"]
    assert chat.bot_messages == []
    await world.settle()
    (message,) = chat.bot_messages
    assert message["text"] == "said"
    assert message["reply_to_message"]["message_id"] == voice["message_id"]
    assert shown(chat) == ["…", "said"]
    assert ENGLISH.cancelling.button() not in chat.button_texts(message)
    assert len(world.telegram.calls_of("setMessageReaction")) == 1
    assert not any(chat.rang(message) for message in chat.bot_messages)


async def test_off_shows_placeholders_again(world, chat, alice):
    chat.say(alice, "/quiet off")
    await world.settle()
    chat.send_voice(alice, audio())
    await world.settle()
    assert PLACEHOLDER in shown(chat)
    assert world.telegram.calls_of("setMessageReaction") == []


@pytest.mark.parametrize("kind", ["group", "topic", "channel"])
async def test_it_works_wherever_the_bot_does(world, alice, kind):
    speaker, around = alice, {}
    if kind == "channel":
        chat, speaker = world.telegram.channel("News", owner=alice), None
    else:
        chat = world.telegram.supergroup("Team", owner=alice, privacy=False, topics=kind == "topic")
    if kind == "topic":
        around = {"thread": chat.topic("Notes")}
    chat.say(speaker, "/quiet on", **around)
    await world.settle()
    world.speech.says("said")
    voice = chat.send_voice(speaker, audio(), **around)
    await world.settle()
    assert reactions(chat, voice) == ["👀"]
    assert chat.bot_messages[-1]["text"] == "said"
    assert chat.bot_messages[-1]["reply_to_message"]["message_id"] == voice["message_id"]
    assert kind != "topic" or chat.bot_messages[-1]["message_thread_id"] == around["thread"]
    assert PLACEHOLDER not in shown(chat)


async def test_where_reactions_are_forbidden_there_is_a_placeholder(world, alice):
    group = world.telegram.supergroup("Team", owner=alice, privacy=False)
    await make_quiet(world, group, alice)
    group.limit_reactions("👍")
    voice = group.send_voice(alice, audio())
    await world.turn()
    assert texts(group) == [PLACEHOLDER]
    await world.settle()
    assert texts(group) == ["said"]
    assert reactions(group, voice) == []


@pytest.mark.parametrize("status", [429, 502])
async def test_a_reaction_that_fails_for_a_moment_is_left_out(world, chat, alice, status):
    world.telegram.fault("setMessageReaction", status)
    chat.send_voice(alice, audio())
    await world.settle()
    assert texts(chat) == ["said"]
    assert PLACEHOLDER not in shown(chat)


async def test_an_apology_is_a_reply_too_and_comes_once(world, chat, alice):
    voice = chat.send_voice(alice, b"")
    await world.settle()
    (message,) = chat.bot_messages
    assert message["text"] == ENGLISH.apologies.apology(Reason.EMPTY, {})
    assert message["reply_to_message"]["message_id"] == voice["message_id"]


async def test_of_a_cancelled_recording_nothing_remains(world, chat, alice):
    voice = chat.send_voice(alice, audio())
    await world.turn()
    await cancel(world, chat)
    assert chat.bot_messages == []
    assert reactions(chat, voice) == []
    assert [job.state for job in await world.jobs()] == [State.CANCELLED]


async def test_a_reaction_that_cannot_be_taken_back_at_once_is_taken_back_later(world, chat, alice):
    voice = chat.send_voice(alice, audio())
    await world.turn()
    world.telegram.fault("setMessageReaction", 502)
    await cancel(world, chat)
    assert reactions(chat, voice) == []


async def test_a_reaction_that_telegram_does_not_take_back_is_left(world, chat, alice):
    chat.send_voice(alice, audio())
    await world.turn()
    world.telegram.fault("setMessageReaction", 400)
    await cancel(world, chat)
    assert chat.bot_messages == []
    assert [job.state for job in await world.jobs()] == [State.CANCELLED]


async def cancel(world, chat):
    (job,) = await world.jobs()
    assert (await world.app.store.cancel(job.id, chat.id, None, world.clock())).accepted
    world.app.poller.nudge()
    await world.settle()


async def test_a_recording_that_is_cancelled_while_its_reaction_is_set_has_none_afterwards(world, chat, alice):
    async def cancel_it():
        (job,) = await world.jobs()
        assert (await world.app.store.cancel(job.id, chat.id, None, world.clock())).accepted

    world.telegram.watch("setMessageReaction", cancel_it, times=1)
    voice = chat.send_voice(alice, audio())
    await world.settle()
    assert chat.bot_messages == []
    assert reactions(chat, voice) == []


async def test_a_short_wait_is_not_told_and_a_long_one_is(world, chat, alice):
    world.speech.fault("create", status=503, times=None)
    chat.send_voice(alice, audio())
    await world.settle(QUIET_FOR - MINUTE)
    assert chat.bot_messages == []
    await world.settle(2 * MINUTE)
    (notice,) = chat.bot_messages
    assert notice["text"] == ENGLISH.waiting.placeholder(Notice.RETRYING)
    world.speech.clear_faults()
    await world.settle()
    assert texts(chat)[0] == "said"


async def test_a_pause_of_the_operators_is_told_when_it_is_long(world, chat, alice):
    world.speech.fault("create", status=401, times=None)
    chat.send_voice(alice, audio())
    await world.settle(QUIET_FOR - MINUTE)
    assert chat.bot_messages == []
    await world.settle(4 * MINUTE)
    assert texts(chat) == [ENGLISH.waiting.placeholder(Notice.PAUSED)]


async def test_a_long_text_comes_in_pages_of_which_the_first_is_the_reply(world, chat, alice):
    world.speech.says("A sentence. " * 400)
    voice = chat.send_voice(alice, audio())
    await world.settle()
    assert len(chat.bot_messages) == 2
    assert chat.bot_messages[0]["reply_to_message"]["message_id"] == voice["message_id"]


@pytest.mark.only_english
async def test_a_chat_that_takes_no_answer_keeps_no_promise(world, alice):
    group = world.telegram.supergroup("Team", owner=alice, privacy=False)
    await make_quiet(world, group, alice)
    voice = group.send_voice(alice, audio())
    await world.turn()
    assert reactions(group, voice) == ["👀"]
    group.permit(text=False, documents=False)
    await world.settle()
    assert reactions(group, voice) == []
    assert [job.state for job in await world.jobs()] == [State.FAILED]
    later = group.send_voice(alice, other_voice())
    await world.settle()
    assert len(world.speech.uploads) == 1
    assert reactions(group, later) == []


async def test_a_recording_that_somebody_asks_for_has_the_reaction_itself(world, alice):
    group = world.telegram.supergroup("Team", owner=alice, privacy=True)
    await make_quiet(world, group, alice)
    voice = group.send_voice(alice, audio())
    asking = group.say(alice, "/transcribe", reply_to=voice)
    await world.settle()
    assert (reactions(group, voice), reactions(group, asking)) == (["👀"], [])
    (message,) = group.bot_messages
    assert message["reply_to_message"]["message_id"] == voice["message_id"]


async def test_a_group_that_becomes_a_supergroup_meanwhile_gets_its_text_there(world, alice):
    group = world.telegram.group("Team", owner=alice, privacy=False)
    await make_quiet(world, group, alice)
    world.speech.fault("create", status=503)
    group.send_voice(alice, audio())
    await world.turn()
    new = group.upgrade(alice)
    await world.settle()
    assert texts(new) == ["said"]
    new.send_voice(alice, other_voice())
    await world.settle()
    assert texts(new) == ["said"] * 2


async def test_many_recordings_at_once_keep_each_its_answer(world, chat, alice):
    for _ in range(8):
        chat.send_voice(alice, other_voice())
    await world.settle()
    assert texts(chat) == ["said"] * 8
