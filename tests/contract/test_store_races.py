"""What two processes do to one database at the same time, where PostgreSQL lets both.

One of them has done everything but its commit when the other one comes, and either may be the first. What must hold
afterwards holds in both orders.
"""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

import pytest
import pytest_asyncio

from storage.chats import ChatSettings
from storage.host import Exhausted, Rate, Spending, Whose
from storage.intake import Refused
from storage.outcomes import Admitted, Attempted, Ended, Hopeless, Known, MustWait, Ready, Submitted, Waiting
from storage.pause import Pause
from storage.statements.store import SQLStore
from storage.transcript import Transcript
from storage.words import PAUSED, SAME, Job, State
from tests import postgres
from tests.contract.stored import (
    APOLOGY,
    CHAT,
    FAMILY,
    KEPT_UNTIL,
    LATER,
    LEASE,
    NOW,
    accepted,
    again,
    claim_all,
    delivering,
    due,
    fetching,
    leased,
    message,
    part,
    submitted,
    uploading,
    waiting,
    waiting_hands,
)

PAUSE = Pause(LATER, by_operator=True, since=NOW, next_seconds=60.0)
READY = Ready(Transcript("said"), KEPT_UNTIL)
BLOCKED = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


class Held:
    """An engine whose next transaction has done everything but its commit when it waits to be let go."""

    def __init__(self, engine):
        self._engine = engine
        self.is_there, self.may_go = asyncio.Event(), asyncio.Event()

    async def write(self, function, *, urgent=False, single=False):
        async def held(tx):
            result = await function(tx)
            self.is_there.set()
            await self.may_go.wait()
            return result

        return await self._engine.write(held, urgent=urgent, single=single)


@dataclass
class Race:
    """Three processes on one database: of two the acts meet, the third one looks."""

    one: SQLStore
    other: SQLStore
    store: SQLStore
    url: str
    is_swapped: bool

    async def run(self, first, second):
        """Let the acts meet, each a function of a store; return what each of them returns."""
        if self.is_swapped:
            return tuple(reversed(await self._meet(second, first)))
        return await self._meet(first, second)

    async def _meet(self, first, second):
        held = Held(self.one.engine)
        earlier = asyncio.create_task(first(SQLStore(held, self.one.replicas)))
        await held.is_there.wait()
        later = asyncio.create_task(second(self.other))
        async with postgres.connected(self.url) as looking:
            while not later.done() and not await looking.fetch(BLOCKED):  # noqa: ASYNC110 - it tells who asks
                await asyncio.sleep(0)
        held.may_go.set()
        return await asyncio.gather(earlier, later)


@pytest_asyncio.fixture(loop_scope="session", params=[False, True], ids=["in this order", "in the other order"])
async def race(postgres_url, lender, request):
    async with AsyncExitStack() as stack:
        stores = [await stack.enter_async_context(lender.store(postgres_url)) for _ in range(3)]
        yield Race(*stores, postgres_url, request.param)


@pytest.fixture
def store(race):
    return race.store


async def test_two_that_want_the_last_slot_do_not_both_get_it(race, store):
    one, other = await leased(store, 1), await leased(store, 2)
    got = await race.run(lambda it: it.admit(one, FAMILY, 1, NOW), lambda it: it.admit(other, FAMILY, 1, NOW))
    assert sorted(map(type, got), key=str) == sorted([Admitted, MustWait], key=str)
    assert await store.slots_taken() == {FAMILY: 1}


async def test_two_of_the_same_recording_do_not_both_go_to_the_provider(race, store):
    one, other = await leased(store, 1, file="same"), await leased(store, 2, file="same")
    got = await race.run(lambda it: it.admit(one, FAMILY, 9, NOW), lambda it: it.admit(other, FAMILY, 9, NOW))
    assert sorted(map(type, got), key=str) == sorted([Admitted, MustWait], key=str)


