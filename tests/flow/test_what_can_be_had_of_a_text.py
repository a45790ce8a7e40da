"""The buttons under a text and /export: files of it, once each, for the sender and for admins, and its deletion."""

import json

import pytest

from bot.documents.document import Ending
from bot.engine import keyboards
from bot.engine.patience import DAY
from bot.playground.speech.recognition import spoken
from bot.telegram.writing.button_data import ExportText, write
from bot.text.rooms.more import Left
from storage.apology import Reason
from storage.words import State
from tests.english import ENGLISH
from tests.world import audio, other_voice, texts

MORE = ENGLISH.more
FILES = [f".{each}" for each in keyboards.ENDINGS]
DELETE = MORE.delete()


@pytest.fixture
def alice(world):
    return world.telegram.user("Alice")


@pytest.fixture
def bob(world):
    return world.telegram.user("Bob")


@pytest.fixture
def private(world, alice):
    return world.telegram.private(alice)


@pytest.fixture
def group(world, alice, bob):
    return world.telegram.supergroup("Team", [alice, bob], privacy=False)


async def answered(world, chat, person, text="hello world", **how):
    """The message with the text of a recording that somebody has sent."""
    world.speech.says(text)
    chat.send_voice(person, other_voice(), **how)
    await world.settle()
    return chat.bot_messages[-1]


async def tap(world, chat, person, message, button):
    """Press a button, and return what Telegram was told to show for that."""
    chat.press(person, message, button)
    await world.settle()
    return world.telegram.callback_answers[-1]


def buttons(chat, message):
    return chat.button_texts(chat.message(message))


def files(world, chat):
    """The files that the bot has sent, by name, with what each replies to."""
    sent = [each for each in chat.bot_messages if "document" in each]
    return [(each["document"]["file_name"], (each.get("reply_to_message") or {}).get("message_id")) for each in sent]


def content(world, chat):
    (document,) = [each["document"] for each in chat.bot_messages if "document" in each]
    return world.telegram.file_bytes(document["file_id"]).decode()


async def say(world, chat, person, text, **how):
    chat.say(person, text, **how)
    await world.settle()
    return chat.bot_messages[-1]["text"]


class TestButtons:
    async def test_in_private_all_there_is_stands_under_a_text(self, world, private, alice):
        message = await answered(world, private, alice)
        assert [each for each in buttons(private, message) if each in {*FILES, DELETE}] == [*FILES, DELETE]

    async def test_in_a_group_one_button_opens_the_others_and_leads_back(self, world, group, alice):
        message = await answered(world, group, alice)
        assert buttons(group, message) == ["⋯"]
        answer = await tap(world, group, alice, message, "⋯")
        assert not answer.show_alert
        assert buttons(group, message)[: len(FILES)] == FILES
        assert texts(group) == ["hello world"]
        await tap(world, group, alice, message, ENGLISH.settings.back())
        assert buttons(group, message) == ["⋯"]

    async def test_others_get_an_alert_and_an_admin_what_the_sender_gets(self, world, group, alice, bob):
        message = await answered(world, group, alice)
        answer = await tap(world, group, bob, message, "⋯")
        assert (answer.text, answer.show_alert) == (MORE.not_yours(), True)
        assert buttons(group, message) == ["⋯"]
        group.promote(bob)
        await tap(world, group, bob, message, "⋯")
        assert buttons(group, message)[: len(FILES)] == FILES

    async def test_the_text_comes_with_its_buttons_in_one_edit(self, world, private, alice):
        await answered(world, private, alice)
        assert len(world.telegram.calls_of("editMessageText")) == 1
        assert world.telegram.calls_of("editMessageReplyMarkup") == []

    @pytest.mark.parametrize("text", ["word " * 1500, "word " * 40_000])
    async def test_they_stand_under_the_last_message_of_a_long_text(self, world, group, alice, text):
        await answered(world, group, alice, text.strip())
        *others, last = group.bot_messages
        assert buttons(group, last) == ["⋯"]
        assert not any(buttons(group, each) for each in others)

    async def test_a_text_that_comes_in_a_new_message_has_them_too(self, world, group, alice):
        world.telegram.refuse("editMessageText", "message can't be edited", times=None)
        message = await answered(world, group, alice)
        assert (message["text"], buttons(group, message)) == ("hello world", ["⋯"])

    @pytest.mark.only_english  # what is doubtful depends on the languages that people have Telegram in
    async def test_the_button_of_a_doubtful_language_leads_to_the_rest_and_back(self, world, group, alice):
        world.speech.says(spoken("hello world", "ru", 0.3))
        group.send_voice(alice, other_voice())
        await world.settle()
        message, wrong = group.bot_messages[-1], ENGLISH.languages.wrong()
        assert buttons(group, message) == [wrong]
        await tap(world, group, alice, message, wrong)
        assert buttons(group, message)[-2:] == ["⋯", ENGLISH.settings.back()]
        await tap(world, group, alice, message, "⋯")
        assert buttons(group, message)[: 1 + len(FILES)] == [wrong, *FILES]
        await tap(world, group, alice, message, ENGLISH.settings.back())
        assert buttons(group, message) == [wrong]

    async def test_where_nothing_was_said_there_is_nothing_to_have(self, world, private, alice):
        assert buttons(private, await answered(world, private, alice, "")) == []

    async def test_an_apology_has_none_of_them(self, world, private, alice):
        world.speech.fault("create", status=400, times=1)
        message = await answered(world, private, alice)
        assert message["text"] == ENGLISH.apologies.apology(Reason.REFUSED, {})
        assert buttons(private, message) == [ENGLISH.again.button()]


