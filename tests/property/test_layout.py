"""Whatever was said, it can be shown: promises of the layout that hold for every text."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from bot.text.layout import (
    CAPTION_LIMIT,
    MAX_PAGES,
    MESSAGE_LIMIT,
    Document,
    clean,
    lay_out,
    split,
    utf16_length,
)

# Characters as a reader counts them, each of several code points or at least of an unusual kind.
CHARACTERS = (
    *"ab.!?…。！؟।)»”你한 \n😀",
    "e\u0301",
    "a\u0308\u0323",
    "👍🏽",
    "👨\u200d👩\u200d👧",
    "🏳\ufe0f\u200d🌈",
    "❤\ufe0f",
    "1\ufe0f\u20e3",
    "🇫🇷",
    "🇩🇪",
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "क\u094dष",
    "\u1112\u1161\u11ab",
)
LONGEST = max(utf16_length(character) for character in CHARACTERS)

characters = st.lists(st.sampled_from(CHARACTERS), max_size=150)
texts = st.text(max_size=400) | characters.map("".join)
limits = st.integers(2, 60)


def without_spaces(text: str) -> str:
    return "".join(text.split())


@given(texts, limits)
def test_splitting_keeps_every_character_in_order_but_white_space(text, limit):
    assert without_spaces("".join(split(text, limit))) == without_spaces(text)


@given(texts, limits)
def test_splitting_loses_white_space_at_the_cuts_only(text, limit):
    position = 0
    for piece in split(text, limit):
        start = text.index(piece, position)
        assert not text[position:start].strip()
        position = start + len(piece)
    assert not text[position:].strip()


@given(texts, limits)
def test_every_piece_fits_and_is_trimmed_and_is_not_empty(text, limit):
    for piece in split(text, limit):
        assert 1 <= utf16_length(piece) <= limit
        assert piece == piece.strip()


@given(characters, st.integers(LONGEST, 80))
def test_a_character_that_fits_is_never_cut(whole, limit):
    text = "".join(whole)
    ends = {0}
    for character in whole:
        ends.add(max(ends) + len(character))
    position = 0
    for piece in split(text, limit):
        start = text.index(piece, position)
        position = start + len(piece)
        assert {start, position} <= ends


@given(st.text(st.sampled_from("ab \u0301\u200d\ufe0f🏽😀")), st.integers(20, 60))
def test_a_piece_starts_with_a_mark_only_after_white_space_or_inside_a_character_too_long(text, limit):
    pieces = split(text, limit)
    position = 0
    for earlier, piece in zip(["", *pieces], pieces, strict=False):
        start = text.index(piece, position)
        touches = start > 0 and not text[start - 1].isspace()
        if touches and (unicodedata.category(piece[0]) == "Mn" or piece[0] in "\u200d🏽"):
            assert utf16_length(earlier) >= limit - 1
        position = start + len(piece)


@given(texts, limits)
def test_no_piece_but_the_last_is_tiny_when_words_are_short(text, limit):
    words = " ".join(word[:3] for word in text.split())
    if all(utf16_length(word) <= limit // 4 for word in words.split()):
        assert all(utf16_length(piece) >= limit // 4 for piece in split(words, limit)[:-1])


@given(st.text(st.characters(), max_size=300))
def test_cleaning_leaves_what_telegram_takes_and_a_second_cleaning_nothing_to_do(text):
    cleaned = clean(text)
    assert cleaned.encode("utf-8").decode("utf-8") == cleaned
    assert not any(unicodedata.category(character) == "Cc" for character in cleaned if character not in "\n\t")
    assert clean(cleaned) == cleaned


@given(st.text(st.characters(), max_size=40), st.sampled_from([1, 100, 500, 1000]))
def test_any_text_is_laid_out_within_the_limits_of_telegram(text, times):
    spoken = text * times
    shown = lay_out(spoken)
    if isinstance(shown, Document):
        assert shown.content.decode("utf-8") == clean(spoken)
        assert shown.caption.endswith("…")
        assert utf16_length(shown.caption) <= CAPTION_LIMIT
    else:
        assert len(shown) <= MAX_PAGES
        assert all(1 <= utf16_length(page.text) <= MESSAGE_LIMIT for page in shown)
        assert all(page.collapsed == (utf16_length(clean(spoken)) > MESSAGE_LIMIT) for page in shown)
