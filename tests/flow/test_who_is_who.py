"""Names of those who speak, said in replies to questions, and written into the text and its files."""

from dataclasses import replace

import pytest

from bot.engine import keyboards
from bot.engine.forms import MORE
from storage.naming import LONGEST_NAME, Naming, Question
from tests.english import ENGLISH
from tests.flow.test_privacy import data
from tests.flow.test_times_and_speakers import spoken
from tests.world import other_voice, texts

MEETING = spoken((1, 3, "Good morning."), (5, 0, "Hello! How are you?"), (9, 3, "Fine."))


@pytest.fixture
def alice(world):
    return world.telegram.user("Alice")


@pytest.fixture
def chat(world, alice):
    return world.telegram.private(alice)


async def sent(world, chat, person, said=MEETING):
    await world.app.store.change_settings(chat.id, lambda settings: replace(settings, speakers=True))
    world.speech.says(said)
    chat.send_voice(person, other_voice())
    await world.settle()
    return chat.bot_messages[-1] if chat.bot_messages else None


async def tap(world, chat, person, message, label):
    buttons = [each for row in chat.find(message["message_id"])["reply_markup"]["inline_keyboard"] for each in row]
    (carried,) = [each["callback_data"] for each in buttons if each["text"] == label]
    chat.press(person, message, carried)
    await world.settle()
    return chat.bot_messages[-1]


async def asked(world, chat, person, text, speaker="Speaker 1"):
    choice = await tap(world, chat, person, text, "Who is who?")
    return await tap(world, chat, person, choice, speaker)


async def name(world, chat, person, question, said):
    chat.say(person, said, reply_to=question)
    await world.settle()
    return chat.bot_messages[-1]


async def test_a_name_is_written_into_the_text_and_changed_and_taken_away(world, chat, alice):
    text = await sent(world, chat, alice)
    assert "Speaker 1: Good morning." in texts(chat)[0]
    question = await asked(world, chat, alice, text)
    assert "force_reply" in str(world.telegram.calls_of("sendMessage")[-1].params)
    await name(world, chat, alice, question, "  Anna\n Maria ")
    assert "Anna Maria: Good morning." in texts(chat)[0]
    assert "Anna Maria: Fine." in texts(chat)[0]
    assert "Speaker 2: Hello!" in texts(chat)[0]
    await name(world, chat, alice, question, "Bob")
    assert "Bob: Good morning." in texts(chat)[0]
    await name(world, chat, alice, question, "-")
    assert "Speaker 1: Good morning." in texts(chat)[0]
    assert "Who is who?" in chat.button_texts(text)


async def test_a_name_for_all_of_them_is_answered_with_what_to_do(world, chat, alice):
    text = await sent(world, chat, alice)
    choice = await tap(world, chat, alice, text, "Who is who?")
    assert (await name(world, chat, alice, choice, "Anna"))["text"] == ENGLISH.who.tap_first()
    assert await world.app.store.names_of(1) == {}
    question = await tap(world, chat, alice, choice, "Speaker 1")
    await name(world, chat, alice, question, "Anna")
    assert "Anna: Good morning." in texts(chat)[0]


async def test_in_a_group_a_reply_to_the_list_is_answered_once_and_only_one_that_may_be_a_name(world, alice):
    bob = world.telegram.user("Bob")
    group = world.telegram.supergroup("Team", [alice, bob], privacy=False)
    text = await sent(world, group, alice)
    await tap(world, group, alice, text, MORE)
    choice = await tap(world, group, alice, text, "Who is who?")
    before = len(texts(group))
    long = "I was at that meeting as well, and I do not think that it is any of your business who was there."
    assert len(long) > LONGEST_NAME
    await name(world, group, bob, choice, long)
    assert len(texts(group)) == before
    assert (await name(world, group, alice, choice, "Anna"))["text"] == ENGLISH.who.tap_first()
    await name(world, group, bob, choice, "that is Bob")
    assert len(texts(group)) == before + 1
    other = await tap(world, group, alice, text, "Who is who?")
    assert (await name(world, group, alice, other, "Anna"))["text"] == ENGLISH.who.tap_first()


@pytest.mark.parametrize("said", [spoken((1, 3, "Good morning."), (5, 3, "Fine.")), spoken((1, None, "Good morning."))])
async def test_where_nobody_is_told_from_others_nothing_asks_who_it_is(world, chat, alice, said):
    text = await sent(world, chat, alice, said=said)
    assert "Speaker" not in text["text"]
    assert "Again with…" in chat.button_texts(text)
    assert "Who is who?" not in chat.button_texts(text)


