import itertools
import math
import tempfile

import pytest

from bot.engine import patience
from bot.machine.subprocesses import bundled_ffmpeg
from bot.media import ffmpeg
from bot.playground.speech import Recognition
from storage.apology import Notice
from tests.english import ENGLISH
from tests.ffmpegs import ffmpeg_that
from tests.unit.workbench import reading_lines
from tests.world import audio, texts


async def answer_to(world, data, **claims):
    alice = world.telegram.user("Alice")
    chat = world.telegram.private(alice)
    chat.send_document(alice, data, file_name="recording.mp3", mime_type="audio/mpeg", **claims)
    await world.settle(seconds=300)
    (text,) = texts(chat)
    assert not {ENGLISH.cancelling.button(), ENGLISH.again.button()} & set(chat.button_texts(chat.bot_messages[0]))
    return text


@pytest.mark.parametrize(
    ("sample", "says"),
    [
        ("empty.ogg", "is empty"),
        ("random.bin", "could not read"),
        ("text.mp3", "could not read"),
        ("truncated.mp4", "could not read"),
        ("video_silent.mp4", "no sound track"),
        ("playlist.mp3", "could not read"),
    ],
)
async def test_what_cannot_be_heard_is_explained(world, sample, says):
    assert says in await answer_to(world, audio(sample))
    assert world.speech.uploads == []


async def test_a_file_over_the_limit_is_explained_without_a_download(world):
    assert "20 MB" in await answer_to(world, audio(), file_size=20_971_521)
    assert world.telegram.calls_of("getFile", "file") == []


async def test_a_file_that_lied_about_its_size_is_stopped_on_its_way(stopped_world):
    async with stopped_world.running(max_file_mb=0.01) as world:
        assert "too big" in await answer_to(world, audio("speech.wav"), file_size=100)


async def test_a_recording_over_the_limit_is_measured_not_believed(stopped_world):
    async with stopped_world.running(max_audio_minutes=0.02) as world:
        alice = world.telegram.user("Alice")
        chat = world.telegram.private(alice)
        chat.send_voice(alice, audio(), duration=1)
        await world.settle()
        assert "too long" in texts(chat)[0]
        assert world.speech.uploads == []


async def test_a_truncated_recording_is_transcribed_as_far_as_it_goes(world):
    world.speech.says("as far as")
    assert await answer_to(world, audio("truncated.ogg")) == "as far as"


async def test_a_file_telegram_no_longer_has_is_explained(world):
    alice = world.telegram.user("Alice")
    chat = world.telegram.private(alice)
    voice = chat.send_voice(alice, audio())
    world.telegram.lose_file(voice, chat)
    await world.settle()
    assert "no longer has this file" in texts(chat)[0]


async def test_a_download_that_breaks_off_is_tried_again(world):
    world.telegram.fault("file", after_effect=True, drop=True, times=2)
    world.telegram.fault("file", 500)
    world.speech.says("complete")
    assert await answer_to(world, audio("speech.mp3")) == "complete"
    assert world.speech.uploads[0].data == audio("speech.mp3")


async def test_a_long_recording_goes_up_in_parts_and_comes_back_as_one(stopped_world):
    numbers = itertools.count(1)

    async def recognise(_data, _model, _options):
        return Recognition(f"Part {next(numbers)}.", duration=60.0)

    stopped_world.speech.recognise = recognise
    async with stopped_world.running(split_minutes=1, nova_concurrency=1, nova_concurrency_most=1) as world:
        alice = world.telegram.user("Alice")
        chat = world.telegram.private(alice)
        chat.send_audio(alice, audio("speech.mp3") * 60)  # one part after the other, as there is one slot
        await world.settle()
        (job,) = await world.jobs()

    parts = len(stopped_world.speech.uploads)
    assert parts >= math.ceil(job.audio_seconds / 60) > 1
    assert texts(chat) == ["\n\n".join(f"Part {number}." for number in range(1, parts + 1))]


