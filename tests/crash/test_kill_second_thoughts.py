"""kill -9 around /cancel and the button to try again: what was asked for is done once, and shown in one message."""

import asyncio

from storage.apology import Reason
from tests.crash.scene import says, waiting
from tests.english import ENGLISH
from tests.world import texts

CANCELLED = ENGLISH.apologies.apology(Reason.CANCELLED, {})
REFUSED = ENGLISH.apologies.apology(Reason.REFUSED, {})


async def fails(scene):
    """A voice that the provider has refused, and the message with the button that says so."""
    scene.speech.fault("create", status=400, times=1)
    voice = scene.voice()
    await scene.start()
    await scene.until_stored(1, "state = 'delivered'")
    (message,) = voice.chat.bot_messages
    assert message["text"] == REFUSED
    return voice, message


def try_again(scene, message):
    scene.chat.press(scene.alice, message, ENGLISH.again.button())


async def becomes_its_text(scene, voice):
    """The voice is answered once, in the message that had the apology, and the bot leaves."""
    await scene.see(voice.chat, voice.text)
    await scene.finish()
    assert texts(voice.chat) == [voice.text]


async def test_a_press_on_try_again_counts_once_whatever_dies_around_its_commit(scene):
    voice, message = await fails(scene)
    scene.kill_at(scene.telegram, "getUpdates", "after")  # the press is served, and nothing done
    try_again(scene, message)
    await scene.death()
    assert scene.rows("SELECT state FROM jobs") == [("delivered",)]
    await scene.live_until(scene.telegram, "answerCallbackQuery", "before")  # stored, and not said
    ((state,),) = scene.rows("SELECT state FROM jobs")
    assert state != "failed"
    await scene.start()
    await becomes_its_text(scene, voice)
    assert scene.uploads(voice) <= 2  # the create may have been cut off


async def test_another_try_survives_every_death_on_its_way(scene):
    voice, message = await fails(scene)
    scene.kill_at(scene.speech, "create", "before")
    try_again(scene, message)
    await scene.death()
    await scene.live_until(scene.speech, "fetch", "before")
    await scene.live_until(scene.telegram, "editMessageText", "before")
    await scene.live_until(scene.telegram, "editMessageText", "after")
    await scene.start()
    await becomes_its_text(scene, voice)
    assert scene.uploads(voice) == 1


async def test_a_second_press_after_a_death_begins_nothing_twice(scene):
    scene.speech.latency = 600
    voice, message = await fails(scene)
    scene.kill_at(scene.telegram, "answerCallbackQuery", "before")
    try_again(scene, message)
    try_again(scene, message)
    await scene.death()
    await scene.start()
    await scene.until_stored(1, "state = 'submitted'")
    assert len(scene.rows("SELECT id FROM jobs")) == 1
    assert len(voice.chat.bot_messages) == 1
    assert await scene.life.stop() == 0


async def submitted(scene):
    scene.speech.latency = 600
    voice = scene.voice()
    await scene.start()
    await scene.until_stored(1, "state = 'submitted'")
    return voice


async def ends_as_cancelled(scene, voice):
    await scene.until_stored(1, "state = 'cancelled'")
    assert await scene.life.stop() == 0
    assert scene.rows("SELECT state FROM jobs") == [("cancelled",)]
    assert (says(voice.chat, CANCELLED), waiting(voice.chat)) == (1, 0)


async def test_a_cancel_command_holds_whatever_dies_around_its_commit(scene):
    voice = await submitted(scene)
    scene.kill_at(scene.telegram, "getUpdates", "after")  # it is served, and nothing done
    scene.chat.say(scene.alice, "/cancel")
    await scene.death()
    assert scene.rows("SELECT state FROM jobs") == [("submitted",)]
    await scene.live_until(scene.telegram, "editMessageText", "before")  # stored, and not shown
    await scene.start()
    await ends_as_cancelled(scene, voice)
    assert scene.uploads(voice) == 1


async def test_a_cancel_command_in_reply_to_a_recording_is_shown_once_although_the_process_died_when_it_was(scene):
    voice = await submitted(scene)
    scene.kill_at(scene.telegram, "editMessageText", "after")
    scene.chat.say(scene.alice, "/cancel", reply_to=scene.chat.messages[0])
    await scene.death()
    await scene.start()
    await ends_as_cancelled(scene, voice)


async def test_a_cancel_command_while_the_recording_goes_up_is_not_undone_by_the_upload_or_a_death(scene):
    let_go = asyncio.Event()
    come = scene.hold_at(scene.speech, "create", let_go)
    voice = scene.voice()
    await scene.start()
    await come.wait()
    scene.kill_at(scene.telegram, "editMessageText", "before")
    scene.chat.say(scene.alice, "/cancel", reply_to=scene.chat.messages[0])
    await scene.death()
    let_go.set()
    await scene.start()
    await ends_as_cancelled(scene, voice)
    assert scene.uploads(voice) == 0
