"""Speakers of parts are one where both parts heard them say the same, and nowhere else."""

from dataclasses import replace
from itertools import groupby, pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.steps.parts import joined
from storage.transcript import Segment, Transcript, Word
from storage.words import Generation

WORDS = ["yes", "no", "well", "Berlin", "so"]
SECONDS = 0.6  # of a word, with the pause after it
PART = 6  # words that a part has before what it shares with the next one


def spoken(turns):
    """Words of people one after the other, with how it is to be."""
    said = [(who, text) for who, texts in turns for text in texts]
    return [Word(text, number * SECONDS, number * SECONDS + 0.4, who) for number, (who, text) in enumerate(said)]


turns = st.lists(
    st.tuples(st.sampled_from("ABC"), st.lists(st.sampled_from(WORDS), min_size=1, max_size=4)), min_size=1, max_size=8
).map(spoken)


def numbered(words, order):
    """Words as a provider tells of them: people are numbers, given in an order that only it knows."""
    people = sorted({each.speaker for each in words}, key=lambda who: (who in order, order.find(who)))
    return tuple(replace(each, speaker=str(people.index(each.speaker))) for each in words)


def heard(words, orders, shared):
    """Parts of so many words each, which share some with the one before it, and have their own numbers."""
    parts = []
    for number, first in enumerate(range(0, len(words), PART)):
        before = min(shared, first)
        own = numbered(words[first - before : first + PART], orders[number % len(orders)])
        start = (first - before) * SECONDS
        told = tuple(replace(each, start=each.start - start, end=each.end - start) for each in own)
        transcript = Transcript(" ".join(each.text for each in told), "en", None, told)
        parts.append(Generation(number, f"{number}", start, 0.0, transcript, 0, before * SECONDS))
    return parts


orders = st.lists(st.permutations("ABC").map("".join), min_size=1, max_size=4)


@given(turns, orders, st.integers(0, 4))
def test_nobody_is_taken_for_another(words, orders, shared):
    whole = joined(heard(words, orders, shared)).words
    assert [each.text for each in whole] == [each.text for each in words]
    people = {}
    for said, told in zip(words, whole, strict=True):
        if told.speaker is not None:
            assert people.setdefault(told.speaker, said.speaker) == said.speaker


@given(turns, orders, st.integers(1, 4))
def test_who_speaks_in_what_two_parts_share_is_one_in_both(words, orders, shared):
    parts = heard(words, orders, shared)
    whole = joined(parts).words
    for cut in range(PART, len(words), PART):
        around, told = words[cut - PART : cut + PART], whole[cut - PART : cut + PART]
        for who in {each.speaker for each in words[max(0, cut - shared) : cut]}:
            names = {other.speaker for one, other in zip(around, told, strict=True) if one.speaker == who}
            assert len(names) == 1


LONG = 24  # seconds that two parts share around each cut


def meeting(lengths, order):
    """A meeting of three whose turns have so many words, each of half a second."""
    said = [order[turn % 3] for turn, words in enumerate(lengths) for _ in range(words)]
    return [Word(f"word{number}", number / 2, number / 2 + 0.4, who) for number, who in enumerate(said)]


def heard_at(words, chance, start, end, *, mistaken=7):
    """What is heard of a meeting from a moment to another one, with some words that are taken for others."""
    own = [each for each in words if start <= each.start < end]
    own = [replace(each, text=f"{each.text}?{start}") if not chance.randrange(mistaken) else each for each in own]
    late = chance.uniform(-0.2, 0.2)
    numbers = numbered(own, "".join(chance.sample("ABC", 3)))
    return [replace(each, start=each.start - start + late, end=each.end - start + late) for each in numbers]


def in_sentences(words):
    """The turns of these words, whose own times nobody tells."""
    turns = [list(turn) for _, turn in groupby(words, key=lambda each: each.speaker)]
    return tuple(
        Segment(" ".join(each.text for each in turn), turn[0].start, turn[-1].end, turn[0].speaker) for turn in turns
    )


def in_parts(words, chance, *, sentences):
    edges = [0.0, *(60.0 * number for number in range(1, 3)), words[-1].end + 1]
    for number, (start, end) in enumerate(pairwise(edges)):
        begin = start - LONG / 2 if number else 0.0
        told = heard_at(words, chance, begin, end + LONG / 2)
        text = " ".join(each.text for each in told)
        transcript = Transcript(
            text, "en", None, () if sentences else tuple(told), None, in_sentences(told) if sentences else ()
        )
        yield Generation(number, f"{number}", begin, 0.0, transcript, 0, LONG if number else 0.0)


