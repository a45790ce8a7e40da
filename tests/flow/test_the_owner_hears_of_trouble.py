"""The owner hears of trouble: once when it begins, once when it ends, and of one kind once an hour."""

import pytest

from bot.engine.patience import HOUR, MINUTE, PROVIDER_DOWN_FOR
from bot.text.rooms.trouble import Kind
from bot.text.texts import Texts
from tests.world import KEY, other_voice, texts


@pytest.fixture
def alice(stopped_world):
    stopped_world.speech.says("the secret words")
    return stopped_world.telegram.user("Alice")


@pytest.fixture
def hers(stopped_world, alice):
    return stopped_world.telegram.private(alice)


@pytest.fixture
def group(stopped_world, alice):
    """Where recordings come from, so that the private chat has nothing but what is told there."""
    return stopped_world.telegram.group("Team", [alice], privacy=False)


@pytest.fixture
async def world(stopped_world, alice, hers, group):
    async with stopped_world.running(access="invited", allowed_chats=str(group.id)) as world:
        hers.say(alice, f"/start own-{world.app.guests.invitation}")
        await world.settle()
        yield world


def told(hers):
    """What the owner was told, beyond the first message."""
    return texts(hers)[1:]


async def send(world, group, alice, seconds=HOUR / 2):
    group.send_voice(alice, other_voice())
    await world.settle(seconds)


async def test_a_refused_key_is_told_and_its_end_with_the_next_create_that_is_accepted(world, alice, hers, group):
    world.speech.key = "another-key-0123456789"
    await send(world, group, alice)
    assert ["does not accept the key" in text for text in told(hers)] == [True]
    world.speech.key = KEY
    await world.settle(HOUR / 4)
    assert "accepts the key of this bot again" in told(hers)[1]
    assert texts(group) == ["the secret words"]
    assert len(told(hers)) == 2


@pytest.mark.parametrize("status", [402, 403])
async def test_used_up_credits_are_told(world, alice, hers, group, status):
    world.speech.fault("create", status=status, body='{"message": "err_insufficient_credits: You ran out"}', times=3)
    await send(world, group, alice)
    assert "credits are used up" in told(hers)[0]
    assert "there are credits" in told(hers)[1]


async def test_low_credits_are_told_and_that_there_are_enough_again(world, hers):
    for left, number in ((0.5, 1), (0.5, 1), (10_000_000.0, 2)):
        world.speech.credits = left
        await world.app.trouble.look_at_credits(world.app.is_low_on_credits)
        await world.turn()
        assert len(told(hers)) == number
    assert "few credits are left" in told(hers)[0]


async def test_a_provider_that_is_down_for_ten_minutes_is_told_and_a_shorter_time_is_not(world, alice, hers, group):
    world.speech.fault("create", status=503, times=5)
    await send(world, group, alice)
    assert told(hers) == []
    world.speech.fault("create", status=503, times=None)
    await send(world, group, alice, PROVIDER_DOWN_FOR + 3 * MINUTE)
    assert ["has not answered for 10 minutes" in text for text in told(hers)] == [True]
    world.speech.clear_faults()
    await world.settle(HOUR / 4)
    assert "answers again" in told(hers)[1]


async def test_trouble_that_comes_and_goes_is_told_once_an_hour(world, alice, hers, group):
    for _ in range(4):
        world.speech.fault("create", status=401, times=1)
        await send(world, group, alice, 5 * MINUTE)
    assert len(told(hers)) == 2
    world.clock.seconds += HOUR
    world.speech.fault("create", status=401, times=1)
    await send(world, group, alice, 5 * MINUTE)
    assert len(told(hers)) == 4


async def test_crashes_repeat_nothing_and_the_end_is_told_by_another_life(stopped_world, alice, hers, group):
    async with stopped_world.running(access="invited", allowed_chats=str(group.id)) as world:
        hers.say(alice, f"/start own-{world.app.guests.invitation}")
        world.speech.key = "another-key-0123456789"
        await send(world, group, alice, MINUTE)
    for _ in range(3):
        async with stopped_world.running() as world:
            await send(world, group, alice, MINUTE)
            assert len(told(hers)) == 1
    world.speech.key = KEY
    async with stopped_world.running() as world:
        await world.settle(HOUR / 4)
        assert "again" in told(hers)[1]


async def test_a_database_that_is_gone_is_told_without_it_and_its_return_too(world, hers):
    aside = world.database.with_suffix(".aside")
    world.database.rename(aside)
    await world.app.maintenance.round()
    await world.app.trouble.turn()
    assert "database of this bot cannot be used" in told(hers)[0]
    aside.rename(world.database)
    await world.app.maintenance.round()
    await world.app.trouble.turn()
    assert "can be used again" in told(hers)[1]


async def test_a_bug_is_told_and_that_an_hour_has_passed_without_one(world, hers):
    world.app.metrics.bug("step")
    await world.turn()
    world.app.metrics.bug("step")
    await world.turn()
    assert ["should not have" in text for text in told(hers)] == [True]
    world.clock.seconds += HOUR
    await world.turn()
    assert "for an hour" in told(hers)[1]


async def test_a_message_that_telegram_does_not_take_is_told_later(world, hers):
    world.telegram.fault("sendMessage", status=502, times=1)
    world.app.metrics.bug("step")
    await world.turn()
    assert told(hers) == []
    world.clock.seconds += MINUTE
    await world.turn()
    assert len(told(hers)) == 1


async def test_nobody_is_told_where_there_is_no_owner(stopped_world, alice):
    async with stopped_world.running(access="open") as world:
        world.app.metrics.bug("step")
        await world.turn()
        assert world.telegram.calls_of("sendMessage") == []


async def test_no_word_of_anybody_is_told(world, alice, hers, group):
    world.speech.fault("create", status=401, body='{"message": "a word of theirs"}', times=2)
    await send(world, group, alice)
    assert told(hers)
    assert "theirs" not in str(told(hers))
    assert "secret words" not in str(told(hers))


async def test_it_is_told_in_the_owners_language_also_in_another_life(stopped_world):
    anna = stopped_world.telegram.user("Anna", language_code="de")
    hers = stopped_world.telegram.private(anna)
    async with stopped_world.running(access="invited") as world:
        hers.say(anna, f"/start own-{world.app.guests.invitation}")
        await world.settle()
    async with stopped_world.running() as world:
        world.app.trouble.begins(Kind.KEY)
        await world.settle()
    assert texts(hers)[-1] == Texts("de").trouble.begins(Kind.KEY)
