"""Another text of a recording, by another model or in another language: with a tap or with /again."""

import pytest
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.telegram.writing.button_data import AskVersion, DeleteText, InLanguage, WithModel, read, write
from bot.telegram.writing.replies import MOST_OF_A_CHAT
from tests.english import ENGLISH
from tests.patience import patiently
from tests.world import ASKED_LANGUAGE, audio, other_voice, texts

WORDS = ENGLISH.versions
FIRST, SECOND, THIRD = "nova-2-general", "whisper-large", "whisper-tiny"


@pytest.fixture
def alice(world):
    return world.telegram.user("Alice")


@pytest.fixture
def private(world, alice):
    return world.telegram.private(alice)


@pytest.fixture
def team(world, alice):
    """A group of Alice, who is its owner, Bob and Eve."""
    people = [world.telegram.user(name) for name in ("Bob", "Eve")]
    return world.telegram.supergroup("Team", people, owner=alice, privacy=False), *people


async def heard(world, chat, person, text="first text"):
    """A recording that has its text: its message, that of the text, and the id of the job."""
    world.speech.says(text)
    voice = chat.send_voice(person, other_voice())
    await world.settle()
    world.speech.says("second text")
    return voice, chat.bot_messages[-1], (await world.jobs())[-1].id


def models(world):
    return [upload.fields["model"].removeprefix("#g1_") for upload in world.speech.uploads]


async def say(world, chat, person, text, reply_to=None):
    chat.say(person, text, reply_to=reply_to)
    await world.settle()
    return chat.bot_messages[-1]


def replied(chat, message):
    return chat.message(message)["reply_to_message"]["message_id"]


async def tap(world, chat, person, message, carried):
    """The answer to a tap on a button that is there, or that somebody has invented."""
    await put(world, chat, message, carried)
    chat.press(person, message, write(carried))
    await world.settle()
    return world.telegram.callback_answers[-1]


def offered(chat, message):
    """What the buttons of a message carry."""
    keyboard = chat.message(message).get("reply_markup", {}).get("inline_keyboard", [])
    return [read(each["callback_data"]) for row in keyboard for each in row]


async def put(world, chat, message, carried):
    """Let a message have a button."""
    if carried not in offered(chat, message):
        markup = InlineKeyboardMarkup.from_button(InlineKeyboardButton("tap", callback_data=write(carried)))
        await world.app.telegram.bot.edit_message_reply_markup(chat.id, message["message_id"], reply_markup=markup)


async def test_what_is_dropped_as_too_much_was_asked_is_not_done_at_the_next_start(stopped_world):
    telegram = stopped_world.telegram
    alice = telegram.user("Alice")
    chat = telegram.private(alice)
    async with stopped_world.running() as world:
        voice, text, _ = await heard(world, chat, alice)
        for _ in range(MOST_OF_A_CHAT):
            chat.say(alice, f"/again {FIRST}", reply_to=voice)
        for _ in range(MOST_OF_A_CHAT):
            chat.say(alice, "/model")
        await world.settle()
        assert world.app.metrics.replies_dropped._value.get() == MOST_OF_A_CHAT
        chat.delete(text)
    before = texts(chat)
    async with stopped_world.running() as world:
        await patiently(world.settle())
        assert texts(chat) == before


async def forget_jobs(world):
    """Delete every job, as happens long after its end."""
    while await world.app.store.purge(world.clock() + 400 * 86400, world.clock() + 1, 100):
        pass


