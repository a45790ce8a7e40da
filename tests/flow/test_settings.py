"""A chat chooses how the bot behaves: with taps on one message, or by typed commands."""

import pytest
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.speech.catalogue import MODELS, WHISPER_LANGUAGES
from bot.speech.languages import LANGUAGES
from bot.telegram.writing.button_data import Choose, ChooseHere, ShowPage, read, write
from handlers.transcribing import PAGE
from storage.chats import ChatSettings, Mode
from storage.words import Answers
from tests.english import ENGLISH
from tests.world import LANGUAGE, audio, other_voice, texts

WORDS = ENGLISH.settings
NAMES = ("mode", "videos", "model", "language", "answers", "quiet", "notify", "interface", "keep")
MORE = ("times", "speakers", "formatting", "fillers", "profanity", "numerals", "vocabulary")


@pytest.fixture
def alice(world):
    return world.telegram.user("Alice")


@pytest.fixture
def chat(world, alice):
    return world.telegram.private(alice)


async def said(world, chat, person, text, **around):
    """What the bot answers to a text."""
    chat.say(person, text, **around)
    await world.settle()
    return chat.bot_messages[-1]


async def tap(world, chat, person, message, *buttons):
    """Tap one button after the other: a page by the name of its setting, or a value with it; the last answer."""
    for button in buttons:
        chat.press(person, message, write(ShowPage(button) if isinstance(button, str) else Choose(*button)))
        await world.settle()
    return world.telegram.callback_answers[-1]


def marked(chat, message):
    """The value that is marked as the one that holds."""
    buttons = [button for row in chat.message(message)["reply_markup"]["inline_keyboard"] for button in row]
    (found,) = [read(button["callback_data"]) for button in buttons if button["text"].startswith("✓")]
    return found.value


def values(chat, message):
    """The values that there are buttons for."""
    buttons = [button for row in chat.message(message)["reply_markup"]["inline_keyboard"] for button in row]
    carried = [read(button["callback_data"]) for button in buttons]
    return [each.value for each in carried if isinstance(each, Choose)]


async def settings(world, chat):
    return await world.app.store.settings(chat.id)


async def test_one_message_shows_every_setting_and_is_edited_in_place(world, chat, alice):
    message = await said(world, chat, alice, "/settings")
    language = "auto" if LANGUAGE == "auto" else LANGUAGES[LANGUAGE].own
    held = ["auto", "0", "nova-2-general", language, "auto", "off", "on", "auto", "1"]
    assert chat.button_texts(message) == [
        *(WORDS.button(name, WORDS.value(name, value)) for name, value in zip(NAMES, held, strict=True)),
        WORDS.transcribing(),
    ]
    answer = await tap(world, chat, alice, message, "mode", ("mode", "ask"))
    assert (answer.text, answer.show_alert) == (WORDS.saved(), False)
    assert (await settings(world, chat)).mode is Mode.ASK
    assert marked(chat, message) == "ask"
    await tap(world, chat, alice, message, "")
    assert chat.button_texts(message)[0] == WORDS.button("mode", WORDS.value("mode", "ask"))
    assert len(chat.bot_messages) == 1


@pytest.mark.parametrize(
    ("setting", "value", "chosen"),
    [
        ("mode", "off", ChatSettings(mode=Mode.OFF)),
        ("videos", "300", ChatSettings(videos=300)),
        ("videos", "86400", ChatSettings(videos=86400)),
        ("model", "whisper-large", ChatSettings("whisper-large")),
        ("model", "nova-2-meeting", ChatSettings("nova-2-meeting")),
        ("language", "de", ChatSettings(language="de")),
        ("answers", "file", ChatSettings(answers=Answers.FILE)),
        ("answers", "fold-1000", ChatSettings(answers=Answers.FOLD, fold_from=1000)),
        ("quiet", "on", ChatSettings(quiet=True)),
        ("notify", "off", ChatSettings(notify=False)),
        ("interface", "de", ChatSettings(interface="de")),
        ("keep", "0", ChatSettings(keep_days=0)),
        ("keep", "30", ChatSettings(keep_days=30)),
        ("times", "on", ChatSettings(times=True)),
        ("speakers", "on", ChatSettings(speakers=True)),
        ("formatting", "off", ChatSettings(smart_format=False)),
        ("fillers", "on", ChatSettings(fillers=True)),
        ("profanity", "on", ChatSettings(profanity_filter=True)),
        ("numerals", "on", ChatSettings(numerals=True)),
    ],
)
async def test_each_setting_is_chosen_with_a_few_taps(world, chat, alice, setting, value, chosen):
    message = await said(world, chat, alice, "/settings")
    await tap(world, chat, alice, message, *([PAGE] if setting in MORE else []), setting, (setting, value))
    assert await settings(world, chat) == chosen
    assert marked(chat, message) == value


