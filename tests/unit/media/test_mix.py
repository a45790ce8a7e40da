from dataclasses import replace

import pytest

from bot.media.levels import Level, Levels
from bot.media.mix import AS_IT_IS, mix_of


def levels(*means, added, opposed=-91.0, sides=None, peak=-12.0):
    whole = max(means)
    sides = sides or (means[0] - 6.0, means[-1] - 6.0)
    return Levels(
        whole=Level(whole, peak),
        channels=tuple(Level(mean, mean) for mean in means),
        sides=(Level(sides[0], sides[0]), Level(sides[1], sides[1])),
        added=Level(added, peak),
        opposed=Level(opposed, opposed),
    )


def filters(found, *, steady=True):
    return mix_of(0, found, steady=steady).filters


def volume(text):
    return float(text.rpartition("volume=")[2])


def test_one_channel_stays_as_it_is():
    assert mix_of(3, levels(-20.0, added=-20.0), steady=True) == replace(AS_IT_IS, track=3)


def test_equal_channels_are_added_up_and_keep_their_level():
    mix = mix_of(0, levels(-20.0, -20.0, added=-20.0), steady=True)
    assert mix.filters == "pan=mono|c0=0.500000*c0+0.500000*c1,volume=1.000000"
    assert mix.is_usual


def test_a_channel_alone_is_as_loud_as_half_way_between_it_and_all():
    mix = mix_of(0, levels(-91.0, -20.0, added=-26.0), steady=True)
    assert volume(mix.filters) == pytest.approx(10 ** (4.5 / 20), abs=0.01)
    assert not mix.is_usual


def test_opposite_sides_are_turned_and_not_left_to_others():
    mix = mix_of(0, levels(-20.0, -20.0, added=-91.0, opposed=-20.0), steady=True)
    assert "aphaseshift=shift=0.5" in mix.filters
    assert not mix.is_usual


def test_what_is_opposite_and_quiet_is_not_missed():
    assert mix_of(0, levels(-20.0, -20.0, added=-20.0, opposed=-41.0), steady=True).is_usual


def test_where_turning_loses_all_the_loudest_channel_is_taken_alone():
    found = levels(-20.0, -30.0, -19.0, -30.0, added=-91.0, sides=(-60.0, -60.0))
    assert filters(found).startswith("pan=mono|c0=")
    assert filters(found).endswith("*c2")


def test_more_than_two_channels_are_not_left_to_others():
    assert not mix_of(0, levels(-20.0, -20.0, -20.0, added=-20.0), steady=True).is_usual


def test_the_loudest_sample_does_not_become_too_large():
    assert volume(filters(levels(-91.0, -20.0, added=-26.0, peak=-1.0))) == pytest.approx(10 ** (1 / 20))


@pytest.mark.parametrize("found", [levels(-20.0, added=-20.0), levels(-20.0, -20.0, added=-20.0)])
def test_what_changes_its_format_is_brought_to_two_channels_first(found):
    assert filters(found, steady=False) == f"aformat=channel_layouts=stereo,{filters(found)}"
