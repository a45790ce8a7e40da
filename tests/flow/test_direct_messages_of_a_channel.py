"""The direct messages of a channel: each person has a topic there, and whatever the bot says to them goes into it."""

import pytest

from storage.chats import ChatSettings
from tests.english import ENGLISH
from tests.world import audio, other_voice, texts


@pytest.fixture
def alice(stopped_world):
    return stopped_world.telegram.user("Alice")


@pytest.fixture
def direct(stopped_world, alice):
    bob = stopped_world.telegram.user("Bob")
    return stopped_world.telegram.direct_messages(stopped_world.telegram.channel("News"), [bob, alice])


def refused(world):
    return [call.answer for call in world.telegram.calls if call.status not in {200, None}]


@pytest.mark.parametrize("words", [2, 1200, 6000], ids=["one message", "pages", "a file"])
async def test_an_answer_of_any_length_goes_to_the_topic_of_the_recording(world, direct, alice, words):
    text = " ".join(["word"] * words)
    world.speech.says(text)
    voice = direct.send_voice(alice, audio())

    await world.settle()

    assert {message["direct_messages_topic"]["topic_id"] for message in direct.bot_messages} == {alice.id}
    assert direct.bot_messages[0]["reply_to_message"]["message_id"] == voice["message_id"]
    assert texts(direct)[0].startswith("word word")
    assert refused(world) == []


async def test_the_topic_is_known_after_a_restart(stopped_world, direct, alice):
    stopped_world.speech.says("hello")
    async with stopped_world.running() as world:
        direct.send_voice(alice, audio())
        await world.app.receiver.turn(0)
        assert direct.bot_messages == []
    async with stopped_world.running() as world:
        await world.settle()
        assert [message["direct_messages_topic"]["topic_id"] for message in direct.bot_messages] == [alice.id]
        assert texts(direct) == ["hello"]


async def test_an_apology_goes_to_the_topic(world, direct, alice):
    direct.send_voice(alice, audio("random.bin"))
    await world.settle()
    (message,) = direct.bot_messages
    assert message["direct_messages_topic"]["topic_id"] == alice.id
    assert refused(world) == []


@pytest.mark.parametrize("command", ["/start", "/help", "/models", "/model", "/model whisper-tiny", "/model x"])
async def test_a_command_is_answered_in_the_topic(world, direct, alice, command):
    direct.say(alice, command)
    await world.settle()
    (message,) = direct.bot_messages
    assert message["direct_messages_topic"]["topic_id"] == alice.id


async def test_too_many_recordings_are_told_in_the_topic(stopped_world, direct, alice):
    async with stopped_world.running(max_open_jobs_per_chat=1) as world:
        direct.send_voice(alice, other_voice())
        direct.send_voice(alice, other_voice())
        await world.settle()
        assert {message["direct_messages_topic"]["topic_id"] for message in direct.bot_messages} == {alice.id}
        assert ENGLISH.waiting.too_many(1) in texts(direct)
        assert refused(world) == []


async def test_news_about_the_model_go_to_the_topic(world, direct, alice):
    await world.app.store.change_settings(direct.id, lambda _: ChatSettings("nova-1-retired"))
    direct.send_voice(alice, audio())
    await world.settle()
    assert {message["direct_messages_topic"]["topic_id"] for message in direct.bot_messages} == {alice.id}
    assert any("nova-1-retired" in text for text in texts(direct))
    assert refused(world) == []


async def test_a_recording_can_be_cancelled_there(world, direct, alice):
    direct.send_voice(alice, audio())
    await world.turn()
    (placeholder,) = direct.bot_messages
    direct.press(alice, placeholder, "Cancel")
    await world.settle()
    assert ["cancelled" in text.lower() for text in texts(direct)] == [True]
    assert refused(world) == []
