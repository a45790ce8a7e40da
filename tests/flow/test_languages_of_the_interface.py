"""What the bot says, in the language of the person or in the one that the chat chose."""

from dataclasses import replace

import pytest

from bot.text.texts import Texts
from storage.apology import Notice, Reason
from tests.world import audio, texts

pytestmark = pytest.mark.only_english  # they have languages of their own

GERMAN, ARABIC, RUSSIAN = Texts("de"), Texts("ar"), Texts("ru")


async def choose(world, chat, interface):
    await world.app.store.change_settings(chat.id, lambda chosen: replace(chosen, interface=interface))


def person(world, name, language):
    someone = world.telegram.user(name, language_code=language)
    return someone, world.telegram.private(someone)


def in_private(words, group, text):
    """What is said to the sender of the first message in a group."""
    return words.answers.in_private(text, f"https://t.me/c/{-group.id - 10**12}/{group.messages[0]['message_id']}")


async def test_a_person_is_spoken_with_in_the_language_of_their_telegram(world):
    anna, chat = person(world, "Anna", "de")
    chat.send_voice(anna, audio())
    world.speech.says("Guten Tag")
    await world.turn()
    assert texts(chat) == [GERMAN.waiting.placeholder(Notice.NONE)] == ["Ich transkribiere…"]
    assert chat.button_texts(chat.bot_messages[0]) == ["Abbrechen"]
    await world.settle()
    assert texts(chat) == ["Guten Tag"]


async def test_a_press_is_answered_and_a_placeholder_ends_in_that_language(world):
    anna, chat = person(world, "Anna", "de-AT")
    chat.send_voice(anna, audio())
    await world.turn()
    chat.press(anna, chat.bot_messages[0], "Abbrechen")
    await world.settle()
    assert [answer.text for answer in world.telegram.callback_answers] == ["Abgebrochen."]
    assert texts(chat) == ["Abgebrochen."]


@pytest.mark.parametrize("language", ["zh-hans", "fa", None, "x" * 50])
async def test_who_has_none_of_our_languages_is_spoken_with_in_english(world, language):
    someone, chat = person(world, "Wei", language)
    chat.send_voice(someone, audio())
    await world.turn()
    assert texts(chat)[-1] == "Transcribing…"  # behind a word on the model, where the usual one lacks the language


async def test_what_a_chat_chose_comes_before_the_language_of_a_person(world):
    anna, chat = person(world, "Anna", "de")
    await choose(world, chat, "ru")
    chat.send_voice(anna, audio())
    chat.say(anna, "/models")
    await world.turn()
    assert RUSSIAN.waiting.placeholder(Notice.NONE) in texts(chat)
    assert any("только английский" in text for text in texts(chat))


async def test_a_group_is_spoken_with_in_the_language_it_chose_whoever_writes(world):
    anna, _ = person(world, "Anna", "de")
    group = world.telegram.supergroup("Team", [anna], bot_admin=True)
    group.send_voice(anna, audio())
    await world.turn()
    assert texts(group) == ["Transcribing…"]
    await world.settle()
    await choose(world, group, "ar")
    group.send_voice(anna, audio("silence.ogg"))
    await world.settle()
    assert texts(group)[-1] == ARABIC.answers.no_speech()


@pytest.mark.parametrize(("chosen", "words"), [(None, GERMAN), ("ru", RUSSIAN)])
async def test_what_a_group_refuses_is_said_to_the_sender_in_the_language_of_their_own_chat(world, chosen, words):
    anna, chat = person(world, "Anna", "de")
    await choose(world, chat, chosen)
    group = world.telegram.supergroup("Team", [anna], privacy=False)
    await choose(world, group, "ar")
    group.silence_bot()
    world.speech.says("Guten Tag")
    group.send_voice(anna, audio())
    await world.turn()
    assert texts(chat) == [in_private(words, group, words.waiting.placeholder(Notice.NONE))]
    assert chat.button_texts(chat.bot_messages[0]) == [words.cancelling.button()]
    await world.settle()
    assert texts(chat) == [in_private(words, group, "Guten Tag")]


async def test_an_apology_that_goes_to_the_sender_is_in_their_language_too(world):
    anna, chat = person(world, "Anna", "de")
    group = world.telegram.supergroup("Team", [anna], privacy=False)
    group.send_voice(anna, b"no sound at all")
    group.silence_bot()
    await world.settle()
    assert texts(chat) == [in_private(GERMAN, group, GERMAN.apologies.apology(Reason.NOT_AUDIO, {}))]


async def test_an_answer_that_comes_after_a_restart_is_in_the_language_of_who_asked(stopped_world):
    anna, chat = person(stopped_world, "Anna", "de")
    chat.send_voice(anna, b"no sound at all")
    async with stopped_world.running() as world:
        fault = stopped_world.telegram.fault("sendMessage", 500, times=None)
        await world.turn()
    fault.clear()
    async with stopped_world.running() as world:
        await world.settle()
    assert texts(chat) == [GERMAN.apologies.apology(Reason.NOT_AUDIO, {})]


async def test_a_limit_is_told_with_its_plural_and_whose_it_is(stopped_world):
    olena, chat = person(stopped_world, "Olena", "uk")
    chat.send_voice(olena, audio("talk.ogg"))
    async with stopped_world.running(max_audio_minutes=0.1) as world:
        await world.settle()
    assert texts(chat)[0].startswith("Цей запис задовгий: 13 секунд. Межа, яку встановив адміністратор бота: 6 секунд.")
