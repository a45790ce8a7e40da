"""kill -9 in a chat that wants no placeholders, and around the message that rings: one answer, one sound at most."""

import sqlite3
from contextlib import closing

from storage.apology import Reason
from tests.crash.scene import THREE_PAGES
from tests.english import ENGLISH
from tests.world import texts

TO_COME = "…"


async def make_quiet(scene):
    """One life in which she chooses that, and what was said of it is gone."""
    await scene.start()
    scene.chat.say(scene.alice, "/quiet on")
    await scene.until(lambda: scene.chat.bot_messages)
    assert await scene.life.stop() == 0
    scene.chat.delete(scene.chat.bot_messages[0])


def reactions(voice):
    (message,) = [each for each in voice.chat.messages if "voice" in each]
    return list(voice.chat.reactions(message).values())


async def test_a_quiet_answer_comes_once_whatever_dies_on_its_way(scene):
    await make_quiet(scene)
    voice = scene.voice()
    await scene.live_until(scene.telegram, "setMessageReaction", "before")
    await scene.live_until(scene.telegram, "setMessageReaction", "after")
    await scene.live_until(scene.speech, "fetch", "before")
    assert reactions(voice) == ["👀"]
    assert voice.chat.bot_messages == []
    await scene.live_until(scene.telegram, "sendMessage", "before")
    await scene.live_until(scene.telegram, "editMessageText", "before")  # its message is there, and stored
    await scene.live_until(scene.telegram, "editMessageText", "after")
    await scene.start()
    await scene.finish()
    assert texts(voice.chat) == [voice.text]
    assert scene.uploads(voice) == 1


async def test_what_dies_between_sending_and_storing_leaves_a_message_without_text_that_its_button_removes(scene):
    await make_quiet(scene)
    voice = scene.voice()
    await scene.live_until(scene.telegram, "sendMessage", "after")
    await scene.start()
    await scene.see(voice.chat, voice.text)
    [orphan] = scene.orphans(voice.chat)
    assert orphan["text"] == TO_COME
    voice.chat.press(scene.alice, orphan, ENGLISH.cancelling.button())
    await scene.until(lambda: scene.telegram.callback_answers)
    await scene.finish()
    assert texts(voice.chat) == [voice.text]
    assert scene.uploads(voice) == 1


async def test_the_pages_of_a_quiet_chat_come_once(scene):
    await make_quiet(scene)
    voice = scene.voice(text=THREE_PAGES)
    await scene.live_until(scene.telegram, "editMessageText", "after")
    await scene.live_until(scene.telegram, "editMessageText", "before", nth=2)
    await scene.start()
    await scene.finish()
    assert len(voice.chat.bot_messages) == 3


async def test_a_quiet_apology_comes_once(scene):
    await make_quiet(scene)
    scene.chat.send_voice(scene.alice, b"")
    await scene.live_until(scene.telegram, "editMessageText", "before")
    await scene.live_until(scene.telegram, "editMessageText", "after")
    await scene.start()
    await scene.until_stored(1, "state = 'delivered'")
    assert await scene.life.stop() == 0
    assert texts(scene.chat) == [ENGLISH.apologies.apology(Reason.EMPTY, {})]


def let_it_be_late(scene):
    with closing(sqlite3.connect(scene.database)) as connection, connection:
        connection.execute("UPDATE jobs SET rings_at = created_at")


def rings(voice):
    return [message for message in voice.chat.bot_messages if voice.chat.rang(message)]


async def test_a_late_text_rings_once_at_the_most(scene):
    voice = scene.voice()
    await scene.live_until(scene.speech, "fetch", "before")
    let_it_be_late(scene)
    await scene.live_until(scene.telegram, "editMessageText", "before")  # which is before anything is stored of it
    await scene.live_until(scene.telegram, "sendMessage", "after")
    assert len(rings(voice)) == 1
    await scene.start()
    await scene.finish()
    assert len(rings(voice)) == 1
    assert len(voice.chat.bot_messages) == 2


async def test_a_ring_that_the_process_dies_at_does_not_come_later(scene):
    voice = scene.voice()
    await scene.live_until(scene.speech, "fetch", "before")
    let_it_be_late(scene)
    await scene.live_until(scene.telegram, "sendMessage", "before")
    await scene.start()
    await scene.finish()
    assert rings(voice) == []
    assert texts(voice.chat) == [voice.text]
