import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.engine.hold import Hold
from bot.engine.patience import (
    FIRST_LOOK,
    GIVE_UP_AFTER,
    LONGEST_LOOK,
    LONGEST_PAUSE,
    LOOKS_PER_ELAPSED,
    SHORTEST_LOOK,
)
from bot.engine.policy import backoff
from bot.engine.schedule import deadline, next_moment
from bot.outgoing.waits import UNSAID

AUDIO = st.floats(0, 4 * 3600)
ELAPSED = st.floats(0, 3300)
CHANCE = st.floats(0, 1, exclude_max=True)


def certain():
    return 0.5


def seen(takes):
    """Look at one generation until it is finished: when that is seen, and after how many looks."""
    elapsed, looks = next_moment(0.0), 1
    while elapsed < takes:
        elapsed, looks = next_moment(elapsed), looks + 1
    return elapsed, looks


def test_an_open_hold_lets_everybody_through():
    hold = Hold()
    assert hold.allows(0.0)
    assert hold.allows(0.0)


def test_while_only_the_operator_can_help_one_at_a_time_tries():
    hold = Hold()
    hold.trip_for_operator(100.0)
    assert hold.by_operator
    assert not hold.allows(129.9)
    assert hold.allows(130.0)
    assert not hold.allows(130.0)
    assert not hold.allows(189.9)
    assert hold.allows(190.0)


def test_each_hold_that_ended_in_vain_makes_the_next_one_longer_up_to_two_minutes():
    hold, now, spans = Hold(), 0.0, []
    for _ in range(5):
        hold.trip_for_operator(now)
        spans.append(hold.until - now)
        now = hold.until
    assert spans == [30.0, 60.0, 120.0, LONGEST_PAUSE, LONGEST_PAUSE]


def test_patience_ends_for_all_at_once():
    hold = Hold()
    hold.trip(100.0, 7.0)
    assert not hold.allows(106.9)
    assert hold.allows(107.0)
    assert hold.allows(107.0)


def test_patience_of_an_unsaid_length_is_short():
    hold = Hold()
    hold.trip(100.0, None)
    assert hold.until == 100.0 + UNSAID


def test_a_short_wait_does_not_shorten_a_long_one():
    hold = Hold()
    hold.trip(100.0, 60.0)
    hold.trip(101.0, 5.0)
    hold.trip_for_operator(102.0)
    assert hold.until == 160.0


def test_a_job_that_got_through_opens_the_hold_for_all():
    hold = Hold()
    hold.trip_for_operator(100.0)
    hold.trip_for_operator(500.0)
    assert hold.lasted(600.0) == 500.0
    hold.reset()
    assert hold.lasted(600.0) == 0.0
    assert not hold.by_operator
    assert hold.allows(100.0)
    assert hold.allows(100.0)
    hold.trip_for_operator(100.0)
    assert hold.until == 130.0, "the next trouble begins with a short hold again"


def test_a_generation_that_is_ready_after_a_second_is_seen_within_a_twelfth_of_one():
    shown, looks = seen(1.0)
    assert shown == pytest.approx(1.05)
    assert looks == 6


@settings(max_examples=200)
@given(st.floats(0.3, 3300))
def test_a_generation_is_seen_within_a_twelfth_of_its_time_or_the_shortest_pause(takes):
    shown, _ = seen(takes)
    assert takes <= shown <= takes + min(max(SHORTEST_LOOK, takes / LOOKS_PER_ELAPSED), LONGEST_LOOK) + 1e-9


@settings(max_examples=200)
@given(ELAPSED)
def test_the_next_look_is_neither_nearer_than_a_quarter_of_a_pause_nor_much_further_than_one(elapsed):
    pause = min(max(SHORTEST_LOOK, elapsed / LOOKS_PER_ELAPSED), LONGEST_LOOK)
    wait = next_moment(elapsed) - elapsed
    assert pause / 4 <= wait <= max(FIRST_LOOK, 1.4 * pause)


def test_looks_that_come_late_do_not_push_the_next_ones_away():
    assert next_moment(0.41) == next_moment(0.3) == pytest.approx(0.45)
    assert next_moment(0.42) == pytest.approx(0.6), "and two looks do not follow each other at once"


def test_looks_go_on_for_as_long_as_anybody_asks():
    assert next_moment(50_000.0) == 50_000.0 + LONGEST_LOOK


@settings(max_examples=40)
@given(AUDIO)
def test_a_generation_is_given_up_before_the_provider_forgets_it(audio_seconds):
    assert deadline(audio_seconds) <= GIVE_UP_AFTER < 3600


@settings(max_examples=40)
@given(st.integers(0, 10**6), CHANCE)
def test_backoff_doubles_up_to_a_minute(attempts, chance):
    steady = backoff(attempts, certain)
    assert steady == min(2.0**attempts if attempts < 10 else 60.0, 60.0)
    assert 0.8 * steady <= backoff(attempts, lambda: chance) <= 1.2 * steady
