"""What people ask of a text while something fails: it is done later, or told that it is not."""

import asyncio

import pytest

from bot.engine import patience
from bot.engine.lease import LeaseLostError
from storage.errands import ErrandKind
from storage.errors import StorageUnavailableError
from tests.english import ENGLISH
from tests.world import other_voice, texts

MORE = ENGLISH.more


@pytest.fixture
def alice(world):
    return world.telegram.user("Alice")


@pytest.fixture
async def chat(world, alice):
    """A private chat with a text in it."""
    chat = world.telegram.private(alice)
    world.speech.says("hello world")
    chat.send_voice(alice, other_voice())
    await world.settle()
    return chat


async def tap(world, chat, person, button=".txt"):
    """Press a button, which is stored and not done yet."""
    chat.press(person, chat.bot_messages[0], button)
    await world.app.receiver.turn(0)
    await world.app.replies.idle()


def files(chat):
    return [each["document"]["file_name"] for each in chat.bot_messages if "document" in each]


def failing(world, monkeypatch, name, error, times=1):
    """Let a method of the store fail some times."""
    method, left = getattr(type(world.app.store), name), [error] * times

    async def fails(store, *args, **how):
        if left:
            raise left.pop()
        return await method(store, *args, **how)

    monkeypatch.setattr(type(world.app.store), name, fails)


async def test_a_text_that_goes_between_the_tap_and_the_file_is_told_of(world, chat, alice):
    await tap(world, chat, alice)
    await world.app.store.purge(world.clock() + 10**7, 0, 10)
    await world.settle()
    assert texts(chat)[1:] == [MORE.not_kept()]


async def test_a_text_of_nothing_visible_has_no_file(world, chat, alice, monkeypatch):
    await tap(world, chat, alice)
    transcript = await world.app.store.transcript(1)
    silent = type(transcript)(" ")

    async def nothing(_store, _number):
        return silent

    monkeypatch.setattr(type(world.app.store), "transcript", nothing)
    await world.settle()
    assert texts(chat)[1:] == [ENGLISH.answers.no_speech()]


@pytest.mark.parametrize("name", ["claim_errands", "transcript", "errand_done"])
async def test_a_database_that_fails_for_a_moment_costs_a_moment(world, chat, alice, monkeypatch, name):
    await tap(world, chat, alice)
    failing(world, monkeypatch, name, StorageUnavailableError("locked"))
    await world.app.errands.turn()
    await world.settle()
    assert files(chat) == ["transcript.txt"]


async def test_a_bug_becomes_an_attempt(world, chat, alice, monkeypatch):
    await tap(world, chat, alice)
    failing(world, monkeypatch, "transcript", ValueError("a bug"))
    await world.settle()
    assert files(chat) == ["transcript.txt"]
    assert world.app.metrics.bugs_seen == 1


async def test_what_one_process_after_the_other_has_died_of_is_given_up(world, chat, alice):
    await tap(world, chat, alice)
    store, now = world.app.store, world.clock()
    for _ in range(patience.ERRAND_ATTEMPTS):
        (held,) = (await store.claim_errands(now, now + 1, 1)).errands
        await store.put_off(held, now, tried=True)  # as the next process does for one that has died
    await world.settle()
    assert (files(chat), texts(chat)[1:]) == ([], [MORE.failed()])
    assert await store.errands_waiting() == 0


async def test_what_telegram_may_have_taken_twice_is_not_sent_again_before_somebody_asks(world, chat, alice):
    await tap(world, chat, alice)
    world.telegram.fault("sendDocument", drop=True, after_effect=True)
    world.telegram.fault("sendDocument", status=429, retry_after=3)  # which is no doubt
    world.telegram.fault("sendDocument", drop=True, after_effect=True)
    await world.settle()
    assert files(chat) == ["transcript.txt"] * 2
    assert texts(chat)[-1] == MORE.may_have_come()
    assert await world.app.store.errands_waiting() == 0
    await tap(world, chat, alice)
    await world.settle()
    assert files(chat) == ["transcript.txt"] * 3


async def test_who_has_lost_the_lease_lets_go(world, chat, alice, monkeypatch):
    await tap(world, chat, alice)
    failing(world, monkeypatch, "transcript", LeaseLostError())
    assert await world.app.errands.turn() == 1
    assert files(chat) == []
    await world.settle()
    assert files(chat) == ["transcript.txt"]


async def test_a_pace_that_is_full_makes_it_later(world, chat, alice):
    await tap(world, chat, alice)
    world.telegram.fault("sendDocument", status=429, retry_after=30, times=1)
    await world.settle()
    assert files(chat) == ["transcript.txt"]


async def test_what_comes_to_nothing_is_said_once_there_is_room_for_it(world, chat, alice):
    await tap(world, chat, alice)
    await world.app.store.purge(world.clock() + 10**7, 0, 10)
    world.telegram.fault("sendMessage", status=429, retry_after=30, times=1)
    await world.settle()
    assert texts(chat)[1:] == [MORE.not_kept()]


async def test_a_person_who_has_left_is_told_nothing(world, chat, alice):
    await tap(world, chat, alice)
    chat.block()
    await world.settle()
    assert await world.app.store.errands_waiting() == 0


async def test_what_cannot_even_be_said_is_forgotten(world, chat, alice):
    await tap(world, chat, alice)
    await world.app.store.purge(world.clock() + 10**7, 0, 10)
    world.telegram.refuse("sendMessage", "NOBODY_KNOWS_THIS", times=None)
    await world.settle()
    assert await world.app.store.errands_waiting() == 0


async def test_a_stop_gives_it_back_and_the_next_life_does_it(world, chat, alice):
    await tap(world, chat, alice)
    come, go_on = asyncio.Event(), asyncio.Event()

    async def hold():
        come.set()
        await go_on.wait()

    world.telegram.watch("sendDocument", hold, "before", times=1)
    running = asyncio.create_task(world.app.errands.run())
    await come.wait()
    running.cancel()
    go_on.set()
    await asyncio.gather(running, return_exceptions=True)
    await world.settle()
    assert files(chat) == ["transcript.txt"]


async def test_the_loop_does_what_is_asked_and_waits_for_the_next(world, chat, alice):
    sent = asyncio.Event()
    world.telegram.watch("sendDocument", lambda: _now(sent), "after", times=1)
    running = asyncio.create_task(world.app.errands.run())
    await tap(world, chat, alice)
    await sent.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert files(chat) == ["transcript.txt"]


async def _now(event):
    event.set()


async def test_more_than_find_room_wait_for_it(world, chat, alice, monkeypatch):
    monkeypatch.setattr(patience, "ERRANDS_AT_ONCE", 1)
    await tap(world, chat, alice)
    await tap(world, chat, alice, ".json")
    await world.settle()
    assert sorted(files(chat)) == ["transcript.json", "transcript.txt"]


async def test_it_is_counted_and_told(world, chat, alice):
    await tap(world, chat, alice)
    await world.app.maintenance.turn()
    told = world.app.metrics.render().decode()
    assert "verbatim_errands 1.0" in told
    await world.settle()
    await world.app.maintenance.turn()
    told = world.app.metrics.render().decode()
    assert "verbatim_errands 0.0" in told
    assert f'verbatim_errands_ended_total{{kind="{ErrandKind.EXPORT}",outcome="done"}} 1.0' in told