async def test_two_messages_of_the_same_recording_that_begin_at_once_do_not_both_go_to_the_provider(race, store):
    def accept(number):
        return lambda it: it.accept(message(number, chat_id=number, file="same"), NOW)

    await race.run(accept(1), accept(2))
    jobs = await claim_all(store)
    got = await race.run(lambda it: it.admit(jobs[0], FAMILY, 9, NOW), lambda it: it.admit(jobs[1], FAMILY, 9, NOW))
    assert sorted(map(type, got), key=str) == sorted([Admitted, MustWait], key=str)


@pytest.mark.parametrize(
    "outcome",
    [READY, Hopeless(APOLOGY), Ended(State.FAILED)],
    ids=["ready", "hopeless", "failed"],
)
async def test_who_begins_to_wait_for_the_same_recording_as_its_job_ends_does_not_sleep(race, store, outcome):
    leader = await fetching(store, 1, file="same")
    follower = await leased(store, 2, file="same")
    _, answer = await race.run(
        lambda it: it.record(leader, outcome, NOW), lambda it: it.admit(follower, FAMILY, 9, NOW)
    )
    if answer == MustWait(SAME):
        assert await store.record(follower, Waiting(LATER, SAME), NOW)
        assert follower.id in await due(store)
    else:
        assert isinstance(answer, Known | Admitted)


async def test_who_begins_to_wait_for_a_slot_as_one_gets_free_does_not_sleep(race, store):
    holder, waiter = await fetching(store, 1), await leased(store, 2)
    failed = Ended(State.FAILED)
    _, answer = await race.run(lambda it: it.record(holder, failed, NOW), lambda it: it.admit(waiter, FAMILY, 1, NOW))
    if answer != Admitted():
        assert await store.record(waiter, Waiting(LATER, FAMILY), NOW)
        assert waiter.id in await due(store)


async def test_who_is_just_recorded_as_waiting_for_a_slot_as_one_gets_free_does_not_sleep(race, store):
    holder = await fetching(store, 1)
    waiter = await waiting_hands(store, 2, full=True)
    failed, waits = Ended(State.FAILED), Waiting(LATER, FAMILY)
    await race.run(lambda it: it.record(holder, failed, NOW), lambda it: it.record(waiter, waits, NOW))
    assert waiter.id in await due(store)


async def test_who_is_just_recorded_as_waiting_for_the_same_as_it_ends_does_not_sleep(race, store):
    leader = await fetching(store, 1, file="same")
    follower = await waiting_hands(store, 2, full=False, file="same")
    hopeless, waits = Hopeless(APOLOGY), Waiting(LATER, SAME)
    await race.run(lambda it: it.record(leader, hopeless, NOW), lambda it: it.record(follower, waits, NOW))
    assert follower.id in await due(store)


async def test_who_is_just_recorded_as_waiting_for_a_pause_as_it_ends_does_not_sleep(race, store):
    tries, waiter = await uploading(store, 1), await uploading(store, 2)
    await store.change_pause(lambda _: PAUSE)
    waits = Waiting(LATER, PAUSED, PAUSE.since)

    async def end_the_pause(it):
        await it.change_pause(lambda _: Pause())
        return await it.record(tries, Submitted(LATER, 12.5, part(of=1)), NOW)

    await race.run(end_the_pause, lambda it: it.record(waiter, waits, NOW))
    assert waiter.id in await due(store)


async def test_a_slot_is_not_offered_to_a_job_that_is_just_cancelled(race, store):
    holder = await fetching(store, 1)
    first, second = await waiting(store, 2, full=True), await waiting(store, 3, full=True)
    ended = Ended(State.FAILED)
    await race.run(lambda it: it.cancel(first.id, CHAT, 900, NOW), lambda it: it.record(holder, ended, NOW))
    if not race.is_swapped:  # where the cancel comes after the offer, the second one looks again by itself
        assert await due(store) == {first.id, second.id}
    assert (await again(store, first)).state is State.READY


