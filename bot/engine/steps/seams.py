"""Seams: joining two transcripts of neighbouring parts that share some seconds, without losing or doubling a word.

Both parts have the words of the shared seconds, but for those at their very edges, which are cut through there, and for
those that were taken for others in one of them. So the longest run of words that both have says where they lie on each
other: up to its end the first part is right, and from there on the second one.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from storage.transcript import Segment, Transcript, Word

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_NEAR = 0.5  # seconds by which times of the same word in two transcripts differ at the most, and those of edges are off
_TOKENS_A_SECOND = 10  # of quick speech: words, or characters where a language has no spaces
_SURE = 3  # more words that are the same than others, where there are no times: that is no chance
_CUT_THROUGH = 3  # words at an edge that may be wrong


class _Token(NamedTuple):
    """A word of a text as it compares, where it ends, and the number and the moment of the word with times, if any."""

    text: str
    end: int
    word: int = -1
    at: float = math.nan


class _Run(NamedTuple):
    """Words that stand in both: where they begin in each, and how many they are."""

    first: int
    second: int
    length: int

    @property
    def first_end(self) -> int:
        return self.first + self.length - 1

    @property
    def second_end(self) -> int:
        return self.second + self.length - 1


def moved(transcript: Transcript, seconds: float) -> Transcript:
    """Return the transcript of a part with the times of the recording, in which the part begins so late."""
    words = tuple([replace(each, start=seconds + each.start, end=seconds + each.end) for each in transcript.words])
    segments = tuple(
        [replace(each, start=seconds + each.start, end=seconds + each.end) for each in transcript.segments]
    )
    duration = None if transcript.duration is None else seconds + transcript.duration
    return replace(transcript, words=words, segments=segments, duration=duration)


def sewn(first: Transcript, second: Transcript, start: float, overlap: float) -> Transcript:
    """Return both as one; their times are those of the recording, and both have the seconds from `start` on."""
    seam = _Seam(first, second, start, start + overlap)
    text, words = seam.joined() if overlap > 0 else seam.side_by_side()
    segments = seam.segments() if overlap > 0 else first.segments + second.segments
    return replace(first, text=text, words=words, segments=segments, duration=second.duration)


@dataclass(frozen=True, slots=True)
class _Seam:
    first: Transcript
    second: Transcript
    start: float
    end: float

    def side_by_side(self) -> tuple[str, tuple[Word, ...]]:
        text = "\n\n".join(each for each in (self.first.text, self.second.text) if each)
        return text, self.first.words + self.second.words

    def joined(self) -> tuple[str, tuple[Word, ...]]:
        before, after = _tokens(self.first), _tokens(self.second)
        if not (self.first.words and self.second.words):
            return self._by_text(before, after), self.first.words + self.second.words
        if all(each.word >= 0 for each in (*before, *after)):
            return self._by_words(before, after)
        # Numbers, say, are not written as they were said: the text and the words have a seam each.
        said = replace(self, first=_as_said(self.first), second=_as_said(self.second))
        return self._by_text(before, after), said.joined()[1]

    def _by_text(self, before: Sequence[_Token], after: Sequence[_Token]) -> str:
        """Join the texts alone; where nothing tells how they lie on each other, both stay whole."""
        most = math.ceil((self.end - self.start) * _TOKENS_A_SECOND) + _CUT_THROUGH
        tail, head = before[-most:], after[:most]
        run = _run_where_they_meet(tail, head)
        return self.side_by_side()[0] if run is None else self._text_at(tail[run.first_end], head[run.second_end])

    def _by_words(self, before: Sequence[_Token], after: Sequence[_Token]) -> tuple[str, tuple[Word, ...]]:
        tail = [each for each in before if each.at >= self.start - _NEAR]
        head = [each for each in after if each.at <= self.end + _NEAR]
        if not tail or not head:  # nothing was said there, or what was said there is not known
            return self.side_by_side()
        run = _longest_run(tail, head) or _run_where_they_meet(tail, head)
        if run is None:
            return self._by_times(before, after)
        last, same = tail[run.first_end], head[run.second_end]
        return self._text_at(last, same), self.first.words[: last.word + 1] + self.second.words[same.word + 1 :]

    def _text_at(self, last: _Token, same: _Token) -> str:
        return self.first.text[: last.end] + self.second.text[same.end :]

    def _by_times(self, before: Sequence[_Token], after: Sequence[_Token]) -> tuple[str, tuple[Word, ...]]:
        """Cut where the last word ends that the first part has in its half of what they share."""
        kept = sum(self._is_in_first_half(each) for each in self.first.words)
        edge = self.first.words[kept - 1].end if kept else -math.inf
        left = sum((each.start + each.end) / 2 < edge for each in self.second.words)
        texts = (
            self.first.text[: _begin(self.first, before, kept)],
            self.second.text[_begin(self.second, after, left) :],
        )
        text = "\n\n".join(each for each in map(str.strip, texts) if each)
        return text, self.first.words[:kept] + self.second.words[left:]

    def segments(self) -> tuple[Segment, ...]:
        """Cut between segments likewise; one that goes on behind that, as a long turn may, stays whole."""
        kept = tuple(filter(self._is_in_first_half, self.first.segments))
        edge = max((each.end for each in kept), default=-math.inf) + _NEAR
        return kept + tuple(each for each in self.second.segments if each.end > edge)

    def _is_in_first_half(self, said: Word | Segment) -> bool:
        return said.start + said.end < self.start + self.end


def _as_said(transcript: Transcript) -> Transcript:
    """Return a transcript whose text is that of its words."""
    return replace(transcript, text=" ".join(each.text for each in transcript.words))


def _begin(transcript: Transcript, tokens: Sequence[_Token], word: int) -> int:
    """Return where a word begins in the text; what stands before the first one belongs to it."""
    following = next((each for each in tokens if each.word >= word), None) if word else None
    if following is None:
        return len(transcript.text) if word else 0
    return following.end - len(following.text)


def _tokens(transcript: Transcript) -> list[_Token]:
    """Return the words of a text, with the times of those that go with them; without any where they do not."""
    tokens = [_Token(text.casefold(), end) for text, end in _cut(transcript.text)]
    owners = [number for number, word in enumerate(transcript.words) for _ in _cut(word.text)]
    spoken = [text.casefold() for word in transcript.words for text, _ in _cut(word.text)]
    if spoken != [each.text for each in tokens]:
        return tokens
    starts = [transcript.words[number].start for number in owners]
    return [each._replace(word=number, at=at) for each, number, at in zip(tokens, owners, starts, strict=True)]


def _cut(text: str) -> list[tuple[str, int]]:
    """Cut a text into words, or characters where a language has no spaces; each with its end."""
    found = []
    for match in _WORD.finditer(text):
        word = match[0]
        if len(word) > 1 and not word.isascii() and _is_unspaced(word):
            found += [(character, match.start() + place) for place, character in enumerate(word, 1)]
        else:
            found.append((word, match.end()))
    return found


def _is_unspaced(word: str) -> bool:
    return ord(max(word)) > 0x0E00 and any(
        "\u0e00" <= each <= "\u17ff" or "\u3040" <= each <= "\u9fff" for each in word
    )


def _longest_run(tail: Sequence[_Token], head: Sequence[_Token]) -> _Run | None:
    """Return the longest run of the same words at the same times."""
    return max(_runs(tail, head), key=lambda run: run.length, default=None)


def _runs(tail: Sequence[_Token], head: Sequence[_Token]) -> Iterator[_Run]:
    """Yield each run of the same words as far as it has come, word by word; words at other times are not the same."""
    lengths = [0] * (len(head) + 1)
    for first, one in enumerate(tail):
        longer = [0] * (len(head) + 1)
        for second, other in enumerate(head):
            if one.text == other.text and abs(one.at - other.at) <= _NEAR:
                length = longer[second + 1] = lengths[second] + 1
                yield _Run(first - length + 1, second - length + 1, length)
        lengths = longer


def _run_where_they_meet(tail: Sequence[_Token], head: Sequence[_Token]) -> _Run | None:
    """Lay the end of one text on the beginning of another, whatever the times, and return the longest run there.

    Some words may be others in one of them, or lack. None where not more are the same than chance makes the same.
    """
    scores = _scores(tail, head)
    ends = range(max(1, len(tail) - _CUT_THROUGH), len(tail) + 1)
    places = [(scores[first][second], first, -second) for first in ends for second in range(1, len(head) + 1)]
    score, first, second = max(places, default=(0, 0, 0))
    if score < _SURE:
        return None
    best = run = _Run(0, 0, 0)
    for one, other in _pairs(tail, head, scores, (first, -second)):
        goes_on = run.length > 0 and (one + 1, other + 1) == (run.first, run.second)
        run = _Run(one, other, run.length + 1 if goes_on else 1)
        best = max(best, run, key=lambda each: each.length)
    return best


def _scores(tail: Sequence[_Token], head: Sequence[_Token]) -> list[list[int]]:
    """Return how well the end of so many words of one goes with so many of the other, at the best.

    A word that both have counts for it, and one that differs or lacks against it. Where the beginning lies is free.
    """
    rows = [[min(0, _CUT_THROUGH - number) for number in range(len(head) + 1)]]
    for one in tail:
        above, row = rows[-1], [0]
        for number, other in enumerate(head, 1):
            together = above[number - 1] + (1 if one.text == other.text else -1)
            begins = 0 if number <= _CUT_THROUGH else together
            row.append(max(together, begins, above[number] - 1, row[-1] - 1))
        rows.append(row)
    return rows


def _pairs(
    tail: Sequence[_Token], head: Sequence[_Token], scores: Sequence[Sequence[int]], place: tuple[int, int]
) -> Iterator[tuple[int, int]]:
    """Yield the words that lie on each other and are the same, from the last one to the first."""
    first, second = place
    while first > 0 and second > 0 and not (scores[first][second] == 0 and second <= _CUT_THROUGH):
        is_same = tail[first - 1].text == head[second - 1].text
        score = scores[first][second]
        if score == scores[first - 1][second - 1] + (1 if is_same else -1):
            first, second = first - 1, second - 1
            if is_same:
                yield first, second
        elif score == scores[first - 1][second] - 1:
            first -= 1
        else:
            second -= 1