@pytest.mark.parametrize(
    ("typed", "chosen"),
    [
        ("/mode ask", ChatSettings(mode=Mode.ASK)),
        ("/mode OFF", ChatSettings(mode=Mode.OFF)),
        ("/mode auto", ChatSettings(mode=Mode.AUTO)),
        ("/quiet on", ChatSettings(quiet=True)),
        ("/quiet off", ChatSettings(quiet=False)),
        ("/answers auto", ChatSettings(answers=Answers.AUTO)),
        ("/answers text", ChatSettings(answers=Answers.TEXT)),
        ("/answers file", ChatSettings(answers=Answers.FILE)),
        ("/answers fold 500", ChatSettings(answers=Answers.FOLD, fold_from=500)),
        ("/notify off", ChatSettings(notify=False)),
        ("/notify on", ChatSettings(notify=True)),
        ("/interface de", ChatSettings(interface="de")),
        ("/interface pt-br", ChatSettings(interface="pt_BR")),
        ("/interface Türkçe", ChatSettings(interface="tr")),
        ("/interface auto", ChatSettings(interface=None)),
        ("/keep 0", ChatSettings(keep_days=0)),
        ("/keep 30", ChatSettings(keep_days=30)),
        ("/language auto", ChatSettings(language="auto")),
        ("/language de", ChatSettings(language="de")),
        ("/language German", ChatSettings(language="de")),
        ("/language pt_br", ChatSettings(language="pt-BR")),
        ("/model whisper-tiny", ChatSettings("whisper-tiny")),
        ("/videos 5", ChatSettings(videos=300)),
        ("/videos off", ChatSettings(videos=0)),
        ("/videos all", ChatSettings(videos=86400)),
        ("/times on", ChatSettings(times=True)),
        ("/times off", ChatSettings(times=False)),
        ("/times auto", ChatSettings()),
        ("/speakers on", ChatSettings(speakers=True)),
        ("/speakers OFF", ChatSettings(speakers=False)),
        ("/formatting off", ChatSettings(smart_format=False)),
        ("/fillers on", ChatSettings(fillers=True)),
        ("/profanity on", ChatSettings(profanity_filter=True)),
        ("/numerals on", ChatSettings(numerals=True)),
    ],
)
async def test_each_setting_can_be_typed(world, chat, alice, typed, chosen):
    await said(world, chat, alice, typed)
    assert await settings(world, chat) == chosen


@pytest.mark.parametrize(
    "typed",
    [
        "/mode never",
        "/mode auto ask",
        "/quiet maybe",
        "/quiet 1",
        "/answers fold",
        "/answers fold 0",
        "/answers fold -5",
        "/answers fold 99999999",
        "/answers fold ٣",
        "/answers song",
        "/notify " + "x" * 4000,
        "/interface xx",
        "/keep 2",
        "/keep -1",
        "/keep 1e9",
        "/keep forever",
        "/videos -3",
        "/videos 5 minutes",
        "/times sometimes",
        "/speakers 2",
        "/formatting smart",
        "/vocabulary Kafka",
        "/vocabulary add",
        "/vocabulary add , ; “”",
        "/vocabulary remove",
        "/language Klingon",
        "/language " + "<b>" * 1000,
    ],
)
async def test_wrong_words_get_one_line_with_an_example_and_change_nothing(world, chat, alice, typed):
    answer = (await said(world, chat, alice, typed))["text"]
    command = typed.split()[0]
    assert f"{command} " in answer
    assert "\n" not in answer
    assert len(answer) < 250
    assert await settings(world, chat) == ChatSettings()


