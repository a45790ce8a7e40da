"""Recordings made of others: long ones of short ones, and such with another encoding."""

import functools
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from bot.machine.subprocesses import bundled_ffmpeg
from bot.playground.speech import Recognition, Word


def repeated(recording: Path, seconds: float, *output: str) -> bytes:
    """The packets of a recording again and again, as long as this, in the format of these arguments."""
    return _made("-stream_loop", "-1", "-i", str(recording), "-t", str(seconds), "-c", "copy", *output)


def joined(*recordings: bytes, demuxer: str) -> bytes:
    """Recordings one after the other in one file; all are of the same kind."""
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder, "listed")
        for number, recording in enumerate(recordings):
            Path(folder, str(number)).write_bytes(recording)
        listed.write_text("".join(f"file '{folder}/{number}'\n" for number in range(len(recordings))))
        return _made("-f", "concat", "-safe", "0", "-i", str(listed), "-c", "copy", "-f", demuxer)


def encoded(recording: Path, *output: str) -> bytes:
    """A recording with another encoding."""
    return _made("-i", str(recording), *output)


def _made(*arguments: str) -> bytes:
    with tempfile.NamedTemporaryFile() as made:
        command = (bundled_ffmpeg(), "-nostdin", "-loglevel", "error", "-y", *arguments, f"file:{made.name}")
        subprocess.run(command, timeout=120, check=True)
        return made.read()


def lecture(seconds: float, *output: str, pauses: bool = True) -> bytes:
    """Sound of which no second is like another one, with a pause every five seconds or without any."""
    pause = "*lt(mod(t\\,5)\\,4.2)" if pauses else ""
    tone = f"aevalsrc=0.4*sin(2*PI*(200+t)*t){pause}:s=8000:d={seconds:g}"
    return _made("-f", "lavfi", "-i", tone, *output)


@functools.cache
def lecture_in_parts(parts: int) -> bytes:
    """The MP3 of a lecture that is cut into so many parts where SPLIT_MINUTES is 1; its sound needs no encoding."""
    return lecture(41.25 * parts - 20, "-c:a", "libmp3lame", "-b:a", "8k", "-f", "mp3")


class Heard:
    """A provider that hears the lecture of so many parts, in which there is a word every five seconds."""

    def __init__(self, parts: int) -> None:
        self.lecture = lecture_in_parts(parts)
        self.seconds = 41.25 * parts - 20
        self.words = [f"word{number}" for number in range(int(self.seconds // 5))]

    async def recognise(self, data: bytes, _model: str, _options: Mapping[str, str]) -> Recognition:
        """Hear the words of which all sound is in a piece of the lecture, as it was copied."""
        begin, second = self.lecture.index(data), len(self.lecture) / self.seconds
        start, length = begin / second, len(data) / second
        said = [(5 * number + 1 - start, word) for number, word in enumerate(self.words)]
        words = tuple(Word(word, at, at + 2) for at, word in said if at >= 0 and at + 2 <= length)
        return Recognition(" ".join(word.text for word in words), words, length)
