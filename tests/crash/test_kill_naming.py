"""kill -9 around the names of those who speak: a reply that was served is written into the text, and nothing twice."""

from functools import partial

import pytest

from bot.engine.forms import MORE
from tests.english import ENGLISH
from tests.flow.test_times_and_speakers import spoken
from tests.world import other_voice, texts

WHO = ENGLISH.who
MEETING = spoken((1, 3, "Good morning."), (5, 0, "Hello! How are you?"))


async def text_of_two(scene, person=None):
    """A text in which two people are told apart, as a person has chosen, who may do so."""
    await scene.start()
    scene.chat.say(person or scene.alice, "/speakers on")
    await scene.until(lambda: texts(scene.chat))
    recording = other_voice()
    scene.speech.hears(recording, MEETING)
    scene.chat.send_voice(scene.alice, recording)
    await scene.until_stored(1, "state = 'delivered'")
    return text(scene)


def text(scene):
    return next(each for each in scene.chat.bot_messages if "Good morning." in each.get("text", ""))


async def seen(scene, said):
    """The message that says something, once it is there."""
    await scene.until(lambda: any(said in each for each in texts(scene.chat)))
    return next(each for each in scene.chat.bot_messages if said in each.get("text", ""))


async def question(scene):
    """The question for the name of the first who speaks."""
    scene.chat.press(scene.alice, await text_of_two(scene), WHO.button())
    scene.chat.press(scene.alice, await seen(scene, WHO.which()), "Speaker 1")
    asked = await seen(scene, "Speaker 1?")
    await scene.until(lambda: scene.rows("SELECT job_id FROM questions"))
    return asked


async def is_named(scene):
    await scene.until(lambda: text(scene)["text"].startswith("Anna: Good morning."))
    await scene.until(lambda: not scene.rows("SELECT what FROM errands WHERE next_at IS NOT NULL"))
    assert await scene.life.stop() == 0
    assert "Speaker 2: Hello!" in text(scene)["text"]
    assert sum("Good morning." in each.get("text", "") for each in scene.chat.bot_messages) == 1
    assert scene.rows("SELECT speaker, name FROM names") == [("3", "Anna")]


@pytest.mark.parametrize(
    ("operation", "moment"),
    [
        ("getUpdates", "after"),  # the name is served, and not stored
        ("editMessageText", "before"),  # it is stored, and not shown
        ("editMessageText", "after"),  # it is shown, and that is not stored
    ],
)
async def test_a_name_is_written_into_the_text_whatever_the_process_dies_at(scene, operation, moment):
    asked = await question(scene)
    scene.kill_at(scene.telegram, operation, moment)
    scene.chat.say(scene.alice, "Anna", reply_to=asked)
    await scene.death()
    await scene.start()
    await is_named(scene)


@pytest.mark.parametrize(
    ("operation", "moment", "stored"),
    [
        ("getChatMember", "after", []),  # it is not known yet whether an admin says it
        ("editMessageText", "before", [("3", "Anna")]),
        ("editMessageText", "after", [("3", "Anna")]),
    ],
)
async def test_a_name_that_an_admin_says_is_written_whatever_the_process_dies_at(scene, operation, moment, stored):
    """Only an admin who did not send the recording is asked of Telegram, after the reply is served."""
    carol = scene.telegram.user("Carol")
    scene.chat = scene.telegram.group("Choir", [scene.alice], admins=[carol], privacy=False)
    message = await text_of_two(scene, carol)
    scene.chat.press(carol, message, MORE)
    await scene.until(lambda: WHO.button() in scene.chat.button_texts(scene.chat.message(message["message_id"])))
    scene.chat.press(carol, message, WHO.button())
    scene.chat.press(carol, await seen(scene, WHO.which()), "Speaker 1")
    asked = await seen(scene, "Speaker 1?")
    await scene.until(lambda: scene.rows("SELECT job_id FROM questions"))
    scene.kill_at(scene.telegram, operation, moment)
    scene.chat.say(carol, "Anna", reply_to=asked)
    await scene.death()
    assert scene.rows("SELECT speaker, name FROM names") == stored
    await scene.start()
    await is_named(scene)


async def dies_once_the_tap_is_confirmed(scene):
    """Else it is served again, and the next life asks the question of its own accord."""
    await scene.until(lambda: not scene.telegram.pending_updates)
    await scene.life.kill()


async def test_a_question_that_nobody_knows_after_a_death_is_said_to_be_of_no_use_and_asked_again(scene):
    scene.chat.press(scene.alice, await text_of_two(scene), WHO.button())
    which = await seen(scene, WHO.which())
    scene.at_the_nth(scene.telegram, "sendMessage", "after", 1, partial(dies_once_the_tap_is_confirmed, scene))
    scene.chat.press(scene.alice, which, "Speaker 1")
    await scene.death()
    assert scene.rows("SELECT job_id FROM questions") == []
    lost = await seen(scene, "Speaker 1?")
    scene.chat.say(scene.alice, "Bob", reply_to=lost)
    await scene.start()
    await scene.see(scene.chat, WHO.unknown())
    scene.chat.press(scene.alice, which, "Speaker 1")
    await scene.until(lambda: scene.rows("SELECT job_id FROM questions"))
    scene.chat.say(scene.alice, "Anna", reply_to=scene.chat.bot_messages[-1])
    await is_named(scene)


async def test_a_file_that_is_sent_while_the_process_dies_has_the_name_that_was_said_meanwhile(scene):
    asked = await question(scene)
    scene.kill_at(scene.telegram, "sendDocument", "before")
    scene.chat.press(scene.alice, text(scene), ".srt")
    await scene.death()
    scene.chat.say(scene.alice, "Anna", reply_to=asked)
    await scene.start()
    with scene.taking_no("sendDocument"):
        await scene.until(lambda: scene.rows("SELECT name FROM names"))
    await scene.until(lambda: any("document" in each for each in scene.chat.bot_messages))
    await is_named(scene)
    (*_, file) = [each["document"]["file_id"] for each in scene.chat.bot_messages if "document" in each]
    assert b"Anna: Good morning." in scene.telegram.file_bytes(file)
