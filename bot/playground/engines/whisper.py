"""Recognition of nearly every language by faster-whisper, if it is installed; one recording at a time, in a thread."""

import asyncio
import io
import wave
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import cached_property
from importlib import import_module
from threading import Event, Lock, Thread
from typing import Any, BinaryIO, Protocol

from bot.playground.engines.sound import BYTES_PER_SECOND, RATE, decoded
from bot.playground.speech.recognition import Recognition, Word


class Model(Protocol):
    """The part of faster_whisper.WhisperModel that is used. It recognises while its segments are iterated."""

    def transcribe(self, audio: BinaryIO, *, word_timestamps: bool, vad_filter: bool) -> tuple[Iterable[Any], Any]: ...


def load(name: str) -> Model:
    model: Model = import_module("faster_whisper").WhisperModel(name)
    return model


class Whisper:
    """The engine faster-whisper. `name` is a known model or a folder; it is loaded for the first recording and kept."""

    def __init__(self, name: str, load: Callable[[str], Model] = load) -> None:
        self._name = name
        self._load = load
        self._one_at_a_time = Lock()

    @cached_property
    def _model(self) -> Model:
        return self._load(self._name)

    async def recognise(self, data: bytes, model: str, options: Mapping[str, str]) -> Recognition:  # noqa: ARG002 - it detects the language by itself
        """Recognise a recording. Raises NoSoundError, ProgramError, and any error of faster-whisper."""
        sound = await decoded(data)
        abandoned = Event()
        try:
            return await _in_thread(lambda: self._hear(sound, abandoned))
        finally:
            abandoned.set()

    def _hear(self, sound: bytes, abandoned: Event) -> Recognition:
        with self._one_at_a_time:
            return self._heard(sound, abandoned)

    def _heard(self, sound: bytes, abandoned: Event) -> Recognition:
        segments, found = self._model.transcribe(_wav(sound), word_timestamps=True, vad_filter=True)
        texts: list[str] = []
        words: list[Word] = []
        for segment in segments:
            if abandoned.is_set():
                break
            texts.append(segment.text.strip())
            words += [Word(word.word.strip(), float(word.start), float(word.end)) for word in segment.words]
        return Recognition(" ".join(texts), tuple(words), len(sound) / BYTES_PER_SECOND, found.language)


async def _in_thread(work: Callable[[], Recognition]) -> Recognition:
    """Run `work` in a daemon thread, so that an exit does not wait for it: a model may work for minutes."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Recognition] = loop.create_future()

    def settle(outcome: Recognition | None, error: Exception | None) -> None:
        if done.cancelled():
            return
        if error is not None:
            done.set_exception(error)
        elif outcome is not None:
            done.set_result(outcome)

    def run() -> None:
        outcome, raised = None, None
        try:
            outcome = work()
        except Exception as error:  # noqa: BLE001 - it is raised again in the waiting task
            raised = error
        with suppress(RuntimeError):  # the loop is closed, so no task waits for the outcome
            loop.call_soon_threadsafe(settle, outcome, raised)

    Thread(target=run, name="whisper", daemon=True).start()
    return await done


def _wav(sound: bytes) -> BinaryIO:
    file = io.BytesIO()
    with wave.open(file, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(RATE)
        wav.writeframes(sound)
    file.seek(0)
    return file
