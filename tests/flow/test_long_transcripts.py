from bot.engine.patience import LONG_TEXTS_AT_ONCE
from storage.transcript import LONGEST_TEXT
from tests.english import ENGLISH
from tests.world import audio, other_voice, texts

SENTENCE = "The quick brown fox jumps over the lazy dog, and then it does so again. "


async def heard(world, text):
    alice = world.telegram.user("Alice")
    chat = world.telegram.private(alice)
    chat.send_voice(alice, audio())
    world.speech.says(text)
    await world.settle()
    return chat


async def test_up_to_a_message_it_is_one_plain_message(world):
    text = ("🙂" * 2000 + "a" * 96)[:4096]
    chat = await heard(world, text)
    (message,) = chat.bot_messages
    assert message["text"] == text
    assert "entities" not in message


async def test_longer_ones_are_collapsed_quotes_in_order_cut_at_sentence_ends(world):
    text = (SENTENCE * 140).strip()
    chat = await heard(world, text)
    pages = chat.bot_messages
    assert len(pages) == 3
    assert " ".join(page["text"] for page in pages) == text
    for page in pages:
        assert page["text"].endswith("again.")
        assert [(each["type"], each["offset"]) for each in page["entities"]] == [("expandable_blockquote", 0)]
    assert not any(chat.button_texts(page) for page in pages[:-1])
    assert ENGLISH.cancelling.button() not in chat.button_texts(pages[-1])


async def test_very_long_ones_are_a_text_file_in_the_place_of_the_placeholder(world):
    text = (SENTENCE * 400).strip()
    chat = await heard(world, text)
    (message,) = chat.bot_messages
    assert message["document"]["file_name"] == "transcript.txt"
    assert world.telegram.file_bytes(message["document"]["file_id"]).decode() == text
    assert message["caption"].startswith("The quick brown fox")
    assert len(message["caption"]) <= 1024
    assert ENGLISH.cancelling.button() not in chat.button_texts(message)
    assert len(world.telegram.calls_of("sendMessage", "editMessageMedia")) == 2


async def test_silence_is_said_to_be_silence(world):
    chat = await heard(world, "")
    (text,) = texts(chat)
    assert "no speech" in text


async def test_a_page_that_the_user_deletes_does_not_hold_up_the_others(world):
    alice = world.telegram.user("Alice")
    chat = world.telegram.private(alice)
    chat.send_voice(alice, audio())
    world.speech.says((SENTENCE * 140).strip())

    def delete_the_second_page():
        chat.delete(chat.bot_messages[1])

    world.telegram.watch("sendMessage", lambda: None)
    world.telegram.watch("sendMessage", lambda: None, moment="after")
    world.telegram.watch("sendMessage", delete_the_second_page, moment="after", times=1)
    await world.settle()
    assert len(chat.bot_messages) >= 2


async def test_a_text_that_nobody_can_have_said_is_cut_short_and_says_so(world):
    too_long = "word " * (LONGEST_TEXT // 4)
    world.speech.fault("fetch", status=200, body={"status": "completed", "result": {"text": too_long}})
    chat = await heard(world, "")
    (message,) = chat.bot_messages
    content = world.telegram.file_bytes(message["document"]["file_id"]).decode()
    assert content.startswith("word word")
    assert content.endswith(f"word\n\n{ENGLISH.answers.cut_short()}\n")
    assert len(content) < LONGEST_TEXT + 200


async def test_of_many_long_texts_at_once_few_are_in_memory_and_the_others_follow(world):
    long = (SENTENCE * 1_500).strip()
    people = [world.telegram.user("Somebody") for _ in range(LONG_TEXTS_AT_ONCE + 2)]
    chats = [world.telegram.private(person) for person in people]
    for person, chat in zip(people, chats, strict=True):
        chat.send_voice(person, other_voice())
    world.speech.says(long)
    await world.settle()
    assert [world.telegram.file_bytes(chat.bot_messages[0]["document"]["file_id"]).decode() for chat in chats] == [
        long
    ] * len(chats)
    assert {job.attempts for job in await world.jobs()} == {0}
