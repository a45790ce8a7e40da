"""Recognition of English by pocketsphinx, in one process per recording, which frees its memory when it ends."""

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.playground.engines.program import ProgramError, run
from bot.playground.engines.sound import BYTES_PER_SECOND, decoded
from bot.playground.speech.recognition import Recognition, Word

# -P: modules are not searched in the current directory or that of the program.
PROGRAM = (sys.executable, "-P", str(Path(__file__).with_name("sphinx_program.py")))
START_SECONDS = 60.0
SLOWEST = 5.0  # seconds for each second of sound; usually it takes a quarter of one
NAME = "pocketsphinx"


LONG_SECONDS = 60.0


class Sphinx:
    """The engine pocketsphinx. It recognises one short recording at a time, and beside it one over LONG_SECONDS."""

    def __init__(self, program: Sequence[str] = PROGRAM) -> None:
        self._decoding = asyncio.Semaphore(1)
        self._short = asyncio.Semaphore(1)
        self._long = asyncio.Semaphore(1)
        self._program = program

    async def recognise(self, data: bytes, model: str, options: Mapping[str, str]) -> Recognition:  # noqa: ARG002 - it recognises only English
        """Recognise a recording. Raises NoSoundError and ProgramError."""
        async with self._decoding:
            sound = await decoded(data)
        seconds = len(sound) / BYTES_PER_SECOND
        async with self._long if seconds > LONG_SECONDS else self._short:
            words = await self._hear(sound)
        return Recognition(" ".join(word.text for word in words), words, seconds, "en")

    async def _hear(self, sound: bytes) -> tuple[Word, ...]:
        timeout = START_SECONDS + SLOWEST * len(sound) / BYTES_PER_SECOND
        ended = await run(self._program, sound, name=NAME, timeout=timeout)
        if ended.returncode:
            last_line = ended.stderr.strip().rpartition("\n")[2]
            raise ProgramError(f"{NAME} failed: {last_line or ended.returncode}")
        return tuple(Word(**word) for word in json.loads(ended.stdout)["words"])
