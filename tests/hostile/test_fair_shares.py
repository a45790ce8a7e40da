"""One chat sends much, or something slow: a single recording of another chat is answered as if it were alone."""

from tests.crash.scene import says
from tests.english import ENGLISH
from tests.ffmpegs import ffmpeg_that
from tests.patience import Stopwatch, again_and_again
from tests.world import audio

MANY = 30
SLOW_SECONDS = 15
LOOK_SECONDS = 0.2
JITTER = 1.0  # seconds that a busy machine adds


async def single(scene, name):
    """How long somebody waits who sends one voice note."""
    voice = scene.voice(scene.telegram.private(scene.telegram.user(name)))
    watch = Stopwatch()
    with again_and_again(watch.look, LOOK_SECONDS):
        await scene.see(voice.chat, voice.text)
    watch.look()
    return watch.seconds


async def test_a_single_voice_is_answered_beside_many_of_one_chat(scene):
    await scene.start(NOVA_CONCURRENCY="2")
    idle = await single(scene, "Idle Ida")
    for _ in range(MANY):
        scene.voice()
    await scene.until_stored(MANY + 1, "TRUE")
    assert await single(scene, "Fresh Fred") <= 2 * idle + JITTER
    left = scene.rows("SELECT count(*) FROM jobs WHERE next_at IS NOT NULL")
    assert left[0][0] > MANY / 2


async def test_a_recording_that_takes_long_to_prepare_holds_no_slot(scene):
    await scene.start(NOVA_CONCURRENCY="1", FFMPEG=ffmpeg_that(scene.folder, f"sleep {SLOW_SECONDS}", "*asf*"))
    idle = await single(scene, "Idle Ida")
    scene.chat.send_audio(scene.alice, audio("speech.wma"), file_name="speech.wma")
    await scene.until_stored(2, "TRUE")
    assert await single(scene, "Fresh Fred") <= 2 * idle + JITTER


async def test_a_chat_has_no_more_open_recordings_than_it_may_and_is_told_once(scene):
    scene.speech.latency = 2.0
    await scene.start(MAX_OPEN_JOBS_PER_CHAT="3")
    taken = [scene.voice() for _ in range(3)]
    for _ in range(5):
        scene.voice()
    for voice in taken:
        await scene.see(scene.chat, voice.text)
    again = scene.voice()
    await scene.see(scene.chat, again.text)
    assert len(scene.rows("SELECT id FROM jobs")) == 4
    assert says(scene.chat, ENGLISH.waiting.too_many(3)) == 1