class TestTheCommand:
    @pytest.mark.parametrize("of", ["recording", "text"])
    async def test_it_makes_a_second_text_that_replies_to_the_recording(self, world, alice, private, of):
        voice, text, _ = await heard(world, private, alice)
        second = await say(world, private, alice, f"/again {SECOND}", voice if of == "recording" else text)
        assert texts(private) == ["first text", "second text"]
        assert replied(private, second) == voice["message_id"]
        assert models(world) == [FIRST, SECOND]
        assert text == private.message(text)

    async def test_the_same_model_is_made_once_and_asked_again_answered_by_pointing_to_its_text(
        self, world, alice, private
    ):
        voice, text, _ = await heard(world, private, alice)
        second = await say(world, private, alice, f"/again {SECOND}", voice)
        for asked, shown in ((SECOND, second), (FIRST, text), (f"#g1_{SECOND.upper()}", second)):
            for about in (voice, text, second):
                answer = await say(world, private, alice, f"/again {asked}", about)
                assert answer["text"] == WORDS.there()
                assert replied(private, answer) == shown["message_id"]
        assert models(world) == [FIRST, SECOND]

    async def test_while_it_is_under_way_it_is_not_begun_once_more(self, world, alice, private):
        voice, _, _ = await heard(world, private, alice)
        world.speech.latency = lambda _model, _data: 20.0
        for _ in range(2):
            private.say(alice, f"/again {SECOND}", reply_to=voice)
        await world.turn()
        await world.turn()
        private.say(alice, f"/again {SECOND}", reply_to=voice)
        await world.turn()
        assert texts(private).count(WORDS.under_way()) == 2
        placeholder = next(each for each in private.bot_messages if each["text"].startswith("Transcribing"))
        assert replied(private, private.bot_messages[-1]) == placeholder["message_id"]
        await world.settle()
        assert models(world) == [FIRST, SECOND]

    async def test_several_models_are_made_side_by_side_also_while_the_first_is_under_way(self, world, alice, private):
        world.speech.latency = lambda _model, _data: 20.0
        voice = private.send_voice(alice, other_voice())
        await world.turn()
        for model in (FIRST, SECOND, THIRD):
            private.say(alice, f"/again {model}", reply_to=voice)
        await world.settle()
        assert sorted(models(world)) == sorted([FIRST, SECOND, THIRD])
        assert texts(private).count("hello world") == 3

    async def test_an_unknown_model_is_answered_as_by_the_command_for_models(self, world, alice, private):
        voice, _, _ = await heard(world, private, alice)
        answer = await say(world, private, alice, "/again wisper-large", voice)
        assert answer["text"] == ENGLISH.models.unknown("wisper-large", ["whisper-large", "whisper-base"])
        assert models(world) == [FIRST]

    async def test_alone_it_says_how_it_is_used(self, world, alice, private):
        for text in ("/again", f"/again {SECOND}"):
            assert (await say(world, private, alice, text))["text"] == WORDS.how()

    async def test_in_reply_to_something_else_it_says_so(self, world, alice, private):
        chatter = private.say(alice, "good morning")
        assert (await say(world, private, alice, f"/again {SECOND}", chatter))["text"] == ENGLISH.asking.no_recording()
        hint = await say(world, private, alice, "/help")
        assert (await say(world, private, alice, f"/again {SECOND}", hint))["text"] == WORDS.gone()

    async def test_it_takes_what_was_never_transcribed_and_what_is_in_another_chat(self, world, alice, team):
        group, bob, _ = team
        await say(world, group, alice, "/mode off")
        voice = group.send_voice(bob, other_voice())
        second = await say(world, group, bob, f"/again {SECOND}", voice)
        assert replied(group, second) == voice["message_id"]
        private = world.telegram.private(bob)
        for _ in range(2):
            asking = private.say(bob, f"/again {THIRD}", reply_to=voice)
            await world.settle()
            assert replied(private, private.bot_messages[-1]) == asking["message_id"]
        assert models(world) == [SECOND, THIRD]

    async def test_it_is_no_wish_for_a_text_by_the_model_of_the_chat(self, world, alice, team):
        group, bob, _ = team
        await say(world, group, alice, "/mode ask")
        voice = group.send_voice(bob, other_voice())
        await say(world, group, bob, f"/again {SECOND}", voice)
        assert models(world) == [SECOND]

    async def test_without_a_model_it_shows_the_choice(self, world, alice, private):
        voice, text, _ = await heard(world, private, alice)
        page = await say(world, private, alice, "/again", text)
        assert page["text"] == WORDS.which()
        assert replied(private, page) == voice["message_id"]
        assert {FIRST, SECOND} <= set(private.button_texts(page))
        assert any(isinstance(each, InLanguage) for each in offered(private, page))
        private.press(alice, page, SECOND)
        await world.settle()
        assert world.telegram.callback_answers[-1].text == WORDS.begun(SECOND)
        assert texts(private) == ["first text", WORDS.which(), "second text"]
        assert SECOND in private.button_texts(page)

    async def test_a_recording_that_is_too_large_is_told_so(self, world, alice, private):
        voice = private.send_voice(alice, other_voice(), file_size=99 << 20)
        await world.settle()
        assert "20 MB" in (await say(world, private, alice, f"/again {SECOND}", voice))["text"]
        assert models(world) == []


