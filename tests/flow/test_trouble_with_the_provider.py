import itertools

import pytest

from bot.engine import patience
from storage.apology import Notice
from storage.words import State
from tests.english import ENGLISH
from tests.world import answers, audio, other_voice


@pytest.fixture
def alice(world):
    return world.telegram.user("Alice")


@pytest.fixture
def chat(world, alice):
    return world.telegram.private(alice)


async def test_ten_minutes_without_an_answer_end_in_the_transcript(world, chat, alice):
    world.speech.fault("*", status=502, body="<html>Bad gateway</html>", times=None)
    chat.send_voice(alice, audio())
    world.speech.says("better late than never")

    await world.settle(seconds=600)
    assert answers(chat) == [ENGLISH.waiting.placeholder(Notice.RETRYING)]

    world.speech.clear_faults()
    await world.settle(seconds=120)
    assert answers(chat) == ["better late than never"]
    assert len(world.speech.uploads) == 1


async def test_a_provider_that_stays_down_ends_in_an_apology_within_two_hours(world, chat, alice):
    world.speech.fault("create", status=503, times=None)
    chat.send_voice(alice, audio())
    await world.settle(seconds=7200)
    assert [job.state for job in await world.jobs()] == [State.DELIVERED]
    assert "send" in answers(chat)[0]
    world.speech.clear_faults()


NOTHING_READABLE = {"status": "completed", "result": {"results": {"channels": []}}}


async def test_a_result_that_comes_a_little_after_its_status_is_waited_for(world, chat, alice):
    world.speech.fault("fetch", body=NOTHING_READABLE, times=3)
    chat.send_voice(alice, audio())
    world.speech.says("here it is")
    started = world.clock()
    await world.settle()
    assert answers(chat) == ["here it is"]
    assert len(world.speech.uploads) == 1
    assert world.clock() - started < 60


async def test_a_result_that_stays_unreadable_is_made_once_more(world, chat, alice):
    world.speech.fault("fetch", body=NOTHING_READABLE, times=len(patience.UNREADABLE_WAITS) + 1)
    chat.send_voice(alice, audio())
    world.speech.says("better the second time")
    started = world.clock()
    await world.settle()
    assert answers(chat) == ["better the second time"]
    assert len(world.speech.uploads) == 2
    assert world.clock() - started < 90


async def test_what_is_unreadable_twice_is_told_so_and_paid_no_third_time(world, chat, alice):
    world.speech.fault("fetch", body=NOTHING_READABLE, times=None)
    chat.send_voice(alice, audio())
    started = world.clock()
    await world.settle()
    assert "nothing in it that I could read" in answers(chat)[0]
    assert [job.state for job in await world.jobs()] == [State.DELIVERED]
    assert len(world.speech.uploads) == 2
    assert world.clock() - started < 120
    world.speech.clear_faults()


async def test_of_a_long_recording_only_the_unreadable_part_is_made_again(stopped_world):
    async with stopped_world.running(split_minutes=1, times_from_minutes=0) as world:
        alice = world.telegram.user("Alice")
        chat = world.telegram.private(alice)
        chat.send_audio(alice, audio("speech.mp3") * 60)
        world.speech.says("a part")
        world.speech.new_id = map(str, itertools.count()).__next__
        looks = len(patience.UNREADABLE_WAITS) + 1
        world.speech.fault("fetch", body=NOTHING_READABLE, times=looks, generation="1")
        await world.settle()
        sent = {upload.generation_id: upload.data for upload in world.speech.uploads}
        unreadable = sent.pop("1")
        others = [*sent.values()]
    assert others.count(unreadable) == 1
    assert len(set(others)) == len(others) > 1
    assert answers(chat) == ["\n\n".join(["a part"] * len(others))]


async def test_without_credits_jobs_are_held_and_go_on_by_themselves(world, chat, alice):
    world.speech.credits = 0
    for _ in range(5):
        chat.send_voice(alice, other_voice())
    world.speech.says("worth the wait")

    await world.settle(seconds=3600)
    assert answers(chat) == [ENGLISH.waiting.placeholder(Notice.PAUSED)] * 5
    assert [job.attempts for job in await world.jobs()] == [0] * 5
    assert len([call for call in world.speech.calls if call.method == "POST"]) < 3600 / 30 + 10

    world.speech.credits = 100.0
    await world.settle(seconds=150)
    assert answers(chat) == ["worth the wait"] * 5