class TestFiles:
    def test_there_is_a_button_for_each_form_that_is_made(self):
        assert set(keyboards.ENDINGS) == set(Ending)

    async def test_a_tap_brings_the_file_as_a_reply_to_the_recording(self, world, private, alice):
        message = await answered(world, private, alice)
        answer = await tap(world, private, alice, message, ".txt")
        assert (answer.text, answer.show_alert) == (MORE.sending("txt"), False)
        assert files(world, private) == [("transcript.txt", message["reply_to_message"]["message_id"])]
        assert content(world, private) == "hello world"
        assert len(world.speech.uploads) == 1

    async def test_a_second_tap_brings_no_second_file(self, world, private, alice):
        message = await answered(world, private, alice)
        await tap(world, private, alice, message, ".txt")
        answer = await tap(world, private, alice, message, ".txt")
        assert (answer.text, answer.show_alert) == (MORE.sent_already(), False)
        assert len(files(world, private)) == 1
        await tap(world, private, alice, message, ".json")
        assert len(files(world, private)) == 2

    async def test_two_taps_at_once_bring_one_file(self, world, private, alice):
        message = await answered(world, private, alice)
        for _ in range(2):
            private.press(alice, message, ".json")
        await world.settle()
        assert len(files(world, private)) == 1
        assert json.loads(content(world, private))["text"] == "hello world"

    async def test_somebody_else_gets_an_alert_and_no_file(self, world, group, alice, bob):
        message = await answered(world, group, alice)
        await tap(world, group, alice, message, "⋯")
        answer = await tap(world, group, bob, message, ".txt")
        assert (answer.text, answer.show_alert) == (MORE.not_yours(), True)
        assert files(world, group) == []
        group.promote(bob)
        await tap(world, group, bob, message, ".txt")
        assert len(files(world, group)) == 1

    async def test_in_a_topic_it_comes_into_that(self, world, alice):
        forum = world.telegram.supergroup("Forum", [alice], privacy=False, topics=True)
        thread = forum.topic("Voices", alice)
        message = await answered(world, forum, alice, thread=thread)
        await tap(world, forum, alice, message, "⋯")
        await tap(world, forum, alice, message, ".txt")
        assert forum.bot_messages[-1]["message_thread_id"] == thread

    async def test_a_long_text_has_its_file_too(self, world, private, alice):
        text = ("word " * 40_000).strip()
        message = await answered(world, private, alice, text)
        await tap(world, private, alice, message, ".json")
        ((_, name),) = [(each, each["document"]["file_name"]) for each in private.bot_messages[-1:]]
        assert name == "transcript.json"

    async def test_a_chat_that_takes_no_files_is_told_so_and_may_ask_again(self, world, group, alice):
        message = await answered(world, group, alice)
        await tap(world, group, alice, message, "⋯")
        group.permit(documents=False)
        await tap(world, group, alice, message, ".txt")
        assert texts(group)[-1] == MORE.no_files()
        group.permit(documents=True)
        world.clock.seconds += 60
        await tap(world, group, alice, message, ".txt")
        assert len(files(world, group)) == 1

    async def test_a_text_that_is_no_longer_kept_is_told_of(self, world, private, alice):
        await say(world, private, alice, "/keep 0")
        message = await answered(world, private, alice)
        answer = await tap(world, private, alice, message, ".txt")
        assert (answer.text, answer.show_alert) == (MORE.not_kept(), True)
        assert await say(world, private, alice, "/export txt", reply_to=message) == MORE.not_kept()
        assert buttons(private, private.bot_messages[-1]) == [ENGLISH.versions.button()]
        assert files(world, private) == []

    async def test_it_comes_after_a_restart_and_a_failure_of_telegrams(self, world, private, alice):
        message = await answered(world, private, alice)
        world.telegram.fault("sendDocument", status=502, times=2)
        await tap(world, private, alice, message, ".txt")
        assert len(files(world, private)) == 1

    async def test_invented_buttons_bring_nothing(self, world, private, alice, bob):
        message = await answered(world, private, alice)
        (job,) = await world.jobs()
        elsewhere = world.telegram.private(bob)
        await say(world, elsewhere, bob, "/help")
        for chat, person, under, carried in (
            (private, alice, message, ExportText(job.id, "exe")),
            (private, alice, message, ExportText(job.id + 1, "txt")),
            (elsewhere, bob, elsewhere.bot_messages[-1], ExportText(job.id, "txt")),
        ):
            data = {"inline_keyboard": [[{"text": "forged", "callback_data": write(carried)}]]}
            chat.find(under["message_id"])["reply_markup"] = data
            assert (await tap(world, chat, person, under, "forged")).text == ENGLISH.settings.outdated()
            assert files(world, chat) == []

    @pytest.mark.parametrize("ending", keyboards.ENDINGS)
    async def test_each_form_is_made(self, world, private, alice, ending):
        message = await answered(world, private, alice)
        await tap(world, private, alice, message, f".{ending}")
        assert files(world, private)[0][0] == f"transcript.{ending}"


