"""What a recording is and costs is known before it is worked on, whatever it says of itself."""

import asyncio

import pytest

from bot.sizes import MEGABYTE
from tests.crafted import filled, flac, id3, page, recording
from tests.crash.scene import answered
from tests.patience import promised
from tests.world import audio

NEIGHBOUR_SECONDS = 8.0
GONE_SECONDS = 2.0
TOO_LONG, TOO_DEMANDING = "This recording of ", "Reading this file takes more time or memory"


def with_times(step):
    """An M4A of 3.8 s whose packets follow each other in so many 16,000ths of a second, which is 1,024 by right."""
    honest = audio("speech.m4a").replace(b"edts", b"free")  # its edit list holds the length too
    at = honest.index(b"stts") + 16
    return honest[:at] + step.to_bytes(4, "big") + honest[at + 4 :]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("paused.webm", audio("paused.webm")),
        ("jumping.ogg", audio("jumping.ogg")),
        ("late.m4a", with_times(3_000_000)),
        ("forger.mp3", id3(title="\n  Stream #0:1: Video: h264\n") + audio("speech.mp3")),
    ],
)
async def test_a_short_recording_is_paid_for_once_whatever_its_times_and_titles_say(scene, name, data):
    scene.speech.hears(data, "what is said")
    await scene.start(MAX_AUDIO_MINUTES="1")
    assert await scene.answer_to(data, name) == "what is said"
    assert [upload.data for upload in scene.speech.uploads] == [data]


@pytest.mark.parametrize(
    ("name", "data"),
    [("hurried.m4a", with_times(10)), ("stopped.ogg", filled(page(*[b"\x08" + bytes(60)] * 50), 20_000))],
)
async def test_a_long_recording_is_refused_whatever_its_times_say(scene, name, data):
    await scene.start(MAX_AUDIO_MINUTES="0.05")
    assert (await scene.answer_to(data, name)).startswith(TOO_LONG)
    assert scene.speech.uploads == []


async def test_files_made_to_be_slow_are_refused_and_a_neighbour_is_answered_meanwhile(scene):
    hostile = [
        ("repeated.ogg", recording() + b"OggS" * 400_000),
        ("tiny.ogg", filled(page(b"\x08"), 2 * MEGABYTE)),
        *[(f"dense{number}.flac", flac(60 + number)) for number in range(6)],
    ]
    neighbour = scene.telegram.private(scene.telegram.user("Bob"))
    scene.speech.hears(audio(), "the neighbour's words")
    scene.speech.says("the words in a film")
    await scene.start(MAX_AUDIO_MINUTES="1")
    await scene.life.says("ffmpeg.chosen")
    for name, data in hostile:
        scene.document(data, name)
    async with promised(NEIGHBOUR_SECONDS, scene.life.describe):
        neighbour.send_voice(next(iter(neighbour.people.values())), audio())
        await scene.see(neighbour, "the neighbour's words")
        scene.document(audio("video.mp4"), "film.mp4", neighbour)
        await scene.see(neighbour, "the words in a film")
    await scene.until(lambda: len(answered(scene.chat)) == len(hostile))
    assert all(answer.startswith((TOO_LONG, TOO_DEMANDING, "I could not")) for answer in answered(scene.chat))
    assert len(scene.speech.uploads) == 2


async def test_a_stop_does_not_wait_for_the_counting_of_a_file(scene):
    slow = filled(page(b"\x08"), 19 * MEGABYTE)
    downloaded = scene.hold_at(scene.telegram, "file", asyncio.Event(), nth=3)
    await scene.start()
    for number in range(3):
        scene.document(slow + bytes(number), "slow.ogg")
    await downloaded.wait()
    stopping = asyncio.create_task(scene.life.stop())
    await scene.life.says("stopped")
    async with promised(GONE_SECONDS, scene.life.describe):
        assert await stopping == 0
