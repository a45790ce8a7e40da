"""Recordings are in the language of those who speak, and the bot never takes another one for it without a word."""

import pytest
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.playground.speech.recognition import spoken
from bot.speech.languages import LANGUAGES
from bot.telegram.writing.button_data import AskLanguage, Choose, ChooseHere, InLanguage, read, write
from bot.text.texts import Texts
from storage.chats import ChatSettings
from tests.english import ENGLISH as TEXTS
from tests.interpreter import INTERFACE
from tests.world import audio, other_voice, texts

pytestmark = pytest.mark.skipif(INTERFACE is not None, reason="these stories have languages of their own")

WORDS = TEXTS.languages
MISSED = {"ar": "العربية", "fa": "فارسی", "he": "עברית", "kk": "Қазақша", "fil": "Tagalog", "iw": "עברית"}


@pytest.fixture
def person(world):
    return lambda language, name="Alice": world.telegram.user(name, language_code=language)


@pytest.fixture
def alice(person):
    return person("en")


@pytest.fixture
def chat(world, alice):
    return world.telegram.private(alice)


async def said(world, chat, person, text):
    chat.say(person, text)
    await world.settle()
    return chat.bot_messages[-1]


async def sent(world, chat, person, data=None):
    chat.send_voice(person, other_voice() if data is None else data)
    await world.settle()
    return world.speech.uploads[-1].fields


def offered(chat, message):
    keyboard = chat.message(message).get("reply_markup", {}).get("inline_keyboard", [])
    buttons = [each for row in keyboard for each in row]
    return [read(each["callback_data"]) for each in buttons]


@pytest.mark.parametrize("language", MISSED)
async def test_a_language_that_the_default_model_does_not_know_gets_the_fallback_and_the_chat_is_told_once(
    world, person, language
):
    world.speech.says("salam")
    alice = person(language)
    chat = world.telegram.private(alice)
    for _ in range(2):
        fields = await sent(world, chat, alice)
        assert (fields["model"], fields["detect_language"]) == ("#g1_whisper-medium", "true")
    (told,) = [text for text in texts(chat) if text != "salam"]
    assert "whisper-medium" in told
    assert MISSED[language] in told


async def test_what_was_told_is_known_after_a_restart_and_in_a_supergroup(stopped_world):
    alice = stopped_world.telegram.user("Alice", language_code="fa")
    async with stopped_world.running() as world:
        group = world.telegram.group("Team", owner=alice, privacy=False)
        await sent(world, group, alice)
        assert texts(group).count(WORDS.fallback_used("whisper-medium", "فارسی")) == 1
        group = group.upgrade(alice)
        await world.settle()
    async with stopped_world.running() as world:
        assert (await sent(world, group, alice))["model"] == "#g1_whisper-medium"
        assert texts(group).count(WORDS.fallback_used("whisper-medium", "فارسی")) == 0


@pytest.mark.parametrize("language", ["de", "pt-br", "zh-hans", "nb", "xx", None])
async def test_any_other_language_is_detected_by_the_default_model(world, person, language):
    alice = person(language)
    chat = world.telegram.private(alice)
    fields = await sent(world, chat, alice)
    assert (fields["model"], fields["detect_language"]) == ("#g1_nova-2-general", "true")
    assert texts(chat) == ["hello world"]


async def test_without_a_fallback_the_chat_is_told_once_that_its_model_does_not_know_the_language(stopped_world):
    alice = stopped_world.telegram.user("Alice", language_code="fa")
    chat = stopped_world.telegram.private(alice)
    async with stopped_world.running(fallback_model="none") as world:
        for _ in range(2):
            assert (await sent(world, chat, alice))["model"] == "#g1_nova-2-general"
    assert texts(chat).count(WORDS.perhaps_missed("nova-2-general", "فارسی")) == 1


async def test_the_operator_names_the_fallback(stopped_world):
    alice = stopped_world.telegram.user("Alice", language_code="de")
    chat = stopped_world.telegram.private(alice)
    async with stopped_world.running(fallback_model="whisper-tiny", default_model="nova-2-meeting") as world:
        assert (await sent(world, chat, alice))["model"] == "#g1_whisper-tiny"
    assert Texts("de").languages.fallback_used("whisper-tiny", "Deutsch") in texts(chat)


async def test_in_a_group_it_is_the_language_of_who_speaks_or_else_that_of_the_group(world, person):
    alice, bob = person("de"), person("fa", "Bob")
    group = world.telegram.supergroup("Team", owner=alice, privacy=False)
    await said(world, group, alice, "/interface ar")
    assert (await sent(world, group, alice))["model"] == "#g1_nova-2-general"
    assert (await sent(world, group, bob))["model"] == "#g1_whisper-medium"
    eve = person(None, "Eve")
    assert (await sent(world, group, eve))["model"] == "#g1_whisper-medium"