def slowed_down(data: bytes, divisor: int) -> bytes:
    """A recording whose pages claim that it is shorter than it sounds."""
    lying, at = bytearray(data), data.find(b"OggS")
    while at >= 0:
        granule = int.from_bytes(data[at + 6 : at + 14], "little")
        lying[at + 6 : at + 14] = (granule // divisor).to_bytes(8, "little")
        at = data.find(b"OggS", at + 4)
    return bytes(lying)


async def test_pages_that_lie_about_the_length_do_not_get_around_the_limit(stopped_world):
    async with stopped_world.running(max_audio_minutes=0.05) as world:
        alice = world.telegram.user("Alice")
        chat = world.telegram.private(alice)
        chat.send_voice(alice, slowed_down(audio(), 2))
        await world.settle()
        assert "too long" in texts(chat)[0]
        assert world.speech.uploads == []


async def test_a_cleaner_of_temporary_files_does_not_stop_the_bot(stopped_world, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    async with stopped_world.running() as world:
        (workplace,) = tmp_path.glob("verbatim-*")
        workplace.rmdir()
        world.speech.says("still at work")
        assert await answer_to(world, audio()) == "still at work"


@pytest.mark.parametrize(
    ("what", "says", "tries"),
    [
        ("kill -XCPU $$", "more time or memory", 1),
        ("kill -XFSZ $$", "more time or memory", 1),
        ("echo Cannot allocate memory >&2; exit 244", "more time or memory", 1),
        ("kill -SEGV $$", "could not read", 1),
        ("exec sleep 60", "more time or memory", 2),
    ],
)
async def test_what_comes_of_an_ffmpeg_that_does_not_end_well(stopped_world, tmp_path, monkeypatch, what, says, tries):
    monkeypatch.setattr(ffmpeg, "STILL_SECONDS", 0.5 if "sleep" in what else 60)
    async with stopped_world.running(ffmpeg=ffmpeg_that(tmp_path, what, "*amr*")) as world:
        await world.app.ffmpeg.path()
        assert says in await answer_to(world, audio("speech.amr"))
        assert len(world.telegram.calls_of("file")) == tries
        assert world.speech.uploads == []


async def test_a_machine_that_has_no_processor_for_ffmpeg_is_to_blame_itself(stopped_world, tmp_path, monkeypatch):
    monkeypatch.setattr(patience, "FFMPEG_TIMEOUT", 1)
    busy = tmp_path / "busy"
    busy.touch()
    named = ffmpeg_that(tmp_path, f"if [ -e {busy} ]; then kill -STOP $$; fi", "*amr*")
    async with stopped_world.running(ffmpeg=named) as world:
        alice = world.telegram.user("Alice")
        chat = world.telegram.private(alice)
        with reading_lines() as lines:
            chat.send_document(alice, audio("speech.amr"), file_name="note.amr", mime_type="audio/amr")
            await world.settle(seconds=2)
            assert texts(chat) == [ENGLISH.waiting.placeholder(Notice.MACHINE)]
            busy.unlink()
            monkeypatch.setattr(patience, "FFMPEG_TIMEOUT", 60)
            await world.settle(seconds=300)
        assert texts(chat) == ["hello world"]
        assert {line["error"] for line in lines.of("step.failed")} == {
            "this machine had no processor for ffmpeg in 1 s"
        }
        assert lines.of("ffmpeg.replaced") == []
        assert await world.app.ffmpeg.path() == named


@pytest.mark.parametrize("what", ["echo 'Decoder (codec amr_nb) not found' >&2; exit 8", "exit 1", "kill -KILL $$"])
async def test_what_the_operators_ffmpeg_cannot_read_is_read_by_the_one_that_comes_along(stopped_world, tmp_path, what):
    named = ffmpeg_that(tmp_path, what, "*amr*")
    async with stopped_world.running(ffmpeg=named) as world:
        assert await world.app.ffmpeg.path() == named
        with reading_lines() as lines:
            assert await answer_to(world, audio("speech.amr")) == "hello world"
        assert [line["by"] for line in lines.of("ffmpeg.replaced")] == [bundled_ffmpeg()]
        assert len(world.telegram.calls_of("file")) == 1
        assert await world.app.ffmpeg.path() == bundled_ffmpeg()
