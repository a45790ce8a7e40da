"""What Telegram can show of a transcript: a message, a few collapsed quotes, or a text file."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from bot.text.graphemes import is_boundary

MESSAGE_LIMIT = 4096
CAPTION_LIMIT = 1024
MAX_PAGES = 3

_FILE_NAME = "transcript.txt"
_MORE = " …"

_LINE_BREAKS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_SPACES = re.compile(r"\s*")

_INVISIBLE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Mn", "Me", "Zs", "Zl", "Zp"})
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # Hangul fillers and the empty braille cell

# Quotes and brackets that belong to the sentence before them: ASCII, European, then East Asian ones.
_CLOSING = "\"')\\]}\u00bb\u203a\u201c\u201d\u2018\u2019\u300d\u300f\u3011\u3009\u300b\uff09\uff3d\uff63"
# Full stops that need no space after them: East Asian, Devanagari, Arabic, Urdu, Ethiopic, Burmese, Khmer.
_FULL_STOPS = "\u3002\uff01\uff1f\uff0e\uff61\u0964\u0965\u061f\u06d4\u1362\u104b\u17d4"

_PARAGRAPH_END = re.compile(r"(?=\n[^\S\n]*+\n)")
_SENTENCE_END = re.compile(
    rf"[.!?…][{_CLOSING}]*+(?=\s)|[{_FULL_STOPS}]++[.!?…{_CLOSING}]*+|(?=\n)",
)
_WORD_END = re.compile(r"(?=\s)")


@dataclass(frozen=True, slots=True)
class Page:
    """One message; `collapsed` asks for an expandable quote over the whole of it."""

    text: str
    collapsed: bool


@dataclass(frozen=True, slots=True)
class Document:
    """The full text as a UTF-8 file, with its beginning as the caption."""

    file_name: str
    content: bytes
    caption: str


def lay_out(text: str) -> tuple[Page, ...] | Document:
    """The transcript as Telegram takes it; no pages at all if nothing in it can be seen."""
    text = clean(text)
    if utf16_length(text) <= MESSAGE_LIMIT:
        return (Page(text, collapsed=False),) if _is_visible(text) else ()
    pieces = tuple(islice(filter(_is_visible, _pieces(text, MESSAGE_LIMIT)), MAX_PAGES + 1))
    if len(pieces) <= MAX_PAGES:
        return tuple(Page(piece, collapsed=True) for piece in pieces)
    opening = next(_pieces(text, CAPTION_LIMIT - len(_MORE)))
    return Document(_FILE_NAME, text.encode(), opening + _MORE)


def clean(text: str) -> str:
    """The same words in characters that can be sent: no control characters, no halves of surrogate pairs."""
    text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    text = _LINE_BREAKS.sub("\n", text)
    return _CONTROLS.sub("", text).strip()


def utf16_length(text: str) -> int:
    """The length Telegram counts in."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def split(text: str, limit: int) -> list[str]:
    """Pieces of at most `limit` (2 or more) UTF-16 units; only white space at the cuts is lost.

    A cut is made in the last half of what fits: after a paragraph if possible, else after a sentence,
    else after a word. Failing these it goes between any two characters, and through a character only
    if that one alone is longer than `limit`.
    """
    if limit < 2:
        raise ValueError("some characters take two units")
    return list(_pieces(text, limit))


def _pieces(text: str, limit: int) -> Iterator[str]:
    text = text.strip()
    start = 0
    while start < len(text):
        end = _reach(text, start, limit)
        if end < len(text):
            end = _cut(text, start, end)
        yield text[start:end].rstrip()
        start = _skip_spaces(text, end)


def _reach(text: str, start: int, limit: int) -> int:
    """The furthest index up to which the text fits; what is too much is at most two units a character."""
    end = min(len(text), start + limit)
    while (excess := utf16_length(text[start:end]) - limit) > 0:
        end -= (excess + 1) // 2
    return end


def _cut(text: str, start: int, end: int) -> int:
    floor = (start + end) // 2
    for pattern in (_PARAGRAPH_END, _SENTENCE_END, _WORD_END):
        # The patterns look up to two characters ahead, so that a cut at the very end is seen.
        found = [match.end() for match in pattern.finditer(text, floor, end + 2)]
        for cut in reversed(found):
            if floor < cut <= end and is_boundary(text, cut, start):
                return cut
    return next((cut for cut in range(end, start, -1) if is_boundary(text, cut, start)), end)


def _skip_spaces(text: str, start: int) -> int:
    match = _SPACES.match(text, start)
    assert match is not None
    return match.end()


def _is_visible(text: str) -> bool:
    """Telegram refuses a message without anything to see, however many characters it has."""
    return any(
        unicodedata.category(character) not in _INVISIBLE_CATEGORIES and character not in _BLANKS for character in text
    )
