"""Whatever times a provider tells of its words, or does not tell, each word is in each file, and in order."""

import json
import math
from datetime import UTC, datetime
from itertools import pairwise

import srt
import webvtt
from hypothesis import assume, example, given
from hypothesis import strategies as st

from bot.documents.cues import cues_of
from bot.documents.document import Ending, make
from bot.documents.known import Known
from bot.documents.timing import SHORTEST
from bot.speech.between import Told, filled_in
from bot.speech.dialects import read_transcript
from storage.transcript import Transcript, Word

NO_TIMES = st.sampled_from([None, -1, -0.5, "1.5", True, {}, [], math.nan, math.inf, -math.inf, 10**400, 1e300])
NO_TIME_AT_ALL = st.just("no such field")

times = st.one_of(st.floats(0, 60), st.integers(0, 60), NO_TIMES, NO_TIME_AT_ALL)
WORDS = "I a so, yes. No! okay Well, remember; transcription (perhaps) 25 مرحبا، 東京 です。"
words = st.sampled_from(WORDS.split())
told_words = st.lists(st.tuples(words, times, times), min_size=1, max_size=40)
lengths = st.none() | st.floats(0, 90)


def item(text, start, end):
    told = {"word": text, "start": start, "end": end, "confidence": 0.9}
    return {name: value for name, value in told.items() if value != "no such field"}


def read(told, seconds=None):
    text = " ".join(text for text, _, _ in told)
    channel = {"alternatives": [{"transcript": text, "words": [item(*each) for each in told]}]}
    return read_transcript({"metadata": {"duration": seconds}, "results": {"channels": [channel]}})


def known(transcript):
    return Known(transcript, "nova-2-general", datetime(2026, 3, 5, tzinfo=UTC))


def letters(text):
    return "".join(text.replace("\u200f", "").split())


@given(told_words, lengths)
@example([("yes.", 5.0, 1.0), ("No!", None, None), ("so,", 0.5, 1.0)], 2.0)
@example([("yes.", None, None), ("No!", None, 3)], None)
def test_every_word_is_in_every_file_in_order(told, seconds):
    spoken = known(read(told, seconds))
    everything = letters("".join(text for text, _, _ in told))
    subtitles = list(srt.parse(make(Ending.SRT, spoken).content.decode()))
    captions = webvtt.from_string(make(Ending.VTT, spoken).content.decode()).captions
    data = json.loads(make(Ending.JSON, spoken).content)
    assert letters("".join(each.content for each in subtitles)) == everything
    assert letters("".join(each.text for each in captions)) == everything
    if data["words"]:
        assert [each["text"] for each in data["words"]] == [text for text, _, _ in told]
        assert all(0 <= each["start"] <= each["end"] for each in data["words"])
    for one, other in pairwise(subtitles):
        assert one.start < one.end <= other.start


@given(told_words)
def test_times_that_are_told_stay(told):
    for each, (_, start, end) in zip(read(told).words, told, strict=False):
        if type(start) in (int, float) and 0 <= start <= 60:
            assert each.start == start
        if type(end) in (int, float) and 0 <= end <= 60 and end >= each.start:
            assert each.end == end


moments = st.floats(0, 60)


@given(
    st.lists(moments).map(sorted),
    st.data(),
    st.floats(0, 60),
    st.floats(0, 60),
)
def test_starts_never_fall_where_those_that_are_told_do_not(starts, data, since, until):
    told = [
        Told(data.draw(words), start if data.draw(st.booleans()) else None, data.draw(st.none() | moments))
        for start in starts
    ]
    assume(all(each.start is not None or each.end is None for each in told))
    filled = filled_in(told, since, until)
    assert all(start <= end for start, end in filled)
    assert all(one[0] <= other[0] for one, other in pairwise(filled))


@given(st.lists(st.tuples(words, st.booleans()), min_size=1, max_size=40), st.integers(0, 3))
def test_a_word_without_a_time_is_said_between_the_end_before_and_the_start_after(said, pause):
    told = [
        Told(text, number * (1 + pause), number * (1 + pause) + 1.0) if is_timed else Told(text, None, None)
        for number, (text, is_timed) in enumerate(said)
    ]
    filled = filled_in(told, 0.0, len(told) * (1 + pause))
    assert bool(filled) == any(is_timed for _, is_timed in said)
    for (_, end), (start, _) in pairwise(filled):
        assert end <= start
    for _, end in filled[-1:]:
        assert end <= len(told) * (1 + pause)


@given(st.lists(st.lists(words, min_size=1, max_size=30), min_size=1, max_size=5))
def test_cues_of_words_that_begin_at_one_time_can_be_read_where_there_is_room(said):
    spoken = [Word(text, number * 60.0, number * 60.0) for number, row in enumerate(said) for text in row]
    text = " ".join(word.text for word in spoken)
    assert all(cue.end - cue.start >= SHORTEST for cue in cues_of(known(Transcript(text, words=tuple(spoken)))).cues)


@given(st.lists(words, min_size=2, max_size=60))
def test_times_of_which_hardly_any_is_in_order_are_estimates(said):
    spoken = [Word(text, 60.0 - number, 60.5 - number) for number, text in enumerate(said)]
    backwards = known(Transcript(" ".join(said), duration=61.0, words=tuple(spoken)))
    assert cues_of(backwards).are_estimated is (len(said) > 2)
    if len(said) > 2:
        assert all(cue.end - cue.start >= SHORTEST for cue in cues_of(backwards).cues)