class TestTaps:
    async def test_again_shows_models_and_languages_and_a_tap_on_one_makes_its_text(self, world, alice, private):
        voice, text, job = await heard(world, private, alice)
        assert (await tap(world, private, alice, text, AskVersion(job))).text == WORDS.which()
        assert {SECOND, THIRD} <= set(private.button_texts(text))
        assert any(isinstance(each, InLanguage) for each in offered(private, text))
        private.press(alice, text, ENGLISH.settings.back())
        await world.settle()
        assert SECOND not in private.button_texts(text)
        await tap(world, private, alice, text, AskVersion(job))
        private.press(alice, text, SECOND)
        await world.settle()
        assert world.telegram.callback_answers[-1].text == WORDS.begun(SECOND)
        assert texts(private) == ["first text", "second text"]
        assert replied(private, private.bot_messages[-1]) == voice["message_id"]
        assert SECOND not in private.button_texts(text)

    async def test_a_language_is_made_by_the_model_of_the_text_at_hand_and_a_model_in_its_language(
        self, world, alice, private
    ):
        voice, text, job = await heard(world, private, alice)
        second = await say(world, private, alice, f"/again {SECOND}", voice)
        assert (await tap(world, private, alice, second, InLanguage(job + 1, "fr"))).text == (
            ENGLISH.languages.again("Français")
        )
        third = private.bot_messages[-1]
        await tap(world, private, alice, third, WithModel(job + 2, THIRD))
        await tap(world, private, alice, text, WithModel(job, THIRD))
        usual = ASKED_LANGUAGE.get("language")
        sent = [(upload.fields["model"], upload.fields.get("language")) for upload in world.speech.uploads]
        assert sent == [
            ("#g1_nova-2-general", usual),
            ("#g1_whisper-large", usual),
            ("#g1_whisper-large", "fr"),
            ("#g1_whisper-tiny", "fr"),
            ("#g1_whisper-tiny", usual),
        ]

    async def test_under_another_message_than_the_text_the_choice_stays(self, world, alice, private):
        _, _, job = await heard(world, private, alice)
        other = await say(world, private, alice, "/help")
        await tap(world, private, alice, other, AskVersion(job))
        choice = offered(private, other)
        private.press(alice, other, SECOND)
        await world.settle()
        assert texts(private)[-1] == "second text"
        assert offered(private, other) == choice
        assert ENGLISH.settings.back() not in private.button_texts(other)

    async def test_under_a_message_that_is_too_old_to_be_changed_it_shows_them_in_a_new_one(
        self, world, alice, private
    ):
        _, text, job = await heard(world, private, alice)
        await put(world, private, text, AskVersion(job))
        private.press(alice, text, write(AskVersion(job)), inaccessible=True)
        await world.settle()
        page = private.bot_messages[-1]
        assert page["text"] == WORDS.which()
        private.press(alice, page, SECOND, inaccessible=True)
        await world.settle()
        assert models(world) == [FIRST, SECOND]

    async def test_taps_and_commands_by_several_people_at_once_make_one_text(self, world, alice, team):
        group, bob, _ = team
        voice, text, job = await heard(world, group, bob)
        carol = world.telegram.user("Carol")
        group.join(carol)
        await put(world, group, text, WithModel(job, SECOND))
        for person in (bob, alice, bob):
            group.press(person, text, write(WithModel(job, SECOND)))
            group.say(person, f"/again {SECOND}", reply_to=voice)
        await world.settle()
        assert models(world) == [FIRST, SECOND]
        assert texts(group).count("second text") == 1

    @pytest.mark.parametrize("carried", [WithModel(1, "nova-9"), InLanguage(1, "xx")])
    async def test_what_there_is_not_is_answered_with_an_alert(self, world, alice, private, carried):
        _, text, _ = await heard(world, private, alice)
        answer = await tap(world, private, alice, text, carried)
        assert (answer.text, answer.show_alert) == (ENGLISH.settings.outdated(), True)

    async def test_the_recording_of_another_chat_is_out_of_reach(self, world, alice, private, team):
        group, bob, _ = team
        _, _, job = await heard(world, group, bob)
        page = await say(world, private, alice, "/help")
        for carried in (AskVersion(job), WithModel(job, SECOND)):
            assert (await tap(world, private, alice, page, carried)).text == WORDS.gone()
        assert models(world) == [FIRST]


