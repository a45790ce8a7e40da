"""Documents of which nobody says what they are, while the process is killed between the look at them and the answer."""

from storage.apology import Reason
from tests.crash.scene import answered
from tests.english import ENGLISH
from tests.world import texts

NOT_AUDIO = ENGLISH.apologies.apology(Reason.NOT_AUDIO, {})
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 20
MOMENTS = [("getFile", "before"), ("getFile", "after"), ("file", "before"), ("file", "after")]


async def test_what_is_no_recording_is_answered_once_in_private_whatever_dies(scene):
    scene.chat.send_document(scene.alice, PDF, file_name="rec", mime_type=None)
    await scene.live_until(scene.telegram, "getUpdates", "after")  # served, and not accepted
    for operation, moment in MOMENTS:
        await scene.live_until(scene.telegram, operation, moment)
    await scene.live_until(scene.telegram, "sendMessage", "before")
    await scene.start()
    await scene.until_stored(1, "state = 'delivered'")
    assert await scene.life.stop() == 0
    assert texts(scene.chat) == [NOT_AUDIO]
    assert scene.telegram.calls_of("editMessageText") == scene.speech.uploads == []


async def test_what_is_no_recording_is_never_answered_in_a_group_whatever_dies(scene):
    group = scene.telegram.group("Team", [scene.alice], privacy=False)
    group.send_document(scene.alice, PDF, file_name="rec", mime_type=None)
    for operation, moment in MOMENTS:
        await scene.live_until(scene.telegram, operation, moment)
    await scene.start()
    await scene.life.says("job.ignored")
    assert await scene.life.stop() == 0
    assert scene.rows("SELECT id FROM jobs") == []
    assert scene.telegram.calls_of("sendMessage") == scene.speech.uploads == []


async def test_a_recording_without_a_name_survives_every_death_around_the_look(scene):
    voice = scene.unnamed_document()
    for operation, moment in MOMENTS:
        await scene.live_until(scene.telegram, operation, moment)
    await scene.live_until(scene.telegram, "sendMessage", "before")
    await scene.start()
    await scene.finish()
    assert scene.uploads(voice) == 1
    assert len(voice.chat.bot_messages) == 1


async def test_an_apology_that_was_sent_and_not_stored_is_said_once_more_and_leaves_no_button(scene):
    scene.chat.send_document(scene.alice, PDF, file_name="rec", mime_type=None)
    await scene.live_until(scene.telegram, "sendMessage", "after")
    await scene.start()
    await scene.until_stored(1, "state = 'delivered'")
    assert answered(scene.chat) == texts(scene.chat) == [NOT_AUDIO, NOT_AUDIO]
    assert not any(
        ENGLISH.cancelling.button() in scene.chat.button_texts(message) for message in scene.chat.bot_messages
    )
    assert await scene.life.stop() == 0
