"""The command /cancel: all that somebody sent here and that is not answered, or what it replies to."""

import pytest

from storage.words import State
from tests.english import ENGLISH
from tests.world import other_voice, texts

WORDS = ENGLISH.cancelling
CANCELLED = "Cancelled."


@pytest.fixture
def alice(world):
    return world.telegram.user("Alice")


@pytest.fixture
def bob(world):
    return world.telegram.user("Bob")


@pytest.fixture
def carol(world):
    return world.telegram.user("Carol")


@pytest.fixture
def private(world, alice):
    return world.telegram.private(alice)


@pytest.fixture
def group(world, alice, bob, carol):
    world.speech.says("what was said")
    return world.telegram.supergroup("Team", [alice, bob], admins=[carol], privacy=False)


async def runs(world, chat, *people, **around):
    """Recordings that are being transcribed, one of each of these people."""
    recordings = [chat.send_voice(person, other_voice(), **around) for person in people]
    await world.turn()
    await world.turn()
    return recordings


async def states(world):
    return [job.state for job in await world.jobs()]


@pytest.mark.parametrize("command", ["/cancel", "/cancel@verbatim_bot", "/cancel all of it"])
async def test_in_private_it_cancels_everything_and_tells_how_many(world, alice, private, command):
    await runs(world, private, alice, alice, alice)
    private.say(alice, command)
    await world.settle()
    assert sorted(texts(private)) == sorted([CANCELLED] * 3 + [WORDS.several_done(3)])
    assert set(await states(world)) == {State.CANCELLED}

    private.say(alice, command)
    await world.settle()
    assert texts(private)[-1] == WORDS.nothing_runs()


async def test_what_is_not_uploaded_yet_and_what_waits_is_cancelled_too(world, alice, private):
    world.speech.fault("create", status=503, times=None)
    await runs(world, private, alice, alice)
    private.say(alice, "/cancel")
    await world.settle()
    assert set(await states(world)) == {State.CANCELLED}


async def test_in_a_group_only_ones_own_are_cancelled(world, alice, bob, group):
    await runs(world, group, alice, bob)
    group.say(alice, "/cancel")
    await world.settle()
    assert await states(world) == [State.CANCELLED, State.DELIVERED]
    assert sorted(texts(group)) == sorted([CANCELLED, "what was said", WORDS.several_done(1)])


async def test_nothing_of_ones_own_runs_there(world, alice, bob, group):
    await runs(world, group, alice)
    group.say(bob, "/cancel")
    await world.settle()
    assert WORDS.nothing_runs() in texts(group)
    assert await states(world) == [State.DELIVERED]


async def test_other_chats_go_on(world, alice, private, group):
    await runs(world, group, alice)
    await runs(world, private, alice)
    private.say(alice, "/cancel")
    await world.settle()
    assert await states(world) == [State.DELIVERED, State.CANCELLED]


async def test_as_a_reply_to_the_recording_or_to_its_placeholder_it_cancels_that_one(world, alice, private):
    recording, _, _ = await runs(world, private, alice, alice, alice)
    placeholder = next(
        each for each in private.bot_messages if each["reply_to_message"]["message_id"] != recording["message_id"]
    )
    private.say(alice, "/cancel", reply_to=recording)
    private.say(alice, "/cancel", reply_to=placeholder)
    await world.settle()
    found = await states(world)
    assert found[0] is State.CANCELLED
    assert sorted(found[1:]) == [State.CANCELLED, State.DELIVERED]
    assert texts(private).count(WORDS.several_done(1)) == 2


async def test_the_one_of_somebody_else_is_cancelled_by_admins_only(world, alice, bob, carol, group):
    (recording,) = await runs(world, group, alice)
    group.say(bob, "/cancel", reply_to=recording)
    await world.turn()
    assert WORDS.not_yours() in texts(group)
    assert await states(world) == [State.SUBMITTED]
    group.say(carol, "/cancel", reply_to=recording)
    await world.settle()
    assert await states(world) == [State.CANCELLED]
    assert texts(group)[-1] == WORDS.several_done(1)


async def test_an_anonymous_admin_is_an_admin_and_cancels_their_own(world, alice, group):
    (recording,) = await runs(world, group, alice)
    group.say(group, "/cancel", reply_to=recording)
    await world.settle()
    assert await states(world) == [State.CANCELLED]
    await runs(world, group, group, alice)
    group.say(group, "/cancel@verbatim_bot")
    await world.settle()
    assert await states(world) == [State.CANCELLED, State.CANCELLED, State.DELIVERED]


