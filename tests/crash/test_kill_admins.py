"""kill -9 while Telegram is asked whether somebody is an admin, when it knows already that the tap has come."""

import re

import pytest

from storage.unfinished import MOST_TRIES
from tests.english import ENGLISH
from tests.flow.test_times_and_speakers import spoken
from tests.world import other_voice, texts

MORE, WHO = ENGLISH.more, ENGLISH.who
MEETING = spoken((1, 3, "Good morning."), (5, 0, "Hello! How are you?"))


@pytest.fixture(params=["polling"])
def begin(scene, request):
    """Begin a life, to which updates come in this way."""
    return scene.start if request.param == "polling" else scene.start_hooked


@pytest.fixture
def bob(scene):
    return scene.telegram.user("Robert Quill")


@pytest.fixture
def group(scene, bob):
    """Alice's recordings are answered here, and Bob is an admin."""
    return scene.telegram.supergroup("Choir", [scene.alice], admins=[bob], bot_admin=True)


async def shown(scene, group, bob, begin):
    """A text in the group in which two people speak; that it is shown is stored, else its buttons are of no use yet."""
    await begin()
    group.say(bob, "/speakers on")
    await scene.until(lambda: group.bot_messages)
    recording = other_voice()
    scene.speech.hears(recording, MEETING)
    group.send_voice(scene.alice, recording)
    await scene.until_stored(1, "state = 'delivered'")
    return await seen(scene, group, "Good morning.")


async def seen(scene, group, said):
    await scene.until(lambda: any(said in each for each in texts(group)))
    return next(each for each in group.bot_messages if said in each.get("text", ""))


def die_as_it_asks(scene, nth=1):
    """Kill the process once its update is confirmed, and Telegram is asked who is an admin."""

    async def die():
        await scene.until(lambda: not scene.telegram.pending_updates)
        await scene.life.kill()
        scene.telegram.fault("getChatMember", drop=True)

    scene.at_the_nth(scene.telegram, "getChatMember", "before", nth, die)


async def is_done(scene):
    """Nothing is left to do, and the bot leaves."""
    await scene.until(lambda: not scene.rows("SELECT what FROM errands WHERE next_at IS NOT NULL"))
    await scene.until(lambda: not scene.rows("SELECT body FROM unfinished"))
    assert await scene.life.stop() == 0


def files(group):
    return [each for each in group.bot_messages if "document" in each]


@pytest.mark.parametrize("begin", ["polling", "webhook"], indirect=True)
async def test_a_file_that_an_admin_taps_for_comes(scene, group, bob, begin):
    text = await shown(scene, group, bob, begin)
    group.press(bob, text, "⋯")
    await scene.until(lambda: ".srt" in group.button_texts(text))
    die_as_it_asks(scene)
    group.press(bob, text, ".srt")
    await scene.death()
    assert scene.rows("SELECT what FROM errands") == []
    await begin()
    await scene.until(lambda: files(group))
    assert scene.telegram.callback_answers[-1].text == MORE.sending("srt")
    await is_done(scene)
    assert len(files(group)) == 1


async def test_a_stranger_still_gets_an_alert_and_no_file(scene, group, bob, begin):
    text = await shown(scene, group, bob, begin)
    carol = scene.telegram.user("Carol Under")
    group.join(carol)
    group.press(bob, text, "⋯")
    await scene.until(lambda: ".srt" in group.button_texts(text))
    die_as_it_asks(scene)
    group.press(carol, text, ".srt")
    await scene.death()
    await begin()
    await scene.until(lambda: MORE.not_yours() in [each.text for each in scene.telegram.callback_answers])
    assert scene.telegram.callback_answers[-1].show_alert
    await is_done(scene)
    assert files(group) == []


async def test_a_text_that_an_admin_deletes_is_deleted(scene, group, bob, begin):
    text = await shown(scene, group, bob, begin)
    group.press(bob, text, "⋯")
    await scene.until(lambda: MORE.delete() in group.button_texts(text))
    group.press(bob, text, MORE.delete())
    await scene.until(lambda: MORE.delete_it() in group.button_texts(text))
    die_as_it_asks(scene)
    group.press(bob, text, MORE.delete_it())
    await scene.death()
    await begin()
    await scene.until(lambda: not any("Good morning." in each for each in texts(group)))
    await is_done(scene)
    assert scene.rows("SELECT id FROM transcripts") == []


async def test_a_name_that_an_admin_gives_is_written_into_the_text_and_kept_for_the_chat(scene, group, bob, begin):
    text = await shown(scene, group, bob, begin)
    group.press(bob, text, "⋯")
    await scene.until(lambda: WHO.button() in group.button_texts(text))
    group.press(bob, text, WHO.button())
    which = await seen(scene, group, WHO.which())
    group.press(bob, which, "Speaker 1")
    question = await seen(scene, group, "Speaker 1?")
    await scene.until(lambda: scene.rows("SELECT job_id FROM questions"))
    die_as_it_asks(scene)
    group.say(bob, "Anna", reply_to=question)
    await scene.death()
    assert scene.rows("SELECT name FROM names") == []
    await begin()
    await seen(scene, group, "Anna: Good morning.")
    die_as_it_asks(scene)
    group.press(bob, await seen(scene, group, WHO.named("Anna")), WHO.for_the_chat())
    await scene.death()
    assert scene.rows("SELECT name FROM chat_names") == []
    await begin()
    await scene.until(lambda: scene.rows("SELECT name FROM chat_names") == [("Anna",)])
    await is_done(scene)


async def test_another_text_that_an_admin_wants_is_made_once(scene, group, bob, begin):
    text = await shown(scene, group, bob, begin)
    die_as_it_asks(scene)
    group.say(bob, "/again whisper-large", reply_to=text)
    await scene.death()
    assert len(scene.rows("SELECT id FROM jobs")) == 1
    await begin()
    await scene.until_stored(2, "state = 'delivered'")
    await is_done(scene)
    assert len(scene.speech.uploads) == 2


async def test_of_what_process_after_process_has_died_with_the_log_tells(scene, group, bob, begin):
    text = await shown(scene, group, bob, begin)
    die_as_it_asks(scene)
    group.say(bob, "/export srt", reply_to=text)
    for _ in range(MOST_TRIES):
        await scene.death()
        die_as_it_asks(scene)
        await begin()
    await scene.death()
    ((number,),) = scene.rows("SELECT update_id FROM unfinished")
    life = await begin()
    await life.until(lambda: re.search(rf"update\.left_behind .*update={number}\b", life.output))
    await is_done(scene)
    assert files(group) == []


async def test_a_setting_that_an_admin_types_counts(scene, group, bob, begin):
    await begin()
    die_as_it_asks(scene)
    group.say(bob, "/mode off")
    await scene.death()
    await begin()
    await scene.until(lambda: scene.rows("SELECT mode FROM chats WHERE mode IS NOT NULL") == [("off",)])
    await is_done(scene)