class TestWhoMay:
    async def test_the_sender_and_admins_may_and_others_are_told_so(self, world, alice, team):
        group, bob, eve = team
        voice, text, job = await heard(world, group, bob)
        for carried in (AskVersion(job), WithModel(job, SECOND)):
            answer = await tap(world, group, eve, text, carried)
            assert (answer.text, answer.show_alert) == (ENGLISH.languages.not_yours(), True)
        for command in (f"/again {SECOND}", "/again"):
            assert (await say(world, group, eve, command, voice))["text"] == ENGLISH.languages.not_yours()
        assert models(world) == [FIRST]
        await say(world, group, alice, f"/again {SECOND}", voice)
        await tap(world, group, bob, text, WithModel(job, THIRD))
        assert models(world) == [FIRST, SECOND, THIRD]

    async def test_where_telegram_does_not_say_who_is_an_admin_that_is_told(self, world, alice, team):
        group, bob, _ = team
        voice, text, job = await heard(world, group, bob)
        world.telegram.fault("getChatMember", 502, times=2)
        assert (await tap(world, group, alice, text, WithModel(job, SECOND))).text == ENGLISH.settings.admin_unknown()
        answer = await say(world, group, alice, f"/again {SECOND}", voice)
        assert answer["text"] == ENGLISH.settings.admin_unknown()
        assert models(world) == [FIRST]

    async def test_posts_of_a_channel_and_anonymous_admins_may(self, world, alice, team):
        channel = world.telegram.channel("News")
        voice, _, _ = await heard(world, channel, None)
        await say(world, channel, None, f"/again {SECOND}", voice)
        group, bob, _ = team
        voice, _, _ = await heard(world, group, bob)
        await say(world, group, group, f"/again {THIRD}", voice)
        assert models(world) == [FIRST, SECOND, FIRST, THIRD]

    async def test_nobody_else_has_it_made_of_who_wants_no_text(self, world, alice, team):
        group, bob, _ = team
        voice, text, job = await heard(world, group, bob)
        await world.app.store.opt_out(bob.id)
        assert (await tap(world, group, alice, text, WithModel(job, SECOND))).text == ENGLISH.people.wants_no_text()
        assert (await say(world, group, alice, f"/again {SECOND}", voice))["text"] == ENGLISH.people.wants_no_text()
        await say(world, group, bob, f"/again {SECOND}", voice)
        assert models(world) == [FIRST, SECOND]


