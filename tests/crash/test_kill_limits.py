"""kill -9 around what is counted against the limits: counted once, and given back where nothing was made."""

SECONDS = 3.84  # of a voice note


def used(scene):
    """The seconds and recordings that are counted."""
    ((seconds, recordings),) = scene.rows("SELECT coalesce(sum(seconds), 0), coalesce(sum(recordings), 0) FROM usage")
    return round(seconds, 2), recordings


async def test_a_death_before_during_or_after_a_create_counts_its_seconds_once(scene):
    voice = scene.voice()
    await scene.live_until(scene.speech, "create", "before")
    assert used(scene) == (SECONDS, 0)
    await scene.live_until(scene.speech, "create", "after")
    assert used(scene) == (SECONDS, 0)
    await scene.live_until(scene.speech, "fetch", "after")
    await scene.live_until(scene.telegram, "editMessageText", "after")
    assert used(scene) == (SECONDS, 1)
    await scene.start()
    await scene.finish()
    assert used(scene) == (SECONDS, 1)
    assert scene.answers(voice) == 1


async def test_a_death_after_a_create_that_was_refused_leaves_nothing_counted(scene):
    scene.speech.fault("create", status=400, times=1)
    scene.voice()
    await scene.live_until(scene.telegram, "editMessageText", "before")
    assert used(scene) == (0, 0)
