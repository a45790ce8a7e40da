"""Parts that share some seconds are joined without losing or doubling a word."""

import re
from dataclasses import replace
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.engine.steps.parts import joined
from storage.transcript import Segment, Transcript, Word
from storage.words import Generation

VOCABULARY = ["yes", "no", "well", "Berlin", "it's", "25", "garden", "why", "да", "naïve", "so"]
SECONDS = 60.0
LONG = 14.0  # seconds that two parts share, of the 20 of a part


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


@given(st.builds(speech, st.integers(0)), st.integers(1, 2), st.sampled_from([4.0, LONG]), st.integers(0, 1))
def test_with_times_no_word_is_lost_or_doubled(words, cuts, overlap, garbled):
    places = [SECONDS * number / (cuts + 1) for number in range(1, cuts + 1)]
    whole = joined(parts_of(words, places, overlap, garbled=garbled))
    kept = [each.text for each in whole.words if not each.text.startswith("mumble")]
    assert kept == [each.text for each in words]
    assert [each for each in whole.text.split() if not each.startswith("mumble")] == kept
    assert all(one.start <= other.start for one, other in zip(whole.words, whole.words[1:], strict=False))


@given(st.integers(1, 2), st.sampled_from([4.0, LONG]), st.integers(0, 2), st.floats(0.15, 0.5))
def test_without_times_the_text_that_both_have_tells(cuts, overlap, garbled, long):
    places = [SECONDS * number / (cuts + 1) for number in range(1, cuts + 1)]
    whole = joined(parts_of(counted(long), places, overlap, times=False, garbled=garbled))
    assert whole.text.split() == [each.text for each in counted(long)]


def counted(long, silence=(0.0, 0.0)):
    """Words of which no one is like another, each so long, but for some seconds of silence."""
    words = [Word(f"word{number}", number * long, (number + 1) * long) for number in range(int(SECONDS / long))]
    return [each for each in words if each.end <= silence[0] or each.start >= silence[1]]


def misheard(part, chance, every, *, apart=0.2):
    """A part in which every so many words one is taken for another, and each begins a little earlier or later."""
    words, first = [], chance.randrange(every)
    for number, each in enumerate(part.transcript.words):
        text = each.text.replace("word", f"w{'ao'[part.part]}rd") if number % every == first else each.text
        late = chance.uniform(0, apart)
        words.append(replace(each, text=text, start=each.start + late, end=each.end + late))
    return with_words(part, words)


def with_words(part, words):
    text = " ".join(each.text for each in words)
    return replace(part, transcript=replace(part.transcript, text=text, words=tuple(words)))


def numbers(text):
    """Which of the counted words these are, whatever they are taken for."""
    return re.findall(r"\d+", text)


def all_of(words):
    return numbers(" ".join(each.text for each in words))


@given(st.integers(0), st.sampled_from([0.0, 4.0, 8.0]), st.booleans())
def test_what_each_part_takes_for_something_else_is_neither_lost_nor_doubled(seed, silent, times):
    chance, words = Random(seed), counted(0.3, (30 - silent / 2, 30 + silent / 2))
    first, second = parts_of(words, [30.0], LONG)
    parts = [misheard(first, chance, 7), misheard(second, chance, 5)]
    if not times:
        parts = [replace(each, transcript=replace(each.transcript, words=())) for each in parts]
    whole = joined(parts)
    assert numbers(whole.text) == all_of(words)
    assert [each.text for each in whole.words] == (whole.text.split() if times else [])


@given(st.integers(0))
def test_words_tell_by_themselves_where_their_times_are_off(seed):
    chance, words = Random(seed), counted(0.3)
    first, second = parts_of(words, [30.0], LONG)
    second = with_words(
        second, [replace(each, start=each.start + 0.9, end=each.end + 0.9) for each in second.transcript.words]
    )
    whole = joined([misheard(first, chance, 9, apart=0.0), misheard(second, chance, 9, apart=0.0)])
    assert numbers(whole.text) == all_of(words)


@given(st.integers(0, 9), st.sampled_from([4.0, LONG]))
def test_what_is_written_otherwise_than_it_is_said_is_neither_lost_nor_doubled(digit, overlap):
    """A text whose numbers are digits does not go with its words, so that each of them has a seam of its own."""
    words = counted(0.3)
    parts = [
        replace(
            each,
            transcript=replace(each.transcript, text=re.sub(f"word(\\d*{digit})\\b", "No. \\1", each.transcript.text)),
        )
        for each in parts_of(words, [30.0], overlap)
    ]
    whole = joined(parts)
    assert [each.text for each in whole.words] == [each.text for each in words]
    assert numbers(whole.text) == all_of(words)


@given(st.lists(st.floats(2, 9), min_size=4, max_size=20), st.floats(-0.4, 0.4))
@example([6.0] * 10, 0.3)
def test_sentences_are_neither_lost_nor_doubled(lengths, late):
    ends = [sum(lengths[: number + 1]) for number in range(len(lengths))]
    said = [
        Segment(f"sentence{number}", end - long, end)
        for number, (end, long) in enumerate(zip(ends, lengths, strict=True))
    ]
    cut, shared = ends[-1] / 2, 24.0
    start = max(0.0, cut - shared / 2)
    second = [replace(each, start=each.start - start + late, end=each.end - start + late) for each in said]
    parts = [
        Generation(0, "a", 0.0, 0.0, Transcript("", segments=tuple(e for e in said if e.end <= cut + shared / 2)), 0),
        Generation(1, "b", start, 0.0, Transcript("", segments=tuple(e for e in second if e.start >= 0)), 0, shared),
    ]
    assert [each.text for each in joined(parts).segments] == [each.text for each in said]


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
        ("one two three four", "Five six seven eight", "one two three four\n\nFive six seven eight"),
        (
            "So it is, and I see one or",
            "is, and I sea one or two.",
            "So it is, and I sea one or two.",
        ),
    ],
)
def test_texts_are_joined_where_they_lie_on_each_other(first, second, expected):
    parts = [
        Generation(0, "a", 0.0, 0.0, Transcript(first), 0),
        Generation(1, "b", 56.0, 0.0, Transcript(second), 0, 4.0),
    ]
    assert joined(parts).text == expected