class TestLimits:
    async def test_it_counts_as_a_recording_of_the_minute(self, stopped_world):
        alice = stopped_world.telegram.user("Alice")
        chat = stopped_world.telegram.private(alice)
        async with stopped_world.running(notes_per_minute_per_chat=2) as world:
            voice, text, job = await heard(world, chat, alice)
            for model in (SECOND, THIRD):
                chat.say(alice, f"/again {model}", reply_to=voice)
            await world.turn()
            assert "2" in texts(chat)[1]
            await put(world, chat, text, WithModel(job, THIRD))
            chat.press(alice, text, write(WithModel(job, THIRD)))
            await world.turn()
            assert world.telegram.callback_answers[-1].show_alert
            await world.settle()
            assert models(world) == [FIRST, SECOND]
            world.clock.pass_(60)
            assert (await tap(world, chat, alice, text, WithModel(job, THIRD))).text == WORDS.begun(THIRD)

    async def test_where_too_many_are_open_it_is_asked_to_wait(self, stopped_world):
        alice = stopped_world.telegram.user("Alice")
        chat = stopped_world.telegram.private(alice)
        async with stopped_world.running(max_open_jobs_per_chat=1) as world:
            voice, text, job = await heard(world, chat, alice)
            await put(world, chat, text, WithModel(job, THIRD))
            chat.say(alice, f"/again {SECOND}", reply_to=voice)
            await world.turn()
            chat.say(alice, f"/again {THIRD}", reply_to=voice)
            chat.press(alice, text, write(WithModel(job, THIRD)))
            await world.turn()
            assert ENGLISH.waiting.too_many(1) in texts(chat)
            assert world.telegram.callback_answers[-1].text == ENGLISH.again.too_many()
            await world.settle()
            assert models(world) == [FIRST, SECOND]

    async def test_the_quota_of_a_day_is_told(self, stopped_world):
        alice = stopped_world.telegram.user("Alice")
        chat = stopped_world.telegram.private(alice)
        async with stopped_world.running(daily_minutes_per_chat=0.1) as world:
            voice, _, _ = await heard(world, chat, alice)
            answer = await say(world, chat, alice, f"/again {SECOND}", voice)
            assert "at 00:00 UTC, in " in answer["text"]
            assert models(world) == [FIRST]


