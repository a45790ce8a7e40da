"""The Transcript: finished text with language, words and speakers; a value."""

import json
from dataclasses import dataclass
from typing import Self


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

    def to_json(self) -> str:
        """Words are rows without names: an hour of speech has ten thousand of them."""
        fields = {
            "text": self.text,
            "language": self.language,
            "duration": self.duration,
            "words": [(word.text, word.start, word.end, word.speaker) for word in self.words],
        }
        return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, body: str) -> Self:
        """The inverse of `to_json`; only ever given what it wrote."""
        fields = json.loads(body)
        return cls(
            text=fields["text"],
            language=fields["language"],
            duration=fields["duration"],
            words=tuple(Word(*row) for row in fields["words"]),
        )