async def test_a_language_that_the_model_does_not_know_changes_nothing(world, chat, alice):
    await said(world, chat, alice, "/model nova-2-meeting")
    answer = (await said(world, chat, alice, "/language German"))["text"]
    assert answer == WORDS.language_unfit("nova-2-meeting", "Deutsch")
    assert (await settings(world, chat)).language is None
    await said(world, chat, alice, "/language en-US")
    assert (await settings(world, chat)).language == "en-US"


@pytest.mark.parametrize(
    ("name", "back"), [*((name, len(NAMES)) for name in NAMES), *((name, len(MORE)) for name in MORE[:-1])]
)
async def test_a_command_without_words_opens_its_page(world, chat, alice, name, back):
    message = await said(world, chat, alice, f"/{name}")
    assert marked(chat, message) in values(chat, message)
    chat.press(alice, message, WORDS.back())
    await world.settle()
    assert len(chat.button_texts(message)) == back + 1


async def test_how_recordings_become_text_is_chosen_on_a_page_of_its_own(world, chat, alice):
    message = await said(world, chat, alice, "/settings")
    chat.press(alice, message, WORDS.transcribing())
    await world.settle()
    assert len(chat.button_texts(message)) == len(MORE) + 1
    await tap(world, chat, alice, message, "speakers", ("speakers", "on"))
    chat.press(alice, message, WORDS.back())
    await world.settle()
    assert WORDS.button("speakers", WORDS.value("speakers", "on")) in chat.button_texts(message)
    chat.press(alice, message, WORDS.back())
    await world.settle()
    assert chat.button_texts(message)[-1] == WORDS.transcribing()


async def test_models_are_shown_by_family_and_those_for_english_alone_are_marked(world, chat, alice):
    message = await said(world, chat, alice, "/model")
    names = values(chat, message)
    assert names[0] == marked(chat, message) == "nova-2-general"
    assert [name.partition("-")[0] for name in names] == ["nova"] * 10 + ["whisper"] * 5
    english_only = {name for name in names if WORDS.english_only(name) in chat.button_texts(message)}
    assert english_only == {model.name for model in MODELS if model.language_count == 1}
    assert set(names) - english_only - {"nova-2-general"} <= set(chat.button_texts(message))


async def test_languages_are_shown_in_pages_and_only_those_of_the_model(world, chat, alice):
    await said(world, chat, alice, "/model whisper-large")
    message = await said(world, chat, alice, "/language")
    seen = []
    while True:
        seen += values(chat, message)
        if WORDS.more() not in chat.button_texts(message):
            break
        chat.press(alice, message, WORDS.more())
        await world.settle()
    assert sorted(seen) == sorted(["auto", *WHISPER_LANGUAGES])
    await tap(world, chat, alice, message, ("language", "yo"))
    assert (await settings(world, chat)).language == marked(chat, message) == "yo"
    chat.press(alice, message, WORDS.earlier())
    await world.settle()
    assert WORDS.more() in chat.button_texts(message)


async def test_a_button_whose_value_is_gone_changes_nothing_and_shows_what_there_is(world, chat, alice):
    message = await said(world, chat, alice, "/language")
    await said(world, chat, alice, "/model nova-2-meeting")
    answer = await tap(world, chat, alice, message, ("language", "de"))
    assert (answer.text, answer.show_alert) == (WORDS.value_gone(), True)
    assert (await settings(world, chat)).language is None
    assert values(chat, message) == ["auto", "en", "en-US"]


async def test_a_page_that_cannot_be_shown_is_told(world, chat, alice):
    message = await said(world, chat, alice, "/settings")
    world.telegram.fault("editMessageText", 502)
    answer = await tap(world, chat, alice, message, "mode")
    assert (answer.text, answer.show_alert) == (WORDS.not_shown(), True)
    for _ in range(2):  # the second time it is shown already
        chat.press(alice, message, write(ShowPage("mode")))
    await world.settle()
    assert [answer.text for answer in world.telegram.callback_answers[-2:]] == ["", ""]


