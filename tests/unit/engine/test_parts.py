"""Parts that are stored are those of now only if they have the same seconds; and how far the parts are."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.engine.steps.parts import Parts, cut_otherwise
from bot.uploads import Upload
from storage.transcript import Transcript
from storage.words import Generation

STORED = [
    Generation(0, "a", 0.0, 0.0, duration=60.0),
    Generation(1, "b", 56.0, 0.0, overlap=4.0, duration=54.0),
]
SOURCES = [
    Upload(Path(f"{each.part}"), "audio/ogg", "audio.ogg", each.start, each.duration, overlap=each.overlap)
    for each in STORED
]


def test_parts_of_the_same_cuts_stay():
    assert cut_otherwise(STORED, SOURCES) == set()
    assert cut_otherwise(STORED[1:], SOURCES) == set()
    assert cut_otherwise([], SOURCES) == set()


@pytest.mark.parametrize("name", ["start", "overlap", "duration"])
@pytest.mark.parametrize("seconds", [-1.0, 0.2])
def test_a_part_with_another_edge_is_none_of_now(name, seconds):
    other = replace(SOURCES[1], **{name: getattr(SOURCES[1], name) + seconds})
    assert cut_otherwise(STORED, [SOURCES[0], other]) == {1}


def test_a_difference_that_nobody_hears_is_none():
    assert cut_otherwise(STORED, [replace(each, duration=each.duration + 0.02) for each in SOURCES]) == set()


def test_parts_behind_the_last_one_of_now_are_none_of_now():
    assert cut_otherwise(STORED, SOURCES[:1]) == {1}
    assert cut_otherwise(STORED, [replace(SOURCES[0], duration=110.0)]) == {0, 1}


def test_a_part_of_which_nobody_knows_where_it_ends_is_none_of_now():
    assert cut_otherwise([replace(STORED[0], duration=0.0)], SOURCES) == {0}


def test_a_recording_is_taken_up_where_it_was_left():
    parts = Parts.of(3, [replace(STORED[0], transcript=Transcript("one")), STORED[1]], look_at=7.0)
    assert parts.missing == [2]
    assert parts.due == {1: 7.0}


def test_the_whole_is_known_once_all_parts_are_heard():
    parts = Parts(2)
    parts.look_later(STORED[1], 7.0)
    parts.hear(STORED[1], Transcript("two"))
    assert parts.missing == [0]
    assert parts.joined() is None
    parts.look_later(STORED[0], 9.0)
    assert not parts.are_heard
    parts.hear(STORED[0], Transcript("one"))
    assert parts.due == {}
    whole = parts.joined()
    assert whole is not None
    assert whole.text == "one\n\ntwo"


def test_a_part_that_is_dropped_is_missing_again_whether_it_was_heard_or_not():
    parts = Parts.of(2, [replace(STORED[0], transcript=Transcript("one")), STORED[1]], look_at=7.0)
    parts.drop({0, 1})
    assert (parts.missing, parts.due) == ([0, 1], {})
