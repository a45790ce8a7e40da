"""A person decides that no group gets a text of what they say."""

import pytest

from bot.sizes import MEGABYTE
from tests.english import ENGLISH
from tests.world import other_voice, texts


@pytest.fixture
def alice(world):
    return world.telegram.user("Alice")


@pytest.fixture
def bob(world):
    return world.telegram.user("Bob")


@pytest.fixture
def group(world, alice, bob):
    world.speech.says("what was said")
    return world.telegram.supergroup("Team", [alice, bob], privacy=False)


async def says(world, chat, person, text, **around):
    """The texts that follow on a command."""
    before = len(texts(chat))
    chat.say(person, text, **around)
    await world.settle()
    return texts(chat)[before:]


@pytest.mark.parametrize("command", ["/optout", "/optout@verbatim_bot"])
async def test_their_recordings_are_left_alone_in_every_group_until_they_change_their_mind(
    world, alice, bob, group, command
):
    other = world.telegram.group("Friends", [alice, bob], privacy=False)
    assert await says(world, group, alice, command) == [ENGLISH.people.opted_out()]
    group.send_voice(alice, other_voice())
    other.send_voice(alice, other_voice())
    other.send_voice(bob, other_voice())
    await world.settle()
    assert texts(group)[1:] == []
    assert texts(other) == ["what was said"]

    assert await says(world, other, alice, "/optin") == [ENGLISH.people.opted_in()]
    group.send_voice(alice, other_voice())
    await world.settle()
    assert texts(group)[1:] == ["what was said"]


async def test_it_outlives_a_restart_and_can_be_said_twice(stopped_world):
    alice = stopped_world.telegram.user("Alice")
    private = stopped_world.telegram.private(alice)
    group = stopped_world.telegram.supergroup("Team", [alice], privacy=False)
    async with stopped_world.running() as world:
        assert await says(world, private, alice, "/optout") == [ENGLISH.people.opted_out()]
        assert await says(world, private, alice, "/optout") == [ENGLISH.people.opted_out()]
    async with stopped_world.running() as world:
        group.send_voice(alice, other_voice())
        await world.settle()
    assert texts(group) == []
    assert stopped_world.speech.uploads == []


async def test_forwards_of_theirs_are_left_alone_where_telegram_tells_whose_they_are(world, alice, bob, group):
    private = world.telegram.private(alice)
    recording = private.send_voice(alice, other_voice())
    await says(world, private, alice, "/optout")
    group.forward(bob, recording)
    await world.settle()
    assert texts(group) == []

    hidden = world.telegram.user("Carol", hides_account=True)
    elsewhere = world.telegram.private(hidden)
    group.forward(bob, elsewhere.send_voice(hidden, other_voice()))
    await world.settle()
    assert texts(group) == ["what was said"]


async def test_others_cannot_ask_for_them_but_they_can(world, alice, bob, group):
    await says(world, group, alice, "/optout")
    recording = group.send_voice(alice, other_voice())
    asked = await says(world, group, bob, "/transcribe", reply_to=recording)
    assert asked == [ENGLISH.people.wants_no_text()]
    assert world.speech.uploads == []
    assert await says(world, group, alice, "/transcribe", reply_to=recording) == ["what was said"]


async def test_in_their_own_private_chat_nothing_changes(world, alice, group):
    private = world.telegram.private(alice)
    await says(world, private, alice, "/optout")
    private.send_voice(alice, other_voice())
    await world.settle()
    assert texts(private)[1:] == ["what was said"]


async def test_who_writes_in_the_name_of_a_chat_is_sent_to_the_private_chat(world, alice, group):
    assert await says(world, group, group, "/optout") == [ENGLISH.people.unknown()]


async def test_of_theirs_nothing_is_said_in_groups_either_when_it_is_too_large(world, alice, bob, group):
    large = {"file_size": 20 * MEGABYTE + 1}
    await world.app.store.opt_out(alice.id)
    recording = group.send_voice(alice, other_voice(), **large)
    group.forward(bob, recording)
    await world.settle()
    assert texts(group) == []
    assert await says(world, group, bob, "/transcribe", reply_to=recording) == [ENGLISH.people.wants_no_text()]
    (answer,) = await says(world, group, alice, "/transcribe", reply_to=recording)
    assert "20 MB" in answer
    private = world.telegram.private(alice)
    private.send_voice(alice, other_voice(), **large)
    group.send_voice(bob, other_voice(), **large)
    await world.settle()
    assert texts(private) == [answer]
    assert texts(group)[-1] == answer
