"""kill -9 at moments nobody chose, again and again."""

import random

import pytest

from tests.crash.scene import Scene, waiting

LIVES = 6
VOICES_A_LIFE = 2
LONGEST_LIFE = 0.4  # seconds, from the moment at which it begins to work


@pytest.mark.parametrize(("seed", "start"), [(1, Scene.start), (2, Scene.start), (3, Scene.start_hooked)])
async def test_a_dozen_voices_get_one_answer_each_from_a_process_that_keeps_dying(scene, seed, start):
    chance = random.Random(seed)
    bob, carol = scene.telegram.user("Bartholomew"), scene.telegram.user("Carolina")
    group = scene.telegram.group("Choir of the silent", [bob, carol], bot_admin=True)
    chats = [scene.chat, scene.telegram.private(bob), scene.telegram.private(carol), group]
    for _ in range(LIVES):
        for chat in chance.sample(chats, VOICES_A_LIFE):
            scene.voice(chat)
        life = await start(scene)
        await life.says("leases.released")
        await life.live_for(chance.uniform(0, LONGEST_LIFE))
    await start(scene)
    await scene.finish()

    paid = [scene.uploads(voice) for voice in scene.voices]
    [(in_doubt,)] = scene.rows("SELECT sum(creates_in_doubt) FROM jobs")
    assert min(paid) == 1
    assert sum(paid) <= len(scene.voices) + in_doubt
    for chat in chats:
        assert waiting(chat) == len(scene.orphans(chat)) <= LIVES
