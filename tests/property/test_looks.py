"""The looks at whatever generations there are, of whatever age: how many, and how late the last one of each is."""

import heapq
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.engine.looks import Looks
from bot.engine.patience import MOST_SLOWINGS, SLOWED_FOR
from bot.engine.schedule import MOMENTS, thinned_moment
from bot.outgoing import waits
from tests.clock import Clock
from tests.unit.workbench import job

RATES = st.sampled_from([0.5, 3.0, 7.3, 40.0])
TAKES = st.one_of(st.floats(0.1, 5), st.floats(5, 90))  # seconds until a generation is finished
CROWDS = st.lists(st.tuples(st.floats(0, 20), TAKES), min_size=1, max_size=60)  # when it is created, what it takes


class Looking:
    """Looks at generations until all are finished, as the steps do."""

    def __init__(self, per_second, crowd):
        self.clock = Clock()
        self.looks = Looks(per_second, self.clock)
        self.made = []  # (moment, which generation), in the order of the moments
        start = self.clock()
        self._due = [(start + at, number, start + at, False) for number, (at, _) in enumerate(crowd)]
        heapq.heapify(self._due)
        while self._due:
            self._go_on(crowd)

    def _go_on(self, crowd):
        moment, number, created, is_look = heapq.heappop(self._due)
        self.clock.seconds = max(self.clock.seconds, moment)
        if is_look:
            self.made.append((moment, number))
        if not is_look or moment - created < crowd[number][1]:
            wait = self.looks.next_look(job(id=number), self.clock() - created)
            heapq.heappush(self._due, (self.clock() + wait, number, created, True))

    def moments(self):
        return [moment for moment, _ in self.made]

    def waits(self, number, created):
        """The seconds between the looks at one generation, from its create on."""
        own = [moment for moment, each in self.made if each == number]
        return [after - before for before, after in pairwise([self.clock_at(created), *own])]

    def clock_at(self, seconds):
        return Clock().seconds + seconds


def within(moments, seconds):
    """The most moments that any stretch of so many seconds has."""
    most, first = 0, 0
    for last, moment in enumerate(moments):
        while moments[first] <= moment - seconds:
            first += 1
        most = max(most, last - first + 1)
    return most


@settings(max_examples=60, deadline=None)
@given(RATES, CROWDS, st.floats(0.05, 30))
def test_no_stretch_of_time_has_more_looks_than_the_budget(per_second, crowd, seconds):
    moments = Looking(per_second, crowd).moments()
    assert within(moments, seconds) <= per_second * seconds + 2 + 1e-3


@settings(max_examples=60, deadline=None)
@given(RATES, CROWDS)
def test_nobody_waits_longer_than_twice_a_look_at_everybody(per_second, crowd):
    looking = Looking(per_second, crowd)
    for number, (created, takes) in enumerate(crowd):
        longest = MOMENTS[next(place for place, at in enumerate(MOMENTS) if at >= takes)]
        everybody = (len(crowd) + 1) / per_second
        for wait in looking.waits(number, created):
            assert wait <= max(0.3, longest / 6) + 2 * everybody + 1e-3


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 200), st.floats(0.3, 5))
def test_a_new_generation_is_seen_soon_however_many_old_ones_there_are(old, takes):
    crowd = [(number * 0.01, 90.0) for number in range(old)] + [(30.0, takes)]
    looking = Looking(40, crowd)
    seen = looking.waits(old, 30.0)
    assert sum(seen) <= takes * 13 / 12 + 0.15 + 2 / 40 + 1e-3


def shown(takes, soonest):
    elapsed = thinned_moment(0.0, soonest)
    while elapsed < takes:
        elapsed = thinned_moment(elapsed, soonest)
    return elapsed


@settings(max_examples=300)
@given(st.floats(0, 3300), st.floats(0, 3300), st.sampled_from([-1e-6, 0.0, 1e-6]))
def test_whatever_was_learned_no_answer_is_seen_more_than_a_tenth_later(takes, soonest, beside):
    usually = shown(takes, 0.0)
    assert shown(takes, soonest) <= 1.1 * usually + 1e-9
    just_after_a_look = shown(takes, soonest) + beside
    assert shown(just_after_a_look, soonest) <= 1.1 * shown(just_after_a_look, 0.0) + 1e-9


@settings(max_examples=100, deadline=None)
@given(RATES, st.lists(st.floats(0, 100), max_size=80), st.floats(0, 200), st.floats(0.1, 3000))
def test_whatever_the_others_have_taken_no_look_is_more_than_a_tenth_later_by_what_was_learned(
    per_second, others, elapsed, soonest
):
    clock, mine = Clock(), job(audio_seconds=10.0)
    waits = []
    for learned in (0.0, soonest):
        looks = Looks(per_second, clock)
        for other in others:
            looks.next_look(job(id=2, kind="link"), other)
        looks.learned.load({("nova-2-general", 0): learned})
        waits.append(looks.next_look(mine, elapsed))
    assert elapsed + waits[1] <= 1.1 * (elapsed + waits[0]) + 1e-6


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 300), st.one_of(st.none(), st.floats(-10, 120)))),
    st.floats(0, 600),
    st.floats(0, 50),
)
def test_refusals_are_forgotten_within_minutes_and_slow_no_other_model(refusals, later, elapsed):
    clock = Clock()
    looks, fresh = Looks(1000, clock), Looks(1000, clock)
    for seconds, retry_after in refusals:
        clock.pass_(seconds)
        looks.refused(job(model="refused"), retry_after)
    other = looks.next_look(job(model="another"), elapsed)
    assert other == pytest.approx(fresh.next_look(job(), elapsed), abs=0.01)
    clock.pass_(max(waits.UNSAID, 120) + MOST_SLOWINGS * SLOWED_FOR + later)
    assert looks.may_look(job(model="refused"))
    assert looks.next_look(job(model="refused"), elapsed) == pytest.approx(fresh.next_look(job(), elapsed), abs=0.01)


def test_thirty_at_once_are_looked_at_in_turn():
    looking = Looking(40, [(0.0, 2.0)] * 30)
    order = [number for _, number in looking.made]
    assert order[:30] == order[30:60] == list(range(30))
    assert looking.moments()[-1] - looking.clock_at(0.0) == pytest.approx(2.0 + 30 / 40, abs=0.05)


def test_looks_of_the_past_are_forgotten():
    looking = Looking(40, [(number / 100, 5.0) for number in range(2000)])
    assert len(looking.looks._budget._taken) < 5000  # of more than twenty thousand


def test_after_a_start_the_generations_of_the_life_before_are_looked_at_within_the_budget():
    looks = Looks(40, Clock())
    seconds = sorted(looks.wait(job(id=number)) for number in range(1, 101))
    assert all(later - earlier >= 1 / 40 - 1e-6 for earlier, later in pairwise(seconds))
    assert seconds[-1] <= 100 / 40 + 1e-6


def test_a_look_whose_moment_was_given_out_is_counted_once():
    looks = Looks(40, Clock())
    assert looks.next_look(job(id=1), 5.0) > 0
    assert looks.wait(job(id=1)) == 0.0
    assert [looks.wait(job(id=1)) for _ in range(2)] == pytest.approx([0.0, 1 / 40], abs=1e-6)
