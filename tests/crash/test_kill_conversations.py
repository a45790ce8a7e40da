"""kill -9 in the middle of what people do meanwhile: pressing a button, turning a group into a supergroup."""

import asyncio

from storage.apology import Reason
from tests.crash.scene import A_DOCUMENT, waiting
from tests.english import ENGLISH


async def test_a_press_on_cancel_counts_although_the_process_died_before_it_said_so(scene):
    """What is said to a press is said once or not at all: it comes after the press is stored and confirmed."""
    scene.speech.latency = 600
    voice = scene.voice()
    await scene.start()
    await scene.until_stored(1, "state = 'submitted'")
    scene.kill_at(scene.telegram, "answerCallbackQuery", "before")
    voice.chat.press(scene.alice, voice.chat.bot_messages[0], ENGLISH.cancelling.button())
    await scene.death()
    await (await scene.start()).says("telegram.ready")  # the message may have been changed before the death
    await scene.see(voice.chat, ENGLISH.apologies.apology(Reason.CANCELLED, {}))
    assert await scene.life.stop() == 0
    assert [answer.text for answer in scene.telegram.callback_answers] in ([], [ENGLISH.cancelling.done()])
    assert scene.rows("SELECT state FROM jobs") == [("cancelled",)]
    assert len(voice.chat.bot_messages) == 1
    assert scene.uploads(voice) == 1


async def test_a_press_on_cancel_while_a_document_goes_up_ends_the_job_although_the_process_died_after_it(scene):
    voice = scene.voice(text=A_DOCUMENT)

    async def press() -> None:
        voice.chat.press(scene.alice, voice.chat.bot_messages[0], ENGLISH.cancelling.button())
        await scene.until(lambda: scene.telegram.callback_answers)

    scene.telegram.watch("editMessageMedia", press)
    await scene.live_until(scene.telegram, "editMessageMedia", "after")
    await scene.start()
    await scene.until_stored(1, "state = 'cancelled'")
    assert await scene.life.stop() == 0
    assert scene.rows("SELECT attempts FROM jobs") == [(0,)]
    assert len(voice.chat.bot_messages) == scene.answers(voice) == 1


async def test_a_voice_follows_its_group_into_the_supergroup_whatever_dies_on_the_way(scene):
    group = scene.telegram.group("Choir of the silent", [scene.alice], bot_admin=True)
    scene.speech.latency = 600
    voice = scene.voice(group)
    await scene.start()
    await scene.until_stored(1, "state = 'submitted'")
    scene.kill_at(scene.telegram, "getUpdates", "after")  # the news of it is served, and nothing done
    supergroup = scene.upgrade(group)
    await scene.death()
    scene.finish_everything()
    await scene.live_until(scene.telegram, "sendMessage", "before")
    await scene.live_until(scene.telegram, "sendMessage", "after")  # the new placeholder, and not stored
    await scene.start()
    await scene.finish()
    assert waiting(supergroup) == len(scene.orphans(supergroup)) == 1
    assert scene.uploads(voice) == 1


async def test_a_voice_follows_its_group_although_nobody_told_and_the_process_died_when_it_found_out(scene):
    group = scene.telegram.group("Choir of the silent", [scene.alice], bot_admin=True)
    scene.speech.latency = 600
    voice = scene.voice(group)
    await scene.start()
    await scene.until_stored(1, "state = 'submitted'")
    scene.kill_at(scene.telegram, "editMessageText", "after")  # refused: the chat has moved
    supergroup = scene.upgrade(group)
    scene.telegram.state.updates.drop()
    scene.finish_everything()
    await scene.death()
    await scene.start()
    await scene.finish()
    assert len(supergroup.bot_messages) == 1
    assert scene.uploads(voice) == 1


async def test_a_voice_that_moved_with_its_group_is_not_accepted_again_when_its_message_is_served_again(scene):
    group = scene.telegram.group("Choir of the silent", [scene.alice], bot_admin=True)
    scene.voice(group)
    await scene.live_until(scene.telegram, "getUpdates", "before", nth=2)  # accepted, and not confirmed
    supergroup = scene.upgrade(group)
    moved = asyncio.Event()
    scene.telegram.watch("sendMessage", moved.set, "after")  # refused in the group, so the bot learns of it
    scene.telegram.watch("getMe", moved.wait)
    await scene.start()
    await scene.finish()
    assert len(supergroup.bot_messages) == 1