async def test_in_a_group_the_button_opens_no_question_of_names_where_one_speaks_alone(world, alice):
    chat = world.telegram.group("Team", [alice], privacy=False)
    text = await sent(world, chat, alice, said=spoken((1, 3, "Good morning.")))
    await tap(world, chat, alice, text, MORE)
    assert "Again with…" in chat.button_texts(chat.message(text["message_id"]))
    assert "Who is who?" not in chat.button_texts(chat.message(text["message_id"]))


@pytest.mark.only_english  # the buttons are compared as they are built
async def test_a_text_whose_speakers_an_older_program_left_uncounted_may_have_names(world, chat, alice):
    text = await sent(world, chat, alice)
    (job, *_) = await world.jobs()
    assert job.speakers == 2
    labels = [each.text for row in keyboards.under_text(replace(job, speakers=None)) for each in row]
    assert labels == chat.button_texts(text)


async def test_only_the_sender_and_an_admin_name_somebody(world, alice):
    bob, carol = world.telegram.user("Bob"), world.telegram.user("Carol")
    chat = world.telegram.group("Team", [alice, bob], admins=[carol], privacy=False)
    text = await sent(world, chat, alice)
    await tap(world, chat, alice, text, MORE)
    question = await asked(world, chat, alice, text)
    await name(world, chat, bob, question, "Mallory")
    assert "Speaker 1: Good morning." in texts(chat)[0]
    before = len(chat.bot_messages)
    await tap(world, chat, bob, text, "Who is who?")
    assert len(chat.bot_messages) == before
    assert world.telegram.callback_answers[-1].show_alert
    await name(world, chat, carol, question, "Anna")
    assert "Anna: Good morning." in texts(chat)[0]
    assert chat.button_texts(text) == [MORE]


async def test_somebody_is_named_in_the_supergroup_that_a_group_has_become(world, alice):
    group = world.telegram.group("Team", [alice], privacy=False)
    text = await sent(world, group, alice)
    await tap(world, group, alice, text, MORE)
    choice = await tap(world, group, alice, text, "Who is who?")
    new = group.upgrade()
    await world.settle()
    for chat, message in ((group, choice), (group, text)):
        await tap(world, chat, alice, message, "Speaker 1" if message is choice else "Who is who?")
        assert world.telegram.callback_answers[-1].text == ""
    asked_before, choice = new.bot_messages
    asked_now = await tap(world, new, alice, choice, "Speaker 2")
    await name(world, new, alice, asked_before, "Anna")
    await name(world, new, alice, asked_now, "Bob")
    assert await world.app.store.names_of(1) == {"3": "Anna", "0": "Bob"}


async def test_an_admin_whom_telegram_does_not_know_just_now_is_told_so(world, alice):
    carol = world.telegram.user("Carol")
    chat = world.telegram.group("Team", [alice], admins=[carol], privacy=False)
    text = await sent(world, chat, alice)
    await tap(world, chat, alice, text, MORE)
    question = await asked(world, chat, alice, text)
    world.telegram.fault("getChatMember", status=500, times=1)
    assert (await name(world, chat, carol, question, "Anna"))["text"] == ENGLISH.settings.admin_unknown()
    assert "Speaker 1: Good morning." in texts(chat)[0]


async def test_names_hold_for_later_recordings_only_where_somebody_said_so(world, chat, alice):
    text = await sent(world, chat, alice)
    told = await name(world, chat, alice, await asked(world, chat, alice, text), "Anna")
    assert "Speaker 1: Good morning." in (await sent(world, chat, alice))["text"]
    await tap(world, chat, alice, told, "Use these names in this chat from now on")
    assert "Anna: Good morning." in (await sent(world, chat, alice))["text"]
    choice = await tap(world, chat, alice, text, "Who is who?")
    await tap(world, chat, alice, choice, "Use no names in this chat any more")
    assert "Speaker 1: Good morning." in (await sent(world, chat, alice))["text"]