async def test_a_second_tap_on_the_same_value_changes_nothing(world, chat, alice):
    message = await said(world, chat, alice, "/quiet")
    for _ in range(2):
        chat.press(alice, message, write(Choose("quiet", "on")))
    await world.settle()
    assert [answer.text for answer in world.telegram.callback_answers] == [WORDS.saved()] * 2
    assert (await settings(world, chat)).quiet is True
    assert world.telegram.violations == []


async def test_under_another_message_a_button_chooses_and_leaves_the_message_as_it_is(world, chat, alice):
    keyboard = InlineKeyboardMarkup.from_row(
        [
            InlineKeyboardButton(name, callback_data=write(ChooseHere("model", name)))
            for name in ("whisper-tiny", "gone")
        ]
    )
    await world.app.telegram.bot.send_message(chat.id, "Hello", reply_markup=keyboard)
    (message,) = chat.bot_messages
    chat.press(alice, message, "whisper-tiny")
    chat.press(alice, message, "gone")
    await world.settle()
    assert (await settings(world, chat)).model == "whisper-tiny"
    line = WORDS.button("model", WORDS.value("model", "whisper-tiny"))
    assert [answer.text for answer in world.telegram.callback_answers] == [WORDS.now(line), WORDS.value_gone()]
    assert chat.bot_messages == [message]


async def test_what_was_chosen_is_used(world, chat, alice):
    message = await said(world, chat, alice, "/settings")
    await tap(world, chat, alice, message, "model", ("model", "whisper-small"), "", "language", ("language", "de"))
    chat.send_voice(alice, audio())
    await world.settle()
    fields = world.speech.uploads[0].fields
    assert (fields["model"], fields["language"]) == ("#g1_whisper-small", "de")


# Groups


@pytest.fixture
def bob(world):
    return world.telegram.user("Bob")


@pytest.fixture
def group(world, alice, bob):
    """A group with an admin, Bob."""
    return world.telegram.supergroup("Team", [alice], admins=[bob], privacy=False, topics=True)


async def test_in_a_group_admins_tap_and_others_get_an_alert(world, group, alice, bob):
    message = await said(world, group, alice, "/mode")
    for button in (("mode", "off"), ""):
        answer = await tap(world, group, alice, message, button)
        assert (answer.text, answer.show_alert) == (WORDS.admins_only(), True)
    assert await settings(world, group) == ChatSettings()
    assert marked(group, message) == "auto"
    assert (await tap(world, group, bob, message, ("mode", "off"))).text == WORDS.saved()
    assert (await settings(world, group)).mode is Mode.OFF


@pytest.mark.parametrize(
    "typed",
    [
        "/mode off",
        "/model whisper-large",
        "/keep 0",
        "/interface de",
        "/language de",
        "/times on",
        "/vocabulary add Kafka",
    ],
)
async def test_in_a_group_admins_type_and_others_get_a_sentence(world, group, alice, bob, typed):
    assert (await said(world, group, alice, typed))["text"] == WORDS.admins_only()
    assert await settings(world, group) == ChatSettings()
    await said(world, group, bob, typed)
    assert await settings(world, group) != ChatSettings()


async def test_in_a_group_that_gets_no_more_answers_for_now_a_setting_is_changed_at_once(world, group, alice, bob):
    for _ in range(25):
        group.send_voice(alice, other_voice())
    await world.turn()
    group.say(bob, "/mode off")
    await world.turn()
    assert WORDS.now(WORDS.button("mode", WORDS.value("mode", "off"))) not in texts(group)
    assert (await settings(world, group)).mode is Mode.OFF
    await world.settle()
    assert WORDS.now(WORDS.button("mode", WORDS.value("mode", "off"))) in texts(group)


async def test_an_anonymous_admin_types_a_setting_and_taps_as_the_person_behind(world, group, bob):
    message = await said(world, group, None, "/quiet@verbatim_bot on")
    assert message["text"] == WORDS.now(WORDS.button("quiet", WORDS.value("quiet", "on")))
    assert (await settings(world, group)).quiet is True
    message = await said(world, group, None, "/quiet@verbatim_bot")
    await tap(world, group, bob, message, ("quiet", "off"))
    assert (await settings(world, group)).quiet is False


