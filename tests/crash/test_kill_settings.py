"""kill -9 while somebody changes a setting: it is stored before anybody is told so, and asking again is harmless."""

import pytest

from tests.english import ENGLISH
from tests.world import texts

CHOSEN = "SELECT mode, quiet FROM chats"


async def keyboard(scene, chat, person, command):
    """The message that a command is answered with, which has a keyboard."""
    chat.say(person, command)
    await scene.until(lambda: chat.bot_messages)
    return chat.bot_messages[-1]


async def test_a_tap_in_private_counts_although_the_process_died_before_it_said_so(scene):
    chat = scene.telegram.private(scene.alice)
    await scene.start()
    message = await keyboard(scene, chat, scene.alice, "/quiet")
    scene.kill_at(scene.telegram, "answerCallbackQuery", "before")
    chat.press(scene.alice, message, "On")
    await scene.death()
    assert scene.rows(CHOSEN) == [(None, 1)]
    await scene.start()
    chat.press(scene.alice, message, "On")
    await scene.until(lambda: "✓ On" in chat.button_texts(message))
    assert await scene.life.stop() == 0
    assert scene.rows(CHOSEN) == [(None, 1)]


async def test_a_typed_setting_in_private_counts_although_the_process_died_before_it_said_so(scene):
    chat = scene.telegram.private(scene.alice)
    await scene.start()
    scene.kill_at(scene.telegram, "sendMessage", "before")
    chat.say(scene.alice, "/mode ask")
    await scene.death()
    assert scene.rows(CHOSEN) == [("ask", None)]


async def test_words_that_were_added_count_although_the_process_died_before_it_said_so_and_can_be_added_again(scene):
    chat = scene.telegram.private(scene.alice)
    await scene.start()
    scene.kill_at(scene.telegram, "sendMessage", "before")
    chat.say(scene.alice, "/vocabulary add Kafka Ada")
    await scene.death()
    assert scene.rows("SELECT vocabulary FROM chats") == [("Kafka Ada",)]
    await scene.start()
    chat.say(scene.alice, "/vocabulary add kafka")
    voice = scene.voice(chat)
    await scene.until(lambda: voice.text in texts(chat))
    assert scene.speech.uploads[-1].fields["keywords"] == "Ada,kafka"
    assert await scene.life.stop() == 0
    assert scene.rows("SELECT vocabulary FROM chats") == [("kafka Ada",)]


@pytest.mark.parametrize(
    ("method", "moment", "stored"), [("getChatMember", "after", False), ("answerCallbackQuery", "before", True)]
)
async def test_a_tap_in_a_group_counts_whenever_the_process_died(scene, method, moment, stored):
    group = scene.telegram.supergroup("Choir", owner=scene.alice, bot_admin=True)
    await scene.start()
    message = await keyboard(scene, group, scene.alice, "/mode")
    scene.kill_at(scene.telegram, method, moment)
    group.press(scene.alice, message, "Off")
    await scene.death()
    assert scene.rows("SELECT mode FROM chats WHERE mode IS NOT NULL") == ([("off",)] if stored else [])
    await scene.start()
    await scene.until(lambda: "✓ Off" in group.button_texts(message))
    assert scene.telegram.callback_answers[-1].text == ENGLISH.settings.saved()
    assert await scene.life.stop() == 0
    assert scene.rows("SELECT mode FROM chats WHERE mode IS NOT NULL") == [("off",)]
    assert scene.rows("SELECT body FROM unfinished") == []
