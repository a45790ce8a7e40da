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


def front_matter(note):
    """What stands in quotes in front of a note, by name."""
    lines = (line.partition(": ") for line in note.split("\n---\n")[0].splitlines())
    return {name: json.loads(value) for name, _, value in lines if value.startswith('"')}


class TestSender:
    """Who has sent a recording is asked of Telegram when a file is made that tells it."""

    @pytest.fixture
    def asked(self, world):
        return lambda: len(world.telegram.calls_of("getChatMember")) + len(world.telegram.calls_of("getChat"))

    async def test_in_a_private_chat_it_is_the_person(self, world, asked):
        person = world.telegram.user('Zoë "Z"\n---', last_name="\u202eO'Neil: #1")
        chat = world.telegram.private(person)
        await heard(world, chat, person, TALK)
        assert front_matter((await exported(world, chat, person, "md"))[0])["sender"] == """Zoë "Z" --- O'Neil: #1"""
        assert asked() == 1
        assert json.loads((await exported(world, chat, person, "json"))[0])["sender"] == """Zoë "Z" --- O'Neil: #1"""
        assert "\nSender: Zoë" in (await exported(world, chat, person, "vtt"))[0]
        assert asked() == 3

    async def test_in_a_group_it_is_the_person_whoever_asks_for_the_file(self, world, alice):
        bob = world.telegram.user("Bob", last_name="Ray")
        group = world.telegram.supergroup("Team", [alice, bob], privacy=False)
        group.promote(alice)
        await heard(world, group, bob, TALK)
        group.say(alice, "/export md", reply_to=group.bot_messages[-1])
        await world.settle()
        note = world.telegram.file_bytes(group.bot_messages[-1]["document"]["file_id"]).decode()
        assert front_matter(note)["sender"] == "Bob Ray"

    async def test_it_is_asked_where_the_group_is_by_now(self, world, alice):
        group = world.telegram.group("Team", [alice], privacy=False)
        await heard(world, group, alice, TALK)
        message = group.bot_messages[-1]
        group.press(alice, message, "⋯")
        await world.settle()
        supergroup = group.upgrade()
        await world.settle()
        for ending in ("md", "vtt"):  # with buttons from before, of which the first meets the move
            group.press(alice, message, f".{ending}")
            await world.settle()
        note, subtitles = [world.telegram.file_bytes(each["document"]["file_id"]) for each in supergroup.bot_messages]
        assert front_matter(note.decode())["sender"] == "Alice"
        assert "\nSender: Alice\n" in subtitles.decode()

    async def test_of_a_text_that_went_to_the_person_it_is_the_person(self, world, alice, private):
        group = world.telegram.supergroup("Team", [alice], privacy=False)
        group.silence_bot()
        await heard(world, group, alice, TALK)
        assert front_matter((await exported(world, private, alice, "md"))[0])["sender"] == "Alice"

    async def test_of_a_post_it_is_the_channel(self, world, alice, asked):
        channel = world.telegram.channel("The News")
        await heard(world, channel, None, TALK)
        channel.say(None, "/export md", reply_to=channel.bot_messages[-1])
        await world.settle()
        note = world.telegram.file_bytes(channel.bot_messages[-1]["document"]["file_id"]).decode()
        assert front_matter(note)["sender"] == "The News"
        assert asked() == 1

    @pytest.mark.parametrize("status", [400, 403, 429, 502])
    async def test_where_telegram_does_not_tell_it_the_file_comes_without(self, world, private, alice, status):
        await heard(world, private, alice, TALK)
        world.telegram.fault("getChatMember", status, times=2)
        assert "sender" not in front_matter((await exported(world, private, alice, "md"))[0])
        assert json.loads((await exported(world, private, alice, "json"))[0])["sender"] is None

    @pytest.mark.parametrize("ending", ["txt", "srt"])
    async def test_files_that_do_not_tell_it_ask_nothing(self, world, private, alice, asked, ending):
        await heard(world, private, alice, TALK)
        await exported(world, private, alice, ending)
        assert asked() == 0


async def test_subtitles_without_any_times_say_so(world, private, alice):
    world.speech.dialect = "text"
    await heard(world, private, alice, "Good morning.")
    srt, sent = await exported(world, private, alice, "srt")
    assert "Good morning." in srt
    assert sent["caption"] == ENGLISH.more.estimated()
    assert "NOTE The times are estimates" in (await exported(world, private, alice, "vtt"))[0]
    assert "caption" not in (await exported(world, private, alice, "md"))[1]
