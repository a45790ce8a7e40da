"""A recording that is cut otherwise than the parts of it that are stored: no word is lost, and none is there twice."""

import pytest

from tests.long import Heard, lecture
from tests.world import answers

SLOW = 60.0  # seconds for a part
ONE, TWO, WHOLE = 1, 2, 3  # SPLIT_MINUTES by which the lecture has four parts, two or one


@pytest.fixture
def alice(stopped_world):
    return stopped_world.telegram.user("Alice")


@pytest.fixture
def chat(stopped_world, alice):
    """Alice's chat. The provider takes its time, and hears one part after the other."""
    stopped_world.speech.latency = SLOW
    stopped_world.changed |= {"times_from_minutes": 0, "nova_concurrency": 1, "nova_concurrency_most": 1}
    return stopped_world.telegram.private(alice)


@pytest.fixture
def heard(stopped_world):
    heard = Heard(4)
    stopped_world.speech.recognise = heard.recognise
    return heard


def send(chat, person, data):
    chat.send_document(person, data, file_name="lecture.mp3", mime_type="audio/mpeg")


async def lost(world):
    return [job.generations_lost for job in await world.jobs()]


@pytest.mark.parametrize(("before", "sent", "now", "parts"), [(ONE, 2, TWO, 2), (ONE, 2, WHOLE, 1), (TWO, 1, ONE, 4)])
async def test_a_recording_half_sent_is_sent_anew_in_the_parts_of_now(
    stopped_world, chat, alice, heard, before, sent, now, parts
):
    async with stopped_world.running(split_minutes=before) as world:
        send(chat, alice, heard.lecture)
        await world.settle(seconds=SLOW * (sent - 0.5))  # all but the last one of them are heard
        assert len(world.speech.uploads) == sent
    async with stopped_world.running(split_minutes=now) as world:
        await world.settle(seconds=3600)
        (text,) = answers(chat)
        assert text.split() == heard.words
        assert len(world.speech.uploads) == sent + parts
        assert await lost(world) == [1]
        assert await world.app.store.slots_taken() == {}


async def test_a_part_that_is_lost_is_not_made_again_between_parts_of_other_cuts(stopped_world, chat, alice, heard):
    stopped_world.changed |= {"nova_concurrency": 9, "nova_concurrency_most": 9}
    async with stopped_world.running(split_minutes=ONE) as world:
        send(chat, alice, heard.lecture)
        await world.settle(seconds=SLOW / 2)
        assert len(world.speech.uploads) == 4
    stopped_world.speech.forget(stopped_world.speech.uploads[1].generation_id)
    async with stopped_world.running(split_minutes=TWO) as world:
        await world.settle(seconds=3600)
        (text,) = answers(chat)
        assert text.split() == heard.words
        assert len(world.speech.uploads) == 4 + 2


@pytest.mark.parametrize("output", [("-f", "wav"), ("-c:a", "libopus", "-f", "ogg")])
async def test_the_same_settings_cut_a_recording_in_the_same_places(stopped_world, chat, alice, output):
    async with stopped_world.running(split_minutes=ONE) as world:
        send(chat, alice, lecture(104, *output, pauses=False))
        await world.settle(seconds=SLOW * 1.5)
        assert len(world.speech.uploads) == 2
    async with stopped_world.running(split_minutes=ONE) as world:
        await world.settle(seconds=3600)
        uploads = [upload.data for upload in world.speech.uploads]
        assert len(uploads) == len(set(uploads)) == 3
        assert await lost(world) == [0]
