"""The Transcript: finished text with its language, its words and their speakers; a value."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Word:
    """One spoken word; `start` and `end` in seconds from the start of the whole recording."""

    text: str
    start: float
    end: float
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was said. `text` is empty when no speech was found; `duration` in seconds, if known."""

    text: str
    language: str | None = None
    duration: float | None = None
    words: tuple[Word, ...] = ()
