"""A chat chooses how its recordings are transcribed: speakers, formatting, filler words, numbers, and its own words."""

import pytest

from bot.playground.speech import conversation
from tests.english import ENGLISH
from tests.world import ASKED_LANGUAGE, audio, other_voice, texts

WORDS = ENGLISH.vocabulary
USUAL = {"model": "#g1_nova-2-general", **ASKED_LANGUAGE, "smart_format": "true", "punctuate": "true"}
LINK = "https://files.example/voice.ogg"


@pytest.fixture
def alice(world):
    return world.telegram.user("Alice")


@pytest.fixture
def chat(world, alice):
    return world.telegram.private(alice)


async def said(world, chat, person, *typed, **around):
    """What the bot answers to the last of some texts."""
    for text in typed:
        chat.say(person, text, **around)
        await world.settle()
    return chat.bot_messages[-1]["text"]


async def sent(world, chat, person, voice=None):
    """The fields that a voice note, or one forwarded, is sent to the provider with; None if it is not sent there."""
    before = len(world.speech.uploads)
    if voice is None:
        chat.send_voice(person, other_voice())
    else:
        chat.forward(person, voice)
    await world.settle()
    assert world.speech.violations == []
    return world.speech.uploads[before].fields if len(world.speech.uploads) > before else None


@pytest.fixture
async def voice(world, chat, alice):
    """A voice note that has its text, and can be forwarded again and again."""
    voice = chat.send_voice(alice, audio())
    await world.settle()
    return voice


def listed(*words):
    """What the bot says of a vocabulary."""
    line = ENGLISH.settings.button("vocabulary", WORDS.counted(len(words)))
    return "\n".join((line, WORDS.listed(words))) if words else line


async def vocabulary(world, chat):
    return (await world.app.store.settings(chat.id)).vocabulary


async def test_without_a_choice_the_usual_is_asked_for(world, chat, alice):
    assert await sent(world, chat, alice) == USUAL


@pytest.mark.parametrize(
    ("typed", "more"),
    [
        ("/speakers on", {"diarize": "true"}),
        ("/fillers on", {"filler_words": "true"}),
        ("/profanity on", {"profanity_filter": "true"}),
        ("/numerals on", {"numerals": "true"}),
        ("/vocabulary add Zoë Ada", {"keywords": "Ada,Zoë"}),
        ("/times on", {}),
    ],
)
async def test_what_a_chat_chose_is_asked_for_and_no_more_when_it_is_taken_back(world, chat, alice, typed, more):
    await said(world, chat, alice, typed)
    assert await sent(world, chat, alice) == USUAL | more
    await said(world, chat, alice, typed.replace(" on", " off").replace("add", "remove"))
    assert await sent(world, chat, alice) == USUAL


@pytest.mark.parametrize("model", ["nova-2-general", "whisper-base"])
async def test_speakers_that_are_asked_for_are_kept_with_the_words(world, chat, alice, model):
    world.speech.says(conversation("Hello, Bob.", "Hi!", "Good."))
    await said(world, chat, alice, f"/model {model}", "/speakers on")
    assert (await sent(world, chat, alice))["diarize"] == "true"
    (job,) = await world.jobs()
    stored = await world.app.store.transcript(job.transcript_id)
    assert [(word.text, word.speaker) for word in stored.words] == [
        ("Hello,", "0"),
        ("Bob.", "0"),
        ("Hi!", "1"),
        ("Good.", "0"),
    ]
    assert "Speaker 0:" not in stored.text


async def test_without_smart_formatting_there_are_still_full_stops(world, chat, alice):
    await said(world, chat, alice, "/formatting off")
    fields = await sent(world, chat, alice)
    assert "smart_format" not in fields
    assert fields["punctuate"] == "true"


async def test_a_link_is_sent_with_the_same_choices(world, chat, alice):
    world.speech.links[LINK] = audio()
    await said(world, chat, alice, "/speakers on", "/vocabulary add Zoë", LINK)
    fields = world.speech.uploads[-1].fields
    assert (fields["diarize"], fields["keywords"], fields["url"]) == ("true", "Zoë", LINK)
    assert world.speech.violations == []


async def test_the_same_recording_is_paid_for_once_for_each_set_of_choices(world, chat, alice, voice):
    await said(world, chat, alice, "/vocabulary add Ada Zoë")
    assert await sent(world, chat, alice, voice) is not None
    await said(world, chat, alice, "/vocabulary remove ada", "/vocabulary add Ada", "/times on")
    assert await sent(world, chat, alice, voice) is None
    await said(world, chat, alice, "/vocabulary add ADA")
    assert await sent(world, chat, alice, voice) is not None
    await said(world, chat, alice, "/vocabulary remove Ada Zoë")
    assert await sent(world, chat, alice, voice) is None


