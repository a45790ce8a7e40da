"""kill -9 around files that people ask for and texts that they delete: what a tap was answered for is done."""

from contextlib import nullcontext

import pytest

from tests.english import ENGLISH

MORE = ENGLISH.more
ONCE, PERHAPS_TWICE = {1}, {1, 2}


async def answered(scene):
    """A text with its buttons."""
    voice = scene.voice()
    await scene.start()
    await scene.until_stored(1, "state = 'delivered'")
    (message,) = voice.chat.bot_messages
    assert message["text"] == voice.text
    return voice, message


def files(scene):
    return [
        scene.telegram.file_bytes(each["document"]["file_id"]) for each in scene.chat.bot_messages if "document" in each
    ]


async def done(scene, number=1):
    await scene.until(lambda: len(scene.rows("SELECT 1 FROM errands WHERE next_at IS NULL")) == number)


@pytest.mark.parametrize(
    ("operation", "moment", "times"),
    [
        ("getUpdates", "after", ONCE),  # the tap is served, and nothing done
        ("answerCallbackQuery", "before", ONCE),  # stored, and neither said nor done
        ("sendDocument", "before", ONCE),
        ("sendDocument", "after", PERHAPS_TWICE),  # sent, and not stored
    ],
)
async def test_a_file_comes_whatever_the_process_dies_at(scene, operation, moment, times):
    voice, message = await answered(scene)
    scene.kill_at(scene.telegram, operation, moment)
    with scene.taking_no("sendDocument") if operation != "sendDocument" else nullcontext():
        scene.chat.press(scene.alice, message, ".txt")
        await scene.death()
    await scene.start()
    await scene.until(lambda: len(files(scene)) >= min(times))
    await done(scene)
    scene.chat.press(scene.alice, message, ".txt")  # whatever is still to come, comes before this is answered
    await scene.until(lambda: MORE.sent_already() in [each.text for each in scene.telegram.callback_answers])
    assert await scene.life.stop() == 0
    assert len(files(scene)) in times
    assert set(files(scene)) == {voice.text.encode()}
    assert scene.uploads(voice) == 1


async def test_a_file_comes_twice_at_the_most_however_often_the_process_dies_while_it_is_sent(scene):
    voice, message = await answered(scene)
    scene.kill_at(scene.telegram, "sendDocument", "after")
    scene.chat.press(scene.alice, message, ".txt")
    await scene.death()
    await scene.live_until(scene.telegram, "sendDocument", "after")
    scene.kill_at(scene.telegram, "sendDocument", "after")
    await scene.start()
    await scene.see(scene.chat, MORE.may_have_come())
    await scene.until(lambda: not scene.rows("SELECT 1 FROM errands"))
    assert await scene.life.stop() == 0
    assert files(scene) == [voice.text.encode()] * 2


async def test_a_command_that_was_served_brings_its_file_after_a_death(scene):
    voice, message = await answered(scene)
    scene.kill_at(scene.telegram, "sendDocument", "before")
    scene.chat.say(scene.alice, "/export txt", reply_to=message)
    await scene.death()
    await scene.start()
    await done(scene)
    assert await scene.life.stop() == 0
    assert files(scene) == [voice.text.encode()]


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_text_is_deleted_whatever_the_process_dies_at(scene, moment):
    _, message = await answered(scene)
    scene.chat.press(scene.alice, message, MORE.delete())
    await scene.until(lambda: MORE.delete_it() in scene.chat.button_texts(message))
    scene.kill_at(scene.telegram, "deleteMessage", moment)
    scene.chat.press(scene.alice, message, MORE.delete_it())
    await scene.death()
    await scene.start()
    await done(scene)
    assert await scene.life.stop() == 0
    assert scene.chat.bot_messages == []
    assert scene.rows("SELECT transcript_id FROM jobs") == [(None,)]
    assert scene.rows("SELECT id FROM transcripts") == []
