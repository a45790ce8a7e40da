"""Deaths of the process that are nobody's fault, and one recording that is at fault.

A job waits for minutes after many deaths, which no test has; it is told in the database that they are over.
"""

import asyncio
import sqlite3
import sys
from contextlib import closing

import pytest

from bot.engine.patience import MOST_DEATHS
from bot.machine.subprocesses import bundled_ffmpeg
from storage.apology import Reason
from tests.crash.scene import says
from tests.english import ENGLISH
from tests.world import audio

VOICES = 8
KILLS = 12
# Looks like ffmpeg and is it, but for one recording.
DEADLY_FFMPEG = """#!{python}
import os, signal, sys
for argument in sys.argv:
    path = argument.removeprefix("file:")
    if argument.startswith("file:") and os.path.exists(path) and b"deadly" in open(path, "rb").read(4096):
        os.kill(os.getppid(), signal.SIGKILL)
os.execv({ffmpeg!r}, [{ffmpeg!r}, *sys.argv[1:]])
"""


def minutes_pass(scene):
    """Let no life be spent with waiting: what the next one would note of a create in doubt is noted."""
    with closing(sqlite3.connect(scene.database)) as connection, connection:
        connection.execute(
            "UPDATE jobs SET next_at = created_at, interrupted = interrupted + (lease_token NOTNULL),"
            " lease_token = NULL, slot = NULL, handling = 0,"
            " creates_in_doubt = creates_in_doubt + create_started, create_started = 0"
            " WHERE state = 'queued'"
        )


def creates(scene):
    return len(scene.speech.uploads)


@pytest.mark.parametrize(("operation", "moment"), [("create", "after"), ("file", "before")])
async def test_everybody_is_answered_after_many_deaths(scene, operation, moment):
    voices = [scene.voice(scene.telegram.private(scene.telegram.user(f"User {n}"))) for n in range(VOICES)]
    server = scene.speech if operation == "create" else scene.telegram
    in_doubt = []
    for _ in range(KILLS):
        before = creates(scene)
        await scene.live_until(server, operation, moment)
        in_doubt.append(creates(scene) - before)
        minutes_pass(scene)
    await scene.start()
    await scene.finish()
    assert [scene.answers(voice) for voice in voices] == [1] * VOICES
    assert max(in_doubt[1:]) <= 1
    assert creates(scene) <= 2 * VOICES + KILLS
    assert [row for row in scene.rows("SELECT apology FROM jobs") if row[0]] == []


async def test_a_recording_that_kills_the_process_is_put_aside_and_all_others_are_answered(scene, tmp_path):
    tools = tmp_path / "tools"
    tools.mkdir()
    ffmpeg = tools / "ffmpeg"
    ffmpeg.write_text(DEADLY_FFMPEG.format(python=sys.executable, ffmpeg=bundled_ffmpeg()))
    ffmpeg.chmod(0o755)
    scene.environment |= {"PATH": str(tools)}
    mallory = scene.telegram.private(scene.telegram.user("Mallory"))
    bad = b"RIFF\xff\xff\xff\x00WAVEdeadly" + audio("speech.wav")
    mallory.send_audio(next(iter(mallory.people.values())), bad, file_name="song.wav")
    voices = [scene.voice() for _ in range(3)]
    sorry = ENGLISH.apologies.apology(Reason.DEADLY, {})
    deaths = 0
    while not says(mallory, sorry):
        life = await scene.start()
        ended = asyncio.create_task(life.wait())
        seen = asyncio.create_task(scene.until(lambda: says(mallory, sorry)))
        if 0 < deaths <= MOST_DEATHS:
            voices.append(scene.voice())
        await asyncio.wait({ended, seen}, return_when=asyncio.FIRST_COMPLETED)
        seen.cancel()
        if ended.done():
            deaths += 1
            assert deaths <= MOST_DEATHS + 1
    assert deaths == MOST_DEATHS + 1  # of the first one it is not known whose it was
    await scene.until(lambda: all(scene.answers(voice) for voice in voices))
    assert await scene.life.stop() == 0
    assert [scene.answers(voice) for voice in voices] == [1] * len(voices)
