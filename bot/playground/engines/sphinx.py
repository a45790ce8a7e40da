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
HEARING = (sys.executable, "-P", str(Path(__file__).with_name("hearing.py")))
START_SECONDS = 60.0
SLOWEST = 5.0  # seconds for one of sound; it takes about a quarter on an ordinary machine
NAME = "pocketsphinx"


class Sphinx:
    """Hears `at_once` recordings at the same time; the others wait."""

    def __init__(self, at_once: int = 1, program: Sequence[str] = HEARING) -> None:
        self._places = asyncio.Semaphore(at_once)
        self._program = program

    async def recognise(self, data: bytes, model: str, options: Mapping[str, str]) -> Recognition:  # noqa: ARG002 - it knows English and nothing else
        """May raise NoSoundError and ProgramError."""
        async with self._places:
            sound = await decoded(data)
            words = await self._hear(sound)
        return Recognition(" ".join(word.text for word in words), words, len(sound) / BYTES_PER_SECOND, "en")

    async def _hear(self, sound: bytes) -> tuple[Word, ...]:
        timeout = START_SECONDS + SLOWEST * len(sound) / BYTES_PER_SECOND
        ended = await run(self._program, sound, name=NAME, timeout=timeout)
        if ended.returncode:
            last_line = ended.stderr.strip().rpartition("\n")[2]
            raise ProgramError(f"{NAME} failed: {last_line or ended.returncode}")
        return tuple(Word(**word) for word in json.loads(ended.stdout)["words"])
