"""Where a long text is cut."""

import pytest

from bot.text.layout import split, utf16_length


@pytest.mark.parametrize(("text", "length"), [("", 0), ("ab", 2), ("é", 1), ("你", 1), ("😀", 2), ("\ud83d", 1)])
def test_length_is_counted_in_utf_16_units(text, length):
    assert utf16_length(text) == length


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_nothing_to_show_gives_no_piece(text):
    assert split(text, 10) == []


def test_a_text_that_fits_stays_one_piece_without_the_space_around_it():
    assert split("  ten chars  ", 9) == ["ten chars"]


def test_a_paragraph_ends_a_piece_before_a_later_sentence_does():
    assert split("One two three.\n \nFour. Five six seven", 22) == ["One two three.", "Four. Five six seven"]


def test_a_sentence_ends_a_piece_before_a_later_word_does():
    assert split("One two three. Four five six", 20) == ["One two three.", "Four five six"]


def test_a_line_ends_a_piece_like_a_sentence():
    assert split("One two three\nfour five six", 20) == ["One two three", "four five six"]


@pytest.mark.parametrize("end", [".", "!", "?", "…", "?!", '."', ".”", "?»", ".)", "。", "！", "؟", "।", "។"])
def test_a_sentence_may_end_exactly_where_the_piece_does(end):
    first = f"aaa bbb ccc{end}"
    assert split(f"{first} ddd", utf16_length(first)) == [first, "ddd"]


@pytest.mark.parametrize("end", ["。", "！", "？」", "｡", "。）", "！？"])
def test_east_asian_sentences_end_without_a_space(end):
    first = f"今日は晴れです{end}"
    assert split(f"{first}明日は雨が降るでしょう", 14) == [first, "明日は雨が降るでしょう"]


@pytest.mark.parametrize("number", ["3.1415", "1.000.000", "12!3"])
def test_a_full_stop_inside_a_word_ends_no_sentence(number):
    assert split(f"aaaa {number} bbbb", len(number) + 7) == [f"aaaa {number}", "bbbb"]


def test_a_sentence_that_ends_too_early_does_not_leave_a_tiny_piece():
    assert split("Hi. " + "word " * 6, 20) == ["Hi. word word word", "word word word"]


def test_words_stay_whole():
    assert split("alpha beta gamma delta", 12) == ["alpha beta", "gamma delta"]


def test_a_word_may_end_exactly_where_the_piece_does():
    assert split("alpha beta gamma", 10) == ["alpha beta", "gamma"]


def test_a_word_longer_than_a_piece_is_cut_between_characters():
    assert split("a" * 25, 10) == ["a" * 10, "a" * 10, "a" * 5]


def test_script_without_spaces_is_cut_between_characters():
    assert split("你好" * 6, 5) == ["你好你好你", "好你好你好", "你好"]


@pytest.mark.parametrize("character", ["😀", "👍🏽", "🇫🇷", "e\u0301", "👨\u200d👩\u200d👧"])
@pytest.mark.parametrize("limit", [8, 9, 10, 11])
def test_no_character_is_cut(character, limit):
    pieces = split(character * 20, limit)
    assert "".join(pieces) == character * 20
    assert all(piece == character * (len(piece) // len(character)) for piece in pieces)


def test_a_character_longer_than_a_piece_is_cut_at_code_points():
    monster = "e" + "\u0301" * 25
    assert split(f"ok {monster}", 10) == ["ok", monster[:10], monster[10:20], monster[20:]]


def test_long_white_space_at_a_cut_is_lost():
    assert split("a" + " " * 50 + "b", 10) == ["a", "b"]


@pytest.mark.parametrize("limit", [1, 0, -5])
def test_a_limit_that_cannot_hold_every_character_is_refused(limit):
    with pytest.raises(ValueError, match="two units"):
        split("abc", limit)
