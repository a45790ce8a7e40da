"""Seams: joining two transcripts of neighbouring parts that share some seconds, without losing or doubling a word.

Both parts have the words of the shared seconds, but for those at their very edges, which are cut through there. So the
longest run of words that both have says where they lie on each other: up to its end the first part is right, and from
there on the second one.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from storage.transcript import Transcript, Word

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_NEAR = 0.5  # seconds by which times of the same word in two transcripts differ at the most, and those of edges are off
_TOKENS_A_SECOND = 6  # of quick speech
_SURE = 3  # words in a row that are no chance, where there are no times
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
    middle = start + overlap / 2
    segments = (
        *(each for each in first.segments if overlap <= 0 or (each.start + each.end) / 2 < middle),
        *(each for each in second.segments if overlap <= 0 or (each.start + each.end) / 2 >= middle),
    )
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
        has_times = bool(self.first.words and self.second.words)
        before, after = _tokens(self.first), _tokens(self.second)
        if has_times:
            tail = [each for each in before if each.word < 0 or each.at >= self.start - _NEAR]
            head = [each for each in after if each.word < 0 or each.at <= self.end + _NEAR]
            if any(each.word < 0 for each in (*before, *after)):
                return self._by_times()
            if not tail or not head:  # nothing was said there, or what was said there is not known
                return self.side_by_side()
        else:
            most = math.ceil((self.end - self.start) * _TOKENS_A_SECOND) + _CUT_THROUGH
            tail, head = before[-most:], after[:most]
        run = _longest_run(tail, head, has_times=has_times)
        if run is None:
            return self._by_times() if has_times else self.side_by_side()
        last, same = tail[run.first + run.length - 1], head[run.second + run.length - 1]
        text = self.first.text[: last.end] + self.second.text[same.end :]
        return text, self.first.words[: last.word + 1] + self.second.words[same.word + 1 :] if has_times else ()

    def _by_times(self) -> tuple[str, tuple[Word, ...]]:
        """Cut both in the middle of what they share; a text that does not go with its words stays whole."""
        middle = (self.start + self.end) / 2
        kept = sum((each.start + each.end) / 2 < middle for each in self.first.words)
        left = sum((each.start + each.end) / 2 < middle for each in self.second.words)
        words = self.first.words[:kept] + self.second.words[left:]
        text = "\n\n".join(
            each for each in (_up_to(self.first, kept).strip(), _from(self.second, left).strip()) if each
        )
        return text, words


def _up_to(transcript: Transcript, words: int) -> str:
    """Return the text of the first words, with what stands behind them."""
    tokens = _tokens(transcript)
    following = next((place for place, each in enumerate(tokens) if each.word >= words), len(tokens))
    if any(each.word < 0 for each in tokens) or following == len(tokens):
        return transcript.text
    return transcript.text[: tokens[following].end - len(tokens[following].text)]


def _from(transcript: Transcript, words: int) -> str:
    return transcript.text.removeprefix(_up_to(transcript, words)) if words else transcript.text


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


def _longest_run(tail: Sequence[_Token], head: Sequence[_Token], *, has_times: bool) -> _Run | None:
    """Return the longest run of the same words; without times only one that is long and lies where the parts meet."""
    best = _Run(0, 0, 0)
    for run in _runs(tail, head, has_times=has_times):
        if run.length > best.length and (has_times or _is_where_they_meet(run, tail)):
            best = run
    return best if best.length >= (1 if has_times else _SURE) else None


def _runs(tail: Sequence[_Token], head: Sequence[_Token], *, has_times: bool) -> Iterator[_Run]:
    """Yield each run of the same words as far as it has come, word by word; words at other times are not the same."""
    lengths = [0] * (len(head) + 1)
    for first, one in enumerate(tail):
        longer = [0] * (len(head) + 1)
        for second, other in enumerate(head):
            if one.text == other.text and not (has_times and abs(one.at - other.at) > _NEAR):
                length = longer[second + 1] = lengths[second] + 1
                yield _Run(first - length + 1, second - length + 1, length)
        lengths = longer


def _is_where_they_meet(run: _Run, tail: Sequence[_Token]) -> bool:
    return run.second <= _CUT_THROUGH and len(tail) - run.first - run.length <= _CUT_THROUGH
