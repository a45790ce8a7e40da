import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.engine.hold import Hold, Way
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
from storage.errors import StorageUnavailableError
from storage.pause import Pause
from tests.clock import Clock

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


class Row:
    """Where the pause is stored."""

    def __init__(self):
        self.stored, self.is_away, self.read = Pause(), False, None

    async def pause(self):
        self._require()
        stored = self.stored
        if self.read is not None:
            await self.read.wait()
        return stored

    async def change_pause(self, change):
        self._require()
        self.stored = change(self.stored)
        return self.stored

    def _require(self):
        if self.is_away:
            raise StorageUnavailableError("away")


@pytest.fixture
def row():
    return Row()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def hold(row, clock):
    return Hold(row, clock)


@pytest.fixture
def other(row, clock):
    """The hold of another process."""
    return Hold(row, clock)


async def test_an_open_hold_lets_everybody_through(hold):
    assert [await hold.ask(), await hold.ask()] == [Way.OPEN, Way.OPEN]


async def test_while_only_the_operator_can_help_one_at_a_time_tries(hold, clock):
    await hold.trip_for_operator()
    assert hold.by_operator
    ways = []
    for pause in (29.9, 0.1, 0.0, 59.9, 0.1):
        clock.pass_(pause)
        ways.append(await hold.ask())
    assert ways == [Way.CLOSED, Way.ALONE, Way.CLOSED, Way.CLOSED, Way.ALONE]


async def test_one_tries_for_all_processes(hold, other, clock):
    await hold.trip_for_operator()
    await other.refresh()
    clock.pass_(30)
    assert [await other.ask(), await hold.ask()] == [Way.ALONE, Way.CLOSED]


async def test_of_two_that_read_the_end_of_the_pause_at_once_one_tries(row, hold, other, clock):
    await hold.trip_for_operator()
    await other.refresh()
    clock.pass_(30)
    row.read = asyncio.Barrier(2)
    assert sorted(way.name for way in await asyncio.gather(hold.ask(), other.ask())) == ["ALONE", "CLOSED"]


async def test_each_hold_that_ended_in_vain_makes_the_next_one_longer_up_to_two_minutes(hold, clock):
    spans = []
    for _ in range(5):
        await hold.trip_for_operator()
        spans.append(hold.until - clock())
        clock.pass_(spans[-1])
    assert spans == [30.0, 60.0, 120.0, LONGEST_PAUSE, LONGEST_PAUSE]


async def test_patience_ends_for_all_at_once(hold, clock):
    await hold.trip(7.0)
    clock.pass_(6.9)
    assert await hold.ask() is Way.CLOSED
    clock.pass_(0.1)
    assert [await hold.ask(), await hold.ask()] == [Way.OPEN, Way.OPEN]


async def test_patience_of_an_unsaid_length_is_short(hold, clock):
    await hold.trip(None)
    assert hold.until == clock() + UNSAID


async def test_a_short_wait_does_not_shorten_a_long_one(hold, other, clock):
    await hold.trip(60.0)
    clock.pass_(1)
    await other.trip(5.0)
    clock.pass_(1)
    await hold.trip_for_operator()
    assert hold.until == clock() + 58


async def test_a_job_that_got_through_opens_the_hold_for_all(hold, other, clock):
    await hold.trip_for_operator()
    clock.pass_(400)
    await hold.trip_for_operator()
    await other.refresh()
    clock.pass_(100)
    assert other.lasted() == 500.0
    assert await other.reset() == 500.0
    assert await hold.reset() == 0.0, "it is over already, and told once"
    assert hold.lasted() == 0.0
    assert not hold.by_operator
    assert [await hold.ask(), await hold.ask()] == [Way.OPEN, Way.OPEN]
    await hold.trip_for_operator()
    assert hold.until == clock() + 30.0, "the next trouble begins with a short hold again"


async def test_a_pause_that_another_process_has_ended_keeps_nobody_here(hold, other, clock):
    await hold.trip_for_operator()
    await other.refresh()
    await hold.reset()
    assert await other.ask() is Way.OPEN


async def test_patience_that_another_process_has_ended_is_over(hold, other):
    await hold.trip(60.0)
    await other.refresh()
    await hold.reset()
    assert await other.patience() == 0.0


async def test_without_the_database_it_holds_here(row, hold, clock):
    row.is_away = True
    await hold.trip_for_operator()
    assert await hold.ask() is Way.CLOSED
    clock.pass_(30)
    assert [await hold.ask(), await hold.ask()] == [Way.ALONE, Way.CLOSED]
    assert await hold.reset() == 30.0
    assert await hold.ask() is Way.OPEN


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
