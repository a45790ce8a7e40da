from tests.english import ENGLISH
from tests.world import ASKED_LANGUAGE, audio, texts


async def test_the_placeholder_turns_into_exactly_what_was_said(world):
    alice = world.telegram.user("Alice")
    chat = world.telegram.private(alice)
    world.speech.says("Buy <milk> & *eggs*, 3_000 of them 🙂")
    voice = chat.send_voice(alice, audio())

    await world.turn()
    assert texts(chat) == ["Transcribing…"]
    assert chat.bot_messages[0]["reply_to_message"]["message_id"] == voice["message_id"]

    await world.settle()
    assert texts(chat) == ["Buy <milk> & *eggs*, 3_000 of them 🙂"]
    assert ENGLISH.cancelling.button() not in chat.button_texts(chat.bot_messages[0])
    assert [upload.data for upload in world.speech.uploads] == [audio()]
    assert ASKED_LANGUAGE.items() <= world.speech.uploads[0].fields.items()