async def test_where_telegram_does_not_tell_who_is_an_admin_one_is_asked_to_send_it_again(world, alice, carol, group):
    (recording,) = await runs(world, group, alice)
    world.telegram.fault("getChatMember", 502)
    group.say(carol, "/cancel", reply_to=recording)
    await world.turn()
    assert WORDS.ask_again() in texts(group)
    assert await states(world) == [State.SUBMITTED]


async def test_who_writes_in_the_name_of_a_channel_cancels_nothing_of_others(world, alice, group):
    (recording,) = await runs(world, group, alice)
    channel = world.telegram.channel("News")
    group.say(channel, "/cancel", reply_to=recording)
    group.say(channel, "/cancel")
    await world.settle()
    assert await states(world) == [State.DELIVERED]


async def test_a_channel_cancels_its_posts(world):
    channel = world.telegram.channel("News")
    await runs(world, channel, None)
    channel.say(None, "/cancel")
    await world.settle()
    assert await states(world) == [State.CANCELLED]


async def test_a_reply_to_something_else_cancels_nothing(world, alice, private):
    await runs(world, private, alice)
    other = private.say(alice, "hello")
    private.say(alice, "/cancel", reply_to=other)
    await world.settle()
    assert WORDS.nothing_runs_there() in texts(private)
    assert await states(world) == [State.DELIVERED]


async def test_it_is_too_late_for_one_that_is_answered(world, alice, private):
    (recording,) = await runs(world, private, alice)
    await world.settle()
    private.say(alice, "/cancel", reply_to=recording)
    await world.settle()
    assert texts(private)[-1] == WORDS.too_late()


async def test_in_a_topic_the_answer_goes_there(world, alice):
    forum = world.telegram.supergroup("Forum", [alice], privacy=False, topics=True)
    thread = forum.topic("Talks", alice)
    (recording,) = await runs(world, forum, alice, thread=thread)
    forum.say(alice, "/cancel", reply_to=recording, thread=thread)
    await world.settle()
    assert [each["message_thread_id"] for each in forum.bot_messages] == [thread] * 2
    assert await states(world) == [State.CANCELLED]


async def test_in_one_topic_it_cancels_what_is_transcribed_in_another_one(world, alice, bob):
    forum = world.telegram.supergroup("Forum", [alice, bob], privacy=False, topics=True)
    talks, other = forum.topic("Talks", alice), forum.topic("Other", alice)
    first, second = await runs(world, forum, alice, alice, thread=talks)
    forum.say(bob, "/cancel", reply_to=first, thread=other)
    await world.turn()
    assert texts(forum)[-1] == WORDS.not_yours()
    forum.say(alice, "/cancel", reply_to=first, thread=other)
    await world.turn()
    assert texts(forum)[-1] == WORDS.several_done(1)
    placeholder = next(
        each for each in forum.bot_messages if each["reply_to_message"]["message_id"] == second["message_id"]
    )
    forum.say(alice, "/cancel", reply_to=placeholder, thread=other)
    await world.settle()
    assert await states(world) == [State.CANCELLED] * 2
    assert {each["message_thread_id"] for each in forum.bot_messages} == {talks, other}


async def test_a_reply_to_what_is_in_another_chat_cancels_nothing(world, alice, private, group):
    (recording,) = await runs(world, group, alice)
    private.say(alice, "/cancel", reply_to=recording)
    await world.settle()
    assert texts(private) == [WORDS.nothing_runs_there()]
    assert await states(world) == [State.DELIVERED]


async def test_as_a_reply_it_asks_for_no_text(world, alice, private):
    private.say(alice, "/mode ask")
    await world.settle()
    recording = private.send_voice(alice, other_voice())
    private.say(alice, "/cancel", reply_to=recording)
    await world.settle()
    assert texts(private)[1:] == [WORDS.nothing_runs_there()]
    assert world.speech.uploads == []


async def test_it_is_stored_before_it_is_told(stopped_world):
    alice = stopped_world.telegram.user("Alice")
    chat = stopped_world.telegram.private(alice)
    async with stopped_world.running() as world:
        await runs(world, chat, alice)
        chat.say(alice, "/cancel")
        await world.app.receiver.turn(0)
        (job,) = await world.jobs()
        assert job.apology is not None
    async with stopped_world.running() as world:
        await world.settle()
        assert await states(world) == [State.CANCELLED]
    assert CANCELLED in texts(chat)
