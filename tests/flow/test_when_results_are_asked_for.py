"""When the provider is asked for results, as seen from there."""

import pytest

from tests.world import answers, other_voice, texts


@pytest.fixture
def alice(world):
    return world.telegram.user("Alice")


@pytest.fixture
def chat(world, alice):
    return world.telegram.private(alice)


async def fetches(world, chat, alice, latency):
    """Send one voice note that takes so long; return when it was looked at, in seconds after its create."""
    world.speech.latency = latency
    before = len(world.speech.fetches)
    chat.send_voice(alice, other_voice())
    await world.settle()
    created = world.speech.uploads[-1].at
    return [fetch.at - created for fetch in world.speech.fetches[before:]]


async def test_a_result_is_seen_within_a_twelfth_of_its_time(world, chat, alice):
    assert (await fetches(world, chat, alice, 1.0))[-1] < 1.15
    assert (await fetches(world, chat, alice, 60.0))[-1] < 65.5
    assert answers(chat) == ["hello world"] * 2


async def test_what_was_learned_spares_looks_also_after_a_restart_and_makes_no_quick_answer_late(stopped_world):
    alice = stopped_world.telegram.user("Alice")
    chat = stopped_world.telegram.private(alice)
    async with stopped_world.running() as world:
        first = await fetches(world, chat, alice, 60.0)
        await world.app.maintenance.turn()
    async with stopped_world.running() as world:
        second = await fetches(world, chat, alice, 60.0)
        quick = await fetches(world, chat, alice, 1.0)
    assert len(second) < 0.75 * len(first)
    assert second[-1] < 1.1 * first[-1] + 0.05
    assert quick[-1] < 1.1 * 1.05 + 0.05


async def test_a_crowd_is_asked_for_in_turn_within_the_budget(stopped_world):
    alice = stopped_world.telegram.user("Alice")
    async with stopped_world.running(looks_per_second=5) as world:
        world.speech.latency = 4.0
        chats = [world.telegram.private(alice), *(world.telegram.private(world.telegram.user("Bob")) for _ in range(9))]
        for chat in chats:
            chat.send_voice(alice, other_voice())
        await world.settle()
        moments = [fetch.at for fetch in world.speech.fetches]
        assert all(after - before > 1 - 0.01 for before, after in zip(moments, moments[6:], strict=False))
        assert max(moments) - world.speech.uploads[-1].at < 4.0 + 10 / 5 + 1
        assert all(len(texts(chat)) == 1 for chat in chats)
