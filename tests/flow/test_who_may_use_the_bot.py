"""Who may use the bot: its owner, who opens a link once, those whom the owner lets in, and the operator's list."""

import re

import pytest

from bot.engine.guests import owners_link
from storage.host import DAY
from tests.unit.workbench import reading_lines
from tests.world import other_voice, texts


@pytest.fixture
def alice(stopped_world):
    stopped_world.speech.says("hello")
    return stopped_world.telegram.user("Alice")


@pytest.fixture
def bob(stopped_world):
    return stopped_world.telegram.user("Bob")


def secret_of(world):
    secret = world.app.guests.invitation
    assert secret is not None
    return secret


async def owned_by(world, person):
    """The person opens the link."""
    chat = world.telegram.private(person)
    chat.say(person, f"/start own-{secret_of(world)}")
    await world.settle()
    return chat


async def test_a_new_bot_works_for_nobody_and_says_so_once_a_day_with_the_id(stopped_world, alice):
    chat = stopped_world.telegram.private(alice)
    group = stopped_world.telegram.group("Team", [alice], privacy=False)
    for _ in range(2):
        async with stopped_world.running(access="invited") as world:
            for each in (chat, group):
                each.send_voice(alice, other_voice())
                each.say(alice, "hello?")
            await world.settle()
            assert [len(texts(each)) for each in (chat, group)] == [1, 1]
    assert str(chat.id) in texts(chat)[0]
    assert str(group.id) in texts(group)[0]
    async with stopped_world.running() as world:
        world.clock.seconds += DAY
        group.say(alice, "hello?")
        await world.settle()
        assert len(texts(group)) == 2
        assert world.speech.uploads == []


async def test_who_opens_the_link_owns_the_bot_and_it_works_once(stopped_world, alice, bob):
    async with stopped_world.running(access="invited") as world:
        secret = secret_of(world)
        chat = await owned_by(world, alice)
        assert "yours now" in texts(chat)[0]
        assert world.app.guests.invitation is None
        chat.send_voice(alice, other_voice())
        theirs = world.telegram.private(bob)
        theirs.say(bob, f"/start own-{secret}")
        await world.settle()
        assert texts(chat)[1:] == ["hello"]
        assert str(theirs.id) in texts(theirs)[0]
    async with stopped_world.running() as world:
        assert world.app.guests.invitation is None
        assert world.app.guests.owner == alice.id


async def test_the_link_stays_the_same_over_restarts_and_its_secret_is_not_stored(stopped_world, alice):
    secrets = set()
    for _ in range(2):
        async with stopped_world.running(access="invited") as world:
            secrets.add(secret_of(world))
    (secret,) = secrets
    assert re.fullmatch("[0-9a-f]{40}", secret)
    assert owners_link("bot", secret) == f"https://t.me/bot?start=own-{secret}"
    stored = b"".join(each.read_bytes() for each in stopped_world.database.parent.glob("verbatim.db*"))
    assert secret.encode() not in stored


@pytest.mark.parametrize("text", ["/start own-0123456789abcdef", "/start own-", "/start"])
async def test_another_secret_makes_nobody_the_owner(stopped_world, alice, text):
    async with stopped_world.running(access="invited") as world:
        chat = world.telegram.private(alice)
        chat.say(alice, text)
        await world.settle()
        assert "not on its list" in texts(chat)[0]
        assert world.app.guests.owner is None


async def test_the_link_makes_nobody_the_owner_from_within_a_group(stopped_world, alice):
    async with stopped_world.running(access="invited") as world:
        group = world.telegram.group("Team", [alice], privacy=False)
        group.say(alice, f"/start own-{secret_of(world)}")
        await world.settle()
        assert world.app.guests.owner is None


async def test_of_two_who_open_the_link_at_once_the_first_owns_the_bot(stopped_world, alice, bob):
    async with stopped_world.running(access="invited") as world:
        for person in (alice, bob):
            world.telegram.private(person).say(person, f"/start own-{secret_of(world)}")
        await world.settle()
        assert world.app.guests.owner == alice.id
    async with stopped_world.running() as world:
        assert world.app.guests.owner == alice.id


async def test_an_update_that_comes_again_makes_its_person_the_owner_once(stopped_world, alice):
    async with stopped_world.running(access="invited") as world:
        chat = world.telegram.private(alice)
        chat.say(alice, f"/start own-{secret_of(world)}")
        (update,) = [each["message"] for each in world.telegram.pending_updates]
        await world.settle()
        world.telegram.queue_update("message", update)
        await world.settle()
        assert world.app.guests.owner == alice.id
        assert len(texts(chat)) == 2


async def test_an_open_bot_wants_no_owner(stopped_world):
    async with stopped_world.running(access="open") as world:
        assert world.app.guests.invitation is None


async def test_a_chat_on_the_operators_list_needs_nobody_to_let_it_in(stopped_world, alice):
    async with stopped_world.running(access="invited", allowed_chats=str(alice.id)) as world:
        chat = world.telegram.private(alice)
        chat.send_voice(alice, other_voice())
        await world.settle()
        assert texts(chat) == ["hello"]


async def test_posts_of_a_channel_that_is_not_allowed_are_named_in_the_log_and_get_no_word(stopped_world):
    channel = stopped_world.telegram.channel("News")
    async with stopped_world.running(access="invited") as world:
        with reading_lines() as lines:
            channel.send_voice(None, other_voice())
            await world.settle()
        assert [line["chat"] for line in lines.of("chat.not_allowed")] == [channel.id]
        assert texts(channel) == []


async def test_a_bug_in_the_question_who_may_use_it_lets_nobody_in(stopped_world, alice, monkeypatch):
    async with stopped_world.running(access="invited") as world:
        monkeypatch.setattr(type(world.app.guests), "admits", lambda *_: 1 // 0)
        chat = world.telegram.private(alice)
        chat.send_voice(alice, other_voice())
        await world.settle()
        assert texts(chat) == []
        assert await world.jobs() == []
