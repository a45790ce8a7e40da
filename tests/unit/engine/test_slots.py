"""Slots: more while the provider takes what it gets, half as many when it says that they are too many."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.patience import SLOT_ADDED_EVERY, SLOTS_REFUSED_FOR
from bot.engine.slots import Slots
from bot.speech.catalogue import Family

NOVA, WHISPER = Family.NOVA, Family.WHISPER
MOST = 400


def slots(start=50, most=MOST):
    return Slots({NOVA: start, WHISPER: 5}, {NOVA: most, WHISPER: 5})


def take(number, times, now=1000.0):
    """Let as many creates get through that took the last slot; return the moment after them."""
    for _ in range(times):
        number.took_the_last(NOVA, now)
        now += SLOT_ADDED_EVERY
    return now


def test_a_family_starts_with_the_number_of_the_operator():
    assert slots().all_allowed() == {"nova": 50, "whisper": 5}


def test_there_is_one_more_when_a_create_got_through_that_took_the_last_slot():
    number = slots()
    assert number.took_the_last(NOVA, 1000.0) == {"nova": 51}
    assert number.allowed(NOVA) == 51
    assert number.allowed(WHISPER) == 5


def test_the_crowd_of_one_moment_adds_one():
    number = slots()
    number.took_the_last(NOVA, 1000.0)
    assert number.took_the_last(NOVA, 1000.0 + SLOT_ADDED_EVERY / 2) == {}
    assert number.allowed(NOVA) == 51


def test_a_crowd_has_a_hundred_within_seconds():
    number = slots()
    assert take(number, 50) - 1000.0 < 3
    assert number.allowed(NOVA) == 100


@pytest.mark.parametrize(("start", "most", "expected"), [(50, 60, 60), (50, 50, 50), (50, 1, 50), (1, 1, 1), (1, 2, 2)])
def test_the_number_grows_as_far_as_the_operator_lets_it_and_never_below_the_start(start, most, expected):
    number = slots(start, most)
    take(number, 500)
    assert number.allowed(NOVA) == expected


def test_a_refusal_halves_the_number():
    number = slots()
    number.refused(NOVA, 1000.0, 1000.3)
    assert number.all_allowed() == {"nova": 25, "whisper": 5}


def test_a_burst_halves_it_once():
    number = slots()
    for begun_at in (1000.0, 1000.1, 1000.3):  # all under way when the first refusal came
        number.refused(NOVA, begun_at, 1000.3 + begun_at - 1000.0)
    assert number.allowed(NOVA) == 25


def test_a_create_that_was_begun_after_the_last_halving_halves_it_again():
    number = slots()
    number.refused(NOVA, 1000.0, 1000.3)
    number.refused(NOVA, 1005.3, 1005.6)
    assert number.allowed(NOVA) == 12


def test_it_grows_again_to_less_than_was_refused_and_later_beyond():
    number = slots()
    number.refused(NOVA, 1000.0, 1000.3)
    take(number, 100, 1005.0)
    assert number.allowed(NOVA) == 49
    assert number.took_the_last(NOVA, 1000.3 + SLOTS_REFUSED_FOR - 0.1) == {}
    assert number.took_the_last(NOVA, 1000.3 + SLOTS_REFUSED_FOR) == {"nova": 50}
    take(number, 100, 2000.0)
    assert number.allowed(NOVA) == 150


def test_a_job_that_found_none_is_known_until_there_is_one_more():
    number = slots()
    assert not number.lacks(NOVA)
    number.lack(NOVA)
    assert (number.lacks(NOVA), number.lacks(WHISPER)) == (True, False)
    number.took_the_last(NOVA, 1000.0)
    assert not number.lacks(NOVA)


def test_a_clock_that_was_put_back_stops_no_growth():
    number = slots()
    number.took_the_last(NOVA, 1000.0)
    assert number.took_the_last(NOVA, 500.0) == {"nova": 52}


EVENTS = st.lists(
    st.tuples(st.sampled_from(["taken", "refused", "refused late"]), st.floats(0, 200)), min_size=1, max_size=200
)


@given(st.integers(1, 500), st.integers(1, 500), EVENTS)
def test_whatever_happens_the_number_stays_within_its_bounds_and_moves_by_its_rules(start, most, events):
    number, now, halved_at = slots(start, most), 1000.0, -1.0
    for event, passed in events:
        before, now = number.allowed(NOVA), now + passed
        if event == "taken":
            more = number.took_the_last(NOVA, now)
            assert number.allowed(NOVA) == before + len(more)
            assert not more or more == {"nova": before + 1}
        else:
            begun_at = now if event == "refused" else now - 10
            number.refused(NOVA, begun_at, now)
            assert number.allowed(NOVA) == (max(1, before // 2) if begun_at > halved_at else before)
            halved_at = now if begun_at > halved_at else halved_at
        assert 1 <= number.allowed(NOVA) <= max(start, most)
    take(number, 1000, now + SLOTS_REFUSED_FOR)
    assert number.allowed(NOVA) == max(start, most), "it recovers from everything"
    assert number.allowed(WHISPER) == 5
