from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.media.convert import (
    Recording,
    conversion_bytes,
    encode,
    opus_bytes,
    overlap_seconds,
    quiet_cuts,
    wanted_cuts,
)
from bot.media.copying import copied_bytes
from bot.media.cut import Cut, spans_of
from bot.media.ffmpeg import source
from bot.media.probe import opus_sound, probe
from bot.media.sniff import Container
from tests.long import lecture

AUDIO = Path(__file__).parents[2] / "audio"


def at(*moments):
    """Cuts at these moments, around which two parts share nothing."""
    return tuple(Cut(moment, moment) for moment in moments)


@given(st.floats(0.01, 40), st.floats(1, 10_000), st.booleans())
def test_parts_are_equal_and_no_cut_can_be_moved_past_a_limit_or_another_cut(times_as_long, split_seconds, speakers):
    duration = times_as_long * split_seconds
    edges = (0.0, *wanted_cuts(duration, split_seconds, speakers=speakers), duration)
    reach, shared = min(10.0, split_seconds / 8), overlap_seconds(split_seconds, speakers=speakers)
    length, *others = [end - start for start, end in pairwise(edges)]
    assert others == pytest.approx([length] * len(others))
    assert length <= split_seconds
    if others:
        assert 2 * reach + shared < length
        assert length + 2 * reach + shared <= split_seconds * 1.000001


def test_what_is_short_enough_stays_whole():
    assert wanted_cuts(600, 600) == ()


async def test_cuts_are_moved_into_the_pauses_of_the_speaker(bench):
    cuts = await quiet_cuts(Recording(AUDIO / "talk.ogg", Container.OGG), bench, duration=12.26, split_seconds=7)
    first, second = [each.start for each in cuts]
    assert [each.end for each in cuts] == [first, second]
    assert 3.04 < first < 4.54
    assert 7.57 < second < 9.07


async def test_where_nothing_can_be_decoded_the_wanted_cut_stays(bench):
    cuts = await quiet_cuts(Recording(AUDIO / "broken.mp3", Container.MP3), bench, duration=12, split_seconds=9)
    assert cuts == at(6)


async def test_sound_becomes_mono_opus_of_the_same_length(bench):
    (part,) = await encode(Recording(AUDIO / "speech.amr", Container.AMR), bench, cuts=(), duration=60, max_seconds=60)
    found = await probe(part, bench)
    assert (found.container, found.codec) == (Container.OGG, "opus")
    assert found.duration == pytest.approx(3.85, abs=0.05)
    channels = part.read_bytes()[28 + 9]  # the tenth byte of the head, behind a page header of 28
    assert channels == 1


def seconds_of(part):
    sound = opus_sound(part)
    return None if sound is None else sound.seconds


async def test_no_more_is_written_than_the_limit_whatever_the_file_holds(bench):
    (part,) = await encode(Recording(AUDIO / "talk.ogg", Container.OGG), bench, cuts=(), duration=60, max_seconds=2)
    assert seconds_of(part) == pytest.approx(2, abs=0.03)


async def test_a_file_that_says_it_is_shorter_is_as_long_as_its_sound(tmp_path, bench):
    honest = (AUDIO / "speech.m4a").read_bytes().replace(b"edts", b"free")  # its edit list holds the length too
    frame_length = honest.index(b"stts") + 16
    liar = tmp_path / "liar.m4a"
    liar.write_bytes(honest[:frame_length] + (10).to_bytes(4, "big") + honest[frame_length + 4 :])
    assert (await probe(liar, bench)).duration == pytest.approx(3.84, abs=0.01)
    (part,) = await encode(Recording(liar, Container.MP4), bench, cuts=(), duration=60, max_seconds=2)
    assert seconds_of(part) == pytest.approx(2, abs=0.03)


def sound_in(path):
    """The packets in an Ogg file, without the two that tell what it is."""
    data, at, bodies = path.read_bytes(), 0, []
    while at < len(data):
        begin = at + 27 + data[at + 26]
        at = begin + sum(data[at + 27 : begin])
        bodies.append(data[begin:at])
    return b"".join(bodies[2:])


async def test_the_parts_hold_the_whole_recording_and_nothing_twice(bench):
    sizes = {"duration": 12.26, "max_seconds": 60}
    (whole,) = await encode(Recording(AUDIO / "talk.ogg", Container.OGG), bench, cuts=(), **sizes)
    parts = await encode(Recording(AUDIO / "talk.ogg", Container.OGG), bench, cuts=at(3.5, 8.0), **sizes)
    assert [seconds_of(part) for part in parts] == pytest.approx([3.5, 4.5, 4.26], abs=0.06)
    assert b"".join(map(sound_in, parts)) == sound_in(whole)
    for part in parts:
        ran = await bench.run("-loglevel", "error", *source(part, "ogg"), "-f", "null", "-")
        assert (ran.returncode, ran.stderr) == (0, "")  # which a wrong checksum would be told in


