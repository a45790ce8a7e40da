"""Where in a text each of its words stands, although the two may be written differently.

The text says "25" where the words are "twenty" and "five", has capitals and full stops that they lack, or no spaces.
So only letters and digits are compared, and what does not match is passed over until both agree again.
"""

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, repeat

ENOUGH = 0.3  # of the letters of the words have to be found; otherwise they are no words of this text
# How many letters of the text, and how many words, may be passed over at once, and how many letters have to agree
# behind them: a few come by chance. The first that does is taken.
_REACHES = ((16, 4, 8), (60, 12, 14), (200, 24, 24))
SAME = 8  # first letters of a word, or of a whole sentence, that make it found
_LOST = 200  # letters of words that were not found, after which only these are looked for:
_LOST_REACH = (200, 6, 24)
_FAR = 10_000  # letters of the text, however many words before were not found
_AT_ONCE = 12  # words that count as not found, where nothing of what follows is near

_SLICE = 256  # characters: of the text, as it is cut for finding a letter in it; and of what is compared at once
_OTHERS = re.compile(r"[\W_]+")
_LETTERS = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Flat:
    """The letters and digits of a text one after the other, in small letters."""

    text: str
    letters: str
    _begins: Sequence[int]  # of each slice of the text in `letters`, and the end of the last one

    def in_text(self, place: int) -> int:
        """Return where in the text a letter stands; the end of the text where that has no so many."""
        number = bisect_right(self._begins, place) - 1
        left = place - self._begins[number]
        for run in _LETTERS.finditer(self.text, number * _SLICE, (number + 1) * _SLICE):
            if left < run.end() - run.start():
                return run.start() + left
            left -= run.end() - run.start()
        return len(self.text)

    def place_after(self, index: int) -> int:
        """Return the first letter that stands at an index of the text or after it."""
        number = index // _SLICE
        return self._begins[number] + len(_letters(self.text[number * _SLICE : index]))


def flat(text: str) -> Flat:
    slices = [_letters(text[at : at + _SLICE]) for at in range(0, len(text), _SLICE)]
    return Flat(text, "".join(slices), _begins(slices))


def _letters(text: str) -> str:
    """Return the letters and digits, and as many small ones: of all capitals only one would become two characters."""
    text = text.replace("\u0130", "i").lower()  # which is the dotted I of Turkish
    return text if text.isalnum() else _OTHERS.sub("", text)


def _begins(parts: Iterable[str]) -> "array[int]":
    """Return where each part begins in all of them together, and where they end."""
    return array("q", accumulate(map(len, parts), initial=0))  # a list of as many numbers takes five times the memory


@dataclass(frozen=True, slots=True)
class Found:
    """The place of each word among the letters of a text, and the share of their letters that was found.

    Words that were not found stand together where the last one before them ends.
    """

    places: Sequence[int]
    share: float


def find(letters: str, words: Iterable[str]) -> Found:
    """Find words that are in the order of the text, in about as many steps as there are words.

    Where too few of them are there, the share tells that, and the last places mean nothing.
    """
    said, begins = _joined(words)
    number_of_words = len(begins) - 1
    places = array("q")
    at = found = lost = 0
    while len(places) < number_of_words:
        if begins[len(places)] - found > (1 - ENOUGH) * len(said):
            return Found(places, 0.0)
        number = len(places)
        begin = begins[number]
        until = _same_until(said, begin, letters, at)
        end = bisect_right(begins, until) - 1
        if until - begins[end] >= SAME:
            end += 1  # one of which so much is the same is found, such as a whole sentence
        if end > number:
            same = min(until, begins[end]) - begin
            places.extend(at + each - begin for each in begins[number:end])
            at, found, lost = at + same, found + begins[end] - begin, begins[end] - begin - same
        if end < number_of_words:
            further, at_last = _again(_Said(said, begins, end), letters, at, lost)
            places.extend(repeat(at, further - end))
            at, lost = at_last, lost + begins[further] - begins[end]
    return Found(places, found / len(said) if said else 0.0)


def _joined(words: Iterable[str]) -> "tuple[str, array[int]]":
    """Return the letters of all words, and where those of each begin."""
    keys = [_letters(word) for word in words]
    return "".join(keys), _begins(keys)


def _same_until(one: str, first: int, other: str, second: int) -> int:
    """Return where in `one`, from its index `first`, the other one differs, from its index `second`."""
    size = _SLICE
    while size:
        part = one[first : first + size]
        if part and part == other[second : second + size]:
            first, second = first + len(part), second + len(part)
        else:
            size //= 2
    return first


@dataclass(frozen=True, slots=True)
class _Said:
    """The letters of the words, where each word begins, and the first word of those that were not found."""

    letters: str
    begins: Sequence[int]
    number: int

    def anchors(self, words: int, length: int) -> Iterator[tuple[int, str]]:
        """Yield words and so many letters from them on, for the first of those words."""
        for number in range(self.number, min(self.number + words, len(self.begins) - 1)):
            begin = self.begins[number]
            if anchor := self.letters[begin : begin + length]:
                yield number, anchor


def _again(said: _Said, letters: str, at: int, lost: int) -> tuple[int, int]:
    """Return the next word that is found, and its place; where none is, a later word, and the same place.

    Of several ways, take the one that passes over the fewest letters, and as many of the text as of the words.
    """
    for reach, words, length in _REACHES if lost <= _LOST else (_LOST_REACH,):
        until = at + min(reach + 2 * lost, _FAR) + length
        ways = []
        for number, anchor in said.anchors(words, length):
            place = letters.find(anchor, at, until)
            passed = said.begins[number] - said.begins[said.number]
            if place >= 0:
                ways.append((passed + abs(place - at - lost - passed), number, place))
        if ways:
            _, number, place = min(ways)
            return number, place
    return min(said.number + _AT_ONCE, len(said.begins) - 1), at
