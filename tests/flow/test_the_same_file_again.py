import pytest

from storage.words import State
from tests.english import ENGLISH
from tests.world import audio, texts


def people(world, *names):
    users = [world.telegram.user(name) for name in names]
    return [(user, world.telegram.private(user)) for user in users]


async def test_a_second_chat_is_answered_from_the_stored_transcript(world):
    (alice, hers), (bob, his) = people(world, "Alice", "Bob")
    voice = hers.send_voice(alice, audio())
    world.speech.says("once is enough")
    await world.settle()

    his.forward(bob, voice)
    await world.settle()

    assert texts(hers) == texts(his) == ["once is enough"]
    assert len(world.speech.uploads) == 1


async def test_while_the_first_is_in_flight_the_others_wait_for_it_and_are_all_answered(world):
    (alice, hers), (bob, his), (carol, theirs) = people(world, "Alice", "Bob", "Carol")
    voice = hers.send_voice(alice, audio())
    his.forward(bob, voice)
    theirs.forward(carol, voice)
    world.speech.says("for everybody")

    await world.turn()
    assert [texts(chat) for chat in (hers, his, theirs)] == [["Transcribing…"]] * 3

    started = world.clock()
    await world.settle()
    assert [texts(chat) for chat in (hers, his, theirs)] == [["for everybody"]] * 3
    assert len(world.speech.uploads) == 1
    assert world.clock() - started < 5


async def test_another_model_is_another_transcript(world):
    (alice, hers), (bob, his) = people(world, "Alice", "Bob")
    his.say(bob, "/model whisper-base")
    voice = hers.send_voice(alice, audio())
    his.forward(bob, voice)
    await world.settle()
    assert len(world.speech.uploads) == 2


async def test_transcripts_expire(stopped_world):
    (alice, hers), (bob, his) = people(stopped_world, "Alice", "Bob")
    async with stopped_world.running(transcript_ttl_hours=1) as world:
        voice = hers.send_voice(alice, audio())
        await world.settle()
        world.clock.pass_(3601)
        his.forward(bob, voice)
        await world.settle()
        assert len(world.speech.uploads) == 2


async def test_nothing_is_kept_where_the_operator_wants_nothing_kept(stopped_world):
    (alice, hers), (bob, his) = people(stopped_world, "Alice", "Bob")
    async with stopped_world.running(transcript_ttl_hours=0) as world:
        voice = hers.send_voice(alice, audio())
        his.forward(bob, voice)
        world.speech.says("gone at once")
        await world.settle()
        assert texts(hers) == texts(his) == ["gone at once"]
        assert len(world.speech.uploads) == 1, "the one in flight still serves both"
    assert b"gone at once" not in stopped_world.database.read_bytes()
    async with stopped_world.running() as world:
        hers.forward(alice, voice)
        await world.settle()
    assert len(stopped_world.speech.uploads) == 2


@pytest.mark.parametrize("heard", ["", "  ", "\u200b\u2800"])
async def test_that_no_speech_was_heard_is_never_kept_as_the_answer(world, heard):
    (alice, hers), (bob, his) = people(world, "Alice", "Bob")
    voice = hers.send_voice(alice, audio())
    his.forward(bob, voice)
    world.speech.says(heard)
    await world.settle()
    assert [ENGLISH.answers.no_speech()] == texts(hers) == texts(his)
    assert len(world.speech.uploads) == 1, "the one in flight still serves both"

    hers.forward(alice, voice)
    world.speech.says("heard at last")
    await world.settle()
    assert texts(hers) == [ENGLISH.answers.no_speech(), "heard at last"]
    assert len(world.speech.uploads) == 2


async def test_cancelling_the_first_hands_its_generation_to_the_one_that_waits(world):
    (alice, hers), (bob, his) = people(world, "Alice", "Bob")
    voice = hers.send_voice(alice, audio())
    his.forward(bob, voice)
    world.speech.says("paid for already")
    await world.turn()

    hers.press(alice, hers.bot_messages[0], "Cancel")
    await world.settle()

    assert "Cancelled." in texts(hers)[0]
    assert texts(his) == ["paid for already"]
    assert len(world.speech.uploads) == 1


async def test_when_the_first_fails_the_second_tries_for_itself(world):
    (alice, hers), (bob, his) = people(world, "Alice", "Bob")
    voice = hers.send_voice(alice, audio())
    his.forward(bob, voice)
    world.speech.says("second luck")
    world.speech.fault("create", status=400)
    await world.settle()
    assert "did not accept" in texts(hers)[0]
    assert texts(his) == ["second luck"]
    assert [job.state for job in await world.jobs()] == [State.DELIVERED] * 2


async def test_families_have_their_own_number_of_places(stopped_world):
    async with stopped_world.running(whisper_concurrency=2, nova_concurrency=3, nova_concurrency_most=3) as world:
        crowd = people(world, *(f"Person {number}" for number in range(8)))
        for number, (person, chat) in enumerate(crowd):
            if number % 2:
                chat.say(person, "/model whisper-tiny")
            chat.send_voice(person, audio() + bytes([number]))
        world.speech.says("hello")
        await world.settle()
        assert [texts(chat)[-1] for _, chat in crowd] == ["hello"] * 8
        assert world.speech.peak == {"whisper": 2, "nova": 3}
