"""The words of a vocabulary: what is made of whatever people type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.speech.catalogue import find
from handlers.choices import Choices
from handlers.vocabulary import LONGEST_WORD, MOST_WORDS, added, is_word, removed, words_of
from storage.chats import ChatSettings
from storage.options import Options
from storage.statements.encoding import decode_options, encode_options

VOCABULARY = Choices(find("nova-2-general"), "auto", 1.0).by_name["vocabulary"]
MANY = tuple(f"w{n}" for n in range(MOST_WORDS))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Kafka Zoë", ("Kafka", "Zoë")),
        ("Kafka, Zoë;Ada ,, Bob", ("Kafka", "Zoë", "Ada", "Bob")),
        ("كافكا، زوي", ("كافكا", "زوي")),
        ("卡夫卡\uff0c佐伊、艾达", ("卡夫卡", "佐伊", "艾达")),
        ("“Kafka” 'Zoë' «Ada»", ("Kafka", "Zoë", "Ada")),
        ("C++ Wi-Fi O'Neil .NET", ("C++", "Wi-Fi", "O'Neil", ".NET")),
        ("Kaf\x00ka\u202e \u200b\u2066 \ud800Zoe\n", ("Kafka", "Zoe")),
        ("می\u200cخواهم", ("می\u200cخواهم",)),
        ("Zoe\u0308 Zo\u00eb", ("Zo\u00eb",)),
        ("kafka Kafka KAFKA", ("KAFKA",)),
        ("", ()),
    ],
)
def test_a_text_is_cut_into_words(typed, words):
    assert words_of(typed) == words


@pytest.mark.parametrize("word", ["a", "7", "C++", "x" * LONGEST_WORD, "卡"])
def test_a_word_has_a_letter_or_a_digit(word):
    assert is_word(word)


@pytest.mark.parametrize("word", ["", "—", "...", "Kafka:10", "x" * (LONGEST_WORD + 1), "\U0001f600", "𝕏" * 18])
def test_what_is_no_word(word):
    assert not is_word(word)


def test_a_word_that_is_added_again_is_spelled_anew_and_keeps_its_place():
    assert added(("kafka", "Zoë"), ("KAFKA", "Ada")) == ("KAFKA", "Zoë", "Ada")


def test_words_are_removed_however_they_are_spelled():
    assert removed(("Kafka", "Zoë", "STRASSE"), ("ZOË", "straße", "Ada")) == ("Kafka",)


@given(st.text(max_size=100))
def test_every_word_survives_being_stored_and_sent(typed):
    words = tuple(filter(is_word, words_of(typed)))
    assert tuple(" ".join(words).split()) == words
    assert [each for each in ",".join(words).split(",") if each] == list(words)
    assert decode_options(encode_options(Options(vocabulary=words))) == Options(vocabulary=words)
    assert words_of(", ".join(words)) == words


def test_a_hundred_words_are_taken_and_no_more_and_what_is_too_much_changes_nothing():
    full = VOCABULARY.with_value(ChatSettings(), f"add {' '.join(MANY)}")
    assert full == ChatSettings(vocabulary=MANY)
    assert VOCABULARY.with_value(full, "add one more") is None
    assert VOCABULARY.with_value(full, f"add {MANY[7].upper()}").vocabulary[7] == MANY[7].upper()
    assert VOCABULARY.with_value(ChatSettings(), f"add {' '.join(MANY)} more") is None


def test_the_last_word_that_is_removed_leaves_no_vocabulary():
    assert VOCABULARY.with_value(ChatSettings(vocabulary=("Kafka",)), "remove kafka") == ChatSettings()


def test_the_log_has_no_word():
    assert VOCABULARY.logged("ADD Kafka") == "add"