class TestCommand:
    async def test_in_reply_to_the_text_or_the_recording_it_brings_the_file(self, world, group, alice):
        message = await answered(world, group, alice)
        group.say(alice, "/export json", reply_to=message)
        group.say(alice, "/export .TXT", reply_to=message["reply_to_message"])
        await world.settle()
        assert {name for name, _ in files(world, group)} == {"transcript.txt", "transcript.json"}
        assert len(world.speech.uploads) == 1

    async def test_a_second_time_a_reply_to_the_file_says_so(self, world, group, alice):
        message = await answered(world, group, alice)
        group.say(alice, "/export txt", reply_to=message)
        await world.settle()
        sent = group.bot_messages[-1]
        assert await say(world, group, alice, "/export txt", reply_to=message) == MORE.sent_already()
        assert group.bot_messages[-1]["reply_to_message"]["message_id"] == sent["message_id"]
        assert len(files(world, group)) == 1

    async def test_others_get_no_file_and_a_sentence_and_admins_the_file(self, world, group, alice, bob):
        message = await answered(world, group, alice)
        assert await say(world, group, bob, "/export txt", reply_to=message) == MORE.not_yours()
        group.promote(bob)
        group.say(bob, "/export txt", reply_to=message)
        await world.settle()
        assert len(files(world, group)) == 1

    @pytest.mark.parametrize("words", ["/export", "/export pdf"])
    async def test_a_form_that_there_is_not_gets_an_example(self, world, private, alice, words):
        message = await answered(world, private, alice)
        assert await say(world, private, alice, words, reply_to=message) == MORE.how_to_export()

    async def test_without_a_reply_it_says_how(self, world, private, alice):
        assert await say(world, private, alice, "/export srt") == MORE.how_to_export()

    async def test_what_has_no_text_is_told_of(self, world, private, alice):
        await say(world, private, alice, "/help")
        assert (
            await say(world, private, alice, "/export txt", reply_to=private.bot_messages[-1]) == MORE.no_text_there()
        )

    async def test_before_the_text_is_there_it_says_so(self, world, private, alice):
        world.speech.latency = 600
        private.send_voice(alice, audio())
        await world.settle(5)
        private.say(alice, "/export txt", reply_to=private.messages[0])
        await world.settle(5)
        assert texts(private)[-1] == MORE.not_yet()

    async def test_a_recording_that_waits_to_be_asked_for_is_not_taken_by_it(self, world, group, alice):
        owner = world.telegram.user("Owner")
        group.promote(owner)
        await say(world, group, owner, "/mode ask")
        voice = group.send_voice(alice, other_voice())
        await world.settle()
        assert await say(world, group, alice, "/export txt", reply_to=voice) == MORE.no_text_of_recording()
        assert await world.jobs() == []

    async def test_of_a_recording_without_a_text_here_it_says_how_to_get_one(self, world, private, group, alice):
        text = await answered(world, group, alice)
        voice = group.message(text)["reply_to_message"]
        assert await say(world, private, alice, "/export srt", reply_to=voice) == MORE.no_text_of_recording()
        assert await say(world, private, alice, "/transcribe", reply_to=voice) == "hello world"
        private.say(alice, "/export srt", reply_to=private.bot_messages[-1])
        await world.settle()
        assert [name for name, _ in files(world, private)] == ["transcript.srt"]

    @pytest.mark.parametrize("kept", ["", "/keep 7"])
    async def test_of_a_recording_without_speech_it_says_that_there_is_none(self, world, group, alice, bob, kept):
        if kept:
            group.promote(alice)
            await say(world, group, alice, kept)
        silent = await answered(world, group, alice, " ")
        for replied in (silent, group.message(silent)["reply_to_message"]):
            assert await say(world, group, alice, "/export txt", reply_to=replied) == ENGLISH.answers.no_speech()
        assert await say(world, group, bob, "/export txt", reply_to=silent) == MORE.not_yours()
        assert files(world, group) == []

    async def test_of_a_recording_that_failed_it_says_how_to_get_a_text(self, world, private, alice):
        world.speech.fault("create", status=400)
        voice = private.send_voice(alice, audio())
        await world.settle()
        assert await say(world, private, alice, "/export txt", reply_to=voice) == MORE.no_text_of_recording()
        world.speech.says("now it is there")
        assert await say(world, private, alice, "/transcribe", reply_to=voice) == "now it is there"

    async def test_a_text_in_another_chat_is_asked_for_there(self, world, private, group, alice):
        text = await answered(world, group, alice)
        for command in ("/export srt", "/again whisper-large", "/again"):
            assert await say(world, private, alice, command, reply_to=text) == MORE.elsewhere()

    async def test_a_text_in_another_topic_is_none_of_another_chat(self, world, alice):
        forum = world.telegram.supergroup("Forum", [alice], topics=True, privacy=False)
        text = await answered(world, forum, alice, thread=forum.topic("Notes"))
        other = forum.topic("Files")
        forum.say(alice, "/export srt", reply_to=text, thread=other)
        await world.settle()
        assert [name for name, _ in files(world, forum)] == ["transcript.srt"]
        forum.say(alice, "/again whisper-large", reply_to=text, thread=other)
        await world.settle()
        assert len(await world.jobs()) == 2


