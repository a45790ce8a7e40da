"""Texts that nobody may have said: what speech models write where nobody speaks, and phrases that they got stuck in."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

# Longer than each of them, and than two or three in a row.
_LONGEST = 200  # characters
_SENTENCES = re.compile(r"[.!?\u2026\u061f\u0964\n]+(?:\s+|\Z)|[\u3002\uff01\uff1f\n]+")

# Scripts that are written without spaces: a word has about two of their characters.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_TOKEN = re.compile(rf"[{_UNSPACED}\U00020000-\U0003134F]|[^\W_{_UNSPACED}]+(?:['\u2019][^\W_]+)*")
_END = 100  # characters, which have some of the last words
_IS_UNSPACED = re.compile(rf"[{_UNSPACED}\U00020000-\U0003134F]")
# How often a phrase of so many words, or more, is repeated when nobody says that: people do say one word again and
# again, a few words several times, and a sentence twice.
_REPEATS = ((8, 3), (4, 4), (3, 5), (1.5, 6), (0, 25))
_LEAST_REPEATS = 3
_MOST_OF_IT = 0.5  # of the words of a text are such repetitions; before them somebody may have spoken


def is_invented(text: str, *, is_faint: bool, gets_stuck: bool = True) -> bool:
    """Tell whether perhaps nobody said a text.

    `is_faint` tells that hardly anything can be heard in the recording, and `gets_stuck` that its model may repeat a
    phrase over and over.
    """
    return (is_faint and _is_known(text)) or (gets_stuck and _is_stuck(text))


def _is_known(text: str) -> bool:
    """Tell whether a text has nothing but sentences that models invent, or marks alone."""
    if len(text) > _LONGEST:
        return False
    return _is_known_sentence(text) or all(map(_is_known_sentence, _SENTENCES.split(text)))


def _is_known_sentence(sentence: str) -> bool:
    said = _plain(sentence)
    phrases, openings = _known()
    return not said or said in phrases or said.startswith(openings)


@cache
def _known() -> tuple[frozenset[str], tuple[str, ...]]:
    from bot.text.inventions import OPENINGS, PHRASES  # noqa: PLC0415 - many, and on most days nobody needs them

    phrases = frozenset(_plain(phrase) for each in PHRASES.values() for phrase in each)
    return phrases, tuple(map(_plain, OPENINGS))


def _plain(text: str) -> str:
    """Return the letters and digits of a text, without capitals and accents.

    In Turkish there are two letters i, of which one has the capital of the other in English.
    """
    small = text.casefold().replace("\u0131", "i")
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKD", small)))


def _is_stuck(text: str) -> bool:
    """Tell whether most of a text is one phrase, repeated over and over until the end.

    The last word is not looked at, as it may be cut.
    """
    said = unicodedata.normalize("NFKC", text).casefold()
    if any(said.count(token) < _LEAST_REPEATS for token in _TOKEN.findall(said[-_END:])[-4:-1]):
        return False
    tokens = _TOKEN.findall(said)[-2::-1]
    return any(
        matched >= _MOST_OF_IT * len(tokens)
        and matched + 1 >= _LEAST_REPEATS * period
        and _nobody_says(tokens, matched, period)
        for matched, period in _periods(tokens)
    )


def _nobody_says(tokens: list[str], matched: int, period: int) -> bool:
    """Tell whether the first tokens, so many of them, repeat a phrase of `period` more often than anybody does."""
    words = sum(0.5 if _IS_UNSPACED.match(each) else 1 for each in tokens[:period])
    return (matched + 1) // period >= next(enough for least, enough in _REPEATS if words >= least)


def _periods(tokens: list[str]) -> Iterator[tuple[int, int]]:
    """Yield, for each number of the first tokens, after how many all of these come again, as far as they go.

    By the failure function of Knuth, Morris and Pratt.
    """
    fails = [0]
    for at, token in enumerate(tokens[1:], 1):
        same = fails[-1]
        while same and tokens[same] != token:
            same = fails[same - 1]
        fails.append(same + (tokens[same] == token))
        yield at + 1, at + 1 - fails[-1]
