"""Paragraphs and turns of transcripts as they are told by pauses, sentences and speakers."""

import pytest

from bot.text.script import names_of, script, time
from bot.text.turns import order_of_speakers, paragraphs
from storage.naming import LONGEST_NAME
from storage.transcript import Segment, Transcript, Word


def said(text, start=0.0, speaker=None, pace=0.4):
    """Say a text word by word."""
    return [
        Word(word, round(start + number * pace, 2), round(start + number * pace + 0.3, 2), speaker)
        for number, word in enumerate(text.split())
    ]


def transcript(*turns, text=None):
    words = [word for turn in turns for word in turn]
    return Transcript(" ".join(word.text for word in words) if text is None else text, words=tuple(words))


def cut(one, *, by_speaker=False):
    return [(each.start, each.speaker, each.text) for each in paragraphs(one, by_speaker=by_speaker)]


def shown(one, *, times=True, duration=None, names=None, by_speaker=True):
    called = names_of(order_of_speakers(one), names or {}, "Speaker {}".format)
    return script(paragraphs(one, by_speaker=by_speaker), times=times, duration=duration, names=called)


SENTENCE = "The quick brown fox jumps over the lazy dog and does it again. "


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (35.9, "0:35"), (727, "12:07"), (3599.9, "59:59"), (3600, "1:00:00"), (3727, "1:02:07")],
)
def test_a_time_has_hours_from_an_hour_on(seconds, text):
    assert time(seconds) == text


@pytest.mark.parametrize(("duration", "text"), [(59.4, "0:59"), (None, "1:01"), (0.0, "1:01")])
def test_a_time_is_not_later_than_the_end_of_the_recording(duration, text):
    assert time(61, duration) == text


def test_paragraphs_are_those_of_the_provider():
    one = transcript(said("Hello Bob."), said("Good bye.", 3.0), text="Hello Bob.\n\nGood bye.")
    assert cut(one) == [(0.0, None, "Hello Bob."), (3.0, None, "Good bye.")]


@pytest.mark.parametrize("between", ["\n", "\r\n", "\u2029", " \n \n "])
def test_every_break_of_a_line_begins_a_paragraph(between):
    one = transcript(said("Hello Bob."), said("Good bye.", 4.5), text=f"Hello Bob.{between}Good bye.")
    assert [text for _, _, text in cut(one)] == ["Hello Bob.", "Good bye."]


def test_a_text_of_very_much_white_space_is_cut_in_time():
    one = transcript(said("Hello Bob."), said("Good bye."), text=f"Hello Bob.{' ' * 500_000}Good bye.")
    assert len(cut(one)) == 1


def test_a_long_text_without_paragraphs_is_cut_at_the_ends_of_sentences():
    pieces = cut(transcript(said(SENTENCE * 40)))
    assert len(pieces) > 4
    assert all(text.endswith("again.") and 100 < len(text) < 900 for _, _, text in pieces)
    assert [start for start, _, _ in pieces] == sorted({start for start, _, _ in pieces})


def test_a_long_text_without_full_stops_is_cut_at_its_pauses():
    words = said("and so on " * 200)
    later = [Word(word.text, word.start + 1.2, word.end + 1.2) for word in words[100:]]
    pieces = cut(transcript(words[:100], later))
    assert later[0].start in [start for start, _, _ in pieces]
    assert all(len(text) < 1_200 for _, _, text in pieces)


def test_a_long_text_without_full_stops_and_pauses_is_cut_all_the_same():
    assert all(100 < len(text) < 1_200 for _, _, text in cut(transcript(said("and so on " * 300))))


def test_paragraphs_of_the_provider_that_are_very_long_are_cut_further():
    long = SENTENCE * 40
    one = transcript(said(long), said("The end.", 500.0), text=f"{long.strip()}\n\nThe end.")
    pieces = cut(one)
    assert len(pieces) > 5
    assert pieces[-1] == (500.0, None, "The end.")


def test_a_long_silence_begins_a_paragraph():
    assert len(cut(transcript(said("We wait."), said("Still nothing.", 9.0)))) == 2
    assert len(cut(transcript(said("We wait."), said("Still nothing.", 1.5)))) == 1


def test_a_text_without_spaces_is_cut_between_its_sentences():
    sentence = "今日はいい天気ですね。「散歩に行こう」と言いました。"
    letters = [each for each in sentence * 30 if each not in "。「」"]
    words = [Word(letter, number * 0.2, number * 0.2 + 0.2) for number, letter in enumerate(letters)]
    pieces = cut(transcript(words, text=sentence * 30))
    assert len(pieces) > 3
    assert all(text[0] in "今「" and text.endswith("。") for _, _, text in pieces)
    assert "".join(text for _, _, text in pieces) == sentence * 30


@pytest.mark.parametrize("opening", ["„", "(", '"', "«\u202f", "– ", "¿", "$"])
def test_what_opens_a_sentence_goes_along_with_it(opening):
    pieces = cut(transcript(said("Er kam."), said("Wohin gehst du?", 9.0), text=f"Er kam. {opening}Wohin gehst du?"))
    assert [text for _, _, text in pieces] == ["Er kam.", f"{opening}Wohin gehst du?"]


