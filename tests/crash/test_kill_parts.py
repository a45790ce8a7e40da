"""kill -9 between the writes of a long recording: only what was under way is paid again, and it is counted."""

import pytest

from tests.crash.scene import says
from tests.long import Heard, lecture_in_parts
from tests.world import texts

SPLIT = {"SPLIT_MINUTES": "1", "TIMES_FROM_MINUTES": "0"}
IN_ORDER = {"NOVA_CONCURRENCY": "1", "NOVA_CONCURRENCY_MOST": "1"}  # one part after the other


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


@pytest.mark.parametrize(("minutes", "then"), [("1", "2"), ("2", "1")])
async def test_a_recording_that_is_cut_otherwise_after_a_death_has_each_of_its_words_once(scene, minutes, then):
    scene.environment |= SPLIT | IN_ORDER | {"SPLIT_MINUTES": minutes}
    heard = Heard(4)
    scene.speech.recognise = heard.recognise
    scene.document(heard.lecture, "lecture.mp3")
    await scene.live_until(scene.speech, "create", "before", 2)
    assert scene.rows("SELECT count(*) FROM generations") == [(1,)]
    await scene.start(SPLIT_MINUTES=then)
    await scene.until_stored(1, "state = 'delivered'")
    (text,) = texts(scene.chat)
    assert text.split() == heard.words
    assert rows(scene, "generations_lost") == [1]
