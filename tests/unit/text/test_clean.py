"""What is taken out of a transcript before it is sent."""

import pytest

from bot.text.layout import clean


@pytest.mark.parametrize(
    "text", ["a < b && *c* _d_ `e` [f](g) ~h~ ||i||", "line\n\nline\tend", "👩🏾\u200d🚀 ok", "می\u200cخواهم"]
)
def test_what_was_said_stays_exactly_as_it_is(text):
    assert clean(text) == text


@pytest.mark.parametrize("control", ["\x00", "\x01", "\x08", "\x0e", "\x1b", "\x1f", "\x7f", "\x80", "\x9f"])
def test_control_characters_vanish(control):
    assert clean(f"a{control}b") == "ab"


@pytest.mark.parametrize("line_break", ["\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_every_line_break_is_a_newline(line_break):
    assert clean(f"a{line_break}b") == "a\nb"


@pytest.mark.parametrize("half", [chr(0xD83D), chr(0xDE00)])
@pytest.mark.parametrize("text", ["{}", "a{}", "{}b", "a{}b", "😀{}😀"])
def test_half_a_surrogate_pair_is_replaced(text, half):
    assert clean(text.format(half)) == text.format("\ufffd")


def test_the_two_halves_of_a_pair_become_their_character():
    assert clean("\ud83d\ude00") == "😀"


def test_white_space_around_the_text_is_trimmed():
    assert clean(" \n\ta b\x00 \n") == "a b"