async def test_a_model_that_the_chat_chose_stays_and_what_it_misses_is_told_once(world, person):
    alice = person("de")
    chat = world.telegram.private(alice)
    await said(world, chat, alice, "/model nova-2-meeting")
    for _ in range(2):
        fields = await sent(world, chat, alice)
        assert (fields["model"], fields["language"]) == ("#g1_nova-2-meeting", "en")
    assert sum("Deutsch" in text for text in texts(chat)) == 1


async def test_a_language_that_the_chat_chose_needs_no_guess(world, person):
    alice = person("fa")
    chat = world.telegram.private(alice)
    await said(world, chat, alice, "/language en")
    fields = await sent(world, chat, alice)
    assert (fields["model"], fields["language"]) == ("#g1_nova-2-general", "en")
    assert texts(chat)[-1] == "hello world"


async def test_the_fallback_that_a_chat_chose_itself_is_no_news(world, person):
    alice = person("fa")
    chat = world.telegram.private(alice)
    await said(world, chat, alice, "/model whisper-medium")
    await sent(world, chat, alice)
    assert texts(chat)[1:] == ["hello world"]


async def test_choosing_an_english_only_model_says_so_in_the_same_answer(world, chat, alice):
    assert WORDS.english_only("nova-2-meeting") in (await said(world, chat, alice, "/model nova-2-meeting"))["text"]
    assert "English" not in (await said(world, chat, alice, "/model whisper-large"))["text"]
    page = await said(world, chat, alice, "/model")
    chat.press(alice, page, write(Choose("model", "nova-2-video")))
    await world.settle()
    assert WORDS.english_only("nova-2-video") in world.telegram.callback_answers[-1].text


@pytest.mark.parametrize(
    ("before", "language", "model", "nearest"),
    [
        ("nova-2-general", "German", "nova-2-meeting", "nova-2-general"),
        ("whisper-large", "fa", "nova-2-general", "whisper-medium"),
        ("whisper-large", "fa", "nova-2-video", "whisper-medium"),
        ("nova-2-general", "multi", "whisper-tiny", "nova-2-general"),
    ],
)
async def test_a_model_that_cannot_do_the_language_of_the_chat_offers_the_nearest_one(
    world, chat, alice, before, language, model, nearest
):
    await said(world, chat, alice, f"/model {before}")
    await said(world, chat, alice, f"/language {language}")
    answer = await said(world, chat, alice, f"/model {model}")
    assert (await world.app.store.settings(chat.id)).model == model
    assert offered(chat, answer) == [ChooseHere("model", nearest)]
    chat.press(alice, answer, write(ChooseHere("model", nearest)))
    await world.settle()
    assert (await world.app.store.settings(chat.id)).model == nearest


async def test_the_page_of_the_models_offers_the_nearest_one_too(world, chat, alice):
    await said(world, chat, alice, "/language de")
    page = await said(world, chat, alice, "/model")
    chat.press(alice, page, write(Choose("model", "nova-2-video")))
    await world.settle()
    assert "Deutsch" in world.telegram.callback_answers[-1].text
    assert "Deutsch" in chat.message(page)["text"]
    chat.press(alice, page, TEXTS.settings.offered("nova-2-general"))
    await world.settle()
    assert await world.app.store.settings(chat.id) == ChatSettings("nova-2-general", "de")
    assert "Deutsch" not in chat.message(page)["text"]


@pytest.mark.parametrize(
    ("model", "typed", "offer", "tag"),
    [
        ("nova-2-general", "Persian", "whisper-medium", "fa"),
        ("nova-2-meeting", "Deutsch", "nova-2-general", "de"),
        ("whisper-large", "multi", "nova-2-general", "multi"),
    ],
)
async def test_a_language_that_the_model_does_not_know_comes_with_the_nearest_model_that_does(
    world, chat, alice, model, typed, offer, tag
):
    await said(world, chat, alice, f"/model {model}")
    await said(world, chat, alice, "/language en")
    answer = await said(world, chat, alice, f"/language {typed}")
    assert answer["text"] == TEXTS.settings.language_unfit(model, LANGUAGES[tag].own)
    assert await world.app.store.settings(chat.id) == ChatSettings(model, "en")
    for _ in range(2):
        chat.press(alice, answer, TEXTS.settings.offered(offer))
    await world.settle()
    assert await world.app.store.settings(chat.id) == ChatSettings(offer, tag)
    assert LANGUAGES[tag].own in world.telegram.callback_answers[-1].text