class TestDeleting:
    async def delete(self, world, chat, person, message):
        answer = await tap(world, chat, person, message, DELETE)
        assert answer.text == MORE.ask_delete()
        assert buttons(chat, message) == [MORE.delete_it(), MORE.keep_it()]
        return await tap(world, chat, person, message, MORE.delete_it())

    @pytest.mark.parametrize("text", ["hello", "word " * 1500])
    async def test_it_asks_and_then_the_messages_and_the_stored_text_are_gone(self, world, private, alice, text):
        message = await answered(world, private, alice, text.strip())
        assert (await self.delete(world, private, alice, message)).text == MORE.deleting()
        assert private.bot_messages == []
        (job,) = await world.jobs()
        assert (job.state, job.transcript_id) == (State.DELIVERED, None)

    async def test_whoever_says_no_keeps_it(self, world, group, alice):
        message = await answered(world, group, alice)
        await tap(world, group, alice, message, "⋯")
        await tap(world, group, alice, message, DELETE)
        await tap(world, group, alice, message, MORE.keep_it())
        assert (texts(group), buttons(group, message)) == (["hello world"], ["⋯"])

    async def test_somebody_else_may_not(self, world, group, alice, bob):
        message = await answered(world, group, alice)
        await tap(world, group, alice, message, "⋯")
        assert (await tap(world, group, bob, message, DELETE)).show_alert
        assert buttons(group, message)[: len(FILES)] == FILES

    async def test_what_telegram_refuses_for_no_reason_is_erased_and_that_is_said(self, world, private, alice):
        message = await answered(world, private, alice)
        world.telegram.refuse("deleteMessage", "message can't be deleted", times=None)
        await self.delete(world, private, alice, message)
        assert texts(private)[-1] == MORE.not_deleted(Left.NOT_ALLOWED, is_private=True)
        (job,) = await world.jobs()
        assert job.transcript_id is None

    async def test_of_a_message_that_is_too_old_it_is_said_who_can_delete_it(self, world, private, group, alice):
        for chat in (private, group):
            message = await answered(world, chat, alice)
            if chat is group:
                await tap(world, group, alice, message, "⋯")
            world.clock.pass_(2 * DAY)
            await self.delete(world, chat, alice, message)
            assert texts(chat)[-1] == MORE.not_deleted(Left.TOO_OLD, is_private=chat is private)

    @pytest.mark.parametrize(
        "refusal", ["message can't be deleted for everyone", "MESSAGE_DELETE_FORBIDDEN", "CHAT_ADMIN_REQUIRED"]
    )
    async def test_where_the_bot_has_no_right_an_admin_has_to_delete_it(self, world, group, alice, refusal):
        message = await answered(world, group, alice)
        await tap(world, group, alice, message, "⋯")
        world.telegram.refuse("deleteMessage", refusal, times=None)
        await self.delete(world, group, alice, message)
        assert texts(group)[-1] == MORE.not_deleted(Left.NOT_ALLOWED, is_private=False)

    @pytest.mark.parametrize("refusal", ["message to delete not found", "MESSAGE_ID_INVALID"])
    async def test_messages_that_are_gone_already_are_deleted(self, world, private, alice, refusal):
        message = await answered(world, private, alice, ("word " * 1500).strip())
        before = texts(private)
        world.telegram.refuse("deleteMessage", refusal, times=None)
        await self.delete(world, private, alice, message)
        assert texts(private) == before
        (job,) = await world.jobs()
        assert job.transcript_id is None

    async def test_the_text_of_another_chat_stays_theirs(self, world, private, alice, bob):
        theirs = world.telegram.private(bob)
        voice = other_voice()
        for chat, person in ((private, alice), (theirs, bob)):
            chat.send_voice(person, voice)
            await world.settle()
        await self.delete(world, private, alice, private.bot_messages[-1])
        await tap(world, theirs, bob, theirs.bot_messages[-1], ".txt")
        assert len(files(world, theirs)) == 1


