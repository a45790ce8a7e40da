"""Whatever words a provider sends, they become subtitles by the rules, and other programs read them."""

import html
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pysubs2
import srt
import webvtt
from hypothesis import assume, example, given
from hypothesis import strategies as st

from bot.documents.alphabets import rules_for
from bot.documents.cues import cues_of
from bot.documents.document import Ending, make
from bot.documents.known import Known
from bot.documents.timing import CLOSED, LONGEST, SHORTEST, TWO_FRAMES
from bot.documents.written import on_one_line
from bot.text.graphemes import is_boundary
from storage.transcript import Segment, Transcript, Word

MILLISECOND = timedelta(milliseconds=1)

REAL = """
    I a so, yes. No! okay Well, remember; transcription and because (perhaps) «voilà» 25 3,50 €
    مرحبا، كيف حالك؟ نعم. الاجتماع こんにちは 、 東京 です 。 メール を 「 はい 」 ー
    你好 , 世界 。 안녕하세요, 여러분
"""
MEANT_FOR_PROGRAMS = "--> ---> -- > < & &lt; &amp; <v Ann> {\\an8} <i> ``` #tag NOTE WEBVTT 1 00:00:01,000"
SPOKEN = (*REAL.split(), "👨\u200d👩\u200d👧", "e\u0301", "🇫🇷🇩🇪", "ส\u0e33หร\u0e31บ", "क\u094dष")
HOSTILE = (
    *MEANT_FOR_PROGRAMS.split(),
    *("a\n\nb", " ", "", "\u2028", "\x1b[0m", "\x00", "\u200b", "\u202egnp.exe", "\u2066x", "\ufeff", "new york"),
    *("x" * 50, "x" * 200, "漢" * 40, "あ" * 30, "e\u0301" * 60, "a" + "\u0301" * 400),
    "1\n00:00:01,000 --> 00:00:02,000\nx",
    "00:00:01.000 --> 00:00:02.000",
)

speakers = st.none() | st.sampled_from("01A")
real_words = st.tuples(
    st.sampled_from(SPOKEN), st.floats(0.05, 1.2), st.sampled_from([0, 0, 0, 0.1, 0.4, 0.7, 3]), speakers
)
times = st.sampled_from([0.0, 1.0, 1.5, 7.0, 400000.0, 1e8]) | st.floats(0, 30) | st.floats(0, 1e8)
any_words = st.builds(Word, st.sampled_from(SPOKEN + HOSTILE) | st.text(), times, times, speakers)
any_segments = st.builds(Segment, st.lists(st.sampled_from(SPOKEN + HOSTILE)).map(" ".join), times, times, speakers)


def known(words, text=None, segments=(), duration=None):
    text = " ".join(word.text for word in words) if text is None else text
    transcript = Transcript(text, None, duration, tuple(words), segments=tuple(segments))
    return Known(transcript, "nova-2-general", datetime(2026, 3, 5, tzinfo=UTC), names={"A": "Ann > Bob & <co> --> x"})


@st.composite
def spoken(draw):
    """Draw words one after the other, each speaker with several of them."""
    words, at, speaker = [], 0.0, None
    for text, seconds, pause, other in draw(st.lists(real_words, max_size=60)):
        speaker = other if pause else speaker
        words.append(Word(text, at, at + seconds, speaker))
        at += seconds + pause
    return known(words)


anything = st.builds(
    known,
    st.lists(any_words, max_size=40),
    st.none() | st.text() | st.lists(st.sampled_from(SPOKEN + HOSTILE)).map("\n".join),
    st.just(()) | st.lists(any_segments, max_size=5),
    st.none() | times,
)


def letters(text):
    """Return what can be read of a text, without the spaces that depend on the lines."""
    return "".join(on_one_line(text).replace("\u200f", "").split())


def said(cues):
    return letters("".join(line for cue in cues for line in cue.lines))


@given(spoken())
def test_every_word_is_said_once_and_in_order_by_its_speaker(talk):
    cues = cues_of(talk).cues
    words = talk.transcript.words
    assert said(cues) == letters("".join(word.text for word in words))
    place = 0
    for cue in cues:
        begins, place = place, place + len(letters("".join(cue.lines)))
        at = 0
        for word in words:
            if begins <= at < place and word.speaker is not None:
                assert cue.speaker == talk.speakers[word.speaker]
            at += len(letters(word.text))


@given(spoken())
def test_cues_follow_the_rules(talk):
    rules = rules_for(talk.transcript.text, None)
    cues = cues_of(talk).cues
    for cue in cues:
        assert 1 <= len(cue.lines) <= 2
        for line in cue.lines:
            text = line.strip("\u200f")
            assert text
            assert len(text) <= rules.line or " " not in text
        assert 0 < cue.end - cue.start <= LONGEST
    for cue, following in pairwise(cues):
        gap = following.start - cue.end
        assert gap == 0 or gap >= TWO_FRAMES
        assert gap == 0 or gap >= CLOSED or following.start - cue.start > LONGEST
        reading = 1000 * sum(len(line.strip("\u200f")) for line in cue.lines) / 17
        assert gap == 0 or cue.end - cue.start >= min(reading, LONGEST - TWO_FRAMES)
        assert gap == 0 or cue.end - cue.start >= SHORTEST
    assert all(cue.end - cue.start >= SHORTEST for cue in cues[-1:])


