"""Where speech is cut into subtitles: where the speaker changes or is silent, and where sentences and clauses end."""

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate

from bot.documents.alphabets import UNSPACED, Rules, is_wide
from bot.documents.spoken import Piece

PAUSE = 1.0  # seconds of silence, over which no cue stands
LONGEST = 7.0  # seconds of speech in one cue
SHORTEST = 5 / 6
FULL = 0.4  # of a cue: a sentence that fills so much of it may have it for itself
USUAL = 0.9  # of both lines: so much goes into a cue, as words seldom fill a line

# What a cut is worth, in characters that the cue may be longer or shorter for it.
SENTENCE, CLAUSE, A_SECOND_OF_PAUSE = 40, 25, 60
TOO_SHORT = 40  # what the rest, or the cue itself, would be
BOUND = 8  # an article or the like before the cut, or a particle of Japanese after it

_CLOSING = "[\"')\\]}\u00bb\u203a\u201c\u201d\u2018\u2019\u300d\u300f\u3011\u3009\u300b\uff09\uff3d\uff63]*$"
_SENTENCE = re.compile("[.!?…\u3002\uff01\uff1f\uff0e\uff61\u0964\u0965\u061f\u06d4\u1362\u104b\u17d4]" + _CLOSING)
_CLAUSE = re.compile("[,;:\u2013\u2014\u060c\u061b\u3001\uff0c\uff1a\uff1b\u00b7\u1363]" + _CLOSING)
_PARTICLE = re.compile("[\u3041-\u3096]")
_SMALL = re.compile(f"[^\\W\\d_{UNSPACED}]{{1,3}}")
_TAIL = 8  # characters of a word that are looked at


def ends_sentence(text: str) -> bool:
    return _SENTENCE.search(text[-_TAIL:]) is not None


def ends_clause(text: str) -> bool:
    return _CLAUSE.search(text[-_TAIL:]) is not None


def are_bound(text: str, following: str) -> bool:
    """Tell whether a word belongs to the one after it, as small words do, or that one to it, as particles do."""
    return _SMALL.fullmatch(text) is not None or (is_wide(text[-1]) and _PARTICLE.match(following) is not None)


def cut(pieces: Sequence[Piece], rules: Rules) -> Iterator[Sequence[Piece]]:
    """Yield the pieces of one cue after the other, in about as many steps as there are pieces."""
    first = 0
    for number in range(1, len(pieces) + 1):
        if number == len(pieces) or _must_end(pieces[number - 1], pieces[number]):
            yield from _Run(pieces[first:number], rules).cues()
            first = number


def _must_end(one: Piece, other: Piece) -> bool:
    return one.speaker != other.speaker or other.start - one.end >= PAUSE


class _Run:
    """What one speaker said without a long pause."""

    def __init__(self, pieces: Sequence[Piece], rules: Rules) -> None:
        self._pieces = pieces
        self._line = rules.line
        self._ends = list(accumulate(len(piece.text) + piece.after_space for piece in pieces))  # in characters
        self._sentence_ends = self._find_sentence_ends()

    def _find_sentence_ends(self) -> Sequence[int]:
        """Return for each piece the number of the one after its sentence."""
        ends = [len(self._pieces)] * len(self._pieces)
        for number in range(len(ends) - 2, -1, -1):
            ends[number] = number + 1 if ends_sentence(self._pieces[number].text) else ends[number + 1]
        return ends

    def cues(self) -> Iterator[Sequence[Piece]]:
        start = 0
        while start < len(self._pieces):
            end = self._best_end(start, self._furthest_end(start))
            yield self._pieces[start:end]
            start = end

    def _furthest_end(self, start: int) -> int:
        """Return the number after the last piece that fits into two lines and seven seconds."""
        pieces, line, lines = self._pieces, 0, 1
        for number in range(start, len(pieces)):
            piece = pieces[number]
            width = len(piece.text)
            if number > start and (piece.end - pieces[start].start > LONGEST or width > self._line):
                return number
            if line and line + piece.after_space + width > self._line:
                if lines == 2:
                    return number
                lines, line = 2, width
            else:
                line += (piece.after_space if line else 0) + width
            if width > self._line:  # one long word stands alone
                return number + 1
        return len(pieces)

    def _best_end(self, start: int, furthest: int) -> int:
        if furthest - start < 2:
            return furthest
        whole = [end for end in range(start + 1, furthest + 1) if end == self._sentence_ends[end - 1]]
        full = [end for end in whole if self._may_stand_alone(start, end)]
        if full:
            return full[-1]
        usual = self._usual_length(start)
        return max(range(start + 1, furthest + 1), key=lambda end: self._worth(start, end, usual))

    def _may_stand_alone(self, start: int, end: int) -> bool:
        return end == len(self._pieces) or (
            self._length(start, end) >= FULL * self._line and self._lasts(start, end) >= SHORTEST
        )

    def _usual_length(self, start: int) -> float:
        """Return how long a cue is if those of its sentence are about equal."""
        end = self._sentence_ends[start]
        length = self._length(start, end)
        return length / max(-(-length // (2 * USUAL * self._line)), -(-self._lasts(start, end) // LONGEST))

    def _worth(self, start: int, end: int, usual: float) -> float:
        last, rest = self._pieces[end - 1], self._sentence_ends[start] - end
        worth = -abs(self._length(start, end) - usual)
        worth += SENTENCE if ends_sentence(last.text) else CLAUSE if self._ends_clause(end) else 0
        if self._lasts(start, end) < SHORTEST:
            worth -= TOO_SHORT
        if rest > 0 and self._lasts(end, self._sentence_ends[start]) < SHORTEST:
            worth -= TOO_SHORT
        if end < len(self._pieces):
            worth -= BOUND if are_bound(last.text, self._pieces[end].text) else 0
            worth += A_SECOND_OF_PAUSE * max(0.0, self._pieces[end].start - last.end)
        return worth

    def _ends_clause(self, end: int) -> bool:
        """Tell whether a clause ends there; a space does so in an alphabet without spaces."""
        last = self._pieces[end - 1].text
        if ends_clause(last):
            return True
        return end < len(self._pieces) and self._pieces[end].after_space and is_wide(last[-1])

    def _length(self, start: int, end: int) -> int:
        return self._ends[end - 1] - (self._ends[start - 1] if start else 0)

    def _lasts(self, start: int, end: int) -> float:
        """Return the seconds until what follows begins."""
        until = self._pieces[end].start if end < len(self._pieces) else self._pieces[end - 1].end
        return until - self._pieces[start].start