@pytest.mark.parametrize("maker", [uploading, fetching])
async def test_a_cancel_and_an_outcome_leave_the_slot_to_the_next_one(race, store, maker):
    job = await maker(store, 1)
    waiter = await waiting(store, 2, full=True)
    outcome = Hopeless(APOLOGY)
    recorded, cancelled = await race.run(
        lambda it: it.record(job, outcome, NOW), lambda it: it.cancel(job.id, CHAT, 900, NOW)
    )
    stored = await again(store, job)
    assert recorded or cancelled.accepted
    assert (stored.state, stored.slot, stored.lease_token) == (State.READY, None, None)
    assert await due(store) == {job.id, waiter.id}
    assert await store.admit(await again(store, waiter), FAMILY, 1, NOW) == Admitted()


async def test_a_cancel_and_an_admission_leave_no_slot_taken(race, store):
    job = await leased(store, 1)
    _, cancelled = await race.run(
        lambda it: it.admit(job, FAMILY, 1, NOW), lambda it: it.cancel(job.id, CHAT, 900, NOW)
    )
    assert cancelled.accepted
    assert await store.slots_taken() == {}


async def test_a_cancel_and_a_page_do_not_both_reach_the_user(race, store):
    job = await delivering(store, 1)
    placed, cancelled = await race.run(
        lambda it: it.page_placed(job, 1, 901), lambda it: it.cancel(job.id, CHAT, 900, NOW)
    )
    assert placed is not cancelled.accepted


async def test_a_cancel_and_a_create_that_begins_count_no_seconds_for_ever(race, store):
    job = await uploading(store, 1)
    spending = Spending(60.0, 1, 1000.0, 1000.0)
    begun, cancelled = await race.run(
        lambda it: it.start_create(job, spending), lambda it: it.cancel(job.id, CHAT, 900, NOW)
    )
    assert cancelled.accepted
    used = (await store.usage(CHAT, 42, 1, 1)).today
    assert used.seconds == (60.0 if begun else 0.0)  # a create that has begun may have been sent


async def test_two_creates_do_not_both_spend_what_is_left_of_the_day(race, store):
    one, other = await uploading(store, 1), await uploading(store, 2)
    spending = Spending(60.0, 1, 100.0, 100.0)
    got = await race.run(lambda it: it.start_create(one, spending), lambda it: it.start_create(other, spending))
    assert sorted(map(type, got), key=str) == sorted([bool, Exhausted], key=str)


async def test_a_person_who_writes_in_two_chats_at_once_stays_within_a_minutes_number(race, store):
    rate = Rate(0, 1)
    got = await race.run(
        lambda it: it.accept(message(1, chat_id=-1), NOW, rate=rate),
        lambda it: it.accept(message(2, chat_id=-2), NOW, rate=rate),
    )
    assert {type(each) for each in got} == {Job, Refused}
    (refused,) = (each for each in got if isinstance(each, Refused))
    assert refused.too_often.whose is Whose.PERSON


async def test_a_message_that_comes_to_two_processes_is_one_job(race):
    got = await race.run(lambda it: it.accept(message(1), NOW), lambda it: it.accept(message(1), NOW))
    assert {type(each) for each in got} == {Job, type(None)}


async def test_a_chat_that_may_have_one_job_more_gets_one(race):
    got = await race.run(lambda it: it.accept(message(1), NOW, 1), lambda it: it.accept(message(2), NOW, 1))
    assert {type(each) for each in got} == {Job, Refused}


async def test_two_that_claim_get_different_jobs(race, store):
    numbers = {(await accepted(store, number)).id for number in range(1, 5)}
    one, other = await race.run(lambda it: it.claim(NOW, NOW + LEASE, 2), lambda it: it.claim(NOW, NOW + LEASE, 2))
    assert {each.id for each in (*one.jobs, *other.jobs)} | await due(store) == numbers
    assert not {each.id for each in one.jobs} & {each.id for each in other.jobs}


