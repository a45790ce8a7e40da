"""A message that rings after a text for which somebody in a private chat has waited longer than a minute."""

import pytest

from tests.world import audio, other_voice, texts

MINUTE = 60.0


@pytest.fixture
def alice(world):
    return world.telegram.user("Alice")


@pytest.fixture
def chat(world, alice):
    return world.telegram.private(alice)


def rings(chat):
    return [message for message in chat.bot_messages if chat.rang(message)]


async def heard(world, chat, alice, seconds, text="Three words here."):
    """Send a voice note that takes so long, and return what rang."""
    world.speech.says(text)
    world.speech.latency = lambda _model, _data: seconds
    chat.send_voice(alice, other_voice())
    await world.settle()
    return rings(chat)


async def test_a_late_text_is_followed_by_one_message_that_rings_and_replies_to_it(world, chat, alice):
    (ring,) = await heard(world, chat, alice, 90.0)
    answer, last = chat.bot_messages
    assert last == ring
    assert ring["text"] == "Ready: 4 seconds, 3 words"
    assert ring["reply_to_message"]["message_id"] == answer["message_id"]
    assert answer["text"] == "Three words here."
    assert not chat.rang(answer)


async def test_a_text_that_comes_within_a_minute_stays_silent(world, chat, alice):
    assert await heard(world, chat, alice, 50.0) == []
    assert texts(chat) == ["Three words here."]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("word", "Ready: 4 seconds, 1 word"),
        ("word " * 1234, "Ready: 4 seconds, 1\u202f234 words"),
        ("今日はいい天気ですね。明日もいい天気だと聞きました。", "Ready: 4 seconds, 26 characters"),
        ("", "Ready: 4 seconds, 0 words"),
    ],
)
async def test_it_says_how_much_there_is_to_read(world, chat, alice, text, said):
    (ring,) = await heard(world, chat, alice, 90.0, text)
    assert ring["text"] == said


async def test_it_counts_the_time_in_which_the_bot_was_not_there(stopped_world):
    alice = stopped_world.telegram.user("Alice")
    chat = stopped_world.telegram.private(alice)
    stopped_world.speech.says("said")
    chat.send_voice(alice, audio())
    stopped_world.clock.pass_(2 * MINUTE)
    async with stopped_world.running() as world:
        await world.settle()
    assert len(rings(chat)) == 1


async def test_it_counts_the_time_in_which_others_came_first(stopped_world):
    alice = stopped_world.telegram.user("Alice")
    chat = stopped_world.telegram.private(alice)
    async with stopped_world.running(nova_concurrency=1, nova_concurrency_most=1) as world:
        world.speech.latency = lambda _model, _data: 40.0
        chat.send_voice(alice, other_voice())
        chat.send_voice(alice, other_voice())
        await world.settle()
    assert len(rings(chat)) == 1


async def test_a_chat_may_switch_it_off_and_on(world, chat, alice):
    chat.say(alice, "/notify off")
    await world.settle()
    before = len(rings(chat))
    assert len(await heard(world, chat, alice, 90.0)) == before
    chat.say(alice, "/notify on")
    await world.settle()
    before = len(rings(chat))
    assert len(await heard(world, chat, alice, 90.0)) == before + 1


async def test_groups_are_not_rung_for(world, alice):
    group = world.telegram.supergroup("Team", owner=alice, privacy=False)
    group.say(alice, "/notify on")
    await world.settle()
    before = len(rings(group))
    assert len(await heard(world, group, alice, 90.0)) == before


async def test_what_is_no_text_rings_for_nobody(world, chat, alice):
    world.speech.fault("create", status=503, times=None)
    assert await heard(world, chat, alice, 90.0) == []
    assert len(chat.bot_messages) == 1


async def test_a_ring_that_telegram_refuses_does_not_come_and_the_text_stays(world, chat, alice):
    world.telegram.watch("editMessageText", lambda: world.telegram.fault("sendMessage", 502), moment="after", times=1)
    assert await heard(world, chat, alice, 90.0) == []
    assert texts(chat) == ["Three words here."]


async def test_a_file_is_rung_for_as_a_text_is_and_known_texts_too(world, chat, alice):
    chat.say(alice, "/answers file")
    await world.settle()
    chat.delete(chat.bot_messages[0])
    voice = audio()
    world.speech.says("Said.")
    world.speech.latency = lambda _model, _data: 90.0
    chat.send_voice(alice, voice)
    chat.send_voice(alice, voice)
    await world.settle()
    late = [message for message in rings(chat) if message.get("text", "").startswith("Ready")]
    assert [message["text"] for message in late] == ["Ready: 4 seconds, 1 word"] * 2
    answers = [message["message_id"] for message in chat.bot_messages if "document" in message]
    assert [message["reply_to_message"]["message_id"] for message in late] == answers