async def test_in_a_group_only_an_admin_takes_that_model(world, person):
    alice, bob = person("en"), person("en", "Bob")
    group = world.telegram.supergroup("Team", [bob], owner=alice, privacy=False)
    answer = await said(world, group, alice, "/language@verbatim_bot Persian")
    group.press(bob, answer, TEXTS.settings.offered("whisper-medium"))
    await world.settle()
    assert world.telegram.callback_answers[-1].text == TEXTS.settings.admins_only()
    group.press(alice, answer, TEXTS.settings.offered("whisper-medium"))
    await world.settle()
    assert await world.app.store.settings(group.id) == ChatSettings("whisper-medium", "fa", interface=None)


@pytest.mark.parametrize("value", ["fa.nova-2-general", "fa.none", "fa.", ".whisper-medium", "auto.", "x.whisper-tiny"])
async def test_an_invented_button_with_a_language_and_a_model_chooses_neither(world, chat, alice, value):
    page = await said(world, chat, alice, "/language")
    chat.find(page["message_id"])["reply_markup"]["inline_keyboard"][0][0]["callback_data"] = write(
        ChooseHere("language", value)
    )
    chat.press(alice, page, write(ChooseHere("language", value)))
    await world.settle()
    assert world.telegram.callback_answers[-1].text == TEXTS.settings.value_gone()
    assert await world.app.store.settings(chat.id) == ChatSettings()


# --- low confidence


def doubtful(world, text="privet", language="ru", confidence=0.49):
    world.speech.says(spoken(text, language, confidence))


async def answered(world, chat, person):
    """The message of a text that may be in a wrong language, and its job."""
    doubtful(world)
    await sent(world, chat, person)
    (job,) = await world.jobs()
    return chat.bot_messages[-1], job


async def tap(world, chat, person, message, carried):
    """The answer to a tap on a button that is there, or that somebody has invented."""
    data = write(carried)
    markup = InlineKeyboardMarkup.from_button(InlineKeyboardButton("tap", callback_data=data))
    if carried not in offered(chat, message):
        await world.app.telegram.bot.edit_message_reply_markup(chat.id, message["message_id"], reply_markup=markup)
    chat.press(person, message, data)
    await world.settle()
    return world.telegram.callback_answers[-1]


async def test_a_text_of_a_doubtful_language_is_transcribed_again_in_the_one_that_is_tapped(world, person):
    alice, words = person("uk"), Texts("uk").languages
    chat = world.telegram.private(alice)
    message, job = await answered(world, chat, alice)
    assert chat.button_texts(message)[0] == words.wrong()
    await tap(world, chat, alice, message, AskLanguage(job.id))
    languages = [each.language for each in offered(chat, message) if isinstance(each, InLanguage)]
    assert languages[0] == "uk"
    assert "ru" not in languages
    world.speech.says("pryvit")
    answer = await tap(world, chat, alice, message, InLanguage(job.id, "uk"))
    assert words.again("Українська") == answer.text
    assert texts(chat) == ["privet", "pryvit"]
    assert chat.bot_messages[1]["reply_to_message"]["message_id"] == job.message_id
    assert world.speech.uploads[-1].fields["language"] == "uk"
    assert chat.button_texts(message)[0] == words.wrong()


@pytest.mark.parametrize("confidence", [0.5, 0.98])
async def test_a_language_that_is_sure_gets_no_button(world, chat, alice, confidence):
    doubtful(world, confidence=confidence)
    await sent(world, chat, alice)
    assert WORDS.wrong() not in chat.button_texts(chat.bot_messages[-1])


async def test_a_text_that_was_known_has_the_button_too(world, chat, alice):
    doubtful(world)
    voice = chat.send_voice(alice, audio())
    chat.forward(alice, voice)
    await world.settle()
    chat.forward(alice, voice)
    await world.settle()
    assert len(world.speech.uploads) == 1
    assert [chat.button_texts(message)[0] for message in chat.bot_messages] == [WORDS.wrong()] * 3


async def test_double_taps_and_taps_after_a_restart_make_one_text(stopped_world):
    alice = stopped_world.telegram.user("Alice", language_code="en")
    chat = stopped_world.telegram.private(alice)
    async with stopped_world.running() as world:
        message, job = await answered(world, chat, alice)
    async with stopped_world.running() as world:
        world.speech.says("guten Tag")
        await tap(world, chat, alice, message, AskLanguage(job.id))
        for _ in range(2):
            chat.press(alice, message, write(InLanguage(job.id, "de")))
        await world.settle()
        assert (await tap(world, chat, alice, message, InLanguage(job.id, "de"))).text == TEXTS.versions.there()
        assert texts(chat) == ["privet", "guten Tag"]
        await tap(world, chat, alice, message, InLanguage(job.id, "cs"))
        assert [upload.fields.get("language") for upload in world.speech.uploads] == [None, "de", "cs"]


