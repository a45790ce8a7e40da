"""How a chat wants its texts: by their length, always as text, always as a file, or folded."""

import pytest

from bot.text.layout import MESSAGE_LIMIT, MOST_PAGES
from tests.english import ENGLISH
from tests.world import audio, other_voice, texts

SENTENCE = "The quick brown fox jumps over the lazy dog, and then it does so again. "
NO_FILES = {"ok": False, "error_code": 400, "description": "Bad Request: CHAT_SEND_DOCS_FORBIDDEN"}
NO_TEXTS = {"ok": False, "error_code": 400, "description": "Bad Request: CHAT_SEND_PLAIN_FORBIDDEN"}


@pytest.fixture
def alice(world):
    return world.telegram.user("Alice")


@pytest.fixture
def chat(world, alice):
    return world.telegram.private(alice)


async def answered(world, chat, alice, command, text):
    """The messages that answer a voice note in which this is said, after a command."""
    world.speech.says(text)
    chat.say(alice, command)
    await world.settle()
    before = len(chat.bot_messages)
    chat.send_voice(alice, other_voice())
    await world.settle()
    return chat.bot_messages[before:]


def content(world, message):
    return world.telegram.file_bytes(message["document"]["file_id"]).decode()


def folded(message):
    return [each["type"] for each in message.get("entities", [])] == ["expandable_blockquote"]


async def test_a_file_has_also_a_short_text_and_replies_to_the_recording(world, chat, alice):
    (message,) = await answered(world, chat, alice, "/answers file", "Short.")
    assert content(world, message) == "Short."
    assert message["caption"] == "Short."
    assert "voice" in message["reply_to_message"]


async def test_a_text_that_would_be_a_file_comes_in_pages(world, chat, alice):
    text = (SENTENCE * 400).strip()
    pages = await answered(world, chat, alice, "/answers text", text)
    assert " ".join(page["text"] for page in pages) == text
    assert len(pages) > 3
    assert all(map(folded, pages))


async def test_a_text_that_no_reasonable_number_of_pages_has_is_a_file_even_so(world, chat, alice):
    text = "a" * (MESSAGE_LIMIT * MOST_PAGES + 1)
    (message,) = await answered(world, chat, alice, "/answers text", text)
    assert content(world, message) == text


@pytest.mark.parametrize(("length", "is_folded"), [(499, False), (500, True), (4096, True)])
async def test_a_text_is_folded_from_the_number_of_characters_that_the_chat_chose(
    world, chat, alice, length, is_folded
):
    (message,) = await answered(world, chat, alice, "/answers fold 500", "a" * length)
    assert message["text"] == "a" * length
    assert folded(message) is is_folded


@pytest.mark.parametrize(("fold_from", "is_folded"), [(10_000, False), (4_000, True)])
async def test_pages_are_folded_from_that_number_on_too(world, chat, alice, fold_from, is_folded):
    pages = await answered(world, chat, alice, f"/answers fold {fold_from}", (SENTENCE * 80).strip())
    assert [folded(page) for page in pages] == [is_folded] * 2


async def test_auto_goes_by_the_length_again(world, chat, alice):
    await answered(world, chat, alice, "/answers file", "Short.")
    (message,) = await answered(world, chat, alice, "/answers auto", "Short.")
    assert message["text"] == "Short."


@pytest.mark.parametrize("chosen", ["text", "file", "fold 1"])
async def test_what_is_no_text_of_a_recording_is_said_as_always(world, chat, alice, chosen):
    (silence,) = await answered(world, chat, alice, f"/answers {chosen}", "")
    assert silence["text"] == ENGLISH.answers.no_speech()
    chat.send_voice(alice, b"")
    await world.settle()
    assert "entities" not in chat.bot_messages[-1]
    assert "document" not in chat.bot_messages[-1]


async def test_a_chat_that_refuses_files_gets_text_although_it_chose_files(world, chat, alice):
    world.telegram.fault("editMessageMedia", 400, body=NO_FILES, times=None)
    (message,) = await answered(world, chat, alice, "/answers file", "Said.")
    assert message["text"] == "Said."


async def test_a_choice_holds_for_recordings_that_are_sent_after_it(world, chat, alice):
    world.speech.says("Said.")
    chat.send_voice(alice, audio())
    await world.turn()
    chat.say(alice, "/answers file")
    await world.settle()
    assert "Said." in texts(chat)
    (message,) = await answered(world, chat, alice, "/answers file", "More.")
    assert content(world, message) == "More."
