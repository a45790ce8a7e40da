"""The link for becoming the owner: in the log and in the check, until there is an owner, whatever dies."""

import re

import pytest

LINK = re.compile(r"https://t\.me/(\w+)\?start=own-([0-9a-f]{40})")


async def until_receiving(scene):
    before = len(scene.telegram.calls_of("getUpdates"))
    life = await scene.start(ACCESS="invited", LOG_LEVEL="INFO")
    await scene.until(lambda: len(scene.telegram.calls_of("getUpdates")) > before)
    return life


@pytest.mark.parametrize("log_format", ["console", "json"])
async def test_it_is_the_same_in_the_log_and_in_the_check_until_somebody_has_opened_it(scene, log_format):
    scene.environment["LOG_FORMAT"] = log_format
    check = await scene.start("check", ACCESS="invited")
    assert await check.wait() == 0
    (link,) = LINK.finditer(check.output)
    running = await until_receiving(scene)
    assert [line.count(link[0]) for line in running.output.splitlines() if "t.me" in line] == [1]
    beside = await scene.start("check", ACCESS="invited")
    assert await beside.wait() == 0
    assert link[0] in beside.output
    scene.chat.say(scene.alice, f"/start own-{link[2]}")
    await scene.until(lambda: scene.chat.bot_messages)
    await running.kill()
    running = await until_receiving(scene)
    voice = scene.voice()
    await scene.see(scene.chat, voice.text)
    assert await running.stop() == 0
    assert "t.me" not in running.output
    check = await scene.start("check", ACCESS="invited")
    assert await check.wait() == 0
    assert "owner" not in check.output


async def test_a_death_after_it_was_opened_and_before_the_answer_leaves_one_owner(scene):
    check = await scene.start("check", ACCESS="invited")
    await check.wait()
    (link,) = LINK.finditer(check.output)
    scene.environment["ACCESS"] = "invited"
    scene.chat.say(scene.alice, f"/start own-{link[2]}")
    await scene.live_until(scene.telegram, "getUpdates", "after")
    await scene.live_until(scene.telegram, "sendMessage", "before")
    voice = scene.voice()
    await scene.start()
    await scene.see(scene.chat, voice.text)
    assert scene.rows("SELECT owner_id FROM pulse") == [(scene.alice.id,)]
    assert await scene.life.stop() == 0