class TestWhatIsGone:
    async def test_one_that_failed_is_made_when_it_is_asked_for_again(self, world, alice, private):
        voice, _, _ = await heard(world, private, alice)
        world.speech.fault("create", status=400)
        failed = await say(world, private, alice, f"/again {SECOND}", voice)
        assert private.button_texts(failed) == [ENGLISH.again.button()]
        second = await say(world, private, alice, f"/again {SECOND}", failed)
        assert (second["text"], replied(private, second)) == ("second text", voice["message_id"])
        private.press(alice, failed, ENGLISH.again.button())
        await world.settle()
        assert texts(private).count("second text") == 1

    async def test_one_that_was_deleted_is_made_when_it_is_asked_for_again(self, world, alice, private):
        voice, text, job = await heard(world, private, alice)
        await tap(world, private, alice, text, DeleteText(job))
        assert texts(private) == []
        await say(world, private, alice, f"/again {FIRST}", voice)
        assert texts(private) == ["second text"]

    @pytest.mark.parametrize("way", ["command", "tap"])
    @pytest.mark.parametrize("hours", [0, 24])
    async def test_one_whose_message_somebody_has_deleted_is_made_once_more(self, stopped_world, way, hours):
        alice = stopped_world.telegram.user("Alice")
        private = stopped_world.telegram.private(alice)
        async with stopped_world.running(transcript_ttl_hours=hours) as world:
            voice, text, _ = await heard(world, private, alice)
            second = await say(world, private, alice, f"/again {SECOND}", voice)
            assert (await say(world, private, alice, f"/again {SECOND}", text))["text"] == WORDS.there()
            assert replied(private, private.bot_messages[-1]) == second["message_id"]
            private.delete(second)
            if way == "command":
                await say(world, private, alice, f"/again {SECOND}", voice)
            else:
                private.press(alice, text, ENGLISH.versions.button())
                await world.settle()
                private.press(alice, text, SECOND)
                await world.settle()
                assert world.telegram.callback_answers[-1].text == WORDS.begun(SECOND)
            assert texts(private) == ["first text", WORDS.there(), "second text"]
            assert replied(private, private.bot_messages[-1]) == voice["message_id"]
            assert models(world) == [FIRST, SECOND] + [SECOND] * (hours == 0)
            assert (await say(world, private, alice, f"/again {SECOND}", text))["text"] == WORDS.there()

    async def test_a_tap_under_the_text_itself_is_answered_without_asking_whether_that_is_there(
        self, world, alice, private
    ):
        _, text, job = await heard(world, private, alice)
        await tap(world, private, alice, text, AskVersion(job))
        before = len(world.telegram.calls_of("editMessageReplyMarkup"))
        assert (await tap(world, private, alice, text, WithModel(job, FIRST))).text == WORDS.there()
        assert len(world.telegram.calls_of("editMessageReplyMarkup")) == before + 1  # which puts its buttons back
        assert ENGLISH.versions.button() in private.button_texts(text)

    @pytest.mark.parametrize("model", [FIRST, SECOND])
    async def test_it_is_made_once_more_as_often_as_its_message_is_deleted(self, world, alice, private, model):
        voice, text, _ = await heard(world, private, alice)
        shown = text if model == FIRST else await say(world, private, alice, f"/again {model}", voice)
        for _ in range(3):
            private.delete(shown)
            shown = await say(world, private, alice, f"/again {model}", voice)
            assert replied(private, shown) == voice["message_id"]
            assert shown["text"] != WORDS.there()
        assert (await say(world, private, alice, f"/again {model}", voice))["text"] == WORDS.there()
        assert replied(private, private.bot_messages[-1]) == shown["message_id"]

    async def test_a_file_of_a_deleted_text_still_comes_when_that_is_made_once_more(self, world, alice, private):
        voice, _, _ = await heard(world, private, alice)
        second = await say(world, private, alice, f"/again {SECOND}", voice)
        world.telegram.fault("sendDocument", 502, times=1)
        private.say(alice, "/export srt", reply_to=second)
        await world.turn()
        private.delete(second)
        await say(world, private, alice, f"/again {SECOND}", voice)
        assert texts(private).count("second text") == 1
        assert len([each for each in private.bot_messages if "document" in each]) == 1

    async def test_where_telegram_does_not_tell_whether_it_was_deleted_it_is_there(self, world, alice, private):
        voice, text, _ = await heard(world, private, alice)
        private.delete(text)
        world.telegram.fault("editMessageReplyMarkup", 502, times=None)
        assert (await say(world, private, alice, f"/again {FIRST}", voice))["text"] == WORDS.there()
        assert models(world) == [FIRST]

    async def test_where_no_speech_was_heard_that_is_said_once_more(self, world, alice, private):
        voice, silent, _ = await heard(world, private, alice, " ")
        assert (await say(world, private, alice, f"/again {FIRST}", voice))["text"] == ENGLISH.answers.no_speech()
        assert private.button_texts(silent) == []
        assert models(world) == [FIRST]

    async def test_without_a_text_that_is_kept_it_still_works(self, world, alice, private):
        await say(world, private, alice, "/keep 0")
        voice, text, job = await heard(world, private, alice)
        await tap(world, private, alice, text, WithModel(job, SECOND))
        assert (await say(world, private, alice, f"/again {SECOND}", voice))["text"] == WORDS.there()
        assert models(world) == [FIRST, SECOND]

    @pytest.mark.parametrize("way", ["command", "tap"])
    async def test_when_the_job_is_gone_the_recording_that_is_replied_to_has_the_file(self, world, alice, private, way):
        voice, text, job = await heard(world, private, alice)
        await forget_jobs(world)
        assert await world.app.store.job(job) is None
        for _ in range(2):
            if way == "command":
                await say(world, private, alice, f"/again {SECOND}", voice)
            else:
                await tap(world, private, alice, text, WithModel(job, SECOND))
        assert models(world) == [FIRST, SECOND]
        (second,) = [each for each in private.bot_messages if each["text"] == "second text"]
        assert replied(private, second) == voice["message_id"]

    async def test_when_nothing_has_the_file_it_says_what_to_do(self, world, alice, private):
        voice, text, job = await heard(world, private, alice)
        await forget_jobs(world)
        assert (await say(world, private, alice, f"/again {SECOND}", text))["text"] == WORDS.gone()
        private.delete(voice)
        await put(world, private, text, AskVersion(job))
        private.press(alice, text, write(AskVersion(job)), inaccessible=True)
        await world.settle()
        assert world.telegram.callback_answers[-1].text == WORDS.gone()
        assert models(world) == [FIRST]

    async def test_a_file_that_telegram_gives_no_more_is_an_apology(self, world, alice, private):
        voice, _, _ = await heard(world, private, alice)
        wording = "wrong file_id or the file is temporarily unavailable"
        world.telegram.refuse("getFile", wording, times=None)
        answer = await say(world, private, alice, f"/again {SECOND}", voice)
        assert replied(private, answer) == voice["message_id"]
        assert "second text" not in texts(private)
        assert texts(private)[0] == "first text"
        assert models(world) == [FIRST]

    async def test_a_link_is_transcribed_again_too(self, world, alice, private):
        world.speech.links["https://example.com/a.mp3"] = audio()
        message = private.say(alice, "https://example.com/a.mp3")
        await world.settle()
        second = await say(world, private, alice, f"/again {SECOND}", message)
        assert replied(private, second) == message["message_id"]
        assert await say(world, private, alice, f"/again {SECOND}", message) != second
        assert len(world.speech.uploads) == 2


