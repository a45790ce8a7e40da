"""The process tells its owner of trouble, also of that which ends it."""

import pytest

from tests.world import KEY


@pytest.fixture
async def owned(scene):
    """A bot that Alice owns, not running."""
    scene.environment["ACCESS"] = "invited"
    scene.environment["ALLOWED_CHATS"] = str(scene.alice.id)
    await scene.start()
    await scene.until(lambda: scene.telegram.calls_of("getUpdates"))
    _, _, secret = scene.life.output.partition("start=own-")
    scene.chat.say(scene.alice, f"/start own-{secret[:40]}")
    await scene.until(lambda: "yours now" in str(scene.chat.bot_messages))
    assert await scene.life.stop() == 0
    return scene


def said(scene, words):
    return lambda: words in str(scene.chat.bot_messages)


async def test_of_low_credits_soon_after_the_start(owned):
    owned.speech.credits = 0.0
    await owned.start()
    await owned.until(said(owned, "few credits are left"))
    assert await owned.life.stop() == 0


async def test_of_a_key_that_is_refused_once_whatever_dies(owned):
    owned.speech.key = "another-key-0123456789"
    voice = owned.voice()
    await owned.start()
    await owned.until(said(owned, "does not accept the key"))
    for _ in range(2):
        await owned.life.kill()
        await owned.start()
        await owned.life.says("credits.unknown")
    await owned.life.kill()
    owned.speech.key = KEY
    owned.voice()
    await owned.start()
    await owned.see(owned.chat, voice.text)
    await owned.until(said(owned, "accepts the key of this bot again"))
    assert str(owned.chat.bot_messages).count("does not accept the key") == 1
    assert await owned.life.stop() == 0


async def test_of_a_database_that_is_gone(owned):
    await owned.start()
    await owned.life.says("telegram.ready")
    aside = owned.database.with_suffix(".aside")
    owned.database.rename(aside)
    await owned.until(said(owned, "database of this bot cannot be used"))
    aside.rename(owned.database)
    await owned.until(said(owned, "database of this bot can be used again"))
    assert await owned.life.stop() == 0
