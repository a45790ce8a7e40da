from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.media.convert import encode, quiet_cuts, wanted_cuts
from bot.media.probe import opus_duration, probe
from bot.media.sniff import Container

AUDIO = Path(__file__).parents[2] / "audio"


@given(st.floats(0.01, 40), st.floats(1, 10_000))
def test_parts_are_equal_and_no_cut_can_be_moved_past_a_limit_or_another_cut(times_as_long, split_seconds):
    duration = times_as_long * split_seconds
    edges = (0.0, *wanted_cuts(duration, split_seconds), duration)
    reach = min(10.0, split_seconds / 8)
    length, *others = [end - start for start, end in pairwise(edges)]
    assert others == pytest.approx([length] * len(others))
    assert length <= split_seconds
    if others:
        assert 2 * reach < length
        assert length + 2 * reach <= split_seconds * 1.000001


def test_what_is_short_enough_stays_whole():
    assert wanted_cuts(600, 600) == ()


async def test_cuts_are_moved_into_the_pauses_of_the_speaker(tmp_path):
    cuts = await quiet_cuts(
        AUDIO / "talk.ogg", Container.OGG, duration=12.26, split_seconds=7, folder=tmp_path, timeout=60
    )
    first, second = cuts
    assert 3.04 < first < 4.54
    assert 7.57 < second < 9.07
    assert list(tmp_path.iterdir()) == []


async def test_where_nothing_can_be_decoded_the_wanted_cut_stays(tmp_path):
    cuts = await quiet_cuts(
        AUDIO / "broken.mp3", Container.MP3, duration=12, split_seconds=9, folder=tmp_path, timeout=60
    )
    assert cuts == (6,)


async def test_sound_becomes_mono_opus_of_the_same_length(tmp_path):
    (part,) = await encode(AUDIO / "speech.amr", Container.AMR, cuts=(), max_seconds=60, folder=tmp_path, timeout=60)
    found = await probe(part, timeout=60)
    assert (found.container, found.codec) == (Container.OGG, "opus")
    assert found.duration == pytest.approx(3.85, abs=0.05)
    channels = part.read_bytes()[28 + 9]  # the tenth byte of the head, behind a page header of 28
    assert channels == 1


async def test_no_more_is_written_than_the_limit_whatever_the_file_holds(tmp_path):
    (part,) = await encode(AUDIO / "talk.ogg", Container.OGG, cuts=(), max_seconds=2, folder=tmp_path, timeout=60)
    assert opus_duration(part) == pytest.approx(2, abs=0.03)


async def test_no_more_is_written_although_the_file_says_it_is_shorter(tmp_path):
    honest = (AUDIO / "speech.m4a").read_bytes().replace(b"edts", b"free")  # its edit list holds the length too
    frame_length = honest.index(b"stts") + 16
    liar = tmp_path / "liar.m4a"
    liar.write_bytes(honest[:frame_length] + (10).to_bytes(4, "big") + honest[frame_length + 4 :])
    assert (await probe(liar, timeout=60)).duration < 0.5
    (part,) = await encode(liar, Container.MP4, cuts=(), max_seconds=2, folder=tmp_path, timeout=60)
    assert opus_duration(part) == pytest.approx(2, abs=0.03)


async def test_the_parts_hold_the_whole_recording_and_nothing_twice(tmp_path):
    odd = tmp_path / "100 %d; -y"
    odd.mkdir()
    parts = await encode(AUDIO / "talk.ogg", Container.OGG, cuts=(3.5, 8.0), max_seconds=60, folder=odd, timeout=60)
    assert [part.name for part in parts] == ["part-000.ogg", "part-001.ogg", "part-002.ogg"]
    assert [opus_duration(part) for part in parts] == pytest.approx([3.5, 4.5, 4.26], abs=0.05)
    assert sorted(odd.iterdir()) == list(parts)


async def test_the_parts_of_an_attempt_that_died_are_not_taken_for_new_ones(tmp_path):
    leftover = tmp_path / "part-000.ogg"
    leftover.write_bytes((AUDIO / "voice.ogg").read_bytes())
    await encode(AUDIO / "broken.mp3", Container.MP3, cuts=(), max_seconds=60, folder=tmp_path, timeout=60)
    assert opus_duration(leftover) is None
