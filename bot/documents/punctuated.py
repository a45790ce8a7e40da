"""The words of a recording as its text has them, which may have capitals and full stops that the words lack."""

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise

from bot.text.aligned import ENOUGH, Flat, find, flat
from storage.transcript import Transcript

_OPENS = frozenset({"Ps", "Pi"})  # categories of what belongs to the word after it, where no space tells
_WITHIN = frozenset("'\u2019-")  # signs that a word has within itself
_SIGNS = 16  # characters between two words that are looked at


def punctuated(transcript: Transcript) -> Sequence[str]:
    """Return the words, and where none of them has a sign or a capital, each with those that the text has there.

    A word that the text has with other letters, or not at all, stays as it is.
    """
    said = [word.text for word in transcript.words]
    if not _are_bare("".join(said)):
        return said
    text = flat(transcript.text)
    found = find(text.letters, said)
    if found.share < ENOUGH:
        return said
    return [_same(each, written) for each, written in zip(said, _slices(text, found.places), strict=True)]


def _are_bare(words: str) -> bool:
    return words == words.lower() and not any(unicodedata.category(each)[0] in "PS" for each in {*words} - _WITHIN)


def _same(said: str, written: str) -> str:
    is_near = len(written) <= len(said) + 2 * _SIGNS
    return written if is_near and _letters(said) == _letters(written) != "" else said


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).lower()


def _slices(text: Flat, places: Sequence[int]) -> Iterator[str]:
    """Yield what stands in the text from each place on until the next one."""
    cuts = [0, *(_begin(text.text, text.in_text(place)) for place in places[1:]), len(text.text)]
    return (text.text[start:end].strip() for start, end in pairwise(cuts))


def _begin(text: str, at: int) -> int:
    """Return where a word begins whose first letter is at an index: after a space, or with what opens it."""
    first = at
    while first > max(0, at - _SIGNS) and not text[first - 1].isalnum():
        first -= 1
    between = text[first:at]
    spaces = [index for index, each in enumerate(between, 1) if each.isspace()]
    opening = (index for index, each in enumerate(between) if unicodedata.category(each) in _OPENS)
    return first + (spaces[-1] if spaces else next(opening, len(between)))