@pytest.mark.parametrize("closing", [" !", '."', "…", ". »"])
def test_what_closes_a_sentence_stays_with_it(closing):
    pieces = cut(transcript(said("Il dit oui"), said("Bien", 9.0), text=f"Il dit oui{closing} Bien"))
    assert [text for _, _, text in pieces] == [f"Il dit oui{closing}", "Bien"]


def test_numbers_that_the_text_has_as_figures_keep_their_times():
    words = [*said("I am"), *said("twenty five years old.", 1.0), *said("One hundred dollars it was.", 9.0)]
    one = Transcript("I am 25 years old. $100 it was.", words=tuple(words))
    assert cut(one) == [(0.0, None, "I am 25 years old."), (9.0, None, "$100 it was.")]


def test_words_of_another_text_lay_nothing_out():
    assert cut(transcript(said("nothing of this is there"), text="Something else was written.")) == []


@pytest.mark.parametrize("text", ["", "…", "Hello."])
def test_without_words_there_are_no_paragraphs(text):
    assert paragraphs(Transcript(text), by_speaker=True) == ()


def test_each_change_of_speakers_begins_a_turn():
    one = transcript(said("Hello Bob.", 0.0, "1"), said("Hello. How are you?", 2.0, "0"), said("Fine.", 5.0, "1"))
    assert shown(one) == "0:00 Speaker 1: Hello Bob.\n\n0:02 Speaker 2: Hello. How are you?\n\n0:05 Speaker 1: Fine."
    assert shown(one, times=False).startswith("Speaker 1: Hello Bob.\n\nSpeaker 2:")


def test_speakers_change_in_the_middle_of_a_line_of_the_text():
    one = transcript(said("Ready", 0.0, "A"), said("steady", 1.0, "B"), text="Ready, steady")
    assert cut(one, by_speaker=True) == [(0.0, "A", "Ready,"), (1.0, "B", "steady")]


def test_a_name_stands_where_somebody_begins_to_speak_and_not_at_each_paragraph():
    one = transcript(said(SENTENCE * 20, 0.0, "0"), said("Yes.", 200.0, "1"))
    lines = shown(one, names={"0": "Anna"}).split("\n\n")
    assert len(lines) > 3
    assert [line.partition(" ")[2].split()[0] for line in lines] == ["Anna:", *["The"] * (len(lines) - 2), "Speaker"]


def test_one_speaker_alone_is_not_named():
    one = transcript(said("Hello.", 0.0, "0"), said("It is me.", 5.0, "0"))
    assert shown(one) == "0:00 Hello.\n\n0:05 It is me."


def test_a_word_of_nobody_belongs_to_the_turn_that_it_stands_in():
    one = transcript(said("Well"), said("yes.", 1.0, "0"), said("So."), said("No.", 3.0, "1"))
    assert [text for _, _, text in cut(one, by_speaker=True)] == ["Well yes. So.", "No."]


def test_channels_that_follow_each_other_in_the_text_come_in_the_order_of_time():
    ask, answer = said("Are you there?", 0.0, "0"), said("Yes, I am.", 3.0, "1")
    again = said("I cannot hear you.", 6.0, "0")
    words = sorted([*ask, *answer, *again], key=lambda word: word.start)
    one = Transcript("Are you there? I cannot hear you.\n\nYes, I am.", words=tuple(words))
    assert cut(one, by_speaker=True) == [
        (0.0, "0", "Are you there?"),
        (3.0, "1", "Yes, I am."),
        (6.0, "0", "I cannot hear you."),
    ]


def test_segments_do_where_there_are_no_words():
    segments = (Segment("Hello there, Bob.", 0.5, 2.0, "A"), Segment("Good morning!", 2.5, 4.0, "B"))
    one = Transcript("Hello there, Bob. Good morning!", segments=segments)
    assert shown(one) == "0:00 Speaker 1: Hello there, Bob.\n\n0:02 Speaker 2: Good morning!"


def test_a_segment_that_is_written_a_little_otherwise_is_found():
    segments = (Segment("It has been twenty five years since then.", 1.0, 4.0), Segment("Good bye.", 70.0, 72.0))
    one = Transcript("It has been 25 years since then.\n\nGood bye.", segments=segments)
    assert cut(one) == [(1.0, None, "It has been 25 years since then."), (70.0, None, "Good bye.")]


def test_a_name_of_the_other_direction_leaves_the_order_of_the_line_alone():
    one = transcript(said("مرحبا بوب", 0.0, "0"), said("Hello", 2.0, "1"))
    assert shown(one, names={"1": "ليلى"}) == ("0:00 \u2068Speaker 1\u2069: مرحبا بوب\n\n0:02 \u2068ليلى\u2069: Hello")


def test_a_name_is_one_short_line_and_an_empty_one_is_none():
    one = transcript(said("Hello", 0.0, "0"), said("Bye", 2.0, "1"))
    called = names_of(order_of_speakers(one), {"0": " \n ", "1": f"Bob\n{'b' * 99}"}, "Speaker {}".format)
    assert called["0"] == "Speaker 1"
    assert called["1"].startswith("Bob bbb")
    assert len(called["1"]) == LONGEST_NAME
