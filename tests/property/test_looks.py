"""The looks at whatever generations there are, of whatever age: how many, and how late the last one of each is."""

import asyncio
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.engine.looks import Looks
from bot.engine.patience import LATER_BY, MOST_SLOWINGS, SLOWED_FOR
from bot.engine.schedule import MOMENTS, thinned_moment
from bot.outgoing import waits
from tests.clock import Clock, passing
from tests.unit.workbench import job

RATES = st.sampled_from([0.5, 3.0, 7.3, 40.0])
TAKES = st.one_of(st.floats(0.1, 5), st.floats(5, 90))  # seconds until a generation is finished
CROWDS = st.lists(st.tuples(st.floats(0, 20), TAKES), min_size=1, max_size=60)  # when it is created, what it takes
NOTES = ("nova-2-general", 0)  # what was learned of them


class Looking:
    """Looks at generations until all are finished, as the steps do. What is `known` at the start may be wrong."""

    def __init__(self, per_second, crowd, known=0.0, *, learns=True):
        self.clock = Clock()
        self.looks = Looks(per_second, self.clock)
        self.looks.learned.load({NOTES: known})
        self.made = []  # (moment, which generation), in the order of the moments
        self.start = self.clock()
        self._learns = learns
        asyncio.run(passing(self.clock, [self._until_seen(number, *each) for number, each in enumerate(crowd)]))

    async def _until_seen(self, number, created, takes):
        mine = job(id=number, audio_seconds=10.0)
        await self.clock.until(created_at := self.start + created)
        elapsed = 0.0
        while elapsed < takes:
            await self.clock.until(self.clock() + self.looks.next_look(mine, elapsed))
            await self.looks.turn(mine, created_at)
            self.made.append((self.clock(), number))
            elapsed = self.clock() - created_at
        if self._learns:
            self.looks.learn(mine, created_at, self.clock())

    def moments(self):
        return [moment for moment, _ in self.made]

    def waits(self, number, created):
        """The seconds between the looks at one generation, from its create on."""
        own = [moment for moment, each in self.made if each == number]
        return [after - before for before, after in pairwise([self.start + created, *own])]

    def shown(self, crowd):
        """The seconds from each create to the look that found it finished, in the order of the crowd."""
        last = {number: moment for moment, number in self.made}
        return [last[number] - self.start - created for number, (created, _) in enumerate(crowd)]


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
@given(RATES, CROWDS, st.sampled_from([0.0, 1.0, 60.0, 3000.0]))
def test_nobody_waits_longer_than_three_times_a_look_at_everybody(per_second, crowd, known):
    looking = Looking(per_second, crowd, known, learns=False)
    for number, (created, takes) in enumerate(crowd):
        longest = MOMENTS[next(place for place, at in enumerate(MOMENTS) if at >= takes)]
        everybody = (len(crowd) + 1) / per_second
        for wait in looking.waits(number, created):
            assert wait <= max(0.3, longest / 6) + (3 if known else 2) * everybody + 1e-3


@settings(max_examples=10, deadline=None)
@given(st.integers(1, 150), st.floats(0.3, 5))
def test_a_new_generation_is_seen_soon_however_many_old_ones_there_are(old, takes):
    crowd = [(number * 0.01, 40.0) for number in range(old)] + [(30.0, takes)]
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


@settings(max_examples=60, deadline=None)
@given(RATES, CROWDS, st.floats(0.1, 3000))
def test_wrong_knowledge_costs_a_crowd_two_turns_at_the_most_under_the_same_budget(per_second, crowd, known):
    """Without what was learned all stand in line as they come due. With it, two may change places within a turn.

    By chance a look in line may come right when a generation is finished. What counts is the next one of the schedule.
    """
    usually = Looking(per_second, crowd, 0.0, learns=False).shown(crowd)
    misled = Looking(per_second, crowd, known, learns=False).shown(crowd)
    turn = len(crowd) / per_second
    for without, shown, (_, takes) in zip(usually, misled, crowd, strict=True):
        due = next(at for at in MOMENTS if at >= takes)
        assert shown <= LATER_BY * max(without, due) + 2 * turn + 1e-3


@pytest.mark.parametrize("times", [0.2, 5.0])
def test_a_provider_that_becomes_quicker_or_slower_is_known_within_a_few_generations(times):
    crowd = [(number / 10, 2.0 if number < 100 else 2.0 * times) for number in range(160)]
    usually = Looking(40, crowd, learns=False).shown(crowd)[100:]
    shown = Looking(40, crowd).shown(crowd)[100:]
    assert sum(shown) <= 1.15 * sum(usually)
    assert sum(shown[20:]) <= LATER_BY * sum(usually[20:])


def test_what_was_learned_gives_the_looks_of_young_generations_to_older_ones():
    steady = [(number / 10, 1.0 + 0.2 * (number * 7 % 11)) for number in range(300)]
    late = [shown - takes for shown, (_, takes) in zip(Looking(40, steady).shown(steady), steady, strict=True)]
    unlearned = Looking(40, steady, learns=False).shown(steady)
    usually = [shown - takes for shown, (_, takes) in zip(unlearned, steady, strict=True)]
    assert sum(late) < 0.85 * sum(usually)


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
    assert looking.moments()[-1] - looking.start == pytest.approx(2.0 + 30 / 40, abs=0.05)


def test_after_a_start_the_generations_of_the_life_before_are_looked_at_in_turn():
    clock, made = Clock(), []
    looks = Looks(40, clock)
    start = clock()

    async def look(number):
        await looks.turn(job(id=number), start - 1.0)
        made.append((clock() - start, number))

    asyncio.run(passing(clock, [look(number) for number in range(100)]))
    assert made == [(pytest.approx(number / 40, abs=1e-3), number) for number in range(100)]


def test_a_long_line_tells_when_it_would_be_the_turn_and_keeps_the_place():
    clock = Clock()
    looks = Looks(0.5, clock)
    start = clock()

    def expected(number):
        return looks.expected(job(id=number), start) - start

    async def look(number, comes):
        await clock.until(start + comes)
        assert expected(number) == pytest.approx(2.0 * number, abs=1e-3)
        await looks.turn(job(id=number), start)

    async def come_back():
        await clock.until(start + 1.0)
        assert expected(99) == pytest.approx(2.0 * 30, abs=1e-3)
        await clock.until(start + 50.0)
        assert expected(99) == pytest.approx(2.0 * 30, abs=1e-3), "before the one that has come meanwhile"

    asyncio.run(passing(clock, [*(look(number, 0.0) for number in range(30)), come_back(), look(30, 10.0)]))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0.001, 0.19), min_size=20, max_size=60))
def test_a_machine_that_is_late_makes_up_for_it_within_the_budget(naps):
    clock, made = Clock(), []
    looks = Looks(40, clock)

    async def look(number):
        await looks.turn(job(id=number), clock())
        made.append(clock())

    async def busy():
        waiting = [asyncio.create_task(look(number)) for number in range(1000)]
        for nap in naps:
            for _ in range(40):
                await asyncio.sleep(0)
            clock.pass_(nap)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    asyncio.run(busy())
    assert within(made, 1.0) <= 41
    assert len(made) >= 40 * (sum(naps[:-1]) - 0.2) * 0.8
