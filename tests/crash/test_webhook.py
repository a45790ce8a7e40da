"""The real process with a webhook: updates are brought to it through a proxy, and none is lost or answered twice."""

import asyncio
import re

import aiohttp

from tests.crash.scene import WEBHOOK
from tests.patience import patiently

SECRET = "X-Telegram-Bot-Api-Secret-Token"


async def asked(url, method="POST", **more):
    async with aiohttp.ClientSession() as session, session.request(method, url, **more) as answer:
        return answer.status, answer.headers.get("Retry-After"), await answer.text()


async def test_updates_that_are_brought_are_answered_and_the_webhook_outlives_the_process(scene):
    telegram = scene.telegram
    await scene.start_hooked()
    voice = scene.voice()
    await scene.see(voice.chat, voice.text)
    assert telegram.calls_of("getUpdates") == []
    (call,) = telegram.calls_of("setWebhook")
    secret = call.params.pop("secret_token")
    assert re.fullmatch(r"[A-Za-z0-9_-]{32,256}", secret)
    assert call.params == {
        "url": WEBHOOK,
        "allowed_updates": ["message", "channel_post", "callback_query", "my_chat_member"],
        "max_connections": "40",
        "drop_pending_updates": "false",
    }
    assert await scene.life.stop() == 0
    missed = scene.voice()  # nobody is there to take it
    await scene.until(lambda: telegram.state.webhook.last_error)
    assert telegram.state.webhook.last_error[1].endswith("502 Bad Gateway")
    await scene.start_hooked()
    await scene.see(missed.chat, missed.text)
    await scene.finish()
    assert len(telegram.calls_of("setWebhook")) == 1
    assert telegram.calls_of("deleteWebhook") == []
    assert telegram.state.webhook.url == WEBHOOK
    assert not any(secret in life.output for life in scene.lives)


async def test_another_secret_is_told_to_telegram_although_telegram_does_not_tell_it(scene):
    telegram = scene.telegram
    await scene.start_hooked()
    await scene.life.says("webhook.set")
    await scene.life.stop()
    await scene.start_hooked(WEBHOOK_SECRET="a-secret-of-mine")
    await scene.life.says("webhook.set")
    voice = scene.voice()
    await scene.see(voice.chat, voice.text)
    assert telegram.state.webhook.secret_token == "a-secret-of-mine"
    await scene.finish()
    assert "a-secret-of-mine" not in scene.life.output


async def test_without_a_webhook_the_bot_takes_it_back_and_asks_for_what_waits(scene):
    telegram = scene.telegram
    await scene.start_hooked()
    await scene.life.says("webhook.set")
    assert await scene.life.stop() == 0
    voice = scene.voice()
    await scene.start(WEBHOOK_URL="")
    await scene.see(voice.chat, voice.text)
    (call,) = telegram.calls_of("deleteWebhook")
    assert call.params.get("drop_pending_updates", "false") == "false"
    assert telegram.state.webhook is None
    await scene.finish()


async def test_a_success_that_telegram_never_heard_of_brings_no_second_answer(scene):
    """The process dies between the commit and the answer, as far as Telegram can know."""
    telegram = scene.telegram
    await scene.start_hooked()
    telegram.fault("webhook", drop=True, after_effect=True)
    scene.kill_at(telegram, "webhook", "after")
    voice = scene.voice()
    await scene.death()
    assert len(telegram.pending_updates) == 1
    await scene.start_hooked()
    await scene.see(voice.chat, voice.text)
    await scene.until(lambda: not telegram.pending_updates)
    await scene.finish()


async def test_a_death_in_the_middle_of_an_update_loses_nothing(scene):
    telegram = scene.telegram
    await scene.start_hooked()
    scene.kill_at(telegram, "sendMessage", "before")
    voice = scene.voice()
    await scene.death()
    await scene.start_hooked()
    await scene.see(voice.chat, voice.text)
    await scene.until(lambda: not telegram.pending_updates)
    await scene.finish()


