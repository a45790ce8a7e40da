import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.engine.hold import Hold
from bot.engine.patience import (
    GIVE_UP_AFTER,
    LONGEST_LOOK,
    LONGEST_PAUSE,
    LOOKS_TO_LEARN_FROM,
    SHORTEST_LOOK,
)
from bot.engine.policy import backoff
from bot.engine.schedule import Schedule, deadline, unlearned_first_look
from bot.outgoing.waits import UNSAID

AUDIO = st.floats(0, 4 * 3600)
ELAPSED = st.floats(0, 3300)
CHANCE = st.floats(0, 1, exclude_max=True)
MODEL = "#g1_nova-2-general"


def certain():
    return 0.5


def looking(schedule, audio_seconds, takes):
    """Look at one generation until it is finished, as the steps do; how many looks, and how long after it was."""
    elapsed, looks = schedule.first_look(MODEL, audio_seconds), 1
    while elapsed < takes:
        elapsed, looks = elapsed + schedule.next_look(elapsed), looks + 1
    schedule.learn(MODEL, audio_seconds, elapsed)
    return looks, elapsed - takes


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


@settings(max_examples=40)
@given(AUDIO)
def test_nothing_known_means_the_usual_wait_and_at_most_a_minute(audio_seconds):
    assert Schedule(certain).first_look(MODEL, audio_seconds) == unlearned_first_look(audio_seconds)
    assert 2.0 <= unlearned_first_look(audio_seconds) <= 60.0


@settings(max_examples=40)
@given(AUDIO)
def test_a_generation_is_given_up_before_the_provider_forgets_it(audio_seconds):
    assert unlearned_first_look(audio_seconds) < deadline(audio_seconds) <= GIVE_UP_AFTER < 3600


@settings(max_examples=40)
@given(st.lists(st.tuples(AUDIO, ELAPSED), max_size=60), AUDIO)
def test_learning_never_makes_the_first_look_later_than_usual_nor_earlier_than_the_floor(seen, audio_seconds):
    schedule = Schedule(certain)
    for audio, elapsed in seen:
        schedule.learn(MODEL, audio, elapsed)
        assert SHORTEST_LOOK <= schedule.first_look(MODEL, audio_seconds) <= unlearned_first_look(audio_seconds)


@settings(max_examples=40)
@given(st.lists(st.tuples(AUDIO, ELAPSED), max_size=LOOKS_TO_LEARN_FROM - 1), AUDIO)
def test_a_few_generations_teach_nothing(seen, audio_seconds):
    schedule = Schedule(certain)
    for audio, elapsed in seen:
        schedule.learn(MODEL, audio, elapsed)
    assert schedule.first_look(MODEL, audio_seconds) == unlearned_first_look(audio_seconds)


@settings(max_examples=40)
@given(ELAPSED, CHANCE)
def test_looks_are_neither_denser_than_the_floor_nor_rarer_than_the_ceiling(elapsed, chance):
    wait = Schedule(lambda: chance).next_look(elapsed)
    assert 0.9 * SHORTEST_LOOK <= wait <= 1.1 * LONGEST_LOOK
    steady = Schedule(certain).next_look(elapsed)
    assert steady == pytest.approx(min(max(elapsed / 8, SHORTEST_LOOK), LONGEST_LOOK))


@settings(max_examples=40)
@given(st.floats(0.5, 300), st.floats(1, 600))
def test_learning_costs_at_most_one_pause_between_looks(takes, audio_seconds):
    """However slow the model is, what was seen late never pushes the next look further away."""
    schedule = Schedule(certain)
    latest = max(unlearned_first_look(audio_seconds) - takes, schedule.next_look(takes))
    for _ in range(100):
        _, late = looking(schedule, audio_seconds, takes)
        assert late <= latest + 1e-9


@settings(max_examples=40)
@given(st.floats(0.5, 1.5), st.floats(1, 20))
def test_looks_come_earlier_when_a_model_is_quick(takes, audio_seconds):
    schedule = Schedule(certain)
    for _ in range(150):
        looks, _ = looking(schedule, audio_seconds, takes)
    _, late = looking(schedule, audio_seconds, takes)
    assert late <= 0.5, "a quick model is seen finished within half a second"
    assert looks <= 3


def test_a_model_that_got_slow_again_costs_looks_and_no_time():
    schedule = Schedule(certain)
    for _ in range(150):
        looking(schedule, 5.0, 0.6)
    quick = schedule.first_look(MODEL, 5.0)
    for _ in range(150):
        looking(schedule, 5.0, 2.0)
    assert quick < schedule.first_look(MODEL, 5.0) <= 2.0 + SHORTEST_LOOK


def test_one_model_teaches_nothing_about_another():
    schedule = Schedule(certain)
    for _ in range(20):
        schedule.learn(MODEL, 5.0, 0.5)
    assert schedule.first_look("#g1_whisper-large", 5.0) == unlearned_first_look(5.0)
    assert schedule.first_look(MODEL, 5.0) < unlearned_first_look(5.0)


@settings(max_examples=40)
@given(st.integers(0, 10**6), CHANCE)
def test_backoff_doubles_up_to_a_minute(attempts, chance):
    steady = backoff(attempts, certain)
    assert steady == min(2.0**attempts if attempts < 10 else 60.0, 60.0)
    assert 0.8 * steady <= backoff(attempts, lambda: chance) <= 1.2 * steady
