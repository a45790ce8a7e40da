"""What stands in the files of a text, from what the provider answers to the chat."""

import json

import pytest
import webvtt

from bot.playground.speech.recognition import Recognition, Word
from tests.english import ENGLISH
from tests.world import other_voice

TALK = Recognition(
    "Shall we go? Yes. Good.",
    (
        *(Word("Shall", 0.0, 0.4), Word("we", 0.4, 0.6), Word("go?", 0.6, 1.0)),
        *(Word("Yes.", 1.5, 2.0, speaker=1), Word("Good.", 3.5, 4.0)),
    ),
    4.0,
)


@pytest.fixture
def alice(world):
    return world.telegram.user("Alice")


@pytest.fixture
def private(world, alice):
    return world.telegram.private(alice)


async def exported(world, chat, person, ending):
    """The file that comes of a tap below the last text, and the message with it."""
    message = next(each for each in reversed(chat.bot_messages) if f".{ending}" in chat.button_texts(each))
    chat.press(person, message, f".{ending}")
    await world.settle()
    sent = chat.bot_messages[-1]
    assert sent["document"]["file_name"] == f"transcript.{ending}"
    return world.telegram.file_bytes(sent["document"]["file_id"]).decode(), sent


async def heard(world, chat, person, said):
    world.speech.says(said)
    chat.send_voice(person, other_voice())
    await world.settle()


async def test_speakers_are_told_apart_in_every_form(world, private, alice):
    private.say(alice, "/speakers on")
    await heard(world, private, alice, TALK)
    srt, sent = await exported(world, private, alice, "srt")
    assert [line for line in srt.splitlines() if ":" in line and "-->" not in line] == [
        "Speaker 1: Shall we go?",
        "Speaker 2: Yes.",
        "Speaker 1: Good.",
    ]
    assert "caption" not in sent
    captions = webvtt.from_string((await exported(world, private, alice, "vtt"))[0]).captions
    assert [(each.voice, each.text) for each in captions] == [
        ("Speaker 1", "Shall we go?"),
        ("Speaker 2", "Yes."),
        ("Speaker 1", "Good."),
    ]
    assert '\nspeakers:\n  - "Speaker 1"\n  - "Speaker 2"\n---\n' in (await exported(world, private, alice, "md"))[0]
    words = json.loads((await exported(world, private, alice, "json"))[0])["words"]
    assert [(each["text"], each["speaker"], each["confidence"]) for each in words][2:4] == [
        ("go?", "Speaker 1", 0.98),
        ("Yes.", "Speaker 2", 0.98),
    ]


async def test_a_language_that_was_asked_for_stands_in_the_files(world, private, alice):
    private.say(alice, "/language de")
    await heard(world, private, alice, "Guten Morgen.")
    assert '\nlanguage: "de"\n' in (await exported(world, private, alice, "md"))[0]
    assert json.loads((await exported(world, private, alice, "json"))[0])["language"] == "de"


async def test_subtitles_without_any_times_say_so(world, private, alice):
    world.speech.dialect = "text"
    await heard(world, private, alice, "Good morning.")
    srt, sent = await exported(world, private, alice, "srt")
    assert "Good morning." in srt
    assert sent["caption"] == ENGLISH.more.estimated()
    assert "NOTE The times are estimates" in (await exported(world, private, alice, "vtt"))[0]
    assert "caption" not in (await exported(world, private, alice, "md"))[1]
