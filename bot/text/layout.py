"""The layout of a transcript for Telegram: one message, a few collapsed quotes, or a text file."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from bot.text.graphemes import is_boundary

# In UTF-16 units, the Bot API's own limits for a message and for the caption of a file.
MESSAGE_LIMIT = 4096
CAPTION_LIMIT = 1024
MAX_PAGES = 3  # more messages at once would fill a chat; a longer transcript is easier to read as a file
MOST_PAGES = 20  # where there can be no file: as many messages as a group takes in a minute
MOST_FOR_PAGES = 4 * MAX_PAGES * MESSAGE_LIMIT  # a longer text would need pages without anything visible

LONGEST_CHARACTER = 256  # code points; no language has one with more, and looking for its ends takes time
SLICE = 16_384  # characters; what is done with so many takes 10 milliseconds at the most
MOST_CUTS = 64  # tried after paragraphs, sentences and words each, where characters of any length may follow them

_FILE_NAME = "transcript.txt"
_MORE = " …"

_LINE_BREAKS = re.compile("[\r\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_SPACES = re.compile(r"\s*")

_INVISIBLE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Mn", "Me", "Zs", "Zl", "Zp"})
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # Hangul fillers and the empty braille cell

# Quotes and brackets that belong to the sentence before them: ASCII, European, then East Asian ones.
CLOSING = "\"')\\]}\u00bb\u203a\u201c\u201d\u2018\u2019\u300d\u300f\u3011\u3009\u300b\uff09\uff3d\uff63"
# Full stops that need no space after them: East Asian, Devanagari, Arabic, Urdu, Ethiopic, Burmese, Khmer.
FULL_STOPS = "\u3002\uff01\uff1f\uff0e\uff61\u0964\u0965\u061f\u06d4\u1362\u104b\u17d4"

_PARAGRAPH_END = re.compile(r"(?=\n[^\S\n]*+\n)")
_SENTENCE_END = re.compile(rf"[.!?…][{CLOSING}]*+(?=\s)|[{FULL_STOPS}]++[.!?…{CLOSING}]*+|(?=\n)")
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


def lay_out(text: str, fold_from: int | None = None) -> tuple[Page, ...] | Document:
    """Return the pages or the file to send; no pages if nothing in the text is visible.

    Collapsed is a text of so many characters, or one of several pages if none are given.
    """
    text = clean(text)
    if not _is_visible(text):
        return ()
    length = utf16_length(text)
    if length <= MESSAGE_LIMIT:
        return (Page(text, collapsed=fold_from is not None and len(text) >= fold_from),)
    if length <= MOST_FOR_PAGES:
        pieces = tuple(islice(filter(_is_visible, _pieces(text, MESSAGE_LIMIT)), MAX_PAGES + 1))
        if len(pieces) <= MAX_PAGES:
            collapsed = fold_from is None or len(text) >= fold_from
            return tuple(Page(piece, collapsed) for piece in pieces)
    return in_file(text)


def in_text(text: str) -> tuple[Page, ...] | Document:
    """Return the pages of a text, however long it is; a file where they would be more than MOST_PAGES."""
    pieces = _first_pieces(text)
    return in_file(text) if len(pieces) > MOST_PAGES else _together(pieces)


def in_pages(text: str, last_words: str) -> tuple[Page, ...]:
    """Return up to MOST_PAGES pages of a text; the last one ends with `last_words` if there would be more."""
    pieces = _first_pieces(text)
    if len(pieces) > MOST_PAGES:
        room = MESSAGE_LIMIT - utf16_length(last_words) - 2
        pieces = [*pieces[: MOST_PAGES - 1], f"{next(_pieces(pieces[MOST_PAGES - 1], room))}\n\n{last_words}"]
    return _together(pieces)


def _first_pieces(text: str) -> list[str]:
    """Return the pieces of the first pages, and one more if the text has it."""
    return list(islice(filter(_is_visible, _pieces(clean(text), MESSAGE_LIMIT)), MOST_PAGES + 1))


def _together(pieces: Sequence[str]) -> tuple[Page, ...]:
    return tuple(Page(piece, collapsed=len(pieces) > 1) for piece in pieces)


def in_so_many(text: str, count: int) -> tuple[Page, ...]:
    """Return a text in so many pages, where fewer would do; in another number if it cannot be cut like that."""
    text, least, most = clean(text), 2, MESSAGE_LIMIT
    while least < most:
        middle = (least + most + 1) // 2
        if len(list(islice(_pieces(text, middle), count))) < count:
            most = middle - 1
        else:
            least = middle
    return _together(list(filter(_is_visible, _pieces(text, least))))


def in_file(text: str) -> Document:
    """Return a text as a file, with all of it as the caption if that fits, else its beginning."""
    text = clean(text)
    if utf16_length(text) <= CAPTION_LIMIT:
        return Document(_FILE_NAME, text.encode(), text)
    return Document(_FILE_NAME, text.encode(), next(_pieces(text, CAPTION_LIMIT - len(_MORE))) + _MORE)


def says_something(text: str) -> bool:
    """Tell whether anything in the text is visible, and can be shown."""
    return any(_is_visible(_clean(piece)) for piece in _slices(text))


def clean(text: str) -> str:
    r"""Return the text in characters that can be sent, without white space around it.

    Control characters are removed. Every line break becomes \n, and every lone surrogate becomes U+FFFD.
    """
    return "".join(map(_clean, _slices(text.replace("\r\n", "\n")))).strip()


def _clean(text: str) -> str:
    text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    text = _LINE_BREAKS.sub("\n", text)
    return _CONTROLS.sub("", text)


def _slices(text: str) -> Iterator[str]:
    """Cut a text for functions that keep every other thread waiting, some of them long for certain characters."""
    return (text[at : at + SLICE] for at in range(0, len(text), SLICE))


def utf16_length(text: str) -> int:
    """Return the length of the text in UTF-16 units, in which Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def split(text: str, limit: int) -> list[str]:
    """Split the text into pieces of at most `limit` (2 or more) UTF-16 units.

    Only white space is lost, at the cuts and at both ends. A cut is made in the last half of what fits: after a
    paragraph if possible, else after a sentence, else after a word. If none ends there, the cut goes between any
    two characters. It goes through a character only if that one alone is longer than `limit` or LONGEST_CHARACTER.
    """
    if limit < 2:
        raise ValueError("some characters take two units")
    return list(_pieces(text, limit))


