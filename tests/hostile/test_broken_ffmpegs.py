"""An ffmpeg that does not work is never held against a recording: another one is used, and the operator is told."""

import pytest

from bot.machine.subprocesses import bundled_ffmpeg
from tests.ffmpegs import ffmpeg_that
from tests.world import audio, texts

# As a snap does, which sees neither the folder for temporary files nor the files of other processes.
BLIND = 'echo "Error opening input: Permission denied" >&2; exit'
NOT_LOADED = "echo 'error while loading shared libraries: libavcodec.so.61' >&2; exit 127"
NO_MEMORY = "echo 'Cannot allocate memory' >&2; exit 244"
WITHOUT_ENCODER = "echo 'Unknown encoder libopus' >&2; exit 1"


@pytest.mark.parametrize("code", [243, 254, 1])
async def test_an_ffmpeg_that_cannot_see_our_files_is_replaced_from_the_start(scene, code):
    blind = ffmpeg_that(scene.folder, f"{BLIND} {code}", "*/proc/*|*/verbatim-*")
    scene.speech.says("heard")
    await scene.start(FFMPEG=blind)
    await scene.life.says("ffmpeg.refused")
    assert await scene.answer_to(audio("speech.amr"), "note.amr") == "heard"
    assert await scene.life.stop() == 0
    check = await scene.start("check", FFMPEG=blind)
    assert await check.wait() == 0
    assert f"ffmpeg: FFMPEG names {blind}, which does not work" in check.output
    assert f"ffmpeg: {bundled_ffmpeg()} works" in check.output


@pytest.mark.parametrize("fault", [NOT_LOADED, WITHOUT_ENCODER, NO_MEMORY, "kill -KILL $$"])
async def test_an_ffmpeg_that_breaks_while_the_bot_runs_is_replaced_and_no_recording_refused(scene, fault):
    broken = scene.folder / "broken"
    named = ffmpeg_that(scene.folder, f"[ -e {broken} ] && {{ {fault}; }}")
    scene.speech.says("heard")
    await scene.start(FFMPEG=named)
    await scene.life.says("ffmpeg.chosen")
    broken.touch()
    for _ in range(3):
        scene.document(audio("speech.amr"), "note.amr")
    await scene.until(lambda: texts(scene.chat) == ["heard"] * 3)
    await scene.life.says("ffmpeg.broken")
    await scene.life.says("ffmpeg.refused")
    await scene.life.says(another := f"path={bundled_ffmpeg()}")  # these lines come later than the texts
    assert scene.life.output.count(another) == 1  # chosen once


async def test_what_nothing_can_read_is_refused_at_once_and_leaves_the_operators_ffmpeg_in_use(scene):
    named = ffmpeg_that(scene.folder, ":")
    await scene.start(FFMPEG=named)
    await scene.life.says("ffmpeg.chosen")
    forged = b"error while loading shared libraries: Cannot allocate memory\nPermission denied\n" * 40
    assert (await scene.answer_to(forged, "forged.mp3")).startswith("I could not read this file")
    assert len(scene.telegram.calls_of("file")) == 1
    assert "ffmpeg.replaced" not in scene.life.output
    assert "ffmpeg.broken" not in scene.life.output
