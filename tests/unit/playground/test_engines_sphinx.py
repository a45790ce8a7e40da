import asyncio
import io
import wave
from itertools import pairwise
from pathlib import Path

import psutil
import pytest

from bot.playground.engines.program import ProgramError
from bot.playground.engines.sphinx import LONG_SECONDS, Sphinx
from bot.playground.speech import FakeSpeech, Recognition
from tests.patience import patience
from tests.unit.playground.client import transcribed
from tests.unit.playground.programs import lifeline, script

pytest.importorskip("pocketsphinx")

AUDIO = Path(__file__).parents[2] / "audio"
SHORT = (AUDIO / "voice_short.ogg").read_bytes()


async def heard(name: str) -> Recognition:
    return await Sphinx().recognise((AUDIO / name).read_bytes(), "", {})


def assert_times_rise(recognition: Recognition) -> None:
    times = [time for word in recognition.words for time in (word.start, word.end)]
    assert all(before <= after for before, after in pairwise([0, *times, recognition.duration]))
    assert all(word.start < word.end for word in recognition.words)


async def test_a_voice_note_is_heard_word_for_word_wherever_the_playground_was_started(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "json.py").write_text("raise RuntimeError")  # a stranger of the same name
    recognition = await heard("voice.ogg")
    assert recognition.text == "hello this is a voice note please write down what i say"
    assert [word.text for word in recognition.words] == recognition.text.split()
    assert recognition.duration == pytest.approx(3.84, abs=0.01)
    assert recognition.language == "en"
    assert_times_rise(recognition)


async def test_in_silence_no_word_is_heard():
    assert await heard("silence.ogg") == Recognition("", (), 1.0, "en")


async def test_of_several_sentences_every_word_keeps_its_place_in_the_recording():
    recognition = await heard("talk.ogg")
    starts = {word.text: word.start for word in recognition.words}
    assert recognition.duration == pytest.approx(12.27, abs=0.01)
    assert [starts[word] for word in ("first", "second", "third")] == pytest.approx([0.3, 4.6, 9.1], abs=0.4)
    assert recognition.text.startswith("the first part of the ")
    assert_times_rise(recognition)


async def test_the_sound_of_a_video_is_heard():
    recognition = await heard("video.mp4")
    assert recognition.text == "hello this is a voice note please write down"


async def test_what_was_heard_once_is_heard_again():
    sphinx = Sphinx()
    once, again = await asyncio.gather(sphinx.recognise(SHORT, "", {}), sphinx.recognise(SHORT, "", {}))
    assert once == again
    assert once.text == "yes"


async def test_a_generation_of_what_cannot_be_decoded_fails_with_the_reason():
    async with FakeSpeech() as api:
        api.recognise, api.latency = Sphinx().recognise, 0
        answer = await transcribed(api, (AUDIO / "broken.mp3").read_bytes(), "broken.mp3")
    assert answer["status"] == "error"
    assert answer["error"] == {"name": "NoSoundError", "message": "no sound could be decoded from this file"}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (
            "echo Traceback >&2; echo 'RuntimeError: no model' >&2; exit 1",
            "pocketsphinx failed: RuntimeError: no model",
        ),
        ("exit 4", "pocketsphinx failed: 4"),
        ("kill -9 $$", "pocketsphinx was killed by signal 9"),
    ],
)
async def test_when_its_process_crashes_a_recognition_fails_with_the_reason(tmp_path, body, reason):
    with pytest.raises(ProgramError, match=reason):
        await Sphinx(program=script(tmp_path / "crash", body)).recognise(SHORT, "", {})


async def test_recognitions_wait_for_each_other(tmp_path):
    log = tmp_path / "log"
    sphinx = Sphinx(
        program=script(tmp_path / "ear", f"echo in >> {log}; cat > /dev/null; echo out >> {log}; {NOTHING}")
    )
    await asyncio.gather(*(sphinx.recognise(SHORT, "", {}) for _ in range(3)))
    assert log.read_text().split() == ["in", "out"] * 3


async def test_a_long_recording_lets_short_ones_pass(tmp_path):
    meeting = lifeline(tmp_path)
    meet = f"if mkdir {tmp_path / 'first'} 2> /dev/null; then cat {meeting}; else echo > {meeting}; fi; {NOTHING}"
    sphinx = Sphinx(program=script(tmp_path / "ear", meet))
    async with patience():
        await asyncio.gather(sphinx.recognise(wave_of(LONG_SECONDS + 1), "", {}), sphinx.recognise(SHORT, "", {}))


def wave_of(seconds):
    """So much silence."""
    file = io.BytesIO()
    with wave.open(file, "wb") as wav:
        wav.setparams((1, 2, 8000, 0, "NONE", "NONE"))
        wav.writeframes(bytes(round(seconds * 8000) * 2))
    return file.getvalue()


async def test_a_cancelled_recognition_leaves_no_process_and_makes_room(tmp_path):
    held = lifeline(tmp_path)
    endless = f"if mkdir {tmp_path / 'first'} 2> /dev/null; then exec sleep 60 > {held}; fi; {NOTHING}"
    sphinx = Sphinx(program=script(tmp_path / "ear", endless))
    before = psutil.Process().children()
    async with patience():
        running = asyncio.create_task(sphinx.recognise(SHORT, "", {}))
        with await asyncio.to_thread(held.open, "rb") as end:
            running.cancel()
            assert await asyncio.to_thread(end.read) == b""
        with pytest.raises(asyncio.CancelledError):
            await running
        assert psutil.Process().children() == before
        await sphinx.recognise(SHORT, "", {})


NOTHING = """echo '{"words": []}'"""
