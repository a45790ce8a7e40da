"""Everything that was said in the smallest pieces, each with its time and its speaker.

The order of the words is that of the transcript. Times that are out of order are not believed: such words stand
between their neighbours. Where more are out of order than in it, none is believed.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import NamedTuple

from bot.documents.alphabets import is_unspaced, is_wide
from bot.documents.known import Known
from bot.documents.punctuated import punctuated
from bot.documents.syllables import SECONDS, weight
from bot.documents.tokens import Gap, tokens
from storage.transcript import Segment, Word

LONGEST = 96 * 3600.0  # seconds; a time after that was not measured, and many programs read no more than 99 hours
NEAR = 40  # characters of the text in which the next word is looked for


class Piece(NamedTuple):
    """A word or part of one; times in seconds."""

    text: str
    start: float
    end: float
    speaker: str | None  # the name
    after_space: bool


@dataclass(frozen=True, slots=True)
class Spoken:
    """`is_estimated` says that no time was measured."""

    pieces: Sequence[Piece]
    is_estimated: bool


class _Token(NamedTuple):
    text: str
    gap: Gap
    speaker: str | None


class _Item(NamedTuple):
    """A word or a segment; `start` is None where its time is not known or not believed."""

    tokens: Sequence[_Token]
    start: float | None
    end: float


def spoken(known: Known, longest: int) -> Spoken:
    """Return the pieces of the words and segments, or else of the text, so that one fits on a line of `longest`."""
    transcript = known.transcript
    said = transcript.said
    texts = punctuated(transcript) if said is transcript.words else [each.text for each in said]
    read = (_item(each, text, known, longest) for each, text in zip(said, texts, strict=True))
    items = [item for item in read if item.tokens]
    if not items:
        alone = [_Token(text, gap, None) for text, gap in tokens(transcript.text, longest)]
        items = [_Item(alone, None, 0.0)] if alone else []
    believed = _believed(items)
    placed = list(_placed(believed, known.seconds))
    return Spoken(_pieces(placed, transcript.text), is_estimated=all(item.start is None for item in believed))


def _item(said: Word | Segment, text: str, known: Known, longest: int) -> _Item:
    speaker = None if said.speaker is None else known.speakers[said.speaker]
    found = [_Token(token, gap, speaker) for token, gap in tokens(text, longest)]
    return _Item(found, said.start if 0 <= said.start <= LONGEST else None, min(max(said.start, said.end), LONGEST))


def _believed(items: Sequence[_Item]) -> Sequence[_Item]:
    """Return the items with the start of as many of them as are in order with each other, if those are half of all."""
    starts = [item.start for item in items if item.start is not None]
    if len(starts) == len(items) and all(one <= other for one, other in pairwise(starts)):
        return items
    kept = _in_order([(number, item.start) for number, item in enumerate(items) if item.start is not None])
    if 2 * len(kept) < len(starts):
        kept = frozenset()
    return [item if number in kept else item._replace(start=None) for number, item in enumerate(items)]


def _in_order(starts: Sequence[tuple[int, float]]) -> frozenset[int]:
    """Return the numbers of a longest row of starts of which none is before another one."""
    least: list[float] = []  # the least start at which a row of so many can end
    last: list[int] = []  # its index in `starts`
    before: list[int] = []  # of each start the one before it in its row
    for index, (_, start) in enumerate(starts):
        length = bisect_right(least, start)
        before.append(last[length - 1] if length else -1)
        least[length : length + 1] = [start]
        last[length : length + 1] = [index]
    kept = []
    index = last[-1] if last else -1
    while index >= 0:
        kept.append(starts[index][0])
        index = before[index]
    return frozenset(kept)


def _placed(items: Sequence[_Item], duration: float | None) -> Iterator[tuple[_Token, float, float]]:
    """Yield each token with its start and end; those without a time share that between their neighbours."""
    end = 0.0
    groups = [(known, list(group)) for known, group in groupby(items, lambda item: item.start is not None)]
    for place, (is_known, group) in enumerate(groups):
        following = groups[place + 1][1][0].start if place + 1 < len(groups) else None
        if is_known:
            yield from _as_measured(group, following)
            end = max(group[-1].start or 0.0, group[-1].end)
        else:
            said = [token for item in group for token in item.tokens]
            yield from _between(said, end if place else None, following, duration)


def _between(
    said: Sequence[_Token], before: float | None, following: float | None, duration: float | None
) -> Iterator[tuple[_Token, float, float]]:
    """Spread what nobody measured between the end of what is before it and the start of what follows, if any is."""
    needed = sum(weight(token.text) for token in said) * SECONDS
    if before is None and following is None:
        return _spread(said, 0.0, min(duration or needed, LONGEST))
    if before is None:
        until = following or 0.0
        return _spread(said, max(0.0, until - needed), until)
    until = before + needed if following is None else following
    if following is None and duration is not None and duration > before:
        until = min(until, duration)
    return _spread(said, min(before, until), until)


def _as_measured(group: Sequence[_Item], following: float | None) -> Iterator[tuple[_Token, float, float]]:
    """Yield each token with the time of its word; words that begin at one time follow each other from there on."""
    together = [(start, list(items)) for start, items in groupby(group, lambda item: item.start or 0.0)]
    limits = [*(start for start, _ in together[1:]), following]
    for (start, items), limit in zip(together, limits, strict=True):
        said = [token for item in items for token in item.tokens]
        end = max(item.end for item in items)
        if len(items) > 1:
            end = max(end, start + sum(weight(token.text) for token in said) * SECONDS)
        end = max(start, end if limit is None else min(end, limit))
        if len(said) == 1:
            yield said[0], start, end
        else:
            yield from _spread(said, start, end)


def _spread(said: Sequence[_Token], start: float, end: float) -> Iterator[tuple[_Token, float, float]]:
    weights = [weight(token.text) for token in said]
    a_unit = (end - start) / sum(weights)
    for token, share in zip(said, weights, strict=True):
        until = min(end, start + share * a_unit)
        yield token, start, until
        start = until


def _pieces(placed: Sequence[tuple[_Token, float, float]], text: str) -> Sequence[Piece]:
    """Make pieces of the tokens, and give those of nobody to the speaker of the turn that they stand in."""
    speaker = next((token.speaker for token, _, _ in placed if token.speaker is not None), None)
    pieces: list[Piece] = []
    for (token, start, end), after_space in zip(placed, _spaces(placed, text), strict=True):
        speaker = token.speaker or speaker
        pieces.append(Piece(token.text, start, end, speaker, after_space))
    return pieces


def _spaces(placed: Sequence[tuple[_Token, float, float]], text: str) -> Iterator[bool]:
    """Tell of each token whether it stands after a space.

    Between the words of a provider the text has it. Some write a space between any two words of Chinese or
    Japanese, too, where it means nothing.
    """
    told = list(_spaces_in_text([token for token, _, _ in placed], text))
    between_wide = [
        is_wide(one.text[-1]) and is_wide(other.text[0]) and other.gap is Gap.BOUNDARY
        for (one, _, _), (other, _, _) in pairwise(placed)
    ]
    spaced = sum(space is True for space, wide in zip(told[1:], between_wide, strict=True) if wide)
    means_nothing = 2 * spaced > sum(between_wide)
    yield from (False for _ in told[:1])
    for (one, other), space, wide in zip(pairwise(placed), told[1:], between_wide, strict=True):
        if wide and (means_nothing or space is None):
            yield False
        elif space is None:
            yield not (is_unspaced(one[0].text[-1]) and is_unspaced(other[0].text[0]))
        else:
            yield space


def _spaces_in_text(said: Sequence[_Token], text: str) -> Iterator[bool | None]:
    """Tell of each token whether it is after a space in the text; None where that does not tell."""
    at = 0
    for token in said:
        found = text.find(token.text, at, at + len(token.text) + NEAR)
        if token.gap is not Gap.BOUNDARY:
            yield token.gap is Gap.SPACE
        elif found < 0:
            yield None
        else:
            between = text[at:found]
            yield None if between and not between[-1].isspace() else bool(between)
        at = (at if found < 0 else found) + len(token.text)
