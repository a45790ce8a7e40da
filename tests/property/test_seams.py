"""Parts that share some seconds are joined without losing or doubling a word."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.steps.parts import joined
from storage.transcript import Transcript, Word
from storage.words import Generation

VOCABULARY = ["yes", "no", "well", "Berlin", "it's", "25", "garden", "why", "да", "naïve", "so"]
SECONDS = 60.0


def heard(words, start, end, *, times=True, garbled=0):
    """What is heard of words between two moments: all that are whole there, and some edge that is not."""
    whole = [
        Word(each.text, each.start - start, each.end - start) for each in words if start <= each.start < each.end <= end
    ]
    edges = [Word(f"mumble{number}", 0.0, 0.05) for number in range(garbled)] if start > 0 else []
    said = (*edges, *whole)
    return Transcript(" ".join(each.text for each in said), "en", end - start, said if times else ())


def parts_of(words, cuts, overlap, *, times=True, garbled=0):
    edges = [(0.0, 0.0), *((cut - overlap / 2, overlap) for cut in cuts)]
    ends = [*(cut + overlap / 2 for cut in cuts), SECONDS]
    return [
        Generation(part, f"{part}", start, 0.0, heard(words, start, end, times=times, garbled=garbled), 0, shared)
        for part, ((start, shared), end) in enumerate(zip(edges, ends, strict=True))
    ]


def speech(seed):
    chance, words, at = Random(seed), [], 0.0
    while True:
        at += chance.choice((0.0, 0.0, 0.0, 0.4, 3.0, 9.0))
        long = chance.uniform(0.1, 0.6)
        if at + long > SECONDS:
            return words
        words.append(Word(chance.choice(VOCABULARY), at, at + long))
        at += long


@given(st.builds(speech, st.integers(0)), st.integers(1, 3), st.integers(0, 1))
def test_with_times_no_word_is_lost_or_doubled(words, cuts, garbled):
    places = [SECONDS * number / (cuts + 1) for number in range(1, cuts + 1)]
    whole = joined(parts_of(words, places, 4.0, garbled=garbled))
    kept = [each.text for each in whole.words if not each.text.startswith("mumble")]
    assert kept == [each.text for each in words]
    assert [each for each in whole.text.split() if not each.startswith("mumble")] == kept
    assert all(one.start <= other.start for one, other in zip(whole.words, whole.words[1:], strict=False))


@given(st.integers(1, 3), st.integers(0, 2), st.floats(0.2, 0.5))
def test_without_times_the_text_that_both_have_tells(cuts, garbled, long):
    words = [Word(f"word{number}", number * long, (number + 1) * long) for number in range(int(SECONDS / long))]
    places = [SECONDS * number / (cuts + 1) for number in range(1, cuts + 1)]
    whole = joined(parts_of(words, places, 4.0, times=False, garbled=garbled))
    assert whole.text.split() == [each.text for each in words]


@given(st.builds(speech, st.integers(0)), st.integers(0, 3))
def test_without_times_no_word_is_lost_whatever_was_said(words, cuts):
    places = [SECONDS * number / (cuts + 1) for number in range(1, cuts + 1)]
    whole = joined(parts_of(words, places, 0.0, times=False))
    assert set(whole.text.split()) == {
        each.text for each in words if all(not each.start < cut < each.end for cut in places)
    }


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (
            "Good morning. We begin with the",
            "begin with the news of today.",
            "Good morning. We begin with the news of today.",
        ),
        ("今日は天気がいいです", "がいいですね。では", "今日は天気がいいですね。では"),
        ("hello world", "hello world", "hello world\n\nhello world"),
        ("", "something", "something"),
        ("It was all. And then he sa", "was all and then he said so.", "It was all. And then he said so."),
    ],
)
def test_texts_are_joined_where_they_lie_on_each_other(first, second, expected):
    parts = [
        Generation(0, "a", 0.0, 0.0, Transcript(first), 0),
        Generation(1, "b", 56.0, 0.0, Transcript(second), 0, 4.0),
    ]
    assert joined(parts).text == expected
