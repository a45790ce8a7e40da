import asyncio
import sys
import threading
import wave
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot.playground.engines.whisper import Whisper
from bot.playground.speech import Recognition, Word

VOICE = (Path(__file__).parents[2] / "audio" / "voice.ogg").read_bytes()


def said(text: str, start: float) -> SimpleNamespace:
    """A segment as faster-whisper returns it, where a word begins with the space before it."""
    words = [
        SimpleNamespace(word=f" {word}", start=start + place, end=start + place + 1)
        for place, word in enumerate(text.split())
    ]
    return SimpleNamespace(text=f" {text}", words=words)


class Ear:
    """Stands in for faster_whisper.WhisperModel; `listen` yields the segments of a recording."""

    def __init__(self, listen) -> None:
        self.listen = listen
        self.heard = []

    def transcribe(self, audio, *, word_timestamps, vad_filter):
        with wave.open(audio) as wav:
            self.heard.append((wav.getframerate(), wav.getnchannels(), round(wav.getnframes() / wav.getframerate(), 2)))
        assert word_timestamps
        assert vad_filter
        return self.listen(), SimpleNamespace(language="de")


async def test_what_faster_whisper_hears_is_told_with_times_and_the_language_it_found():
    ear = Ear(lambda: iter([said("Guten Tag.", 0), said("Hallo!", 2)]))
    heard = await Whisper("base", lambda _: ear).recognise(VOICE, "", {})
    words = (Word("Guten", 0.0, 1.0), Word("Tag.", 1.0, 2.0), Word("Hallo!", 2.0, 3.0))
    assert heard == Recognition("Guten Tag. Hallo!", words, 3.84, "de")
    assert ear.heard == [(16_000, 1, 3.84)]


async def test_the_model_is_loaded_for_the_first_recording_and_kept():
    loaded = []

    def load(name):
        loaded.append(name)
        return Ear(lambda: iter(()))

    whisper = Whisper("base", load)
    assert loaded == []
    await asyncio.gather(*(whisper.recognise(VOICE, "", {}) for _ in range(3)))
    assert loaded == ["base"]


async def test_a_cancelled_recognition_ends_with_the_segment_under_way():
    begun, go_on, listened = threading.Event(), threading.Event(), []

    def listen():
        for text in ("one", "two", "three"):
            begun.set()
            go_on.wait(60)
            listened.append(text)
            yield said(text, 0)

    whisper = Whisper("base", lambda _: Ear(listen))
    running = asyncio.create_task(whisper.recognise(VOICE, "", {}))
    assert await asyncio.to_thread(begun.wait, 60)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    go_on.set()
    [thread] = [one for one in threading.enumerate() if one.name == "whisper"]
    assert thread.daemon
    await asyncio.to_thread(thread.join, 60)
    assert listened == ["one"]


async def test_the_model_comes_from_the_package_that_is_installed(tmp_path, monkeypatch):
    (tmp_path / "faster_whisper.py").write_text(
        "from types import SimpleNamespace\n"
        "class WhisperModel:\n"
        "    def __init__(self, name):\n"
        "        self.name = name\n"
        "    def transcribe(self, audio, **options):\n"
        "        return [SimpleNamespace(text=f'I am {self.name}.', words=[])], SimpleNamespace(language='en')\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    try:
        heard = await Whisper("base").recognise(VOICE, "", {})
    finally:
        sys.modules.pop("faster_whisper", None)
    assert heard.text == "I am base."
