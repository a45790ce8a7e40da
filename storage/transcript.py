"""The Transcript: finished text with its language, its words or segments, and their speakers; a value."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from itertools import chain

# More than a day of quick speech, which has 60,000 characters and 10,000 words an hour. What is longer was not said.
LONGEST_TEXT = 2_000_000  # characters
MOST_WORDS = 250_000
LOW_CONFIDENCE = 0.5


class Doubt(IntEnum):
    """What is doubtful of a text, or of the recording of one that is still to come."""

    NOTHING = 0
    LANGUAGE = 1  # it may be in another language than was spoken
    WORDS = 2  # perhaps nobody said it: models write such words where nobody speaks
    FAINT = 3  # there is no text yet, and hardly anything can be heard in the recording
    NO_SPEECH = 4  # there is no text, as no speech was heard


@dataclass(frozen=True, slots=True)
class Word:
    """One spoken word; `start` and `end` in seconds from the start of the whole recording."""

    text: str
    start: float
    end: float
    speaker: str | None = None
    confidence: float | None = None  # from 0 to 1, that this word was said; None if nobody told


@dataclass(frozen=True, slots=True)
class Segment:
    """A sentence or a turn of which no words are known; `start` and `end` as those of a Word."""

    text: str
    start: float
    end: float
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was said. `text` is empty when no speech was found; `duration` in seconds, if known.

    Segments say when those parts of the text were said that have no words. Neither need be in order of time.
    """

    text: str
    language: str | None = None
    duration: float | None = None
    words: tuple[Word, ...] = ()
    language_confidence: float | None = None  # from 0 to 1, that it is this language; None if nobody said
    segments: tuple[Segment, ...] = ()

    @property
    def said(self) -> Sequence[Word | Segment]:
        """Return all that was said: words alone as the provider has them, and with segments among them by time."""
        if not self.segments:
            return self.words
        return sorted([*self.words, *self.segments], key=lambda each: each.start)

    @property
    def is_doubtful(self) -> bool:
        """Tell whether another language may have been spoken than that of the text, if there is one."""
        return bool(self.text) and self.language_confidence is not None and self.language_confidence < LOW_CONFIDENCE

    def count_speakers(self) -> int:
        speakers = chain((each.speaker for each in self.words), (each.speaker for each in self.segments))
        return len({each for each in speakers if each is not None})


def shortened(transcript: Transcript, parts: int = 1) -> Transcript:
    """Return as much of the transcript as one of so many parts of a recording may have."""
    text, most = transcript.text[: LONGEST_TEXT // parts], MOST_WORDS // parts
    return replace(transcript, text=text, words=transcript.words[:most], segments=transcript.segments[:most])
