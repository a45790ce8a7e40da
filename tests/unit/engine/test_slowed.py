"""Looks that were refused, as there were too many: whom that slows, by how much, and for how long."""

import pytest

from bot.engine.looks import Looks
from bot.engine.patience import LONGEST_SLOWED, MOST_SLOWINGS, SLOWED_FOR
from bot.outgoing import waits
from tests.clock import Clock, passing
from tests.unit.workbench import job

NOVA, WHISPER = job(model="#g1_nova-2-general"), job(id=2, model="#g1_whisper-large")
TICK = 1 / 40


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def looks(clock):
    return Looks(40, clock)


def refused(looks, clock, times, retry_after=10.0):
    """As many refusals, each at a look after the wait that the one before it asked for."""
    for _ in range(times):
        looks.refused(NOVA, retry_after)
        clock.pass_(retry_after)


def test_a_refused_look_lets_all_looks_at_its_model_wait(looks, clock):
    looks.refused(NOVA, 10.0)
    assert not looks.may_look(NOVA)
    assert looks.next_look(NOVA, 0.3) >= 10.0
    clock.pass_(10.0)
    assert looks.may_look(NOVA)


def test_other_models_are_not_slowed(looks):
    before = looks.next_look(WHISPER, 1.5)
    looks.refused(NOVA, 10.0)
    assert looks.may_look(WHISPER)
    assert looks.next_look(WHISPER, 1.5) == pytest.approx(before, abs=2 * TICK)


async def test_those_who_waited_do_not_come_back_all_at_once(looks, clock):
    refused(looks, clock, 1)
    start, made = clock(), []

    async def look(number):
        waits_for = job(id=number, model=NOVA.model)
        await looks.turn(waits_for, start - 0.3)
        made.append(clock() - start)

    await passing(clock, [look(number) for number in range(20)])
    assert made == [pytest.approx(2 * TICK * place, abs=1e-3) for place in range(20)]


@pytest.mark.parametrize(("times", "slower"), [(1, 2), (2, 4), (3, 8), (4, 8), (20, 8)])
def test_each_refusal_makes_looks_half_as_many_down_to_an_eighth(looks, clock, times, slower):
    refused(looks, clock, times)
    assert looks.next_look(NOVA, 0.6) == pytest.approx(0.15 * slower, abs=slower * TICK)
    assert slower <= 2**MOST_SLOWINGS


def test_refusals_of_looks_that_were_under_way_together_count_once(looks, clock):
    for _ in range(10):
        looks.refused(NOVA, 10.0)
    clock.pass_(10.0)
    assert looks.next_look(NOVA, 0.6) == pytest.approx(0.3, abs=2 * TICK)


def test_a_shorter_wait_does_not_end_a_longer_one(looks, clock):
    looks.refused(NOVA, 10.0)
    looks.refused(NOVA, 2.0)
    clock.pass_(9.9)
    assert not looks.may_look(NOVA)


@pytest.mark.parametrize("retry_after", [None, float("nan")])
def test_a_refusal_that_names_no_time_is_waited_for_a_little(looks, retry_after):
    looks.refused(NOVA, retry_after)
    assert looks.next_look(NOVA, 0.3) == pytest.approx(waits.UNSAID, abs=2 * TICK)


@pytest.mark.parametrize(
    ("asked", "waited"), [(-5.0, waits.SHORTEST), (0.0, waits.SHORTEST), (1e300, waits.LONGEST), (7.5, 7.5)]
)
def test_the_time_that_is_asked_for_is_kept_within_bounds(looks, asked, waited):
    looks.refused(NOVA, asked)
    assert looks.next_look(NOVA, 0.3) == pytest.approx(waited, abs=2 * TICK)


def test_refusals_are_forgotten_one_after_the_other_within_minutes(looks, clock):
    refused(looks, clock, 20)
    pauses = []
    for _ in range(MOST_SLOWINGS + 1):
        pauses.append(looks.next_look(NOVA, 0.6))
        clock.pass_(SLOWED_FOR)
    assert pauses == [pytest.approx(0.15 * slower, abs=8 * TICK) for slower in (8, 4, 2, 1)]
    assert MOST_SLOWINGS * SLOWED_FOR <= 120


def test_a_refusal_long_after_another_counts_as_the_first(looks, clock):
    refused(looks, clock, 3)
    clock.pass_(MOST_SLOWINGS * SLOWED_FOR)
    refused(looks, clock, 1)
    assert looks.next_look(NOVA, 0.6) == pytest.approx(0.3, abs=2 * TICK)


def test_an_old_generation_is_still_asked_for_every_minute(looks, clock):
    refused(looks, clock, 20)
    assert looks.next_look(NOVA, 1000.0) == pytest.approx(LONGEST_SLOWED, abs=16 * TICK)