@given(st.lists(st.integers(3, 9), min_size=60, max_size=60), st.permutations("ABC"), st.integers(0), st.booleans())
def test_who_takes_turns_around_each_cut_is_one_person_in_all_parts(lengths, order, seed, sentences):
    words = meeting(lengths, order)
    whole = joined(list(in_parts(words, Random(seed), sentences=sentences)))
    people = {}
    who = {each.text: each.speaker for each in words}
    for each in whole.segments if sentences else whole.words:
        people.setdefault(who[each.text.split()[0].partition("?")[0]], set()).add(each.speaker)
    assert sorted(people) == ["A", "B", "C"]
    assert all(len(speakers) == 1 for speakers in people.values())
    assert len(set.union(*people.values())) == 3


def part(number, start, overlap, *words, segments=()):
    told = tuple(Word(text, at - start, at - start + 0.4, speaker) for text, at, speaker in words)
    text = " ".join(each.text for each in (*told, *segments))
    return Generation(
        number, f"{number}", start, 0.0, Transcript(text, "en", None, told, segments=segments), 0, overlap
    )


def speakers(*parts):
    return [each.speaker for each in joined(parts).words]


TWO = (("hello", 0, "0"), ("yes", 1, "1"), ("tomorrow", 9, "0"))


def test_numbers_that_a_part_gives_otherwise_are_those_of_the_part_before():
    second = part(1, 8, 4, ("Tomorrow,", 9.2, "1"), ("no", 13, "1"), ("why", 14, "0"))
    assert speakers(part(0, 0, 0, *TWO), second) == ["0", "1", "0", "0", "1/0"]


@pytest.mark.parametrize(
    "shared",
    [
        (("tomorrow", 9.7, "0"),),  # at another time
        (("morning", 9, "0"),),  # another word
        (("tomorrow", 9, None),),  # of nobody
        (("...", 9, "0"),),
        (),
    ],
)
def test_the_same_number_means_nothing_where_no_word_is_heard_by_both(shared):
    assert speakers(part(0, 0, 0, *TWO), part(1, 8, 4, *shared, ("why", 14, "0")))[-1] == "1/0"


def test_parts_that_share_nothing_have_other_speakers():
    second, third = part(1, 20, 0, ("why", 24, "0"), ("so", 25, "1")), part(2, 40, 0, ("well", 44, "0"))
    assert speakers(part(0, 0, 0, *TWO), second, third) == ["0", "1", "0", "1/0", "1/1", "2/0"]


def test_of_two_who_are_one_in_the_other_part_the_one_who_says_more_is_that_one():
    said = [("a", 8, "0"), ("b", 8.5, "0"), ("c", 9, "1")]
    first = part(0, 0, 0, ("hello", 0, "1"), *said)
    second = part(1, 7, 3, *((text, at, "5") for text, at, _ in said), ("why", 14, "5"))
    assert speakers(first, second)[-1] == "0"
    assert speakers(first, part(1, 7, 3, *((text, at, "5") for text, at, _ in said[1:]), ("why", 14, "5")))[-1] == "1/5"


def test_nobody_is_told_apart_where_each_part_has_one_speaker_who_is_not_known_to_be_the_same():
    first = part(0, 0, 0, ("hello", 0, "0"), ("tomorrow", 9, "0"))
    assert speakers(first, part(1, 20, 0, ("why", 24, "0"))) == [None, None, None]
    assert speakers(first, part(1, 8, 4, ("tomorrow", 9, "3"), ("why", 14, "3"))) == ["0", "0", "0"]


def test_segments_have_the_speakers_of_their_words():
    sentence = Segment("Why?", 6, 7, "1")
    second = part(1, 8, 4, ("tomorrow", 9, "1"), segments=(sentence,))
    assert [each.speaker for each in joined([part(0, 0, 0, *TWO), second]).segments] == ["0"]


def test_a_name_that_the_provider_gave_already_is_given_to_nobody_else():
    first = part(0, 0, 0, ("hello", 0, "1/0"), ("yes", 1, "0"))
    assert speakers(first, part(1, 20, 0, ("why", 24, "0"))) == ["1/0", "0", "1/1/0"]