@given(spoken(), st.floats(0, 2), st.booleans())
def test_a_cue_ends_with_the_recording_or_is_as_short_as_it_may_be(talk, silence, is_measured):
    assume(talk.transcript.words)
    duration = talk.transcript.words[-1].end + silence
    measured, told = replace(talk, duration=duration), replace(talk.transcript, duration=duration)
    cues = cues_of(measured if is_measured else replace(talk, transcript=told)).cues
    assert said(cues) == said(cues_of(talk).cues)
    assert cues[:-1] == cues_of(talk).cues[:-1]
    assert cues[-1].end <= 1000 * duration or cues[-1].end - cues[-1].start == SHORTEST


@given(st.integers(0, 9), st.integers(1, 9), st.floats(0, 9))
def test_words_of_which_no_time_is_known_at_the_end_are_spread_up_to_the_end(timed, others, silence):
    words = [Word("well", number / 2, number / 2 + 0.4) for number in range(timed)]
    untimed = [Word("remember;", -1.0, -1.0) for _ in range(others)]
    duration = timed / 2 + 0.4 + silence
    cues = cues_of(known([*words, *untimed], duration=duration)).cues
    assert cues[-1].end <= 1000 * duration or cues[-1].end - cues[-1].start == SHORTEST


@given(spoken())
def test_a_cue_begins_with_its_speech_unless_the_one_before_it_must_be_read(talk):
    starts = {round(1000 * word.start) for word in talk.transcript.words}
    cues = cues_of(talk).cues
    for before, cue in pairwise([None, *cues]):
        assert cue.start in starts or (before is not None and before.end == cue.start)


def visible(text):
    """Return the letters of those parts of a text in which anything can be seen."""
    return letters("".join(part for part in on_one_line(text).split() if any(map(str.isprintable, part))))


def without_signs(text):
    return "".join(filter(str.isalnum, text)).lower()


def is_bare(text):
    """Tell whether words may take their signs and capitals from the text."""
    return text == text.lower() and re.search("[.,;:!?]", text) is None


@given(anything)
@example(known([], "\u200b"))
@example(known([Word("so", 0, 1), Word("yes", 1, 2)], "So, yes!"))
@example(known([Word("so", 1e8, 1e8)]))
def test_any_words_at_all_are_said_in_order_without_overlapping(talk):
    cues = cues_of(talk).cues
    words, segments = talk.transcript.words, talk.transcript.segments
    spoken = sorted([*words, *segments], key=lambda each: each.start) if segments else words
    expected = visible(" ".join(each.text for each in spoken)) or visible(talk.transcript.text)
    assert said(cues) == expected or (is_bare(expected) and without_signs(said(cues)) == without_signs(expected))
    for cue, following in pairwise(cues):
        assert cue.end <= following.start
    for cue in cues:
        assert 0 < cue.end - cue.start <= LONGEST
        assert all(line and line == line.strip() and line.splitlines() == [line] for line in cue.lines)


@given(anything | spoken())
def test_characters_stay_whole(talk):
    whole = [word.text for word in talk.transcript.words if len(word.text) < 100]
    for cue in cues_of(talk).cues:
        first, *second = (line.strip("\u200f") for line in cue.lines)
        if second and any(first[-1:] + second[0][:1] in text for text in whole):
            assert is_boundary(first + second[0], len(first)) or first[-1].isspace()


def without_arrows(text):
    return re.sub("-{2,}>", "→", text)


def without_timing(line):
    stamp = re.compile(r"(\d+:\d+:\d+[,.])(\d)")
    return stamp.sub(r"\1 \2", line) if len(stamp.findall(line)) > 1 else line


def clock(milliseconds):
    return f"{timedelta(milliseconds=milliseconds)}"


@given(anything | spoken())
@example(known([Word("I", 345601.0, 0.0), Word("I", 345601.0, 0.0)], duration=1e8))
def test_other_programs_read_the_same_srt(talk):
    cues = cues_of(talk).cues
    written = make(Ending.SRT, talk).content.decode()
    parsed = list(srt.parse(written))
    times = [(cue.start, cue.end) for cue in cues]
    assert [(each.start // MILLISECOND, each.end // MILLISECOND) for each in parsed] == times
    assert [(each.start, each.end) for each in pysubs2.SSAFile.from_string(written, "srt")] == times
    assert [each.index for each in parsed] == list(range(1, len(cues) + 1))
    for before, cue, each in zip([None, *cues], cues, parsed, strict=False):
        begins_turn = cue.speaker is not None and (before is None or before.speaker != cue.speaker)
        prefix = f"{cue.speaker}: " if begins_turn else ""
        assert each.content == without_arrows(prefix + "\n".join(map(without_timing, cue.lines)))


@given(anything | spoken())
def test_other_programs_read_the_same_webvtt(talk):
    cues = cues_of(talk).cues
    captions = webvtt.from_string(make(Ending.VTT, talk).content.decode()).captions
    assert [html.unescape(caption.text) for caption in captions] == [
        "\n".join(map(without_timing, cue.lines)) for cue in cues
    ]
    assert [caption.voice and html.unescape(caption.voice) for caption in captions] == [cue.speaker for cue in cues]
    times = [(clock(cue.start), clock(cue.end)) for cue in cues]
    assert [(in_clock(caption.start), in_clock(caption.end)) for caption in captions] == times


def in_clock(written):
    hours, minutes, seconds = written.split(":")
    return clock(3_600_000 * int(hours) + 60_000 * int(minutes) + round(1000 * float(seconds)))