async def test_a_key_that_stays_wrong_for_a_day_ends_in_an_apology(stopped_world):
    alice = stopped_world.telegram.user("Alice")
    chat = stopped_world.telegram.private(alice)
    async with stopped_world.running(aimlapi_key="wrong-key") as world:
        chat.send_voice(alice, audio())
        await world.settle(seconds=3600)
        assert answers(chat) == [ENGLISH.waiting.placeholder(Notice.PAUSED)]
        world.clock.pass_(24 * 3600)
        await world.settle(seconds=600)
        assert [job.state for job in await world.jobs()] == [State.DELIVERED]
        assert answers(chat) != [ENGLISH.waiting.placeholder(Notice.PAUSED)]


async def test_too_many_requests_spend_no_attempt(world, chat, alice):
    world.speech.fault("create", status=429, headers={"Retry-After": "7"}, times=3)
    chat.send_voice(alice, audio())
    world.speech.says("patience")
    started = world.clock()
    await world.settle()
    assert answers(chat) == ["patience"]
    assert world.clock() - started >= 21
    assert [job.attempts for job in await world.jobs()] == [0]


async def test_when_a_look_is_refused_nobody_asks_until_the_time_that_the_provider_names(world, chat, alice):
    world.speech.latency = 8.0
    world.speech.fault("fetch", status=429, headers={"Retry-After": "20"})
    for _ in range(5):
        chat.send_voice(alice, other_voice())
    world.speech.says("patience")
    started = world.clock()
    await world.settle()
    assert answers(chat) == ["patience"] * 5
    refused, *others = [call.at for call in world.speech.calls if call.method == "GET"]
    assert len(others) == 5, "one look each, as all were finished by then"
    assert min(others) - refused >= 20
    assert world.clock() - started < 25
    assert [job.attempts for job in await world.jobs()] == [0] * 5


async def test_a_refused_file_is_an_apology_at_once(world, chat, alice):
    world.speech.fault("create", status=400)
    chat.send_voice(alice, audio())
    await world.settle(seconds=5)
    assert "did not accept" in answers(chat)[0]


async def test_a_generation_that_fails_is_tried_once_more(world, chat, alice):
    world.speech.fail_generation("next")
    chat.send_voice(alice, audio())
    world.speech.says("second time lucky")
    await world.settle()
    assert answers(chat) == ["second time lucky"]
    assert len(world.speech.uploads) == 2


async def test_a_generation_that_fails_twice_is_an_apology(world, chat, alice):
    chat.send_voice(alice, audio())
    for _ in range(2):
        world.speech.fail_generation("next")
    await world.settle()
    assert "could not transcribe" in answers(chat)[0]
    assert len(world.speech.uploads) == 2


async def test_a_forgotten_generation_goes_up_again(world, chat, alice):
    chat.send_voice(alice, audio())
    world.speech.latency = 100
    world.speech.says("once more")
    await world.settle(seconds=70)
    world.speech.forget(world.speech.uploads[0].generation_id)
    world.speech.latency = 1
    await world.settle()
    assert answers(chat) == ["once more"]
    assert len(world.speech.uploads) == 2


async def test_not_found_in_the_first_seconds_means_not_yet(world, chat, alice):
    world.speech.first_fetches_404 = 3
    chat.send_voice(alice, audio())
    world.speech.says("there it is")
    await world.settle()
    assert answers(chat) == ["there it is"]
    assert len(world.speech.uploads) == 1


async def test_unknown_statuses_are_waited_for(world, chat, alice):
    world.speech.pending_status = ["pondering", "queued", "generating"]
    world.speech.latency = 20
    chat.send_voice(alice, audio())
    world.speech.says("hm")
    await world.settle()
    assert answers(chat) == ["hm"]