async def test_a_move_of_the_chat_leaves_no_page_of_the_old_one(race, store):
    job = await delivering(store, 1)
    await race.run(lambda it: it.page_placed(job, 1, 901), lambda it: it.move_chat(CHAT, -100))
    moved = await again(store, job)
    assert (moved.chat_id, moved.placeholder_id) == (-100, None)
    if not race.is_swapped:
        assert await store.pages(moved) == {}


@pytest.mark.parametrize("outcome", [READY, Attempted(LATER)], ids=["ready", "attempted"])
async def test_a_move_of_the_chat_and_an_outcome_are_both_kept(race, store, outcome):
    job = await fetching(store, 1)
    recorded, _ = await race.run(lambda it: it.record(job, outcome, NOW), lambda it: it.move_chat(CHAT, -100))
    stored = await again(store, job)
    assert recorded
    assert stored.chat_id == -100
    assert (stored.transcript_id is not None) is isinstance(outcome, Ready)


async def test_two_changes_of_settings_are_both_kept(race, store):
    await race.run(
        lambda it: it.change_settings(CHAT, lambda now: replace(now, model="whisper")),
        lambda it: it.change_settings(CHAT, lambda now: replace(now, language="fr")),
    )
    assert await store.settings(CHAT) == ChatSettings("whisper", "fr")


async def test_two_that_cancel_everything_do_not_wait_for_each_other(race, store):
    for number in range(1, 4):
        await submitted(store, number)
    cancelled = await race.run(lambda it: it.cancel_all(CHAT, 42, NOW), lambda it: it.cancel_all(CHAT, 42, NOW))
    assert sorted(cancelled) in ([0, 3], [3, 3])  # the later one may find them cancelled already
    assert await store.slots_taken() == {}


async def test_what_is_paid_for_is_not_given_to_a_job_that_is_just_claimed(race, store):
    leader = await submitted(store, 1, file="same")
    follower = await waiting(store, 2, full=False, file="same")
    cancelled, claim = await race.run(
        lambda it: it.cancel(leader.id, CHAT, 900, LATER), lambda it: it.claim(LATER, LATER + LEASE, 9)
    )
    assert cancelled.accepted
    heir = await again(store, follower)
    if heir.state is State.SUBMITTED:
        assert heir.id not in {each.id for each in claim.jobs if each.state is State.QUEUED}
        assert await store.slots_taken() == {FAMILY: 1}
    else:
        assert await store.slots_taken() == {}


async def test_many_processes_at_once_exceed_nothing_and_forget_nobody(postgres_url, lender):
    """Four processes carry forty jobs of twenty recordings through two slots."""
    async with AsyncExitStack() as stack:
        stores = [await stack.enter_async_context(lender.store(postgres_url)) for _ in range(4)]
        for number in range(1, 41):
            await accepted(stores[0], number, chat_id=number % 7 + 1, file=f"file-{number % 20}")
        most = []
        await asyncio.gather(*(_carry(each, most) for each in stores))
        assert max(most) <= 2
        left = await stores[0].backlog(NOW)
    assert left == {"due": 0}


async def _carry(store, most):
    """Take steps until nothing is due. Nobody looks again by the clock: a lost wake leaves a job behind."""
    idle = 0
    while idle < 20:
        claim = await store.claim(NOW, NOW + LEASE, 3)
        idle = 0 if claim.jobs else idle + 1
        for job in claim.jobs:
            await _step(store, job)
        most.append((await store.slots_taken()).get(FAMILY, 0))


async def _step(store, job):
    if job.state is State.READY:
        return await store.record(job, Ended(State.DELIVERED), NOW)
    match await store.admit(job, FAMILY, 2, NOW):
        case Admitted():
            outcome = READY
        case MustWait(waiting_for):
            outcome = Waiting(LATER, waiting_for)
        case answer:
            outcome = answer
    return await store.record(job, outcome, NOW)