async def test_a_language_that_the_model_does_not_know_is_left_to_the_nearest_one_that_does(world, chat, alice):
    message, job = await answered(world, chat, alice)
    await tap(world, chat, alice, message, InLanguage(job.id, "fa"))
    fields = world.speech.uploads[-1].fields
    assert (fields["model"], fields["language"]) == ("#g1_whisper-medium", "fa")


async def test_the_other_choices_of_the_chat_stay_but_for_those_that_the_nearest_model_does_not_take(
    world, chat, alice
):
    for typed in ("/speakers on", "/numerals on", "/vocabulary add Kafka"):
        chat.say(alice, typed)
    await world.settle()
    message, job = await answered(world, chat, alice)
    await tap(world, chat, alice, message, InLanguage(job.id, "uk"))
    fields = world.speech.uploads[-1].fields
    assert (fields["diarize"], fields["numerals"], fields["keywords"]) == ("true", "true", "Kafka")
    await tap(world, chat, alice, message, InLanguage(job.id, "fa"))
    fields = world.speech.uploads[-1].fields
    assert (fields["diarize"], fields["numerals"]) == ("true", "true")
    assert "keywords" not in fields
    assert "vocabulary" not in (await world.jobs())[-1].cache_key


async def test_only_the_sender_and_admins_have_it_transcribed_again(world, person):
    alice, bob, eve = person("en"), person("en", "Bob"), person("en", "Eve")
    group = world.telegram.supergroup("Team", owner=alice, privacy=False)
    message, job = await answered(world, group, bob)
    for carried in (AskLanguage(job.id), InLanguage(job.id, "uk")):
        answer = await tap(world, group, eve, message, carried)
        assert (answer.text, answer.show_alert) == (WORDS.not_yours(), True)
    assert len(world.speech.uploads) == 1
    await tap(world, group, bob, message, AskLanguage(job.id))
    await tap(world, group, alice, message, InLanguage(job.id, "uk"))
    assert len(world.speech.uploads) == 2


async def test_of_who_wants_no_text_only_the_own_tap_counts(world, person):
    alice, bob = person("en"), person("en", "Bob")
    group = world.telegram.supergroup("Team", owner=alice, privacy=False)
    message, job = await answered(world, group, bob)
    await world.app.store.opt_out(bob.id)
    answer = await tap(world, group, alice, message, InLanguage(job.id, "uk"))
    assert answer.text == TEXTS.people.wants_no_text()
    await tap(world, group, bob, message, InLanguage(job.id, "uk"))
    assert len(world.speech.uploads) == 2


async def test_invented_buttons_do_nothing(world, chat, alice):
    message, job = await answered(world, chat, alice)
    bob = world.telegram.user("Bob")
    other = world.telegram.private(bob)
    theirs = await said(world, other, bob, "/help")
    for where, who, under, carried, alert in (
        (chat, alice, message, InLanguage(job.id, "xx"), TEXTS.settings.outdated()),
        (other, bob, theirs, InLanguage(job.id + 1, "uk"), TEXTS.versions.gone()),
        (other, bob, theirs, InLanguage(job.id, "uk"), TEXTS.versions.gone()),
        (other, bob, theirs, AskLanguage(job.id), TEXTS.versions.gone()),
    ):
        assert (await tap(world, where, who, under, carried)).text == alert
    assert len(world.speech.uploads) == 1


async def test_the_last_message_of_a_long_text_has_the_button(world, chat, alice):
    doubtful(world, "slovo " * 1500)
    await sent(world, chat, alice)
    *others, last = chat.bot_messages
    assert others
    assert chat.button_texts(last)[0] == WORDS.wrong()
    assert not any("reply_markup" in each for each in others)
    doubtful(world, "slovo " * 40_000)
    await sent(world, chat, alice)
    assert "document" in chat.bot_messages[-1]
    assert chat.button_texts(chat.bot_messages[-1])[0] == WORDS.wrong()


async def test_another_try_keeps_the_model_for_the_language_of_the_sender(world, person):
    alice = person("fa")
    group = world.telegram.supergroup("Team", owner=alice, privacy=False)
    world.speech.fault("create", status=400)
    group.send_voice(alice, other_voice())
    await world.settle()
    (message,) = [each for each in group.bot_messages if TEXTS.again.button() in group.button_texts(each)]
    await tap(world, group, alice, message, read(message["reply_markup"]["inline_keyboard"][0][0]["callback_data"]))
    assert "hello world" in texts(group)
    assert {upload.fields["model"] for upload in world.speech.uploads} == {"#g1_whisper-medium"}
