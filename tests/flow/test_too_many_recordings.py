"""A chat that sends more than it may have open: what is taken, what is told, and what comes again."""

from tests.english import ENGLISH
from tests.world import other_voice, texts


def told(chat, most_open=2):
    return texts(chat).count(ENGLISH.waiting.too_many(most_open))


def send(chat, person, count):
    for _ in range(count):
        chat.send_voice(person, other_voice())


async def test_recordings_beyond_the_limit_start_nothing_and_are_told_once(stopped_world):
    alice = stopped_world.telegram.user("Alice")
    chat = stopped_world.telegram.private(alice)
    stopped_world.speech.says("said")
    async with stopped_world.running(max_open_jobs_per_chat=2) as world:
        send(chat, alice, 5)
        await world.settle()
        assert (len(await world.jobs()), told(chat), texts(chat).count("said")) == (2, 1, 2)
        send(chat, alice, 3)
        await world.settle()
        assert (len(await world.jobs()), told(chat), texts(chat).count("said")) == (4, 2, 4)
        assert b"verbatim_recordings_refused_total 4.0" in world.app.metrics.render()


async def test_refused_recordings_that_are_delivered_again_are_not_told_again(stopped_world):
    alice = stopped_world.telegram.user("Alice")
    chat = stopped_world.telegram.private(alice)
    send(chat, alice, 5)
    async with stopped_world.running(max_open_jobs_per_chat=2) as world:
        await world.app.receiver.turn(0)
        assert len(await world.jobs()) == 2
    async with stopped_world.running() as world:  # nothing was confirmed
        await world.app.receiver.turn(0)
        assert (len(await world.jobs()), told(chat)) == (2, 1)


async def test_a_refused_recording_that_is_delivered_again_is_taken_if_there_is_room_by_then(stopped_world):
    alice = stopped_world.telegram.user("Alice")
    chat = stopped_world.telegram.private(alice)
    stopped_world.speech.says("said")
    send(chat, alice, 3)
    async with stopped_world.running(max_open_jobs_per_chat=2) as world:
        await world.app.receiver.turn(0)
        for _ in range(20):
            await world.app.poller.turn()
            world.clock.pass_(5)
        assert texts(chat).count("said") == 2
    async with stopped_world.running() as world:
        await world.settle()
        assert texts(chat).count("said") == 3


async def test_another_chat_is_not_refused(stopped_world):
    alice, bob = stopped_world.telegram.user("Alice"), stopped_world.telegram.user("Bob")
    hers, his = stopped_world.telegram.private(alice), stopped_world.telegram.private(bob)
    stopped_world.speech.says("said")
    async with stopped_world.running(max_open_jobs_per_chat=1) as world:
        send(hers, alice, 3)
        send(his, bob, 1)
        await world.settle()
        assert texts(his) == ["said"]