async def test_a_text_that_is_no_longer_kept_is_told_of(world, chat, alice):
    kept = await sent(world, chat, alice)
    question = await asked(world, chat, alice, kept)
    await tap(world, chat, alice, kept, "Delete")
    await tap(world, chat, alice, kept, "Yes, delete it")
    assert (await name(world, chat, alice, question, "Anna"))["text"] == ENGLISH.more.not_kept()
    await world.app.store.change_settings(chat.id, lambda settings: replace(settings, keep_days=0))
    await tap(world, chat, alice, await sent(world, chat, alice), "Who is who?")
    answer = world.telegram.callback_answers[-1]
    assert (answer.text, answer.show_alert) == (ENGLISH.more.not_kept(), True)


async def test_only_names_that_there_are_can_be_used_in_the_chat_or_be_no_longer_used(world, chat, alice):
    use, use_none = ENGLISH.who.for_the_chat(), ENGLISH.who.not_for_the_chat()
    text = await sent(world, chat, alice)

    async def offered(text):
        choice = await tap(world, chat, alice, text, "Who is who?")
        return [each for each in chat.button_texts(choice) if not each.startswith(("Speaker", "Anna"))]

    assert await offered(text) == []
    told = await name(world, chat, alice, await asked(world, chat, alice, text), "Anna")
    assert await offered(text) == [use]
    await tap(world, chat, alice, told, use)
    assert await offered(text) == [use, use_none]
    later = await sent(world, chat, alice)
    assert await offered(later) == [use, use_none]
    await tap(world, chat, alice, chat.bot_messages[-1], use)
    assert "Anna: Good morning." in (await sent(world, chat, alice))["text"]
    await tap(world, chat, alice, await tap(world, chat, alice, text, "Who is who?"), use_none)
    assert await offered(text) == [use]


async def test_a_file_that_was_sent_before_comes_once_more_with_the_names(world, chat, alice):
    text = await sent(world, chat, alice)
    await tap(world, chat, alice, text, ".srt")
    await name(world, chat, alice, await asked(world, chat, alice, text), "Anna")
    file = await tap(world, chat, alice, text, ".srt")
    assert b"Anna: Good morning." in world.telegram.file_bytes(file["document"]["file_id"])


async def test_the_longest_name_stands_whole_in_the_text_and_in_its_files(world, chat, alice):
    text, longest = await sent(world, chat, alice), "A" * LONGEST_NAME
    await name(world, chat, alice, await asked(world, chat, alice, text), longest)
    assert f"{longest}: Good morning." in texts(chat)[0]
    file = await tap(world, chat, alice, text, ".srt")
    assert f"{longest}: Good morning." in world.telegram.file_bytes(file["document"]["file_id"]).decode()


async def test_where_a_message_can_no_longer_be_changed_it_is_said_and_files_have_the_names(world, chat, alice):
    text = await sent(world, chat, alice)
    question = await asked(world, chat, alice, text)
    chat.delete(text)
    chat.say(alice, "Anna", reply_to=question)
    await world.settle()
    assert any("does not let me change" in said for said in texts(chat))
    (job, *_) = await world.jobs()
    assert await world.app.store.names_of(job.id) == {"3": "Anna"}


async def test_a_name_survives_a_death_before_the_text_is_changed(stopped_world):
    alice = stopped_world.telegram.user("Alice")
    chat = stopped_world.telegram.private(alice)
    async with stopped_world.running() as world:
        text = await sent(world, chat, alice)
        question = await asked(world, chat, alice, text)
        fault = stopped_world.telegram.fault("editMessageText", status=500, times=None)
        chat.say(alice, "Anna", reply_to=question)
        await world.turn()
    fault.clear()
    async with stopped_world.running() as world:
        await world.settle()
    assert "Anna: Good morning." in texts(chat)[0]


async def test_a_file_that_is_on_its_way_while_somebody_is_named_comes_once_more(world, chat, alice):
    text = await sent(world, chat, alice)
    (job, *_) = await world.jobs()
    naming = Naming(Question(job.id, "3"), chat.id, None, "Anna")
    world.telegram.watch("sendDocument", lambda: world.app.store.name_speaker(naming, 0.0), "before")
    file = await tap(world, chat, alice, text, ".srt")
    assert b"Anna: Good morning." in world.telegram.file_bytes(file["document"]["file_id"])
    assert len([each for each in chat.bot_messages if "document" in each]) == 2
    await tap(world, chat, alice, text, ".srt")
    assert len([each for each in chat.bot_messages if "document" in each]) == 2


