"""Texts in paragraphs, with times that can be tapped and with those who speak."""

from dataclasses import replace

import pytest

from bot.playground.speech import Recognition, Word
from tests.english import ENGLISH
from tests.long import repeated
from tests.world import AUDIO, audio, other_voice, texts

SENTENCE = "The quick brown fox jumps over the lazy dog, and then it does so again. "
MANY_SENTENCES = "".join(
    f"Fox number {number} jumps over the lazy dog, and then it does so again. " for number in range(400)
)
URL = "https://example.com/talks/sample.mp3"


def spoken(*turns, text=None):
    """What is recognised where each turn, `(start, speaker, text)`, is said at two words a second."""
    words = [
        Word(word, start + number / 2, start + number / 2 + 0.4, speaker)
        for start, speaker, turn in turns
        for number, word in enumerate(turn.split())
    ]
    return Recognition(" ".join(turn for _, _, turn in turns) if text is None else text, tuple(words), words[-1].end)


MEETING = spoken((1, 3, "Good morning, Bob."), (35, 0, "Hello! How are you?"), (3727, 3, "Fine."))
PLAIN = "Good morning, Bob.\n\nHello! How are you?\n\nFine."
LONG = repeated(AUDIO / "voice.ogg", 200, "-f", "ogg")


@pytest.fixture
def alice(world):
    return world.telegram.user("Alice")


@pytest.fixture
def chat(world, alice):
    return world.telegram.private(alice)


async def choose(world, chat, **chosen):
    await world.app.store.change_settings(chat.id, lambda settings: replace(settings, **chosen))


async def answered(world, chat, person, said, data=None):
    """The messages that answer a voice note in which this is said."""
    world.speech.says(said)
    chat.send_voice(person, data or other_voice())
    await world.settle()
    return texts(chat)


async def test_a_recording_of_more_than_three_minutes_has_times_in_a_reply_to_it(world, chat, alice):
    said = spoken((0.2, 0, SENTENCE * 4), (75, 0, "That is all."))
    assert await answered(world, chat, alice, said, LONG) == [f"0:00 {(SENTENCE * 4).strip()}\n\n1:15 That is all."]
    assert "voice" in chat.bot_messages[0]["reply_to_message"]
    assert len(world.telegram.calls_of("sendMessage", "editMessageText")) == 2


async def test_a_shorter_one_has_none_and_its_words_are_not_read(world, chat, alice, monkeypatch):
    monkeypatch.setattr(world.app.store, "transcript", None)
    voice = chat.send_voice(alice, audio())
    await world.settle()
    chat.forward(alice, voice)
    await world.settle()
    assert texts(chat) == ["hello world", "hello world"]
    assert len(world.speech.uploads) == 1


async def test_a_chat_chooses_times_for_every_recording_or_for_none(world, chat, alice):
    await choose(world, chat, times=True)
    assert (await answered(world, chat, alice, "Short."))[-1] == "0:00 Short."
    await choose(world, chat, times=False)
    assert (await answered(world, chat, alice, MEETING, LONG))[-1] == PLAIN


@pytest.mark.parametrize(("minutes", "shown"), [("0.01", "0:00 said"), ("0", "said"), ("0.5", "said")])
async def test_the_operator_decides_from_which_length_on(stopped_world, minutes, shown):
    alice = stopped_world.telegram.user("Alice")
    chat = stopped_world.telegram.private(alice)
    async with stopped_world.running(times_from_minutes=minutes) as world:
        assert await answered(world, chat, alice, "said") == [shown]


@pytest.mark.parametrize("dialect", ["text"])
async def test_a_text_without_times_of_its_words_stays_as_it_is(world, chat, alice, dialect):
    await choose(world, chat, times=True, speakers=True)
    world.speech.dialect = dialect
    assert await answered(world, chat, alice, MEETING) == [MEETING.text]


async def test_numbers_stay_as_the_provider_wrote_them(world, chat, alice):
    await choose(world, chat, times=True)
    said = spoken(
        (0, 0, "We are"), (1, 0, "twenty five people."), (9, 0, "All of us."), text="We are 25 people. All of us."
    )
    assert await answered(world, chat, alice, said, LONG) == ["0:00 We are 25 people.\n\n0:09 All of us."]


async def test_speakers_have_numbers_in_the_order_in_which_they_speak(world, chat, alice):
    await choose(world, chat, speakers=True)
    assert await answered(world, chat, alice, MEETING) == [
        "Speaker 1: Good morning, Bob.\n\nSpeaker 2: Hello! How are you?\n\nSpeaker 1: Fine."
    ]


async def test_turns_have_times_with_hours_from_an_hour_on(world, chat, alice):
    await choose(world, chat, speakers=True, times=True)
    world.speech.says(MEETING)
    world.speech.links[URL] = audio()
    chat.say(alice, URL)
    await world.settle()
    assert texts(chat) == [
        "0:01 Speaker 1: Good morning, Bob.\n\n0:35 Speaker 2: Hello! How are you?\n\n1:02:07 Speaker 1: Fine."
    ]