async def test_a_generation_that_never_ends_is_given_up_before_the_hour(world, chat, alice):
    world.speech.latency = 10_000
    chat.send_voice(alice, audio())
    await world.settle(seconds=3600)
    assert [job.state for job in await world.jobs()] == [State.DELIVERED]
    assert "took too long" in answers(chat)[0] or "did not finish" in answers(chat)[0]


@pytest.mark.parametrize("dialect", ["deepgram", "deepgram-channels-object", "output", "root", "assembly", "text"])
@pytest.mark.parametrize("style", ["generation_id", "queued", "id"])
async def test_every_dialect_is_understood(world, chat, alice, dialect, style):
    world.speech.dialect, world.speech.created_style, world.speech.created_status = dialect, style, 200
    chat.send_voice(alice, audio())
    world.speech.says("Same words. Every time.")
    await world.settle()
    assert answers(chat) == ["Same words. Every time."]


@pytest.mark.parametrize("trouble", [{"drop": True}, {"half": True}, {"status": 200, "body": "<html>"}])
async def test_half_answers_to_a_fetch_are_asked_for_again(world, chat, alice, trouble):
    world.speech.fault("fetch", **trouble)
    world.speech.fault("fetch", **trouble)
    chat.send_voice(alice, audio())
    world.speech.says("whole")
    await world.settle()
    assert answers(chat) == ["whole"]
    assert len(world.speech.uploads) == 1


async def test_creates_without_an_answer_are_counted_and_capped(world, chat, alice):
    world.speech.fault("create", drop=True, after_effect=True, times=None)
    chat.send_voice(alice, audio())
    await world.settle()
    (job,) = await world.jobs()
    assert job.state is State.DELIVERED
    assert job.creates_in_doubt >= 4
    assert len(world.speech.uploads) == 5
    assert b"verbatim_creates_in_doubt_total 5.0" in world.app.metrics.render()
    world.speech.clear_faults()


async def test_neighbours_are_not_disturbed_by_a_job_in_trouble(world, chat, alice):
    bob = world.telegram.user("Bob")
    his = world.telegram.private(bob)
    world.speech.fault("create", status=500)
    chat.send_voice(alice, audio())
    his.send_voice(bob, other_voice())
    world.speech.says("fine")
    await world.settle(seconds=4)
    assert answers(chat) == answers(his) == ["fine"]


async def test_a_provider_that_always_forgets_is_not_paid_for_ever(world, chat, alice):
    world.speech.latency = 1000
    world.speech.fault("fetch", status=404, body={"message": "not found"}, times=None)
    chat.send_voice(alice, audio())
    await world.settle()
    assert [job.state for job in await world.jobs()] == [State.DELIVERED]
    assert len(world.speech.uploads) == 5
    assert "could not transcribe" in answers(chat)[0]
    world.speech.clear_faults()


async def test_a_key_that_is_wrong_at_each_start_ends_in_an_apology_all_the_same(stopped_world):
    alice = stopped_world.telegram.user("Alice")
    chat = stopped_world.telegram.private(alice)
    chat.send_voice(alice, audio())
    for _ in range(2):
        async with stopped_world.running(aimlapi_key="wrong-key") as world:
            await world.settle(seconds=900)
            assert len(chat.bot_messages) == 1
        stopped_world.clock.pass_(20 * 3600)
    async with stopped_world.running() as world:
        await world.settle(seconds=900)
        assert [job.state for job in await world.jobs()] == [State.DELIVERED]


async def test_a_key_that_turns_wrong_while_the_provider_works_is_waited_for(stopped_world):
    alice = stopped_world.telegram.user("Alice")
    chat = stopped_world.telegram.private(alice)
    chat.send_voice(alice, audio())
    stopped_world.speech.says("patience")
    async with stopped_world.running() as world:
        await world.turn()
        world.speech.key, right = "another-key", world.speech.key
        await world.settle(seconds=2 * 3600)
        assert answers(chat) == [ENGLISH.waiting.placeholder(Notice.PAUSED)], (
            "the result is gone by now, and the audio waits to go up again"
        )
        world.speech.key = right
        await world.settle(seconds=300)
    assert answers(chat) == ["patience"]
    assert len(stopped_world.speech.uploads) == 2