async def test_a_reply_to_a_question_that_nobody_knows_any_more_is_answered(world, chat, alice):
    question = await asked(world, chat, alice, await sent(world, chat, alice))
    (job, *_) = await world.jobs()
    chat.say(alice, "/forget")
    await world.settle()
    await tap(world, chat, alice, chat.bot_messages[-1], ENGLISH.privacy.erase())
    while await world.app.store.erase(0.0, 10):
        pass
    assert (await name(world, chat, alice, question, "Anna"))["text"] == ENGLISH.who.unknown()
    assert await world.app.store.names_of(job.id) == {}


async def test_people_are_told_which_names_are_stored(world, chat, alice):
    text = await sent(world, chat, alice)
    told = await name(world, chat, alice, await asked(world, chat, alice, text), "Anna")
    await tap(world, chat, alice, told, "Use these names in this chat from now on")
    chat.say(alice, "/mydata")
    await world.settle()
    stored = data(world, chat.bot_messages[-1])
    assert stored["names_for_later_recordings"] == {"3": "Anna"}
    assert [each["names_of_speakers"] for each in stored["recordings"]] == [{"3": "Anna"}]


LONG_NAME = "Maximiliane von und zu Hohenheim"


def long_meeting(letters):
    """Two who take turns at short sentences, so that names are much of the text, which has about so many letters."""
    each = len("Speaker 1: Good morning to you.\n\n")
    return spoken(*((number * 3, number % 2, "Good morning to you.") for number in range(letters // each)))


@pytest.mark.only_english  # how long "Speaker 1" is decides about the pages
@pytest.mark.parametrize(
    ("letters", "named", "shown"),
    [
        (4090, LONG_NAME, "Maxim…"),  # it would need a second page
        (4090, "Jo Hohenheim-Maximilianesburg", "Jo"),
        (8100, LONG_NAME, "Maxim…"),
        (4200, "Jo", "Jo"),  # it would need one page less
        (8100, "Jo", "Jo"),
        (20_000, LONG_NAME, LONG_NAME),  # a file
    ],
)
async def test_a_text_keeps_its_messages_and_a_name_is_shortened_that_does_not_fit(
    world, chat, alice, letters, named, shown
):
    text = await sent(world, chat, alice, said=long_meeting(letters))
    before = list(chat.bot_messages)
    await name(world, chat, alice, await asked(world, chat, alice, text), named)
    after = [chat.message(each["message_id"]) for each in before]
    written = "".join(whole(world, each) for each in after)
    assert (f"{shown}: Good morning" in written, "Speaker 1" in written) == (True, False)
    assert written.count("Good morning to you.") == "".join(whole(world, each) for each in before).count(
        "Good morning to you."
    )
    assert "Who is who?" in chat.button_texts(after[-1])
    assert not any("does not let me change" in said for said in texts(chat) if said)


def whole(world, message):
    if "document" in message:
        return world.telegram.file_bytes(message["document"]["file_id"]).decode()
    return message["text"]


async def test_names_are_written_into_an_answer_that_is_in_private(world, alice):
    private, group = world.telegram.private(alice), world.telegram.supergroup("Team", [alice], privacy=False)
    group.silence_bot()
    await sent(world, group, alice)
    (text,) = private.bot_messages
    assert text["text"].endswith("Speaker 1: Good morning.\n\nSpeaker 2: Hello! How are you?\n\nSpeaker 1: Fine.")
    await name(world, private, alice, await asked(world, private, alice, text), "Anna")
    assert texts(private)[0] == text["text"].replace("Speaker 1", "Anna")
    assert group.bot_messages == []


async def test_names_are_written_into_pages_where_files_are_forbidden(world, alice):
    group = world.telegram.supergroup("Team", [alice], privacy=False)
    group.permit(documents=False)
    text = await sent(world, group, alice, said=long_meeting(17_000))
    before = group.bot_messages
    assert len(before) == 5
    await tap(world, group, alice, text, MORE)
    await name(world, group, alice, await asked(world, group, alice, text), "Anna")
    for page in before:
        assert "Anna: Good morning" in group.message(page["message_id"])["text"]


@pytest.mark.only_english  # how long "Speaker 1" is decides about the pages
async def test_the_other_pages_get_the_name_where_one_is_gone_and_that_is_said(world, chat, alice):
    text = await sent(world, chat, alice, said=long_meeting(8100))
    (first, last) = chat.bot_messages
    question = await asked(world, chat, alice, text)
    chat.delete(first)
    await name(world, chat, alice, question, "Anna")
    assert "Anna: Good morning" in chat.message(last["message_id"])["text"]
    assert any("does not let me change" in said for said in texts(chat))
