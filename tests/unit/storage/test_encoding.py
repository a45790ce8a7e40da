"""Values survive being stored."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.apology import Apology, Notice, Reason
from storage.options import Options
from storage.statements.encoding import (
    WORDS_A_LINE,
    decode_apology,
    decode_language,
    decode_notice,
    decode_options,
    decode_text,
    decode_transcript,
    encode_apology,
    encode_options,
    encode_transcript,
)
from storage.transcript import Segment, Transcript, Word

seconds = st.floats(min_value=0, max_value=1e6)
confidences = st.none() | st.floats(min_value=0, max_value=1)
words = st.builds(Word, st.text(), seconds, seconds, st.none() | st.text(), confidences)
segments = st.builds(Segment, st.text(), seconds, seconds, st.none() | st.text())
transcripts = st.builds(
    Transcript,
    st.text(),
    st.none() | st.text(),
    st.none() | seconds,
    st.lists(words).map(tuple),
    confidences,
    st.lists(segments).map(tuple),
)
apologies = st.builds(Apology, st.sampled_from(Reason), st.dictionaries(st.text(), st.text() | st.integers() | seconds))


@given(transcripts)
def test_a_transcript_survives_being_stored(transcript):
    assert decode_transcript(encode_transcript(transcript)) == transcript


def test_a_stored_transcript_keeps_every_alphabet_readable_and_its_words_short():
    stored = encode_transcript(Transcript("Привет", "ru", 1.0, (Word("Привет", 0.0, 0.5),)))
    assert "Привет" in stored
    assert json.loads(stored)["words"] == [["Привет", 0.0, 0.5, None]]


@given(transcripts)
def test_the_text_of_a_transcript_can_be_read_without_its_words(transcript):
    assert decode_text(encode_transcript(transcript)) == transcript.text


def test_a_transcript_of_an_older_program_says_nothing_of_how_sure_its_language_is():
    stored = encode_transcript(Transcript("said", "ru", 1.0, (Word("said", 0.0, 0.5),)))
    older = stored.replace(',"language_confidence":null', "")
    assert older != stored
    assert decode_transcript(older) == decode_transcript(stored)
    assert decode_language(older) == "ru"


def test_many_words_survive_being_stored():
    words = tuple(Word("word", float(number), number + 0.5, None, 0.5) for number in range(2 * WORDS_A_LINE + 1))
    segments = tuple(Segment("word", word.start, word.end) for word in words)
    transcript = Transcript("word " * len(words), words=words, segments=segments)
    stored = encode_transcript(transcript)
    assert decode_transcript(stored) == transcript
    assert len(json.loads(stored)["words"]) == len(words)


def test_words_without_confidences_and_segments_are_stored_as_by_an_older_program():
    stored = encode_transcript(Transcript("said", "ru", 1.0, (Word("said", 0.0, 0.5),)))
    assert stored.endswith('\n["said",0.0,0.5,null]\n]}')
    assert decode_transcript(stored).words == (Word("said", 0.0, 0.5),)


def test_an_older_program_finds_the_words_where_it_looks_for_them():
    words, segments = (Word("said", 0.0, 0.5, "A", 0.9), Word("so", 1.0, 1.5)), (Segment("Yes.", 2.0, 3.0, "B"),)
    first, *rows, last = encode_transcript(Transcript("said so", words=words, segments=segments)).split("\n")
    assert json.loads(first + "]}")["text"] == "said so"
    assert [json.loads(row.removesuffix(",")) for row in f"[{rows[0]}]".split("\n")] == [
        [["said", 0.0, 0.5, "A"], ["so", 1.0, 1.5, None]]
    ]
    assert last.startswith("],")


def test_a_transcript_that_an_older_program_stored_on_one_line_is_read():
    stored = '{"text":"Two\\nlines","language":null,"duration":1.5,"words":[["Two",0.0,0.5,"A"]]}'
    assert decode_transcript(stored) == Transcript("Two\nlines", None, 1.5, (Word("Two", 0.0, 0.5, "A"),))
    assert decode_text(stored) == "Two\nlines"


@given(apologies)
def test_an_apology_survives_being_stored(apology):
    assert decode_apology(encode_apology(apology)) == apology


def test_an_apology_is_stored_as_reason_and_facts():
    too_long = Apology(Reason.TOO_LONG, {"minutes": 130.5, "limit_minutes": 120})
    assert json.loads(encode_apology(too_long)) == {
        "reason": "too_long",
        "facts": {"minutes": 130.5, "limit_minutes": 120},
    }


every_options = st.builds(
    Options,
    st.sampled_from(["auto", "pt-BR"]),
    *([st.booleans()] * 5),
    st.lists(st.text("abAB;=|,\x1f"), unique=True, max_size=3).map(tuple),
)


@given(every_options)
def test_options_survive_being_stored(options):
    assert decode_options(encode_options(options)) == options


def test_options_of_an_older_program_are_read_and_usual_ones_are_stored_as_it_did():
    assert decode_options('{"language":"pt-BR"}') == Options("pt-BR")
    assert encode_options(Options("pt-BR")) == '{"language":"pt-BR"}'


def test_usual_options_have_the_key_that_older_programs_have_stored():
    assert Options().key == "language=auto"
    assert Options("en").key == "language=en"


@given(every_options, every_options)
def test_options_have_one_key_for_each_set_of_them_whatever_the_order_of_the_words(one, other):
    same = replace(one, vocabulary=tuple(sorted(one.vocabulary))) == replace(
        other, vocabulary=tuple(sorted(other.vocabulary))
    )
    assert (one.key == other.key) is same
    assert replace(one, vocabulary=one.vocabulary[::-1]).key == one.key


def test_the_case_of_a_word_makes_another_key_and_a_hundred_long_ones_make_no_long_one():
    assert Options(vocabulary=("Kafka",)).key != Options(vocabulary=("kafka",)).key
    assert len(Options(vocabulary=tuple("ж" * 50 + str(n) for n in range(100))).key) < 200


@given(every_options)
def test_without_some_options_the_others_stay(options):
    names = {"vocabulary", "profanity_filter"}
    assert options.without(names) == replace(options, vocabulary=(), profanity_filter=False)
    assert options.without(()) == options


@pytest.mark.parametrize("notice", Notice)
def test_a_notice_survives_being_stored(notice):
    assert decode_notice(str(notice)) is notice


def test_a_notice_that_this_program_does_not_know_is_none():
    assert decode_notice("of a later version") is Notice.NONE


def test_what_a_newer_program_wrote_does_not_keep_this_one_from_reading_its_jobs():
    assert decode_apology('{"reason": "of a later version", "facts": {"minutes": 3}}') == Apology(Reason.INTERNAL)
    assert decode_options('{"language": "fr", "of_a_later_version": true}') == Options("fr")
