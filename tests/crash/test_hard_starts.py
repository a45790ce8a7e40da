"""What a start has to survive, and the bot receives all the same."""

import socket

import pytest

from bot.playground.telegram import FakeTelegram
from tests.english import ENGLISH

HELLO = ENGLISH.commands.start("nova-2-general")
A_WEB_PAGE = "<html><h1>502 Bad Gateway</h1></html>"


@pytest.mark.parametrize(
    ("method", "status", "body"),
    [
        pytest.param("getMe", 401, None, id="401 to the first question"),
        pytest.param("getUpdates", 409, None, id="409 because another one is still receiving"),
        pytest.param("getUpdates", 502, A_WEB_PAGE, id="a web page instead of updates"),
    ],
)
async def test_the_bot_gets_to_work_after(scene, method, status, body):
    scene.telegram.fault(method, status, body=body)
    scene.chat.say(scene.alice, "/start")
    await scene.start()
    await scene.see(scene.chat, HELLO)
    assert await scene.life.stop() == 0


async def test_the_bot_waits_for_a_telegram_that_is_down_and_can_be_stopped_meanwhile(scene):
    telegram = FakeTelegram()
    alice = telegram.user("Alice")
    chat = telegram.private(alice)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        nowhere = {"TELEGRAM_API_URL": f"http://127.0.0.1:{port}"}
        await scene.start(**nowhere)
        await scene.life.says("telegram.not_ready")
        assert await scene.life.stop() == 0
        await scene.start(**nowhere)
        await scene.life.says("telegram.not_ready")
    await telegram.start(port)
    try:
        chat.say(alice, "/start")
        await scene.until(lambda: chat.bot_messages, telegram)
        assert await scene.life.stop() == 0
    finally:
        await telegram.stop()


async def test_an_update_that_cannot_be_read_blocks_nobody(scene):
    scene.telegram.queue_update("message", {"message_id": "seven", "chat": "a lonely one"})
    scene.chat.say(scene.alice, "/start")
    await scene.start()
    await scene.see(scene.chat, HELLO)
    await scene.until(lambda: not scene.telegram.pending_updates)
    assert await scene.life.stop() == 0
