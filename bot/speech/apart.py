"""Who says what, where an answer tells that beside its words: by turns, or by labels in its text that nobody said."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from storage.transcript import Word

_LABEL = re.compile(r"^[^\S\n]*Speaker \d+:[^\S\n]*", re.MULTILINE)

Turn = tuple[float, float, str]  # its start and end in seconds, and its speaker


def without_labels(text: str) -> str:
    """Return a text without the "Speaker 0:" before its turns."""
    return _LABEL.sub("", text)


def begins_with_label(text: str) -> bool:
    return _LABEL.match(text) is not None


def told_apart(words: Sequence[Word], turns: Sequence[Turn]) -> tuple[Word, ...]:
    """Return words with the speakers of the turns in which they begin, if no word has a speaker of its own."""
    if not turns or any(word.speaker is not None for word in words):
        return tuple(words)
    turns = sorted(turns)
    starts = [start for start, _, _ in turns]
    return tuple(replace(word, speaker=_speaking(word, turns, starts)) for word in words)


def _speaking(word: Word, turns: Sequence[Turn], starts: Sequence[float]) -> str | None:
    _, end, speaker = turns[max(0, bisect_right(starts, word.start) - 1)]
    return speaker if starts[0] <= word.start <= end else None