async def test_buttons_work_after_a_restart_and_in_the_supergroup_that_a_group_has_become(stopped_world):
    alice = stopped_world.telegram.user("Alice")
    group = stopped_world.telegram.group("Team", owner=alice, privacy=False)
    async with stopped_world.running() as world:
        world.speech.latency = lambda _model, _data: 20.0
        group.send_voice(alice, other_voice())
        await world.turn()
        await world.turn()
        group = group.upgrade(alice)
        await world.settle()
        text = next(each for each in group.bot_messages if each["text"] == "hello world")
    async with stopped_world.running() as world:
        world.speech.says("second text")
        for _ in range(2):
            await tap(world, group, alice, text, WithModel(1, SECOND))
            await say(world, group, alice, f"/again {SECOND}", text)
        assert models(world) == [FIRST, SECOND]
        (second,) = [each for each in group.bot_messages if each["text"] == "second text"]
        assert replied(group, second) == text["message_id"]


async def test_under_a_text_from_before_the_group_became_a_supergroup_it_is_offered_there(world, alice):
    group = world.telegram.group("Team", owner=alice, privacy=False)
    _, text, job = await heard(world, group, alice)
    await put(world, group, text, AskVersion(job))
    supergroup = group.upgrade(alice)
    await world.settle()
    await say(world, supergroup, alice, "/language fr")
    group.press(alice, text, write(AskVersion(job)))
    await world.settle()
    page = supergroup.bot_messages[-1]
    assert page["text"] == WORDS.which()
    for _ in range(2):
        supergroup.press(alice, page, SECOND)
        await world.settle()
    assert models(world) == [FIRST, SECOND]
    assert world.speech.uploads[-1].fields["language"] == "fr"
    assert texts(supergroup).count("second text") == 1


async def test_a_command_and_a_tap_that_come_twice_make_one_text(stopped_world):
    alice = stopped_world.telegram.user("Alice")
    chat = stopped_world.telegram.private(alice)
    async with stopped_world.running() as world:
        voice, text, job = await heard(world, chat, alice)
        await put(world, chat, text, WithModel(job, SECOND))
    chat.say(alice, f"/again {SECOND}", reply_to=voice)
    chat.press(alice, text, write(WithModel(job, SECOND)))
    updates = list(stopped_world.telegram.pending_updates)
    for _ in range(2):
        async with stopped_world.running() as world:
            await world.app.receiver.turn(0)
        for update in updates:
            stopped_world.telegram.redeliver(update)
    async with stopped_world.running() as world:
        await world.settle()
        assert models(world) == [FIRST, SECOND]
        assert texts(chat).count("second text") == 1
