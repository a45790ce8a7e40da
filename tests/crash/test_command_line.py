"""What an operator reads: missing settings, and `check` in good and bad cases."""

import re

import pytest

from bot.playground.telegram.state import Webhook
from tests.world import KEY

WELL = [
    "model: nova-2-general",
    "fallback model: whisper-medium",
    "ffmpeg: ",  # and which one works
    "database: {database} works",
    "telegram: @verbatim_bot works",
    "telegram: privacy mode is on, so in groups the bot sees voice notes only where it is an admin",
    "telegram: the bot asks for updates; 0 wait",
    "aimlapi: works, 1000 credits left",
    "files: TELEGRAM_LOCAL_FILES is empty, so files come by HTTP, ",  # and what that means
]


@pytest.mark.usefixtures("by_command_line")
async def test_every_missing_setting_gets_one_line(scene):
    await scene.start(TELEGRAM_BOT_TOKEN="", AIMLAPI_KEY="")
    assert await scene.life.wait() == 2
    assert scene.life.output.splitlines() == [
        "TELEGRAM_BOT_TOKEN is not set (or TELEGRAM_BOT_TOKEN_FILE)",
        "AIMLAPI_KEY is not set (or AIMLAPI_KEY_FILE)",
    ]


async def test_a_wrong_setting_gets_one_line_that_does_not_repeat_a_secret(scene):
    await scene.start(AIMLAPI_KEY=f"{KEY} {KEY}", DEFAULT_LANGUAGE="?", LOG_FORMAT="xml")
    assert await scene.life.wait() == 2
    assert [line.split()[0] for line in scene.life.output.splitlines()] == [
        "AIMLAPI_KEY",
        "DEFAULT_LANGUAGE",
        "LOG_FORMAT",
    ]


@pytest.mark.usefixtures("by_command_line")
async def test_check_says_what_works(scene):
    await scene.start("check")
    assert await scene.life.wait() == 0
    said = scene.life.output.splitlines()
    assert re.fullmatch(r"ffmpeg: /\S+ works, version \S+", said[2])
    assert [line.startswith(well.format(database=scene.database)) for line, well in zip(said, WELL, strict=True)] == [
        True
    ] * len(WELL)


@pytest.mark.parametrize(
    ("changes", "credit", "lines"),
    [
        pytest.param(
            {"TELEGRAM_BOT_TOKEN": "654321:not-this-one"},
            1000.0,
            {4: "telegram: Telegram does not accept TELEGRAM_BOT_TOKEN", 5: None, 6: None},
            id="the token",
        ),
        pytest.param({"AIMLAPI_KEY": "not-this-one"}, 1000.0, {7: "aimlapi: AIMLAPI_KEY or "}, id="the key"),
        pytest.param({}, 0.0, {7: "aimlapi: works, 0 credits left, which is low"}, id="the credits"),
    ],
)
async def test_check_fails_because_of(scene, changes, credit, lines):
    scene.speech.credits = credit
    await scene.start("check", **changes)
    assert await scene.life.wait() == 1
    expected = [lines.get(number, line) for number, line in enumerate(WELL)]
    said = scene.life.output.splitlines()
    for line, beginning in zip(said, filter(None, expected), strict=True):
        assert line.startswith(beginning.format(database=scene.database))
    assert "not-this-one" not in scene.life.output


HOOK = "https://bot.example.org/telegram"


async def checked(scene, **changes):
    """What a check says of where updates go."""
    await scene.start("check", **changes)
    assert await scene.life.wait() == 0
    return [line for line in scene.life.output.splitlines() if line.startswith("telegram: ")][2:]


async def test_check_says_where_updates_go_and_what_went_wrong_last(scene):
    telegram, hooked = scene.telegram, {"WEBHOOK_URL": HOOK, "HTTP_PORT": "0"}
    scene.chat.say(scene.alice, "/start")
    assert await checked(scene, **hooked) == [
        f"telegram: updates are brought to {HOOK}; 1 wait",
        "telegram: it does not bring them yet; the bot tells it the address when it starts",
    ]
    telegram.state.webhook = Webhook("https://elsewhere.example.org/a-secret")
    telegram.notifier.notify()
    await scene.until(lambda: telegram.state.webhook.last_error)
    away = "telegram: until the bot starts, they are brought to another address, at elsewhere.example.org"
    *said, failure = await checked(scene, **hooked)
    assert said == [f"telegram: updates are brought to {HOOK}; 1 wait", away]
    assert re.fullmatch(r"telegram: bringing one failed last at \d{4}-\d\d-\d\d \d\d:\d\d UTC: Failed to .*", failure)
    assert (await checked(scene))[:2] == ["telegram: the bot asks for updates; 1 wait", away]
    telegram.state.webhook.url = HOOK
    assert len(await checked(scene, **hooked)) == 2


async def test_check_does_not_mind_a_server_that_does_not_say_where_updates_go(scene):
    scene.telegram.fault("getWebhookInfo", 404)
    assert await checked(scene) == [
        "telegram: it does not say where updates go: Telegram does not accept TELEGRAM_BOT_TOKEN"
    ]


async def test_check_does_not_mind_a_bot_that_is_running(scene):
    running = await scene.start()
    await running.says("telegram.ready")
    await scene.start("check")
    assert await scene.life.wait() == 0
    assert "database: in use, so the bot is running already" in scene.life.output
    assert await running.stop() == 0
