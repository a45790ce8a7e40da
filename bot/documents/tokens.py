"""Text in the smallest pieces that a line of subtitles may begin or end with."""

import re
from collections.abc import Iterator
from enum import Enum

from bot.documents.alphabets import UNSPACED, WIDE, is_unspaced
from bot.documents.written import on_one_line
from bot.text.graphemes import is_boundary

LONGEST_WORD = 84  # characters; nobody says a longer one, and it is cut as if it had no end
LONGEST_CHARACTER = 256  # code points, as in `bot.text.layout`


class Gap(Enum):
    """What stands before a token."""

    BOUNDARY = "boundary"  # between two words, of which only the text tells whether there is a space
    SPACE = "space"
    NONE = "none"


# Wide characters that no line begins with, and those that none ends with.
CLOSING = "\u3001\u3002\u3005\u3009\u300b\u300d\u300f\u3011\u3015\u3017\u301c\u301f\u303b\u3041\u3043\u3045\u3047\u3049"
CLOSING += "\u3063\u3083\u3085\u3087\u308e\u3099-\u309e\u30a1\u30a3\u30a5\u30a7\u30a9\u30c3\u30e3\u30e5\u30e7\u30ee"
CLOSING += "\u30f5\u30f6\u30fb-\u30fe\uff01\uff05\uff09\uff0c\uff0e\uff1a\uff1b\uff1f\uff3d\uff5d\uff5e"
CLOSING += "\uff60-\uff65\uff70\u2019\u201d\u2026\u2025\\]!,.:;?)}%"
OPENING = "\u3008\u300a\u300c\u300e\u3010\u3014\u3016\u301d\uff08\uff3b\uff5b\uff5f\uff62\u2018\u201c\\[({"

_HIRAGANA = "\u3041-\u3096"
_UNIT = re.compile(
    rf"""
    [{OPENING}]*
    (?: [^{UNSPACED}]+                                      # a word of another alphabet, or a number
      | [^{_HIRAGANA}{CLOSING}{OPENING}\W]{{1,6}}[{_HIRAGANA}]{{1,6}} # a Japanese word and what is bound to it
      | [{_HIRAGANA}]{{1,6}}
      | [\u30a0-\u30ff]{{1,8}}                              # a foreign word in Japanese
      | . )
    [{CLOSING}]*
    """,
    re.VERBOSE | re.DOTALL,
)
_MOSTLY_WIDE = re.compile(f"[{WIDE}]")


def tokens(text: str, longest: int) -> Iterator[tuple[str, Gap]]:
    """Yield the tokens of a word or of several, none of them longer than a line unless it is one word."""
    if text.isprintable() and len(text) <= longest and " " not in text:
        if text:
            yield text, Gap.BOUNDARY
        return
    gap = Gap.BOUNDARY
    for word in on_one_line(text).split(" "):
        if any(map(str.isprintable, word)):
            for token in _cut(word, longest):
                yield token, gap
                gap = Gap.NONE
            gap = Gap.SPACE


def _cut(word: str, longest: int) -> Iterator[str]:
    if len(word) <= longest:
        return iter((word,))
    if is_unspaced(word[len(word) // 2]) or _MOSTLY_WIDE.search(word):
        return (piece for unit in _units(word) for piece in _in_characters(unit, longest))
    return iter((word,)) if len(word) <= LONGEST_WORD else _in_characters(word, longest)


def _units(word: str) -> Iterator[str]:
    """Yield what belongs together in an alphabet without spaces, and leave every character whole."""
    start = 0
    for unit in _UNIT.finditer(word):
        if is_boundary(word, unit.end(), start):
            yield word[start : unit.end()]
            start = unit.end()


def _in_characters(word: str, longest: int) -> Iterator[str]:
    """Cut a word between any two characters, so that no piece is longer, unless one character alone is."""
    start = 0
    while len(word) - start > longest:
        end = next((end for end in range(start + longest, start, -1) if is_boundary(word, end, start)), 0)
        end = end or _end_of_character(word, start, start + longest)
        yield word[start:end]
        start = end
    if start < len(word):
        yield word[start:]


def _end_of_character(word: str, start: int, end: int) -> int:
    last = min(len(word), start + LONGEST_CHARACTER)
    return next((each for each in range(end, last) if is_boundary(word, each, start)), last)
