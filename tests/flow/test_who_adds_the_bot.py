"""Who adds the bot to a group decides whether it works there: a guest lets it in, a stranger asks its owner."""

import pytest

from storage.host import DAY
from tests.english import ENGLISH
from tests.unit.workbench import reading_lines
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
def group(stopped_world, alice, bob):
    """A group without the bot, which would see all messages there."""
    group = stopped_world.telegram.supergroup("Team", [alice, bob], privacy=False)
    group.kick_bot(alice)
    return group


@pytest.fixture
async def world(stopped_world, alice, hers, group):
    """A world whose bot Alice owns."""
    stopped_world.telegram.state.privacy = False
    async with stopped_world.running(access="invited") as world:
        await world.settle()
        hers.say(alice, f"/start own-{world.app.guests.invitation}")
        await world.settle()
        yield world


async def works(world, group, person):
    group.send_voice(person, other_voice())
    await world.settle()
    return "hello" in texts(group)


async def test_a_group_to_which_the_owner_adds_the_bot_may_use_it(world, group, alice, bob):
    group.add_bot(alice)
    await world.settle()
    assert await works(world, group, bob)
    assert "not on its list" not in str(texts(group))


async def test_a_group_to_which_a_guest_adds_the_bot_may_use_it(world, group, alice, bob, hers):
    hers.say(alice, f"/allow {bob.id}")
    group.add_bot(bob)
    assert await works(world, group, bob)


async def test_a_group_to_which_a_stranger_adds_the_bot_waits_for_the_owner(world, group, alice, bob, hers):
    group.add_bot(bob)
    await world.settle()
    assert str(group.id) in texts(group)[0]
    asked = hers.bot_messages[-1]
    assert f"Bob ({bob.id}) has added this bot to the group Team ({group.id})" in asked["text"]
    assert not await works(world, group, bob)
    hers.press(alice, asked, "Allow")
    await world.settle()
    assert f"Team ({group.id}) may use this bot now." in texts(hers)
    assert await works(world, group, bob)


async def test_a_stranger_who_adds_and_removes_the_bot_rings_once_a_day(world, group, alice, bob, hers):
    for _ in range(3):
        group.add_bot(bob)
        group.kick_bot(bob)
    group.add_bot(bob)
    await world.settle()
    assert str(texts(hers)).count("has added this bot") == 1
    assert len(texts(group)) == 1
    world.clock.seconds += DAY
    group.kick_bot(bob)
    group.add_bot(bob)
    await world.settle()
    assert str(texts(hers)).count("has added this bot") == 2


async def test_many_strangers_ring_the_owner_twenty_times_a_day(world, alice, hers):
    for number in range(30):
        eve = world.telegram.user(f"Eve {number}")
        theirs = world.telegram.supergroup(f"Trap {number}", [eve], privacy=False)
        theirs.kick_bot(eve)
        theirs.add_bot(eve)
    await world.settle()
    assert str(texts(hers)).count("has added this bot") <= 20


async def test_a_group_that_moves_before_the_owner_lets_it_in_is_introduced_to(world, alice, bob, hers):
    group = world.telegram.group("Chess", [bob], owner=bob, bot=False)
    group.add_bot(bob, admin=True)
    moved = group.upgrade(bob)
    await world.settle()
    hers.press(alice, hers.bot_messages[-1], "Allow")
    await world.settle()
    assert texts(moved).count(ENGLISH.joining.introduction(sees=True)) == 1
    hers.say(alice, f"/allow {moved.id}")
    await world.settle()
    assert texts(moved).count(ENGLISH.joining.introduction(sees=True)) == 1


async def test_a_group_that_moves_after_the_owner_was_asked_is_let_in_by_that_offer(world, alice, bob, hers):
    group = world.telegram.group("Chess", [bob], owner=bob, bot=False, privacy=False)
    group.add_bot(bob)
    await world.settle()
    offer = hers.bot_messages[-1]
    moved = group.upgrade(bob)
    await world.settle()
    hers.press(alice, offer, "Allow")
    await world.settle()
    assert texts(moved).count(ENGLISH.joining.introduction(sees=True)) == 1
    assert await works(world, moved, bob)


async def test_the_name_of_a_stranger_is_shown_short_and_on_one_line_and_neither_stored_nor_logged(world, hers):
    eve = world.telegram.user("\u202eEve\nthe", last_name="Terrible " * 20)
    trap = world.telegram.supergroup("Trap\n" + "x" * 100, [eve], privacy=False)
    with reading_lines() as lines:
        trap.kick_bot(eve)
        trap.add_bot(eve)
        await world.settle()
    (asked,) = [text for text in texts(hers) if "has added" in text]
    assert asked.startswith("Eve the Terrible Terrible")
    assert "\n" not in asked
    assert "\u202e" not in asked
    assert len(asked) < 200
    stored = b"".join(each.read_bytes() for each in world.database.parent.glob("verbatim.db*"))
    assert b"Terrible" not in stored
    assert "Terrible" not in str(lines)


async def test_a_group_that_is_left_at_once_is_no_matter_for_the_owner(world, group, alice, bob, hers):
    group.add_bot(bob)
    group.kick_bot(bob)
    await world.settle()
    assert "has added" not in str(texts(hers))
    group.add_bot(bob)
    await world.settle()
    assert str(texts(hers)).count("has added") == 1
    assert len(texts(group)) == 1


@pytest.mark.parametrize("first", ["added", "written to"])
async def test_a_group_that_moves_is_told_once_that_it_may_not_use_the_bot(stopped_world, bob, first):
    stopped_world.telegram.state.privacy = False
    group = stopped_world.telegram.group("Chess", [bob], owner=bob, bot=first == "written to", privacy=False)
    async with stopped_world.running(access="invited") as world:
        if first == "added":
            group.add_bot(bob)
        else:
            group.say(bob, "hello?")
        await world.settle()
        assert len(texts(group)) == 1
        moved = group.upgrade(bob)
        moved.say(bob, "hello?")
        await world.settle()
        assert texts(moved) == []
    async with stopped_world.running() as world:
        moved.say(bob, "hello?")
        await world.settle()
        assert texts(moved) == []
        world.clock.seconds += DAY
        moved.say(bob, "hello?")
        await world.settle()
        assert len(texts(moved)) == 1


async def test_a_group_that_moved_while_the_bot_was_off_is_told_no_second_time(stopped_world, bob):
    group = stopped_world.telegram.group("Chess", [bob], owner=bob, bot=False)
    async with stopped_world.running(access="invited") as world:
        group.add_bot(bob)
        await world.settle()
    moved = group.upgrade(bob)
    async with stopped_world.running() as world:
        await world.settle()
    assert (len(texts(group)), len(texts(moved))) == (1, 0)


async def test_a_group_that_moves_at_once_is_told_where_it_is_and_offered_once(world, alice, bob, hers):
    group = world.telegram.group("Chess", [bob], owner=bob, bot=False, privacy=False)
    group.add_bot(bob)
    moved = group.upgrade(bob)
    await world.settle()
    assert (len(texts(group)), len(texts(moved))) == (0, 1)
    assert str(texts(hers)).count("has added this bot") == 1
