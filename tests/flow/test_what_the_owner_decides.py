"""The owner lets chats and people in and out: by id, by a reply, by forwarding, by taps; and hands the bot over."""

import pytest

from bot.text.texts import Texts
from tests.english import ENGLISH
from tests.world import other_voice, texts


@pytest.fixture
def alice(stopped_world):
    stopped_world.speech.says("hello")
    return stopped_world.telegram.user("Alice")


@pytest.fixture
def bob(stopped_world):
    return stopped_world.telegram.user("Bob")


@pytest.fixture
def hers(stopped_world, alice):
    return stopped_world.telegram.private(alice)


@pytest.fixture
def his(stopped_world, bob):
    return stopped_world.telegram.private(bob)


@pytest.fixture
async def world(stopped_world, alice, hers):
    """A world whose bot Alice owns."""
    async with stopped_world.running(access="invited") as world:
        hers.say(alice, f"/start own-{world.app.guests.invitation}")
        await world.settle()
        yield world


async def works(world, chat, person):
    """Whether a voice note of a person in a chat becomes text."""
    before = texts(chat).count("hello")
    chat.send_voice(person, other_voice())
    await world.settle()
    return texts(chat).count("hello") > before


async def test_a_person_is_let_in_and_out_by_id(world, alice, bob, hers, his):
    assert not await works(world, his, bob)
    hers.say(alice, f"/allow {bob.id}")
    assert await works(world, his, bob)
    assert f"Bob ({bob.id}) may use this bot now." in texts(hers)
    hers.say(alice, f"/revoke {bob.id}")
    assert not await works(world, his, bob)
    hers.say(alice, f"/allow {bob.id}")
    await world.settle()
    assert (await world.app.store.circle("")).guests == {bob.id}


async def test_a_person_is_let_in_by_a_reply_to_what_was_forwarded(world, alice, bob, hers, his):
    message = his.say(bob, "let me in")
    forwarded = hers.forward(alice, message)
    await world.settle()
    hers.say(alice, "/allow", reply_to=forwarded)
    assert await works(world, his, bob)


async def test_a_person_is_let_in_by_forwarding_and_a_tap(world, alice, bob, hers, his):
    hers.forward(alice, his.say(bob, "let me in"))
    await world.settle()
    offer = hers.bot_messages[-1]
    assert "may not use this bot yet" in offer["text"]
    hers.press(alice, offer, "Allow")
    await world.settle()
    assert "may use this bot now" in texts(hers)[-1]
    assert await works(world, his, bob)


async def test_the_list_has_a_tap_for_each_guest(world, alice, bob, hers, his):
    hers.say(alice, f"/allow {bob.id}")
    hers.say(alice, "/allow")
    await world.settle()
    listed = hers.bot_messages[-1]
    assert f"Bob ({bob.id})" in listed["text"]
    for _ in range(2):  # a double tap is harmless
        hers.press(alice, listed, "✕ Bob")
    await world.settle()
    assert "Nobody but you" in texts(hers)[-1]
    assert not await works(world, his, bob)


async def test_a_long_list_is_turned_page_by_page(world, alice, hers):
    for number in range(1, 13):
        hers.say(alice, f"/allow {5000 + number}")
    hers.say(alice, "/allow")
    await world.settle()
    listed = hers.bot_messages[-1]
    assert listed["text"].count("•") == 10
    hers.press(alice, listed, "▶")
    await world.settle()
    assert texts(hers)[-1].count("•") == 2


async def test_a_group_is_let_in_where_the_owner_says_so_and_follows_its_move(world, alice, bob):
    group = world.telegram.group("Team", [alice, bob], privacy=False)
    assert not await works(world, group, bob)
    group.say(alice, "/allow@verbatim_bot")
    assert await works(world, group, bob)
    new = group.upgrade(alice)
    assert await works(world, new, bob)
    new.say(alice, "/revoke")
    assert not await works(world, new, bob)


async def test_a_person_is_let_in_by_a_reply_in_a_group(world, alice, bob, his):
    group = world.telegram.group("Team", [alice, bob], privacy=False)
    group.say(alice, "/allow", reply_to=group.say(bob, "me, too"))
    assert await works(world, his, bob)
    assert not await works(world, group, bob)


@pytest.mark.parametrize("command", ["/allow 5", "/revoke 5", "/owner 5", "/allow", "/owner"])
async def test_of_others_the_owners_commands_do_nothing(world, alice, bob, hers, his, command):
    hers.say(alice, f"/allow {bob.id}")
    await world.settle()
    his.say(bob, command)
    await world.settle()
    assert texts(his) == []
    assert (await world.app.store.circle("")).guests == {bob.id}
    assert world.app.guests.owner == alice.id


