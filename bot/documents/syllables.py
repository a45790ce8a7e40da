"""How long a word takes to say compared with others, for times that nobody measured."""

import re
import unicodedata

SECONDS = 0.2  # that one syllable takes

_VOWELS = re.compile("[aeiouyæøœıаеёиоуыэюяіїєўαεηιουω]+")
_LETTERS = re.compile(r"[^\W\d_]")
_WHOLE = re.compile("[\u0900-\u0dff\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3]")  # a letter is about a syllable
_DIGITS = re.compile(r"\d")
_PAUSE = re.compile(r"[.!?…。！？؟۔।][^\w\s]*$")
_SHORT_PAUSE = re.compile(r"[,;:،؛、，；：][^\w\s]*$")

PAUSE, SHORT_PAUSE = 2.0, 1.0
FEWEST = 0.5
LONGEST = 200  # characters that are looked at; the others of a word are counted as letters


def weight(word: str) -> float:
    """Return about as many syllables as a word has, with the pause after it. Alphabets without vowels have half."""
    head = _without_accents(word[:LONGEST])
    letters, vowels = len(_LETTERS.findall(head)), len(_VOWELS.findall(head))
    whole = len(_WHOLE.findall(head))
    syllables = whole + (vowels or (letters - whole) / 2) + 1.5 * len(_DIGITS.findall(head))
    rest = max(0, len(word) - LONGEST) / 3
    pause = PAUSE if _PAUSE.search(word[-8:]) else SHORT_PAUSE if _SHORT_PAUSE.search(word[-8:]) else 0.0
    return max(FEWEST, syllables + rest) + pause


def _without_accents(word: str) -> str:
    word = word.lower()
    if word.isascii():
        return word
    # Hangul and kana would be taken apart, too.
    return "".join(each if _WHOLE.match(each) else unicodedata.normalize("NFD", each)[0] for each in word)
