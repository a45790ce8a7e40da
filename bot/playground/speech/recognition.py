"""Recognitions, and the default recogniser, whose words are set beforehand."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

SECONDS_PER_WORD = 0.4


@dataclass(frozen=True, slots=True)
class Word:
    """One spoken word as it is written. `start` and `end` are in seconds."""

    text: str
    start: float
    end: float
    speaker: int = 0


@dataclass(frozen=True, slots=True)
class Recognition:
    """What was recognised in a recording. `duration` is in seconds."""

    text: str
    words: tuple[Word, ...] = ()
    duration: float = 0.0
    language: str = "en"
    language_confidence: float = 0.98  # from 0 to 1, where the language is detected


Recogniser = Callable[[bytes, str, Mapping[str, str]], Awaitable[Recognition]]


def spoken(text: str, language: str = "en", language_confidence: float = 0.98) -> Recognition:
    """Build the recognition of a text whose words take SECONDS_PER_WORD each."""
    words = tuple(
        Word(word, round(place * SECONDS_PER_WORD, 3), round((place + 1) * SECONDS_PER_WORD, 3))
        for place, word in enumerate(text.split())
    )
    return Recognition(text, words, words[-1].end if words else 1.0, language, language_confidence)


class Script:
    """A recogniser with prepared words: those for exactly these bytes, or else the default ones."""

    def __init__(self) -> None:
        self.default = spoken("hello world")
        self._by_digest: dict[str, Recognition] = {}

    def hears(self, data: bytes, said: Recognition) -> None:
        self._by_digest[hashlib.sha256(data).hexdigest()] = said

    async def recognise(self, data: bytes, model: str, options: Mapping[str, str]) -> Recognition:  # noqa: ARG002 - the words do not depend on the model
        said = self._by_digest.get(hashlib.sha256(data).hexdigest(), self.default)
        asked = options.get("language")
        if asked is None or asked == "multi" or options.get("detect_language") == "true":
            return said
        return replace(said, language=asked)
