"""What is known of the processes that work on one database."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from storage.errands import ErrandKind, NewErrand
from storage.intake import Start
from storage.leases import Interrupted
from storage.opening import open_store
from storage.outcomes import Ended
from storage.replicas import DEAD_AFTER, LEADS_FOR, process_of
from storage.unfinished import NewUpdate
from storage.words import State
from tests import postgres
from tests.contract.stored import LEASE, NOW, accepted, delivering, message, recorded

LONGER = "1000"  # seconds, than any replica is waited for


@pytest.fixture
async def opened(postgres_url):
    """Open the store of another process on the same, empty database."""
    async with AsyncExitStack() as stack:

        async def open_another():
            store = await open_store(postgres_url, lambda: NOW)
            stack.push_async_callback(store.close)
            return store

        yield open_another


@pytest.fixture
async def entered(opened):
    """Open the store of another process that is known to the others."""

    async def enter():
        store = await opened()
        await store.replicas.enter("1.0", "polling")
        return store

    return enter


@pytest.fixture
async def changed(postgres_url):
    """Change what is stored, as the time that passes does."""

    async def change(sql):
        async with postgres.connected(postgres_url) as connection:
            await connection.execute(sql)

    return change


def silenced(store):
    return f"UPDATE replicas SET seen_at = seen_at - {LONGER} WHERE name = '{store.replicas.name}'"


async def known(store):
    return [each.name for each in await store.replicas.known()]


async def claimed(store, count=1):
    return (await store.claim(NOW, NOW + LEASE, count)).jobs


async def recovered(store):
    return await store.recover(NOW, lambda _interrupted, _deaths: 0.0)


async def test_a_replica_is_known_by_a_name_of_its_own_with_its_version(opened):
    first, second = await opened(), await opened()
    assert await first.replicas.enter("1.0", "polling") is True
    assert await second.replicas.enter("1.1", "webhook") is False
    told = {each.name: (each.version, each.receives, each.leads) for each in await second.replicas.known()}
    assert told == {
        first.replicas.name: ("1.0", "polling", False),
        second.replicas.name: ("1.1", "webhook", False),
    }
    assert all(0 <= each.lag < DEAD_AFTER for each in await first.replicas.known())


async def test_of_several_that_start_together_one_is_the_first(opened):
    stores = [await opened() for _ in range(4)]
    firsts = await asyncio.gather(*(store.replicas.enter("1.0", "polling") for store in stores))
    assert sorted(firsts) == [False, False, False, True]


async def test_beside_a_dead_replica_another_one_is_the_first_and_takes_over_at_once(entered, opened, changed):
    dead = await entered()
    await accepted(dead)
    (lost,) = await claimed(dead)
    await changed(silenced(dead))
    store = await opened()
    assert await store.replicas.enter("1.0", "polling") is True
    assert await known(store) == [store.replicas.name]
    assert await recovered(store) == (Interrupted(lost.id, 0, 0),)


async def test_what_a_dead_replica_was_asked_for_another_one_does(entered, changed):
    dead, other = await entered(), await entered()
    job = await recorded(dead, await delivering(dead), Ended(State.DELIVERED))
    await dead.ask_errand(NewErrand(ErrandKind.EXPORT, "srt", job.chat_id, job.message_id, None), NOW)
    (lost,) = (await dead.claim_errands(NOW, NOW + LEASE, 9)).errands
    await recovered(other)
    assert (await other.claim_errands(NOW, NOW + LEASE, 9)).errands == ()
    await changed(silenced(dead))
    assert await other.replicas.bury() is True
    await recovered(other)
    (taken,) = (await other.claim_errands(NOW, NOW + LEASE, 9)).errands
    assert (taken.job_id, taken.lease_token != lost.lease_token) == (job.id, True)


async def test_what_a_dead_replica_left_unfinished_another_one_takes_up_and_of_one_that_lives_nothing(entered, changed):
    dead, other = await entered(), await entered()
    left = await dead.keep_update(NewUpdate(1, -7, 42, "what it asks"), NOW)
    await other.keep_update(NewUpdate(2, -7, 42, "what it asks"), NOW)
    await changed(silenced(dead))
    assert await other.replicas.bury() is True
    await recovered(other)
    assert [each.number for each in (await other.take_up(9)).updates] == [1]
    assert not await dead.finish_update(left)
    assert await other.replicas.bury() is False


async def test_a_replica_that_was_silent_too_long_is_taken_for_dead_and_comes_back_under_another_name(entered, changed):
    silent, other = await entered(), await entered()
    before = silent.replicas.name
    await changed(silenced(silent))
    assert await other.replicas.bury() is False
    assert await known(other) == [other.replicas.name]
    assert await silent.replicas.beat() is False
    await silent.replicas.enter("1.0", "polling")
    assert silent.replicas.name == f"{before}.2"
    assert process_of(silent.replicas.name) == process_of(before) == silent.replicas.process
    assert await silent.replicas.beat() is True


async def test_one_whose_entry_was_stored_without_an_answer_enters_again_and_lives(opened, changed):
    store = await opened()
    name = store.replicas.process
    await changed(f"INSERT INTO replicas (name, version, receives, seen_at) VALUES ('{name}', '1.0', 'polling', 0)")
    await store.replicas.enter("1.0", "polling")
    assert await store.replicas.beat() is True


async def test_one_that_beats_in_time_is_not_taken_for_dead(entered, changed):
    late, other = await entered(), await entered()
    await changed(silenced(late))
    assert await late.replicas.beat() is True
    await other.replicas.bury()
    assert len(await known(other)) == 2


async def test_one_leads_and_goes_on_doing_so(entered):
    stores = [await entered() for _ in range(3)]
    asked = await asyncio.gather(*(store.replicas.lead() for store in stores))
    assert sorted(asked) == [False, False, True]
    assert await asyncio.gather(*(store.replicas.lead() for store in stores)) == asked
    leader = stores[asked.index(True)].replicas.name
    assert [each.name for each in await stores[0].replicas.known() if each.leads] == [leader]


async def test_another_one_leads_when_the_right_of_the_last_one_has_ended(entered, changed):
    first, second = await entered(), await entered()
    assert await first.replicas.lead()
    await changed(f"UPDATE leader SET until = until - {LEADS_FOR}")
    assert await second.replicas.lead()
    assert not await first.replicas.lead()


async def test_another_one_leads_at_once_after_one_that_resigned_left_or_begins_anew(entered):
    store = await entered()
    for go in (store.replicas.resign, store.replicas.leave, lambda: store.replicas.enter("1.0", "polling")):
        assert await store.replicas.lead()
        await go()
        other = await entered()
        assert await other.replicas.lead()
        await other.replicas.leave()


async def test_what_was_stored_before_the_clock_of_the_database_was_set_back_keeps_nobody(entered, changed):
    dead, other = await entered(), await entered()
    await dead.replicas.lead()
    await changed("UPDATE leader SET until = until + 3600")
    await changed(f"UPDATE replicas SET seen_at = seen_at + 3600 WHERE name = '{dead.replicas.name}'")
    assert await other.replicas.lead()
    await other.replicas.bury()
    assert await known(other) == [other.replicas.name]


async def test_who_does_not_lead_can_take_the_right_from_nobody(entered):
    leader, other = await entered(), await entered()
    await leader.replicas.lead()
    await other.replicas.resign()
    await other.replicas.leave()
    assert not await (await entered()).replicas.lead()


async def test_one_that_never_entered_leaves_nothing(opened, entered):
    other = await entered()
    await (await opened()).replicas.leave()
    assert await known(other) == [other.replicas.name]


async def test_the_leases_of_replicas_that_live_are_left_alone(entered):
    first, second = await entered(), await entered()
    await accepted(first)
    (job,) = await claimed(first)
    assert job.lease_token.startswith(f"{first.replicas.name}:")
    assert await second.replicas.bury() is False
    assert await recovered(second) == ()
    assert await first.job(job.id) == job


async def test_the_leases_of_one_that_is_gone_are_nobodys(entered, changed):
    dead, other = await entered(), await entered()
    await accepted(dead, 1)
    await accepted(dead, 2)
    (lost,) = await claimed(dead)
    assert await dead.handle(lost, begun=True)
    (held,) = await claimed(other)
    await changed(silenced(dead))
    assert await other.replicas.bury() is True
    assert await recovered(other) == (Interrupted(lost.id, 1, 1),)
    assert await other.replicas.bury() is False
    assert await other.job(held.id) == held
    assert not await dead.handle(lost, begun=False)


async def test_a_death_of_several_replicas_is_each_ones_own(entered, changed):
    """The first dies at its only job, the second beside another one."""
    first, second, other = await entered(), await entered(), await entered()
    for number in (1, 2, 3):
        await accepted(first, number)
    (alone,) = await claimed(first)
    beside, handled = await claimed(second, 2)
    for store, job in ((first, alone), (second, beside), (second, handled)):
        assert await store.handle(job, begun=True)
    await changed(silenced(first))
    await changed(silenced(second))
    await other.replicas.bury()
    found = {each.job_id: each for each in await recovered(other)}
    assert found == {
        alone.id: Interrupted(alone.id, 1, 1),
        beside.id: Interrupted(beside.id, 1, 0),
        handled.id: Interrupted(handled.id, 1, 0),
    }


async def test_what_one_leases_after_it_was_taken_for_dead_is_nobodys_until_it_begins_anew(entered, changed):
    paused, other = await entered(), await entered()
    await changed(silenced(paused))
    await other.replicas.bury()
    await accepted(paused)
    (lost,) = await claimed(paused)
    assert await other.replicas.bury() is True
    await recovered(other)
    assert (await other.job(lost.id)).lease_token is None
    await paused.replicas.enter("1.0", "polling")
    (job,) = (await paused.claim_interrupted(NOW, NOW + LEASE)).jobs or await claimed(paused)
    assert job.lease_token.startswith(f"{paused.replicas.name}:")
    assert await other.replicas.bury() is False


async def test_a_job_that_is_leased_at_the_door_belongs_to_the_replica_that_accepts_it(entered):
    store, other = await entered(), await entered()
    start = Start("door", NOW + LEASE, lambda _model: None)
    job = await store.accept(message(1), NOW, None, start)
    assert job.lease_token == f"{store.replicas.name}:door"
    assert await store.accept(message(1), NOW, None, start) == job
    assert await other.accept(message(1), NOW, None, start) is None
    assert await other.replicas.bury() is False


async def test_the_only_process_on_a_file_leads_and_stores_nothing_of_itself(tmp_path):
    store = await open_store(f"sqlite:///{tmp_path}/verbatim.db", lambda: NOW)
    replicas = store.replicas
    assert not replicas.are_shared
    assert await replicas.enter("1.0", "polling")
    assert await replicas.beat()
    assert await replicas.lead()
    assert not await replicas.bury()
    await replicas.resign()
    await replicas.leave()
    assert (await replicas.known(), replicas.name, replicas.process) == ((), "", "")
    await store.close()