async def test_no_time_is_later_than_the_end_of_the_recording(world, chat, alice):
    await choose(world, chat, times=True)
    (text,) = await answered(world, chat, alice, MEETING, audio())
    assert text == "0:01 Good morning, Bob.\n\n0:03 Hello! How are you?\n\n0:03 Fine."


async def test_speakers_are_numbered_in_the_language_of_the_chat(world, chat, alice):
    await choose(world, chat, speakers=True, interface="de")
    (text,) = await answered(world, chat, alice, MEETING)
    assert text.startswith("Sprecher 1: Good morning, Bob.\n\nSprecher 2: ")


async def test_one_speaker_alone_is_not_named(world, chat, alice):
    await choose(world, chat, speakers=True)
    assert await answered(world, chat, alice, "Only me.") == ["Only me."]


async def test_the_same_file_is_laid_out_in_each_chat_as_that_chooses_and_paid_for_once(world, chat, alice):
    bob = world.telegram.user("Bob")
    of_bob = world.telegram.private(bob)
    await choose(world, of_bob, times=True)
    world.speech.says(MEETING)
    voice = chat.send_voice(alice, audio())
    await world.settle()
    of_bob.forward(bob, voice)
    await world.settle()
    assert texts(chat) == [PLAIN]
    assert texts(of_bob) == ["0:01 Good morning, Bob.\n\n0:35 Hello! How are you?\n\n1:02:07 Fine."]
    assert len(world.speech.uploads) == 1


async def test_pages_have_times_and_a_try_after_trouble_between_them_makes_the_same(world, chat, alice):
    await choose(world, chat, times=True)
    said = spoken((0, 0, MANY_SENTENCES[:10_000]))
    whole = await answered(world, chat, alice, said)
    assert len(whole) == 3
    assert all("\n\n" in page for page in whole)
    assert sum(page.count(":") for page in whole) > 15
    bob = world.telegram.user("Bob")
    of_bob = world.telegram.private(bob)
    await choose(world, of_bob, times=True)
    sent = []

    def break_the_second_page():
        sent.append(1)
        if len(sent) == 2:
            world.telegram.fault("editMessageText", 500, times=3)

    world.telegram.watch("sendMessage", break_the_second_page, times=None)
    assert await answered(world, of_bob, bob, said) == whole
    assert len([call for call in world.telegram.calls if call.status == 500]) == 3


async def test_a_file_of_a_very_long_text_has_the_times_as_text(world, chat, alice):
    await choose(world, chat, times=True)
    await answered(world, chat, alice, spoken((0, 0, MANY_SENTENCES)))
    (message,) = chat.bot_messages
    content = world.telegram.file_bytes(message["document"]["file_id"]).decode()
    assert content.startswith("0:00 Fox number 0 jumps")
    assert content.count("\n\n") > 30
    assert message["caption"].startswith("0:00 Fox number 0 jumps")
    assert "".join(word for word in content.split() if ":" not in word) == "".join(MANY_SENTENCES.split())


@pytest.mark.parametrize(("fold_from", "is_folded"), [(72, True), (73, False)])
async def test_times_do_not_count_for_folding(world, chat, alice, fold_from, is_folded):
    chat.say(alice, f"/answers fold {fold_from}")
    await world.settle()
    await choose(world, chat, times=True)
    await answered(world, chat, alice, SENTENCE.strip() + "!")
    message = chat.bot_messages[-1]
    assert message["text"] == f"0:00 {SENTENCE.strip()}!"
    assert bool(message.get("entities")) is is_folded


async def test_a_quiet_chat_has_times_too(world, chat, alice):
    await choose(world, chat, times=True, quiet=True)
    assert await answered(world, chat, alice, "said") == ["0:00 said"]


async def test_silence_is_said_without_a_time(world, chat, alice):
    await choose(world, chat, times=True, speakers=True)
    assert await answered(world, chat, alice, "") == [ENGLISH.answers.no_speech()]


async def test_what_a_group_refuses_has_its_times_and_speakers_in_private_in_the_language_of_the_sender(world):
    hans = world.telegram.user("Hans", language_code="de")
    private = world.telegram.private(hans)
    private.say(hans, "/start")
    group = world.telegram.supergroup("Team", [hans], privacy=False)
    await world.settle()
    await choose(world, group, times=True, speakers=True)
    group.silence_bot()
    world.speech.says(spoken((0, 0, "Guten Tag."), (1, 1, "Hallo!")))
    group.send_voice(hans, other_voice())
    await world.settle()
    assert texts(private)[-1].endswith("\n\n0:00 Sprecher 1: Guten Tag.\n\n0:01 Sprecher 2: Hallo!")
