"""What a chat sends at once is stored in its order: a recording has the settings that were chosen before it."""

import pytest

from tests.world import World, other_voice

SETTING, OTHER = "whisper-large", "nova-2-general"


@pytest.fixture(params=["sqlite", "postgres"])
def database(request):
    """What is to be set so that the bot works on this engine."""
    return {} if request.param == "sqlite" else {"database_url": request.getfixturevalue("postgres_url")}


@pytest.fixture
async def world(tmp_path, database):
    world = World(tmp_path, default_model=OTHER, **database)
    async with world.telegram, world.speech, world.running():
        yield world


async def test_a_setting_that_comes_with_recordings_holds_for_those_behind_it(world):
    alice = world.telegram.user("Alice")
    chat = world.telegram.private(alice)
    world.speech.says("said")
    for said in (f"/model {SETTING}", f"/model {OTHER}", "/speakers on", "/speakers off"):
        if said != "/speakers on":
            chat.send_voice(alice, other_voice())
        chat.say(alice, said)
    assert await world.app.receiver.turn(0) == 7
    jobs = await world.jobs()
    assert [job.model for job in jobs] == [OTHER, SETTING, OTHER]
    assert [job.options.speakers for job in jobs] == [False, False, True]
