"""The presence of a replica, on a real PostgreSQL: its beats, its right to lead, and what it may do."""

import asyncio
from contextlib import AsyncExitStack
from types import SimpleNamespace

import pytest

from bot.engine.lease import LeaseLostError
from bot.engine.patience import LEASE_TTL, STEADY_FOR
from bot.engine.presence import Presence
from storage.opening import open_store
from storage.postgres import engine
from storage.replicas import DEAD_AFTER, LEADS_FOR
from tests import postgres
from tests.clock import Clock
from tests.contract.stored import NOW, accepted
from tests.patience import patiently


class Hands:
    """Writes down what it is told to do."""

    def __init__(self):
        self.told = []

    async def drop(self):
        self.told.append("drop")

    def go_on(self):
        self.told.append("go on")

    def nudge(self):
        self.told.append("nudge")


@pytest.fixture
async def table(postgres_url):
    """Make replicas that work on one empty database, whose own clocks go by hand, and change what is stored."""
    async with AsyncExitStack() as stack:

        async def replica(**more):
            store = await open_store(postgres_url, lambda: NOW)
            stack.push_async_callback(store.close)
            presence = Presence(store, lambda: NOW, seconds=Clock(), **more)
            presence.hands = Hands()
            await presence.begin(clock_is_set)
            return presence

        async def change(sql):
            async with postgres.connected(postgres_url) as connection:
                await connection.execute(sql)

        async def silence(presence):
            await change(f"UPDATE replicas SET seen_at = seen_at - 1000 WHERE name = '{presence.name}'")

        async def clock_is_set():
            clocks.append("set")

        clocks = []
        yield SimpleNamespace(replica=replica, change=change, silence=silence, clocks=clocks, url=postgres_url)


async def claimed(presence):
    await accepted(presence.store)
    (job,) = (await presence.store.claim(NOW, NOW + LEASE_TTL, 1)).jobs
    return job


async def test_the_first_replica_sets_the_clock_and_leads_until_it_resigns(table):
    first, second = await table.replica(), await table.replica()
    assert table.clocks == ["set"]
    await first.turn()
    await second.turn()
    assert (first.leads, second.leads) == (True, False)
    await first.resign()
    await second.turn()
    assert (first.leads, second.leads) == (False, True)


async def test_what_is_known_of_the_others_grows_old_between_two_looks(table):
    first, second = await table.replica(), await table.replica()
    await first.turn()
    await second.turn()
    known = {each.name: each for each in second.known_now()}
    assert (known[first.name].leads, known[second.name].leads) == (True, False)
    second.seconds.pass_(5)
    assert {each.name: each.lag - known[each.name].lag for each in second.known_now()} == {
        first.name: pytest.approx(5),
        second.name: pytest.approx(5),
    }


async def test_the_right_to_lead_ends_by_time_where_the_database_cannot_be_asked(table, lines):
    presence = await table.replica()
    await presence.turn()
    presence.seconds.pass_(LEADS_FOR)
    await patiently(presence.until_leading(leads=False))
    await presence.turn()
    assert presence.leads
    assert [line["event"] for line in lines if line["event"].startswith("leader.")] == ["leader.begins"]


async def test_whoever_waits_for_the_lead_is_told_at_the_next_look(table):
    presence = await table.replica()
    waiting = asyncio.create_task(presence.until_leading())
    await asyncio.sleep(0)
    assert not waiting.done()
    await presence.turn()
    await patiently(waiting)


async def test_one_that_was_taken_for_dead_drops_its_steps_and_begins_anew_under_another_name(table, lines):
    paused, other = await table.replica(), await table.replica()
    await paused.turn()
    job, before = await claimed(paused), paused.name
    assert paused.holds(job)
    await table.silence(paused)
    await other.store.replicas.bury()
    paused.seconds.pass_(DEAD_AFTER)
    asked = asyncio.create_task(paused.be_sure(job))
    await asyncio.sleep(0)
    assert not asked.done()
    await paused.turn()
    with pytest.raises(LeaseLostError):
        await asked
    assert paused.hands.told == ["drop", "go on"]
    assert paused.name == f"{before}.2"
    assert not paused.holds(job)
    assert [line["replica"] for line in lines.of("replica.taken_for_dead")] == [before]
    assert table.clocks == ["set"]


async def test_a_step_waits_until_its_lease_is_sure_again(table):
    presence = await table.replica()
    job = await claimed(presence)
    await presence.be_sure(job)
    presence.seconds.pass_(DEAD_AFTER)
    asked = asyncio.create_task(presence.be_sure(job))
    await asyncio.sleep(0)
    assert not asked.done()
    await presence.turn()
    await patiently(asked)


async def test_the_leader_takes_back_what_one_that_died_has_held(table):
    dead, leader = await table.replica(), await table.replica()
    job = await claimed(dead)
    await table.silence(dead)
    await leader.turn()
    assert await dead.store.replicas.beat()
    await table.silence(dead)
    for _ in range(3):
        leader.seconds.pass_(STEADY_FOR / 2)
        await leader.turn()
    assert (await leader.store.job(job.id)).lease_token is None
    assert leader.hands.told == ["nudge"]
    assert [each.name for each in leader.known_now()] == [leader.name]


async def test_one_whose_own_beats_were_missing_takes_nobody_for_dead_at_once(table):
    """After an outage of the database all were silent."""
    silent, leader = await table.replica(), await table.replica()
    for _ in range(3):
        leader.seconds.pass_(STEADY_FOR / 2)
        await leader.turn()
    leader.seconds.pass_(10 * DEAD_AFTER)
    await table.silence(silent)
    await leader.turn()
    assert await silent.store.replicas.beat()


async def test_names_are_told_whenever_they_change(table):
    told = []
    first = await table.replica(tidy=told.append)
    await first.turn()
    second = await table.replica()
    await first.turn()
    await first.turn()
    await second.leave()
    await first.turn()
    assert told == [{first.name}, {first.name, second.name}, {first.name}]


async def test_a_database_that_does_not_answer_is_asked_again(table, lines, monkeypatch):
    presence = await table.replica()
    async with postgres.connected(table.url) as connection, connection.transaction():
        await connection.execute("LOCK TABLE replicas, leader")
        presence.seconds.pass_(DEAD_AFTER)
        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(engine, "ASKED_WITHIN", 0.2)
            await presence.turn()
    assert len(lines.of("replicas.unknown")) == 1
    await presence.turn()
    assert presence.leads
    assert presence.hands.told == []


async def test_a_conflict_is_expected_of_one_that_leads_no_more_or_not_for_long(table):
    first, second = await table.replica(), await table.replica()
    await first.turn()
    assert await first.expects_conflict()
    first.seconds.pass_(LEADS_FOR)
    assert not await first.expects_conflict()
    await table.change("UPDATE leader SET until = 0")
    await second.turn()
    assert await first.expects_conflict()
    assert not first.leads


async def test_the_only_process_on_a_file_leads_holds_what_it_leased_and_expects_no_other(tmp_path):
    store = await open_store(f"sqlite:///{tmp_path}/verbatim.db", lambda: NOW)
    presence = Presence(store, lambda: NOW)
    job = await claimed(presence)
    assert presence.leads
    assert presence.holds(job)
    assert not await presence.expects_conflict()
    await patiently(presence.until_leading())
    await store.close()
