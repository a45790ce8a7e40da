"""kill -9 around /forget and /keep 0: what was decided is done by the next life, and nothing of a text is left."""

import asyncio

from tests.crash.scene import waiting
from tests.english import ENGLISH
from tests.patience import patience

WORDS = ENGLISH.privacy
QUIET_SECONDS = 30


async def erased(scene, text, rows=()):
    """Wait until no file of the database has a text in it, and these are the jobs."""
    async with patience(QUIET_SECONDS):
        while scene.rows("SELECT state FROM jobs") != list(rows) or on_disk(scene, text):  # noqa: ASYNC110 - files tell nobody
            await asyncio.sleep(0.1)


def on_disk(scene, text):
    return [file.name for file in scene.folder.glob("verbatim.db*") if text.encode() in file.read_bytes()]


async def asked_to_forget(scene):
    before = len(scene.chat.bot_messages)
    scene.chat.say(scene.alice, "/forget")
    await scene.until(lambda: len(scene.chat.bot_messages) > before)
    return scene.chat.bot_messages[-1]


async def test_what_was_confirmed_is_erased_although_the_process_died_before_it_said_so(scene):
    await scene.start()
    voice = scene.voice()
    await scene.see(scene.chat, voice.text)
    question = await asked_to_forget(scene)
    scene.kill_at(scene.telegram, "editMessageText", "before")
    scene.chat.press(scene.alice, question, WORDS.erase())
    await scene.death()
    await scene.start()
    await erased(scene, voice.text)
    assert await scene.life.stop() == 0


async def test_a_job_that_is_forgotten_says_that_it_was_cancelled_although_the_process_died(scene):
    scene.speech.latency = 600
    await scene.start()
    scene.voice()
    await scene.until_stored(1, "state = 'submitted'")
    question = await asked_to_forget(scene)
    scene.kill_at(scene.telegram, "editMessageText", "before")
    scene.chat.press(scene.alice, question, WORDS.erase())
    await scene.death()
    await scene.start()
    await erased(scene, scene.voices[0].text)
    assert waiting(scene.chat) == 0
    assert await scene.life.stop() == 0


async def test_nothing_of_a_text_that_is_not_kept_is_left_by_a_process_that_died_when_it_had_shown_it(scene):
    await scene.start()
    scene.chat.say(scene.alice, "/keep 0")
    await scene.until(lambda: scene.chat.bot_messages)
    scene.kill_at(scene.telegram, "editMessageText", "after")
    voice = scene.voice()
    await scene.death()
    await scene.start()
    await erased(scene, voice.text, [("delivered",)])
    assert await scene.life.stop() == 0


async def test_fewer_days_erase_older_texts_while_the_bot_runs(scene):
    await scene.start()
    voice = scene.voice()
    await scene.until_stored(1, "state = 'delivered'")
    assert on_disk(scene, voice.text)
    scene.chat.say(scene.alice, "/keep 0")
    await erased(scene, voice.text, [("delivered",)])
    assert await scene.life.stop() == 0