async def test_what_the_model_does_not_take_is_neither_sent_nor_paid_for_again(world, chat, alice, voice):
    await said(world, chat, alice, "/model whisper-base")
    assert (await sent(world, chat, alice, voice))["model"] == "#g1_whisper-base"
    answer = await said(world, chat, alice, "/profanity on")
    assert "whisper-base cannot do this" in answer
    assert "whisper-base cannot do this" in await said(world, chat, alice, "/vocabulary add Kafka")
    assert await sent(world, chat, alice, voice) is None
    await said(world, chat, alice, "/speakers on")
    fields = await sent(world, chat, alice, voice)
    assert fields["diarize"] == "true"
    assert not {"profanity_filter", "keywords"} & fields.keys()


async def test_another_try_takes_what_the_chat_has_chosen_by_then(world, chat, alice):
    world.speech.fail_generation("next")
    world.speech.fail_generation("next")
    world.speech.fail_generation("next")
    await sent(world, chat, alice)
    await said(world, chat, alice, "/model whisper-base", "/vocabulary add Kafka", "/numerals on")
    (message,) = [each for each in chat.bot_messages if ENGLISH.again.button() in chat.button_texts(each)]
    chat.press(alice, message, ENGLISH.again.button())
    await world.settle()
    fields = world.speech.uploads[-1].fields
    assert fields["numerals"] == "true"
    assert "keywords" not in fields
    assert world.speech.violations == []


# The vocabulary


async def test_words_are_added_listed_and_removed_in_any_case(world, chat, alice):
    assert await said(world, chat, alice, "/vocabulary add Zoë, “Kafka” kafka\n C++") == listed("Zoë", "kafka", "C++")
    assert listed("Zoë", "kafka", "C++") in await said(world, chat, alice, "/vocabulary")
    assert await said(world, chat, alice, "/vocabulary remove ZOË Nobody") == listed("kafka", "C++")
    assert await said(world, chat, alice, "/vocabulary remove kafka c++") == listed()
    assert await vocabulary(world, chat) is None


async def test_more_than_a_hundred_words_are_refused_as_a_whole(world, chat, alice):
    many = [f"word{n}" for n in range(99)]
    await said(world, chat, alice, f"/vocabulary add {' '.join(many)}")
    assert await said(world, chat, alice, "/vocabulary add one two") == WORDS.full(99, 100)
    assert await vocabulary(world, chat) == tuple(many)
    await said(world, chat, alice, "/vocabulary add WORD7 one")
    assert len(await vocabulary(world, chat)) == 100
    assert await said(world, chat, alice, "/vocabulary add two") == WORDS.full(100, 100)
    fields = await sent(world, chat, alice)
    assert len(fields["keywords"].split(",")) == 100


@pytest.mark.parametrize("word", ["x" * 36, "Kafka:9", "…"])
async def test_what_is_no_word_is_named_and_nothing_is_added(world, chat, alice, word):
    assert await said(world, chat, alice, f"/vocabulary add Kafka {word}") == WORDS.unfit(word, 35)
    assert await vocabulary(world, chat) is None


async def test_in_a_group_admins_alone_change_the_words(world, alice):
    bob = world.telegram.user("Bob")
    group = world.telegram.supergroup("Team", [alice], admins=[bob], privacy=False)
    await said(world, group, bob, "/vocabulary add Kafka")
    for typed in ("/vocabulary add Zoë", "/vocabulary remove Kafka"):
        assert await said(world, group, alice, typed) == ENGLISH.settings.admins_only()
    assert await vocabulary(world, group) == ("Kafka",)
    assert (await sent(world, group, alice))["keywords"] == "Kafka"


async def test_the_words_go_along_with_a_group_that_becomes_a_supergroup(world, alice):
    bob = world.telegram.user("Bob")
    group = world.telegram.group("Team", [alice], admins=[bob], privacy=False)
    await said(world, group, bob, "/vocabulary add Kafka", "/speakers on")
    supergroup = group.upgrade(bob)
    await world.settle()
    fields = await sent(world, supergroup, alice)
    assert (fields["keywords"], fields["diarize"]) == ("Kafka", "true")


async def test_two_additions_at_once_are_both_kept(world, chat, alice):
    for word in ("Kafka", "Zoë", "Ada"):
        chat.say(alice, f"/vocabulary add {word}")
    await world.settle()
    assert await vocabulary(world, chat) == ("Kafka", "Zoë", "Ada")


async def test_no_word_stands_in_the_log(world, chat, alice, capsys):
    await said(world, chat, alice, "/vocabulary add Zebrakafka")
    await sent(world, chat, alice)
    assert texts(chat)[-1]
    told = capsys.readouterr()
    assert "zebrakafka" not in (told.out + told.err).lower()
