"""kill -9 between the writes of a long recording: only what was under way is paid again, and it is counted."""

from tests.crash.scene import says
from tests.long import lecture_in_parts

SPLIT = {"SPLIT_MINUTES": "1", "TIMES_FROM_MINUTES": "0"}


def paid_again(scene):
    uploads = [upload.data for upload in scene.speech.uploads]
    return len(uploads) - len(set(uploads))


def parts(scene):
    """How many parts have come to the provider so far; on a slow machine the last death may be at a bar of progress."""
    return len({upload.data for upload in scene.speech.uploads})


def rows(scene, column):
    return [each for (each,) in scene.rows(f"SELECT {column} FROM jobs")]


async def test_a_long_recording_survives_every_death_on_its_way(scene):
    scene.environment |= SPLIT
    scene.document(lecture_in_parts(4), "lecture.mp3")
    await scene.live_until(scene.speech, "create", "before", 2)  # others are begun, or stored
    in_doubt = paid_again(scene)
    scene.speech.latency = 2.0
    await scene.start()
    await scene.life.says("job.submitted")  # else more is in doubt
    scene.kill_at(scene.speech, "fetch", "after")
    await scene.death()
    await scene.live_until(scene.speech, "fetch", "before", 3)
    await scene.live_until(scene.telegram, "editMessageText", "before")
    await scene.start()
    await scene.until(lambda: says(scene.chat, "\n\n".join(["hello world"] * parts(scene))))
    assert in_doubt == 0
    assert parts(scene) > 2
    assert paid_again(scene) <= rows(scene, "creates_in_doubt")[0] <= 4
    assert rows(scene, "generations_lost") == [0]
    assert len(scene.chat.bot_messages) == 1


async def test_each_create_that_a_death_has_cut_off_is_counted(scene):
    scene.environment |= SPLIT
    scene.document(lecture_in_parts(4), "lecture.mp3")
    await scene.live_until(scene.speech, "create", "after", 3)  # made, and not stored
    ((under_way,),) = scene.rows("SELECT create_started FROM jobs")
    ((stored,),) = scene.rows("SELECT count(*) FROM generations")
    assert under_way >= 1
    assert under_way + stored >= 3
    await scene.start()
    await scene.until(lambda: any("hello world" in message.get("text", "") for message in scene.chat.bot_messages))
    assert rows(scene, "creates_in_doubt") == [under_way]
    assert paid_again(scene) <= under_way
    assert len(scene.chat.bot_messages) == 1