async def test_both_parts_have_what_is_around_a_cut_through_speech(bench):
    sizes = {"duration": 12.26, "max_seconds": 60}
    first, second, third = await encode(
        Recording(AUDIO / "talk.ogg", Container.OGG), bench, cuts=(Cut(3, 5), Cut(8, 8)), **sizes
    )
    assert [seconds_of(part) for part in (first, second, third)] == pytest.approx([5, 5, 4.26], abs=0.06)
    shared = sound_in(second)[: len(sound_in(second)) // 3]
    assert sound_in(first).endswith(shared[-100:]) or shared[:2000] in sound_in(first)


async def test_only_where_nobody_pauses_two_parts_share_some_seconds(bench, tmp_path):
    for pauses, shares in ((True, False), (False, True)):
        (tmp_path / "lecture.ogg").write_bytes(
            lecture(60, "-c:a", "libopus", "-b:a", "24k", "-f", "ogg", pauses=pauses)
        )
        lectured = Recording(tmp_path / "lecture.ogg", Container.OGG)
        cuts = await quiet_cuts(lectured, bench, duration=60, split_seconds=40)
        assert [each.end - each.start for each in cuts] == pytest.approx([2.5 * shares] * len(cuts))


@pytest.mark.parametrize("pauses", [True, False])
async def test_where_speakers_are_told_apart_two_parts_share_more_around_every_cut(bench, tmp_path, pauses):
    (tmp_path / "lecture.ogg").write_bytes(lecture(60, "-c:a", "libopus", "-b:a", "24k", "-f", "ogg", pauses=pauses))
    lectured = Recording(tmp_path / "lecture.ogg", Container.OGG)
    cuts = await quiet_cuts(lectured, bench, duration=60, split_seconds=40, speakers=True)
    assert [each.end - each.start for each in cuts] == pytest.approx([5.0] * len(cuts))
    edges = [0.0, *(moment for each in cuts for moment in each), 60.0]
    assert edges == sorted(edges)
    assert all(end - start <= 40 for start, end in spans_of(cuts)[:-1])
    middles = [(each.start + each.end) / 2 % 5 for each in cuts]
    assert all(4.2 < each < 5 for each in middles) is pauses


async def test_a_part_behind_the_end_of_the_sound_is_empty(bench):
    parts = await encode(
        Recording(AUDIO / "voice.ogg", Container.OGG), bench, cuts=at(3, 30), duration=60, max_seconds=60
    )
    assert [seconds_of(part) for part in parts] == [pytest.approx(3, abs=0.06), pytest.approx(0.84, abs=0.06), None]


def test_a_conversion_needs_no_more_room_than_the_longest_recording_and_the_largest_copy():
    small, large, usual, huge = (
        conversion_bytes(size, 7200, 3600) for size in (10_000, 1_000_000, 20_000_000, 2_000_000_000)
    )
    assert small < 1_000_000 < large < usual < huge
    assert usual == pytest.approx(2 * opus_bytes(7200), rel=0.1)
    assert huge == 2 * copied_bytes(2_000_000_000)


async def test_nothing_that_can_be_decoded_gives_nothing(bench):
    (part,) = await encode(Recording(AUDIO / "broken.mp3", Container.MP3), bench, cuts=(), duration=1, max_seconds=60)
    assert seconds_of(part) is None


async def test_nothing_is_lost_where_the_format_changes(tmp_path, bench):
    part, changing = tmp_path / "part.aac", tmp_path / "changing.aac"
    await bench.run(
        *source(AUDIO / "speech.aac", "aac"), *("-ac", "2", "-ar", "8000", "-c:a", "aac", "-f", "adts", f"file:{part}")
    )
    first = (AUDIO / "speech.aac").read_bytes()
    changing.write_bytes(first + part.read_bytes() + first)
    found = await probe(changing, bench)
    recording = Recording(changing, found.container, found.mix)
    sizes = {"duration": found.duration, "max_seconds": 60}
    (whole,) = await encode(recording, bench, cuts=(), **sizes)
    assert seconds_of(whole) == pytest.approx(found.duration, abs=0.1)
    parts = await encode(recording, bench, cuts=at(4.0, 8.0), **sizes)
    assert [seconds_of(part) for part in parts] == pytest.approx([4.0, 4.0, found.duration - 8], abs=0.2)
