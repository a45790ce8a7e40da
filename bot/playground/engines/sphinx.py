"""English by pocketsphinx, one short-lived process per recording: nothing blocks, and its memory is given back."""

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.playground.engines.program import ProgramError, run
from bot.playground.engines.sound import BYTES_PER_SECOND, decoded
from bot.playground.speech.recognition import Recognition, Word

# Neither the current directory nor that of the program may hide a module it imports: -P.
PROGRAM = (sys.executable, "-P", str(Path(__file__).with_name("sphinx_program.py")))
START_SECONDS = 60.0
SLOWEST = 5.0  # seconds for one of sound; it takes about a quarter on an ordinary machine
NAME = "pocketsphinx"


LONG_SECONDS = 60.0


class Sphinx:
    """Hears one recording at a time, and beside it one longer than LONG_SECONDS, which nobody else has to wait for."""

    def __init__(self, program: Sequence[str] = PROGRAM) -> None:
        self._decoding = asyncio.Semaphore(1)
        self._short = asyncio.Semaphore(1)
        self._long = asyncio.Semaphore(1)
        self._program = program

    async def recognise(self, data: bytes, model: str, options: Mapping[str, str]) -> Recognition:  # noqa: ARG002 - it knows English and nothing else
        """May raise NoSoundError and ProgramError."""
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