@pytest.mark.parametrize("words", ["bob", "1 2", "0", "12345678901234567890", "-"])
async def test_wrong_words_get_one_line_with_an_example(world, alice, hers, words):
    for command in ("allow", "revoke", "owner"):
        hers.say(alice, f"/{command} {words}")
        await world.settle()
        assert "123456789" in texts(hers)[-1]
    assert (await world.app.store.circle("")).guests == frozenset()


async def test_a_chat_on_the_operators_list_is_not_revoked(world, alice, bob, hers, his):
    world.app.guests.listed |= {bob.id}
    hers.say(alice, f"/revoke {bob.id}")
    await world.settle()
    assert "ALLOWED_CHATS" in texts(hers)[-1]
    assert await works(world, his, bob)


async def test_the_bot_is_handed_over_once_that_is_confirmed(world, alice, bob, hers, his):
    hers.say(alice, f"/owner {bob.id}")
    await world.settle()
    asked = hers.bot_messages[-1]
    assert world.app.guests.owner == alice.id
    hers.press(alice, asked, "Hand it over")
    await world.settle()
    assert world.app.guests.owner == bob.id
    assert "yours now" in texts(his)[-1]
    assert await works(world, hers, alice)
    hers.say(alice, "/allow 5")
    await world.settle()
    assert (await world.app.store.circle("")).guests == {alice.id}


async def test_the_owner_may_refuse_to_hand_over(world, alice, bob, hers):
    hers.say(alice, f"/owner {bob.id}")
    await world.settle()
    hers.press(alice, hers.bot_messages[-1], "Keep it")
    await world.settle()
    assert "still yours" in texts(hers)[-1]
    assert world.app.guests.owner == alice.id


async def test_a_tap_of_somebody_else_is_refused_with_an_alert(world, alice, bob):
    group = world.telegram.group("Team", [alice, bob], privacy=False)
    group.say(alice, "/allow")
    await world.settle()  # the bot introduces itself there
    group.say(alice, "/owner", reply_to=group.say(bob, "I?"))
    await world.settle()
    group.press(bob, group.bot_messages[-1], "Hand it over")
    await world.settle()
    assert world.telegram.callback_answers[-1].text == "Only the owner of this bot can do that."
    assert world.app.guests.owner == alice.id


async def test_a_tap_in_a_chat_that_may_not_use_the_bot_is_answered(world, alice, bob, hers, his):
    hers.say(alice, f"/allow {bob.id}")
    his.say(bob, "/settings")
    await world.settle()
    page = his.bot_messages[-1]
    hers.say(alice, f"/revoke {bob.id}")
    await world.settle()
    his.press(bob, page, his.button_texts(page)[0])
    await world.settle()
    assert world.telegram.callback_answers[-1].text == "This bot does not work in this chat."


async def test_the_owner_is_not_revoked_but_told_how_to_hand_the_bot_over(world, alice, hers):
    hers.say(alice, f"/revoke {alice.id}")
    await world.settle()
    assert texts(hers)[-1] == ENGLISH.access.who_shall_own_it()
    assert await works(world, hers, alice)


async def test_where_the_bot_is_open_nobody_is_said_to_be_shut_out(stopped_world, alice, bob, hers, his):
    async with stopped_world.running(access="invited") as world:
        hers.say(alice, f"/start own-{world.app.guests.invitation}")
        hers.say(alice, f"/allow {bob.id}")
        await world.settle()
    async with stopped_world.running(access="open") as world:
        hers.say(alice, "/allow")
        await world.settle()
        assert ENGLISH.access.open_to_all() in texts(hers)[-1]
        assert f"Bob ({bob.id})" in texts(hers)[-1]
        hers.say(alice, f"/revoke {bob.id}")
        await world.settle()
        assert texts(hers)[-1] == ENGLISH.access.open_to_all()
        assert await works(world, his, bob)
        hers.forward(alice, his.say(bob, "let me in"))
        hers.say(alice, "/revoke")
        await world.settle()
        offer, listed = hers.bot_messages[-2:]
        assert "may use this bot" in offer["text"]
        assert hers.button_texts(offer) == []
        assert listed["text"] == ENGLISH.access.open_to_all()
    async with stopped_world.running(access="invited") as world:
        assert not await works(world, his, bob)


async def test_who_is_on_the_operators_list_has_no_button_to_be_revoked(world, alice, bob, hers, his):
    world.app.guests.listed |= {bob.id}
    hers.forward(alice, his.say(bob, "let me in"))
    await world.settle()
    assert hers.button_texts(hers.bot_messages[-1]) == []


@pytest.mark.only_english
async def test_a_new_owner_is_greeted_in_their_language(world, alice, hers):
    bob = world.telegram.user("Bob", language_code="de")
    his = world.telegram.private(bob)
    hers.say(alice, f"/owner {bob.id}")
    await world.settle()
    hers.press(alice, hers.bot_messages[-1], "Hand it over")
    await world.settle()
    assert texts(his) == [Texts("de").access.yours()]
    assert (await world.app.store.circle("")).owner_speaks == "de"