async def test_nobody_without_the_secret_can_bring_updates_and_nothing_else_is_there(scene):
    await scene.start_hooked()
    (address,) = scene.telegram.upstreams
    await scene.life.says("webhook.set")
    secret = scene.telegram.state.webhook.secret_token
    path = f"{address}/telegram"
    update = {"update_id": 1}
    for wrong in ({}, {SECRET: ""}, {SECRET: "é"}, {SECRET: secret[:-1]}, {SECRET: f"{secret} {secret}"}):
        assert (await asked(path, json=update, headers=wrong))[0] == 401
    right = {SECRET: secret}
    assert (await asked(path, json=update, headers=right))[0] == 200
    assert (await asked(f"{path}?a=b", json=update, headers=right))[0] == 200
    for method in ("GET", "HEAD", "PUT", "DELETE"):
        assert (await asked(path, method, headers=right))[0] == 405
    for other in ("", "/", "/telegram/", "/telegrams", "/metrics"):
        assert (await asked(f"{address}{other}", json=update, headers=right))[0] in {404, 405}
        assert (await asked(f"{address}{other}", "GET"))[0] == 404
    status, _, body = await asked(f"{address}/healthz", "GET")
    assert (status, body.startswith('{"ok": true, "takes_updates": true, ')) == (200, True)


async def test_metrics_are_on_a_port_of_their_own(scene):
    await scene.start_hooked(METRICS_PORT="0")
    (address,) = scene.telegram.upstreams
    await scene.life.says("telegram.ready")
    (port,) = re.findall(r"health\.serving\s+port=(\d+)", scene.life.output)
    own = f"http://127.0.0.1:{port}"
    await scene.life.says("webhook.set")
    assert own != address
    assert [(await asked(f"{own}{path}", "GET"))[0] for path in ("/healthz", "/metrics", "/telegram")] == [
        200,
        200,
        404,
    ]
    assert [(await asked(f"{address}{path}", "GET"))[0] for path in ("/healthz", "/metrics", "/telegram")] == [
        404,
        404,
        405,
    ]


async def test_while_the_database_is_away_updates_are_brought_again_until_it_is_back(scene):
    telegram = scene.telegram
    await scene.start_hooked()
    await scene.life.says("webhook.set")
    elsewhere = scene.database.with_name("elsewhere.db")
    scene.database.rename(elsewhere)
    voice = scene.voice()
    await scene.until(lambda: telegram.state.webhook.last_error)
    assert telegram.state.webhook.last_error[1] == "Wrong response from the webhook: 503 Service Unavailable"
    assert len(telegram.pending_updates) == 1
    status, again_after, _ = await asked(
        f"{telegram.upstreams[0]}/telegram",
        json=telegram.pending_updates[0],
        headers={SECRET: telegram.state.webhook.secret_token},
    )
    assert (status, again_after) == (503, "2")
    elsewhere.rename(scene.database)
    await scene.see(voice.chat, voice.text)
    await scene.finish()


async def test_a_bot_that_leaves_takes_nothing_more_and_finishes_what_it_took(scene):
    await scene.start_hooked()
    await scene.life.says("webhook.set")
    late = asyncio.Event()
    come = scene.hold_at(scene.speech, "create", late)
    voice = scene.voice()
    await patiently(come.wait())  # a step that keeps the process busy for a while
    stopping = asyncio.create_task(scene.life.stop())
    await scene.life.says("stopping")
    refused = scene.voice()
    _, why = await scene.until(lambda: scene.telegram.state.webhook.last_error)
    assert why == "Wrong response from the webhook: 503 Service Unavailable"
    assert await stopping == 0
    late.set()
    assert len(scene.telegram.pending_updates) == 1
    await scene.start_hooked()
    await scene.see(refused.chat, refused.text)
    await scene.see(voice.chat, voice.text)
    await scene.finish()