class TestMoving:
    async def test_a_text_from_before_a_group_became_a_supergroup_can_be_had_there(self, world, alice):
        group = world.telegram.group("Team", [alice], privacy=False)
        message = await answered(world, group, alice)
        new = group.upgrade()
        await world.settle()
        await tap(world, group, alice, message, "⋯")
        assert texts(new) == [MORE.here()]
        await tap(world, new, alice, new.bot_messages[-1], ".txt")
        assert [name for name, _ in files(world, new)] == ["transcript.txt"]

    async def test_a_tap_on_an_old_button_brings_the_file_into_the_new_chat(self, world, alice):
        group = world.telegram.group("Team", [alice], privacy=False)
        message = await answered(world, group, alice)
        await tap(world, group, alice, message, "⋯")
        new = group.upgrade()
        await world.settle()
        await tap(world, group, alice, message, ".txt")
        assert [name for name, _ in files(world, new)] == ["transcript.txt"]

    async def test_what_is_answered_in_private_is_had_there(self, world, group, alice):
        world.telegram.private(alice)
        group.silence_bot()
        world.speech.says("hello world")
        group.send_voice(alice, other_voice())
        await world.settle()
        private = world.telegram.private(alice)
        await tap(world, private, alice, private.bot_messages[-1], ".txt")
        assert len(files(world, private)) == 1

    async def test_a_tap_on_an_old_button_asks_in_the_new_chat_whether_to_delete(self, world, alice):
        group = world.telegram.group("Team", [alice], privacy=False)
        message = await answered(world, group, alice)
        await tap(world, group, alice, message, "⋯")
        new = group.upgrade()
        await world.settle()
        assert (await tap(world, group, alice, message, DELETE)).text == MORE.ask_delete()
        assert texts(new) == [MORE.ask_delete()]
        await tap(world, new, alice, new.bot_messages[-1], MORE.delete_it())
        assert texts(new)[-1] == MORE.not_deleted(Left.FROM_BEFORE, is_private=False)
        (job,) = await world.jobs()
        assert job.transcript_id is None

    async def test_an_admin_may_tap_old_buttons(self, world, alice, bob):
        carol = world.telegram.user("Carol")
        group = world.telegram.group("Team", [alice, bob], admins=[carol], privacy=False)
        message = await answered(world, group, alice)
        await tap(world, group, alice, message, "⋯")
        new = group.upgrade()
        await world.settle()
        assert (await tap(world, group, bob, message, ".txt")).text == MORE.not_yours()
        await tap(world, group, carol, message, ".txt")
        assert [name for name, _ in files(world, new)] == ["transcript.txt"]