def _pieces(text: str, limit: int) -> Iterator[str]:
    text = text.strip()
    start = 0
    while start < len(text):
        end = _furthest_end(text, start, limit)
        if end < len(text):
            end = _best_cut(text, start, end)
        yield text[start:end].rstrip()
        start = _skip_spaces(text, end)


def _furthest_end(text: str, start: int, limit: int) -> int:
    """Return the greatest index up to which the text from `start` fits into `limit`."""
    end = min(len(text), start + limit)
    while (excess := utf16_length(text[start:end]) - limit) > 0:
        end -= (excess + 1) // 2  # characters, each of which takes at most two units
    return end


def _best_cut(text: str, start: int, end: int) -> int:
    floor = (start + end) // 2
    for pattern in (_PARAGRAPH_END, _SENTENCE_END, _WORD_END):
        # Two characters more than fit, because the patterns look at what follows a cut.
        found = [match.end() for match in pattern.finditer(text, floor, end + 2)]
        for cut in reversed(found[-MOST_CUTS:]):
            if floor < cut <= end and is_boundary(text, cut, start):
                return cut
    earliest = max(start, end - LONGEST_CHARACTER)
    return next((cut for cut in range(end, earliest, -1) if is_boundary(text, cut, start)), end)


def _skip_spaces(text: str, start: int) -> int:
    match = _SPACES.match(text, start)
    assert match is not None
    return match.end()


def _is_visible(text: str) -> bool:
    # Telegram refuses a message that has only invisible characters.
    return any(
        unicodedata.category(character) not in _INVISIBLE_CATEGORIES and character not in _BLANKS
        for piece in _slices(text)
        for character in set(piece)  # a text has few different ones
    )
