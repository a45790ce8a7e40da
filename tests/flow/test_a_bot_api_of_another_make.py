"""Servers answer in shapes that our library does not know: what was sent is sent, and nothing else is read."""

import pytest

from tests.emulator import Emulator
from tests.english import ENGLISH
from tests.world import World, audio, texts


@pytest.fixture
async def emulator():
    async with Emulator().serving() as emulator:
        yield emulator


@pytest.fixture
async def foreign_world(tmp_path, emulator):
    world = World(tmp_path, telegram_api_url=emulator.url)
    async with world.running():
        yield world


async def replies(world, emulator, text):
    before = len(emulator.sent)
    emulator.command(text)
    for _ in range(3):
        await world.turn()
    return [message["text"] for message in emulator.sent[before:]]


async def test_every_command_is_answered_once(foreign_world, emulator):
    for command in ("/start", "/help", "/models", "/model", "/model@TestNameBot"):
        assert len(await replies(foreign_world, emulator, command)) == 1


async def test_a_model_can_be_chosen(foreign_world, emulator):
    (chosen,) = await replies(foreign_world, emulator, "/model whisper-large")
    (shown,) = await replies(foreign_world, emulator, "/model")
    assert "whisper-large" in chosen
    assert "whisper-large" in shown


async def test_a_command_for_another_bot_is_not_carried_out(foreign_world, emulator):
    (reply,) = await replies(foreign_world, emulator, "/model@AnotherBot")
    assert reply == ENGLISH.hints.unknown_command()


@pytest.mark.parametrize("result", [None, True, {}, {"message_id": "none"}, "sent"])
async def test_a_reply_whose_answer_says_nothing_is_not_repeated(foreign_world, emulator, result):
    emulator.results["sendMessage"] = result
    assert len(await replies(foreign_world, emulator, "/start")) == 1


async def test_a_placeholder_whose_answer_has_no_id_is_not_sent_again_before_the_answer(world):
    alice = world.telegram.user("Alice")
    chat = world.telegram.private(alice)
    world.telegram.fault("sendMessage", 200, body={"ok": True, "result": {}}, after_effect=True)
    world.speech.says("heard")
    chat.send_voice(alice, audio())
    await world.settle()
    assert texts(chat) == ["Transcribing…", "heard"]


async def test_where_no_message_ever_has_an_id_the_chat_is_not_filled_with_them(world):
    alice = world.telegram.user("Alice")
    chat = world.telegram.private(alice)
    world.telegram.fault("sendMessage", 200, body={"ok": True, "result": {}}, after_effect=True, times=None)
    chat.send_voice(alice, audio())
    await world.settle()
    assert texts(chat) == ["Transcribing…", "Transcribing…"]
    assert [job.state.value for job in await world.jobs()] == ["failed"]
