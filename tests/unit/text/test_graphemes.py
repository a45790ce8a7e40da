"""Characters as a reader counts them."""

import pytest

from bot.text.graphemes import is_boundary

WHOLE = {
    "an accent": "e\u0301",
    "many accents": "e\u0301\u0323\u0308",
    "a skin tone": "👍🏽",
    "a family": "👨\u200d👩\u200d👧\u200d👦",
    "a profession with a skin tone": "👩🏾\u200d🚀",
    "an emoji made colourful": "❤\ufe0f",
    "a keycap": "1\ufe0f\u20e3",
    "the rainbow flag": "🏳\ufe0f\u200d🌈",
    "a country's flag": "🇫🇷",
    "the flag of Scotland": "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "a Devanagari conjunct": "क\u094dष",
    "a Tamil vowel sign": "நி",
    "Thai AM": "น\u0e33",
    "halfwidth kana voicing": "ｶ\uff9e",
    "Hangul in jamo": "\u1112\u1161\u11ab",
    "Hangul with a lead before a syllable": "\u1100가",
    "a Persian non-joiner": "ی\u200c",
}


def boundaries(text: str) -> list[int]:
    return [index for index in range(len(text) + 1) if is_boundary(text, index)]


@pytest.mark.parametrize("character", WHOLE.values(), ids=WHOLE.keys())
def test_a_character_has_no_boundary_inside_and_one_on_each_side(character):
    assert boundaries(f"a{character}b") == [0, 1, 1 + len(character), 2 + len(character)]


@pytest.mark.parametrize("text", ["ab", "你好", "한글", "😀😀", "a1", ".a", "か゛"])
def test_plain_neighbours_have_a_boundary_between_them(text):
    assert is_boundary(text, 1)


def test_a_row_of_flags_is_cut_between_flags_only():
    assert boundaries("x🇫🇷🇩🇪🇯🇵") == [0, 1, 3, 5, 7]


def test_flags_are_paired_off_from_the_earlier_boundary_that_is_named():
    text = "🇫🇷🇩🇪"
    assert is_boundary(text, 3, start=1)
    assert not is_boundary(text, 2, start=1)


def test_white_space_carries_no_mark():
    assert is_boundary(" \u0301", 1)
    assert is_boundary("\u200d ", 1)
