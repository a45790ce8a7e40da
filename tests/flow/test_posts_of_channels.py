"""A channel and the group of its discussion: each recording is answered once, wherever the bot is."""

import pytest

from bot.playground.telegram.people import User
from tests.world import audio, other_voice, texts


@pytest.fixture
def group(stopped_world):
    stopped_world.speech.says("the news")
    alice = stopped_world.telegram.user("Alice")
    return stopped_world.telegram.supergroup("Comments", [alice], privacy=False)


@pytest.fixture
def channel(stopped_world, group):
    return stopped_world.telegram.channel("News", linked_group=group)


def alice_of(group) -> User:
    return next(iter(group.people.values()))


def arrives(telegram, update):
    for kind in update.keys() - {"update_id"}:
        telegram.queue_update(kind, update[kind])


def arrive_in_another_order(telegram):
    waiting = telegram.pending_updates
    telegram.state.updates.drop()
    for update in reversed(waiting):
        arrives(telegram, update)


def answers(*chats):
    return [text for chat in chats for text in texts(chat)]


async def test_where_the_bot_is_in_the_group_only_it_answers_there(world, channel, group):
    channel.kick_bot()
    channel.send_voice(None, other_voice())
    await world.settle()
    (answer,) = group.bot_messages
    assert answer["text"] == "the news"
    assert answer["reply_to_message"]["is_automatic_forward"] is True


async def test_where_the_bot_is_in_the_channel_only_it_answers_there(world, channel, group):
    group.kick_bot()
    channel.send_voice(None, other_voice())
    await world.settle()
    assert texts(channel) == ["the news"]


@pytest.mark.parametrize("other_order", [False, True])
async def test_where_it_is_in_both_it_answers_once(world, channel, group, other_order):
    channel.send_voice(None, other_voice())
    if other_order:
        arrive_in_another_order(world.telegram)
    await world.settle()
    assert answers(channel, group) == ["the news"]
    assert len(world.speech.uploads) == 1


@pytest.mark.parametrize("other_order", [False, True])
@pytest.mark.parametrize("answered", [False, True])
async def test_it_answers_once_when_the_second_comes_after_a_restart(
    stopped_world, channel, group, other_order, answered
):
    telegram = stopped_world.telegram
    channel.send_voice(None, other_voice())
    if other_order:
        arrive_in_another_order(telegram)
    first, second = telegram.pending_updates
    telegram.state.updates.drop()
    async with stopped_world.running() as world:
        arrives(telegram, first)
        await (world.settle() if answered else world.app.receiver.turn(0))
    async with stopped_world.running() as world:
        arrives(telegram, second)
        await world.settle()
        assert answers(channel, group) == ["the news"]


@pytest.mark.parametrize("allowed", ["channel", "group"])
@pytest.mark.parametrize("other_order", [False, True])
async def test_where_one_of_both_is_not_allowed_it_answers_in_the_other(
    stopped_world, channel, group, allowed, other_order
):
    chats = {"channel": channel, "group": group}
    channel.send_voice(None, other_voice())
    if other_order:
        arrive_in_another_order(stopped_world.telegram)
    async with stopped_world.running(allowed_chats=str(chats[allowed].id)) as world:
        await world.settle()
    assert texts(chats.pop(allowed)) == ["the news"]
    assert answers(*chats.values()) == []


@pytest.mark.parametrize("shut", ["channel", "group"])
@pytest.mark.parametrize("other_order", [False, True])
@pytest.mark.parametrize("wording", ["CHAT_WRITE_FORBIDDEN", "chat not found"])
async def test_where_it_may_not_write_in_one_of_both_it_soon_answers_in_the_other(
    world, channel, group, shut, other_order, wording
):
    chats = {"channel": channel, "group": group}
    world.telegram.refuse("sendMessage", wording, times=None, chat_id=chats[shut].id)
    channel.send_voice(None, other_voice())
    if other_order:
        arrive_in_another_order(world.telegram)
    await world.settle(60)
    assert texts(chats.pop(shut)) == []
    assert answers(*chats.values()) == ["the news"]
    assert len(world.speech.uploads) == 1


async def test_a_post_that_was_edited_before_its_forward_comes_is_answered_once(world, channel, group):
    post = channel.send_voice(None, other_voice(), caption="lisen")
    first, second = world.telegram.pending_updates
    channel.edit_caption(post, "listen")
    world.telegram.state.updates.drop()
    world.telegram.queue_update(
        "channel_post", first["channel_post"] | {"edit_date": 1_800_000_000, "caption": "listen"}
    )
    world.telegram.queue_update("message", second["message"] | {"edit_date": 1_800_000_000, "caption": "listen"})
    await world.settle()
    assert answers(channel, group) == ["the news"]


async def test_the_same_recording_posted_twice_is_answered_twice(world, channel, group):
    voice = other_voice()
    channel.send_voice(None, voice)
    channel.send_voice(None, voice)
    await world.settle()
    assert (texts(channel), texts(group)) == (["the news", "the news"], [])


async def test_what_a_channel_forwards_from_elsewhere_is_answered_once_each_time(world, channel, group):
    elsewhere, alice = world.telegram.channel("Elsewhere"), alice_of(group)
    theirs = elsewhere.send_voice(None, other_voice())
    hers = world.telegram.private(alice).send_voice(alice, other_voice())
    world.telegram.state.updates.drop()
    for message in (theirs, hers, theirs):
        channel.forward(None, message)
    await world.settle()
    assert (texts(channel), texts(group)) == (["the news"] * 3, [])


async def test_what_a_person_forwards_to_the_group_is_answered_there_too(world, channel, group):
    post = channel.send_voice(None, other_voice())
    group.forward(alice_of(group), post)
    await world.settle()
    assert (texts(channel), texts(group)) == (["the news"], ["the news"])


async def test_an_update_that_comes_again_is_not_answered_again(world, channel, group):
    channel.send_voice(None, other_voice())
    both = world.telegram.pending_updates
    await world.settle()
    for update in both:
        world.telegram.redeliver(update)
    await world.settle()
    assert answers(channel, group) == ["the news"]


async def test_a_server_that_tells_the_origin_as_older_ones_did_is_understood(world, channel, group):
    channel.send_voice(None, other_voice())
    (_, update) = world.telegram.pending_updates
    origin = update["message"].pop("forward_origin")
    update["message"] |= {"forward_from_chat": origin["chat"], "forward_from_message_id": origin["message_id"]}
    await world.settle()
    assert answers(channel, group) == ["the news"]


@pytest.mark.parametrize("in_channel", [True, False])
async def test_a_link_in_a_post_is_answered_once_wherever_the_bot_is(world, channel, group, in_channel):
    url = "https://example.com/news.mp3"
    world.speech.links[url] = audio()
    if not in_channel:
        channel.kick_bot()
    channel.say(None, f"/transcribe {url}")
    await world.settle()
    assert texts(channel if in_channel else group) == ["the news"]
    assert answers(channel, group) == ["the news"]


async def test_what_is_wrong_with_a_link_is_said_in_the_channel(world, channel, group):
    channel.say(None, "/transcribe nothing")
    await world.settle()
    assert (len(texts(channel)), texts(group)) == (1, [])
