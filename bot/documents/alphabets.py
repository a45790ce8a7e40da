"""What an alphabet asks of subtitles: how much goes on a line, whether words have spaces, which way it is read."""

import re
from dataclasses import dataclass

# Han, kana, bopomofo, and the punctuation between them; Hangul is written with spaces and is not among them.
WIDE = (
    "\u2e80-\u303f\u3040-\u30ff\u3100-\u312f\u3190-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef\U0001b000-\U0001b16f"
)
WIDE += "\U00020000-\U0003fffd"
UNSPACED = WIDE + "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1950-\u19ff\u1a20-\u1aaf\uaa60-\uaa7f"  # and Thai, Lao …

_UNSPACED = re.compile(f"[{UNSPACED}]")
_WIDE = re.compile(f"[{WIDE}]")
_KANA = re.compile("[\u3041-\u309f\u30a1-\u30ff\uff66-\uff9f]")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd]")
_HANGUL = re.compile("[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]")
_FROM_RIGHT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
_LETTERS = re.compile(r"[^\W\d_]")
_SAMPLE = 20_000  # characters

SHARE = 0.3  # of a text's letters make it one of Chinese, Japanese or Korean, as each of them counts for several
WIDEST = 42  # characters of a line
MARKS = 2  # of them, where each line has marks for its direction


@dataclass(frozen=True, slots=True)
class Rules:
    """What is right for the subtitles of one text."""

    line: int  # characters
    speed: float  # characters a second that can be read


LATIN = Rules(WIDEST, 17)
FROM_RIGHT = Rules(WIDEST - MARKS, 17)
CHINESE = Rules(16, 9)
JAPANESE = Rules(13, 4)
KOREAN = Rules(16, 12)
_BY_LANGUAGE = {"zh": CHINESE, "yue": CHINESE, "cmn": CHINESE, "ja": JAPANESE, "ko": KOREAN}


def rules_for(text: str, language: str | None) -> Rules:
    """Return the rules by what a text is written in; the language decides only between those that share letters."""
    sample = text[:_SAMPLE]
    letters = len(_LETTERS.findall(sample)) or 1
    kana, han, hangul = (len(each.findall(sample)) for each in (_KANA, _HAN, _HANGUL))
    if kana + han + hangul >= SHARE * letters:
        by_letters = KOREAN if hangul > kana + han else JAPANESE if kana > han / 10 else CHINESE
        return _BY_LANGUAGE.get((language or "").partition("-")[0].lower(), by_letters)
    return FROM_RIGHT if is_from_right_to_left(sample) else LATIN


def is_from_right_to_left(text: str) -> bool:
    """Tell whether most letters of a text belong to alphabets that are written so."""
    from_right = len(_FROM_RIGHT.findall(text))
    return from_right > 0 and 2 * from_right > len(_LETTERS.findall(text))


def is_wide(character: str) -> bool:
    return _WIDE.match(character) is not None


def is_unspaced(character: str) -> bool:
    return _UNSPACED.match(character) is not None
