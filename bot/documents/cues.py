"""Subtitles by the rules that professionals keep, before they are written in a form."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bot.documents.alphabets import MARKS, WIDEST, is_from_right_to_left, rules_for
from bot.documents.cuts import cut
from bot.documents.known import Known
from bot.documents.lines import lines
from bot.documents.spoken import spoken
from bot.documents.timing import timed
from storage.transcript import Segment, Word

SAMPLE = 1_000  # words that tell the alphabet where there is no text
_MARK = "\u200f"


@dataclass(frozen=True, slots=True)
class Cue:
    """One subtitle; times in milliseconds, and the name of the one speaker whose words these are."""

    start: int
    end: int
    lines: tuple[str, ...]
    speaker: str | None


@dataclass(frozen=True, slots=True)
class Cues:
    """`are_estimated` says that no time was measured."""

    cues: Sequence[Cue]
    are_estimated: bool


def cues_of(known: Known) -> Cues:
    transcript = known.transcript
    words: Sequence[Word | Segment] = transcript.words or transcript.segments
    sample = transcript.text or " ".join(each.text for each in words[:SAMPLE])
    rules = rules_for(sample, known.language)
    said = spoken(known, rules.line)
    groups = list(cut(said.pieces, rules))
    texts = [_marked(lines(group, rules.line)) for group in groups]
    speakers = [group[0].speaker for group in groups]
    reading = [
        sum(len(line) + 1 for line in text) + (len(f"{speaker}: ") if speaker and speaker != before else 0)
        for text, speaker, before in zip(texts, speakers, [None, *speakers], strict=False)
    ]
    spans = [(group[0].start, group[-1].end) for group in groups]
    lengths = [each for each in (known.duration, transcript.duration) if each is not None]
    times = timed(spans, [characters / rules.speed for characters in reading], max(lengths, default=math.inf))
    cues = [Cue(start, end, text, speaker) for text, speaker, (start, end) in zip(texts, speakers, times, strict=True)]
    return Cues(cues, said.is_estimated)


def _marked(text: tuple[str, ...]) -> tuple[str, ...]:
    """Put marks around each line of a text that is read from the right, so that its full stop stays at its end."""
    if not is_from_right_to_left("".join(text)):
        return text
    return tuple(f"{_MARK}{each}{_MARK}" if len(each) + MARKS <= WIDEST else each for each in text)
