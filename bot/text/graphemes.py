"""The places where a text may be cut without breaking what a reader sees as one character.

They approximate the extended grapheme clusters of Unicode (UAX #29) with the data of the standard library. A few
pairs that could be cut are kept together, which only moves a cut a little.
"""

import re
import unicodedata

_MARKS = frozenset({"Mn", "Mc", "Me"})  # accents, vowel signs, variation selectors, keycaps
_VIRAMA_CLASS = 9  # the canonical combining class of the signs that join two consonants of an Indian script

_JOINED_PAIR = re.compile(
    r"""
    \u200d.                     # the zero width joiner: families, professions, the rainbow flag
    |.[\u200c\u200d]
    |.[\U0001f3fb-\U0001f3ff]   # skin tones
    |.[\U000e0020-\U000e007f]   # tags: the flags of England, Scotland and Wales
    |.[\u0e33\u0eb3\uff9e\uff9f] # letters that act as marks: Thai and Lao AM, halfwidth kana voicing
    |[\u1100-\u115f\ua960-\ua97c][\u1100-\u115f\ua960-\ua97c\uac00-\ud7a3] # Hangul written in jamo
    |.[\u1160-\u11ff\ud7b0-\ud7fb]
    """,
    re.VERBOSE | re.DOTALL,
)


def is_boundary(text: str, index: int, start: int = 0) -> bool:
    """Tell whether a cut before `text[index]` leaves every character whole.

    `start` is an earlier boundary; nothing before it is looked at. White space always ends a character, although
    a mark may follow it: it is trimmed at a cut.
    """
    if not start < index < len(text):
        return True
    before, after = text[index - 1], text[index]
    if before.isspace() or after.isspace():
        return True
    return not (
        unicodedata.category(after) in _MARKS
        or _JOINED_PAIR.fullmatch(before + after)
        or _is_conjunct(before, after)
        or _splits_a_flag(text, index, start)
    )


def _is_conjunct(before: str, after: str) -> bool:
    return unicodedata.combining(before) == _VIRAMA_CLASS and unicodedata.category(after) == "Lo"


def _splits_a_flag(text: str, index: int, start: int) -> bool:
    """Tell whether a cut before `text[index]` is within a flag: after an odd number of indicators since `start`."""
    if not _is_regional_indicator(text[index]):
        return False
    first = index
    while first > start and _is_regional_indicator(text[first - 1]):
        first -= 1
    return (index - first) % 2 == 1


def _is_regional_indicator(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"
