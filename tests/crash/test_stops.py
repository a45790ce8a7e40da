"""A stop loses nothing, and neither does the time until the next start."""

import asyncio
import signal

import pytest

from tests.patience import patiently

GENERATIONS = "SELECT job_id, generation_id FROM generations ORDER BY job_id"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.usefixtures("by_command_line")
async def test_a_stop_with_jobs_in_every_stage_is_quick_and_spends_and_loses_nothing(scene, number):
    telegram, speech = scene.telegram, scene.speech
    late = asyncio.Event()
    await scene.start()

    fetching, showing = scene.hold_at(speech, "fetch", late, nth=2), scene.hold_at(telegram, "editMessageText", late)
    scene.voice()
    scene.voice()
    await patiently(asyncio.gather(fetching.wait(), showing.wait()))

    speech.latency = 4
    scene.voice()
    await scene.until_stored(2, "state = 'submitted'")  # one is asked for, and the other waits for its next look

    for server, operation in ((speech, "create"), (telegram, "file"), (telegram, "sendMessage")):
        come = scene.hold_at(server, operation, late)
        scene.voice()
        await patiently(come.wait())

    generations = scene.rows(GENERATIONS)
    assert await scene.life.stop(number) == 0
    late.set()
    assert scene.rows("SELECT id FROM jobs WHERE attempts > 0 OR interrupted > 0 OR lease_token IS NOT NULL") == []
    assert scene.rows(GENERATIONS) == generations
    assert len(generations) == 2

    speech.latency = 0.3
    scene.voice()  # nobody is there to hear it
    await scene.start()
    await scene.finish()
    assert [scene.uploads(voice) for voice in scene.voices] == [1] * 7
    assert len(scene.chat.bot_messages) == 7
    assert scene.rows("SELECT id FROM jobs WHERE attempts > 0") == []


async def test_a_second_process_on_the_same_database_says_so_and_leaves_the_first_alone(scene):
    first = await scene.start()
    await first.says("telegram.ready")
    second = await scene.start()
    assert await second.wait() == 2
    assert second.output == (
        f"DATABASE_URL: another process is working on {scene.database}: "
        "stop it first, or give this one its own DATABASE_URL\n"
    )
    voice = scene.voice()
    await scene.see(voice.chat, voice.text)
    assert await first.stop() == 0
