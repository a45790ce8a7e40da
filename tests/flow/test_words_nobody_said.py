"""What models write where nobody speaks is marked, and noise in which nobody can speak is not sent to one."""

import pytest

from bot.engine.forms import MORE
from bot.text.texts import Texts
from tests.sounds import made, noise
from tests.world import audio, texts

INVENTED = "Thank you for watching!"
DOUBT = Texts("en").answers.perhaps_invented("")
NOTE = ("-c:a", "libopus", "-ac", "1", "-b:a", "24k")
STUCK = "and then we went on to the next one, " * 12


@pytest.fixture
def alice(world):
    return world.telegram.user("Alice")


@pytest.fixture
def chat(world, alice):
    return world.telegram.private(alice)


async def said(world, chat, alice, sound, text):
    world.speech.says(text)
    chat.send_voice(alice, sound)
    await world.settle()
    return texts(chat)[-1]


@pytest.fixture
def faint(tmp_path):
    return made(tmp_path / "faint.ogg", noise(-62), *NOTE).read_bytes()


async def test_of_a_note_with_nothing_but_faint_noise_it_is_said_that_there_is_no_speech(world, chat, alice, tmp_path):
    sound = made(tmp_path / "noise.ogg", noise(-71), *NOTE).read_bytes()
    assert "no speech" in await said(world, chat, alice, sound, INVENTED)
    assert "no speech" in await said(world, chat, alice, sound, INVENTED)
    assert world.speech.uploads == []


async def test_a_phrase_that_models_invent_is_marked_where_hardly_anything_is_heard(world, chat, alice, faint):
    assert await said(world, chat, alice, faint, INVENTED) == DOUBT + INVENTED
    assert len(world.speech.uploads) == 1


async def test_the_mark_comes_with_a_text_that_was_known_and_to_those_that_waited_for_it(world, chat, alice, faint):
    world.speech.says(INVENTED)
    voice = chat.send_voice(alice, faint)
    chat.forward(alice, voice)
    await world.settle()
    chat.forward(alice, voice)
    await world.settle()
    assert texts(chat) == [DOUBT + INVENTED] * 3
    assert len(world.speech.uploads) == 1


async def test_the_mark_outlives_a_restart_between_the_upload_and_the_text(stopped_world, faint):
    stopped_world.speech.says(INVENTED)
    stopped_world.speech.latency = 30.0
    alice = stopped_world.telegram.user("Alice")
    chat = stopped_world.telegram.private(alice)
    async with stopped_world.running() as world:
        chat.send_voice(alice, faint)
        await world.turn()
    async with stopped_world.running() as world:
        await world.settle()
    assert texts(chat) == [DOUBT + INVENTED]


@pytest.mark.parametrize("text", [INVENTED, "Thank you.", "no no no no no"])
async def test_what_somebody_says_aloud_is_not_marked(world, chat, alice, text):
    assert await said(world, chat, alice, audio(), text) == text


async def test_other_words_are_not_marked_however_faint_they_are(world, chat, alice, faint):
    assert await said(world, chat, alice, faint, "Thank you for the apples.") == "Thank you for the apples."


async def test_a_phrase_that_whisper_got_stuck_in_is_marked_however_loud_it_is(world, chat, alice):
    chat.say(alice, "/model whisper-base")
    assert await said(world, chat, alice, audio(), STUCK) == DOUBT + STUCK.strip()


async def test_what_nova_heard_over_and_over_was_said_so(world, chat, alice):
    assert await said(world, chat, alice, audio(), STUCK) == STUCK.strip()


async def test_a_whispers_text_that_perhaps_nobody_said_is_offered_by_nova_and_one_by_nova_is_not(
    world, chat, alice, faint
):
    chat.say(alice, "/model whisper-base")
    assert await said(world, chat, alice, faint, INVENTED) == DOUBT + INVENTED
    message = chat.bot_messages[-1]
    offered = message["reply_markup"]["inline_keyboard"][0][0]
    assert "Again" in offered["text"]
    assert "nova-2-general" in offered["text"]
    world.speech.says("")
    chat.press(alice, message, offered["callback_data"])
    await world.settle()
    assert "no speech" in texts(chat)[-1]
    assert [upload.model for upload in world.speech.uploads] == ["#g1_whisper-base", "#g1_nova-2-general"]


@pytest.mark.parametrize(("model", "language"), [("nova-2-general", "en"), ("whisper-base", "fa")])
async def test_nova_is_not_offered_where_it_made_the_text_or_does_not_know_the_language(
    world, chat, alice, faint, model, language
):
    chat.say(alice, f"/model {model}")
    chat.say(alice, f"/language {language}")
    assert await said(world, chat, alice, faint, INVENTED) == DOUBT + INVENTED
    assert not any(text.startswith("Again with nova") for text in chat.button_texts(chat.bot_messages[-1]))


async def test_in_a_group_the_offer_is_behind_the_one_button_and_the_text_says_so(world, alice, faint):
    group = world.telegram.supergroup("Team", owner=alice, privacy=False)
    group.say(alice, "/model whisper-base")
    await world.settle()
    shown = await said(world, group, alice, faint, INVENTED)
    doubt, written = shown.split("\n\n")
    assert (doubt.startswith(DOUBT.strip()), written) == (True, INVENTED)
    assert all(each in doubt for each in (MORE, "nova-2-general"))
    message = group.bot_messages[-1]
    assert group.button_texts(message) == [MORE]
    group.press(alice, message, MORE)
    await world.settle()
    offered = group.message(message["message_id"])["reply_markup"]["inline_keyboard"][0][0]
    assert "nova-2-general" in offered["text"]
    world.speech.says("")
    group.press(alice, message, offered["callback_data"])
    await world.settle()
    assert "no speech" in texts(group)[-1]
    assert group.button_texts(group.message(message["message_id"])) == [MORE]


async def test_in_a_group_nothing_is_offered_again_that_nova_wrote(world, alice, faint):
    group = world.telegram.supergroup("Team", owner=alice, privacy=False)
    group.say(alice, "/model nova-2-general")
    await world.settle()
    assert await said(world, group, alice, faint, INVENTED) == DOUBT + INVENTED
    assert group.button_texts(group.bot_messages[-1]) == [MORE]
