"""kill -9 around a second text of a recording: it is made and paid for once, and the first one stays as it is."""

import pytest

from tests.crash.scene import waiting
from tests.english import ENGLISH
from tests.world import texts

MODEL = "whisper-large"


async def heard(scene, **changes):
    """A voice that has its text, in a life of the bot."""
    voice = scene.voice()
    await scene.start(**changes)
    await scene.until_stored(1, "state = 'delivered'")
    return voice


def ask(scene):
    scene.chat.say(scene.alice, f"/again {MODEL}", reply_to=scene.chat.messages[0])


async def has_both_texts(scene, voice):
    await scene.until_stored(2, "state = 'delivered'")
    assert await scene.life.stop() == 0
    assert len(scene.rows("SELECT id FROM jobs")) == 2
    assert (texts(scene.chat).count(voice.text), waiting(scene.chat)) == (2, 0)
    first, second = [each for each in scene.chat.bot_messages if each.get("text") == voice.text]
    assert {each["reply_to_message"]["message_id"] for each in (first, second)} == {1}


async def test_a_command_counts_once_whatever_dies_around_its_commit(scene):
    voice = await heard(scene)
    scene.kill_at(scene.telegram, "getUpdates", "after")  # it is served, and nothing done
    ask(scene)
    await scene.death()
    assert len(scene.rows("SELECT id FROM jobs")) == 1
    with scene.taking_no("sendMessage"):
        await scene.live_until(scene.telegram, "getUpdates", "before", nth=2)  # stored, and served once more
    assert len(scene.rows("SELECT id FROM jobs")) == 2
    assert len(scene.telegram.pending_updates) == 1
    await scene.start()
    await has_both_texts(scene, voice)
    assert scene.uploads(voice) == 2


async def test_the_second_text_survives_every_death_on_its_way(scene):
    voice = await heard(scene)
    scene.kill_at(scene.speech, "create", "before")
    ask(scene)
    await scene.death()
    await scene.live_until(scene.speech, "fetch", "before")
    ask(scene)
    await scene.live_until(scene.telegram, "editMessageText", "before")
    await scene.live_until(scene.telegram, "editMessageText", "after")
    await scene.start()
    await has_both_texts(scene, voice)
    assert scene.uploads(voice) == 2


async def test_asked_for_again_after_a_death_it_is_not_begun_twice(scene):
    voice = await heard(scene)
    scene.speech.latency = 600
    scene.kill_at(scene.speech, "fetch", "before")
    ask(scene)
    await scene.death()
    ask(scene)
    await scene.start()
    await scene.see(scene.chat, ENGLISH.versions.under_way())
    assert await scene.life.stop() == 0
    assert len(scene.rows("SELECT id FROM jobs")) == 2
    assert scene.uploads(voice) == 2


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_deleted_text_is_made_once_more_although_it_dies_as_it_asks_whether_that_is_there(scene, moment):
    async def die():
        await scene.until(lambda: not scene.telegram.pending_updates)
        await scene.life.kill()

    voice = await heard(scene)
    (text,) = scene.chat.bot_messages
    scene.chat.delete(text)
    scene.at_the_nth(scene.telegram, "editMessageReplyMarkup", moment, 1, die)
    scene.chat.say(scene.alice, "/again nova-2-general", reply_to=scene.chat.messages[0])
    await scene.death()
    await scene.start()
    await scene.until_stored(2, "state = 'delivered'")
    await scene.until(lambda: not scene.rows("SELECT update_id FROM unfinished"))
    assert await scene.life.stop() == 0
    assert texts(scene.chat) == [voice.text]
    assert scene.uploads(voice) == 1
