"""How much there is to read in a text."""

import re
from dataclasses import dataclass

LONGEST_WORD = 20  # letters, on an average: where words are longer, they are not written with spaces between them
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Count:
    """A number of words, or of characters in a language that has no spaces."""

    n: int
    is_words: bool


def counted(text: str) -> Count:
    words = sum(1 for _ in _WORD.finditer(text))
    if len(text) > LONGEST_WORD * words:
        return Count(len(text), is_words=False)
    return Count(words, is_words=True)