async def test_somebody_who_writes_as_another_chat_is_no_admin(world, group, alice):
    channel = world.telegram.channel("News", bot_admin=False)
    assert (await said(world, group, channel, "/mode off"))["text"] == WORDS.admins_only()
    assert await settings(world, group) == ChatSettings()


async def test_answers_go_to_the_topic_that_the_command_came_from(world, group, alice, bob):
    topic = group.topic("Talk", bob)
    for typed in ("/settings", "/mode", "/mode ask", "/mode never", "/keep 2"):
        assert (await said(world, group, bob, typed, thread=topic))["message_thread_id"] == topic
    assert (await said(world, group, alice, "/mode ask", thread=topic))["message_thread_id"] == topic


async def test_when_telegram_does_not_tell_who_is_an_admin_the_person_is_asked_to_try_again(world, group, bob):
    world.telegram.fault("getChatMember", 502)
    assert (await said(world, group, bob, "/mode off"))["text"] == WORDS.admin_unknown()
    message = await said(world, group, bob, "/mode")
    world.telegram.fault("getChatMember", 502)
    answer = await tap(world, group, bob, message, ("mode", "off"))
    assert (answer.text, answer.show_alert) == (WORDS.admin_unknown(), True)
    assert await settings(world, group) == ChatSettings()


async def test_rights_that_somebody_gets_or_loses_count_at_once(world, group, alice, bob):
    group.statuses[alice.id], group.statuses[bob.id] = "administrator", "member"
    assert (await said(world, group, bob, "/mode off"))["text"] == WORDS.admins_only()
    await said(world, group, alice, "/mode ask")
    assert (await settings(world, group)).mode is Mode.ASK


async def test_settings_move_with_a_group_that_becomes_a_supergroup(world, alice, bob):
    group = world.telegram.group("Team", [alice], admins=[bob], privacy=False)
    message = await said(world, group, bob, "/settings")
    await tap(world, group, bob, message, "mode", ("mode", "ask"))
    supergroup = group.upgrade(bob)
    await world.settle()
    assert await settings(world, supergroup) == ChatSettings(mode=Mode.ASK)
    assert await settings(world, group) == ChatSettings()


async def test_a_channel_is_set_by_its_posts_and_tapped_by_its_admins_alone(world, alice, bob):
    channel = world.telegram.channel("News", owner=bob)
    channel.people[alice.id], channel.statuses[alice.id] = alice, "member"
    await said(world, channel, None, "/mode ask")
    assert (await settings(world, channel)).mode is Mode.ASK
    message = await said(world, channel, None, "/mode")
    assert (await tap(world, channel, alice, message, ("mode", "off"))).text == WORDS.admins_only()
    await tap(world, channel, bob, message, ("mode", "off"))
    assert (await settings(world, channel)).mode is Mode.OFF


@pytest.mark.parametrize("typed", ["/mode off", "/help", "/optout", "/transcribe"])
async def test_the_automatic_forward_of_a_command_in_a_channel_means_nothing_in_its_group(world, alice, bob, typed):
    group = world.telegram.supergroup("Talk", [alice], admins=[bob], privacy=False)
    channel = world.telegram.channel("News", owner=bob, linked_group=group)
    await said(world, channel, None, typed)
    assert await settings(world, group) == ChatSettings()
    assert group.bot_messages == []


async def test_a_keyboard_too_old_to_be_edited_still_chooses_and_says_that_it_opens_no_pages(world, chat, alice):
    message = await said(world, chat, alice, "/mode")
    chat.press(alice, message, write(Choose("mode", "off")), inaccessible=True)
    await world.settle()
    assert (await settings(world, chat)).mode is Mode.OFF
    chat.press(alice, message, WORDS.back(), inaccessible=True)
    await world.settle()
    assert world.telegram.callback_answers[-1].text == WORDS.outdated()


async def test_choices_survive_a_death_of_the_process_and_wait_while_the_bot_is_away(stopped_world):
    alice = stopped_world.telegram.user("Alice")
    chat = stopped_world.telegram.private(alice)
    async with stopped_world.running() as world:
        message = await said(world, chat, alice, "/notify")
    chat.press(alice, message, write(Choose("notify", "off")))
    async with stopped_world.running() as world:
        await world.settle()
        assert (await settings(world, chat)).notify is False
        assert marked(chat, message) == "off"
