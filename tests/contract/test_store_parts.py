"""A recording of several parts takes a slot for each that is at the provider, as far as nobody else needs them."""

import pytest

from storage.outcomes import Attempted, Ended, Forgotten, Hopeless, Ready, Released, Submitted, Waiting
from storage.transcript import Transcript
from storage.words import Generation, State
from tests.contract.stored import (
    APOLOGY,
    CHAT,
    FAMILY,
    KEPT_UNTIL,
    LATER,
    NOW,
    again,
    claimed,
    died,
    part,
    recorded,
    uploading,
    waiting,
)


async def with_parts(store, count=3, slots=9):
    """A recording of which so many parts are at the provider, each with a slot."""
    job = await uploading(store, slots=slots)
    for number in range(count):
        assert await store.take_slots(job, FAMILY, number + 1, slots)
        assert await store.start_create(job, under_way=1)
        assert await store.created(job, part(number))
    return job


async def taken(store):
    return (await store.slots_taken()).get(FAMILY, 0)


@pytest.mark.parametrize(("slots", "most"), [(1, 1), (2, 1), (3, 2), (4, 3), (5, 3), (9, 5)])
async def test_half_of_the_slots_are_lent_at_the_most_and_one_stays_free(store, slots, most):
    job = await uploading(store, slots=slots)
    given = [await store.take_slots(job, FAMILY, wanted, slots) for wanted in range(1, 8)]
    assert given == [number < most for number in range(7)]
    assert await taken(store) == most


async def test_asking_again_for_the_same_takes_no_more(store):
    job = await uploading(store)
    assert [await store.take_slots(job, FAMILY, 2, 9) for _ in range(3)] == [True] * 3
    assert await taken(store) == 2


async def test_no_slot_is_lent_while_somebody_waits_for_one(store):
    job = await uploading(store)
    await waiting(store, 2, full=True, chat_id=CHAT + 1)
    assert not await store.take_slots(job, FAMILY, 2, 9)


async def test_a_slot_is_passed_on_when_its_part_is_done_and_the_last_one_stays(store):
    job = await with_parts(store)
    follower = await waiting(store, 2, full=True, chat_id=CHAT + 1)
    assert await store.part_ready(job, 0, Transcript("said"), NOW)
    assert await taken(store) == 2
    assert (await again(store, follower)).next_at == NOW
    for number in (1, 2):
        assert await store.part_ready(job, number, Transcript("said"), NOW)
    assert await taken(store) == 1


async def test_a_slot_of_a_create_that_is_under_way_is_not_passed_on(store):
    job = await with_parts(store, 2)
    assert await store.start_create(job, under_way=1)
    assert await store.part_ready(job, 0, Transcript("said"), NOW)
    assert await taken(store) == 2


@pytest.mark.parametrize("outcome", [Waiting(LATER), Attempted(LATER), Released(LATER)])
async def test_a_queued_job_keeps_the_slots_of_its_parts_that_are_at_the_provider(store, outcome):
    job = await with_parts(store)
    await store.take_slots(job, FAMILY, 4, 9)
    await recorded(store, job, outcome)
    assert await taken(store) == 3
    assert (await again(store, job)).slot == FAMILY


@pytest.mark.parametrize("outcome", [Ready(Transcript("said"), KEPT_UNTIL), Hopeless(APOLOGY), Ended(State.FAILED)])
async def test_all_slots_are_free_when_the_provider_is_done(store, outcome):
    job = await with_parts(store)
    followers = [await waiting(store, number, full=True, chat_id=CHAT + number) for number in (2, 3, 4)]
    await recorded(store, job, outcome)
    assert await taken(store) == 0
    assert [(await again(store, each)).next_at for each in followers] == [NOW] * 3


async def test_a_part_that_is_lost_gives_its_slot_back_and_others_keep_theirs(store):
    await recorded(store, await with_parts(store), Submitted(NOW, 1800.0, None))
    job = await claimed(store)
    await recorded(store, job, Forgotten(LATER, frozenset({1})))
    assert await store.generations(job) == (part(0), part(2))
    assert await taken(store) == 2


async def test_a_part_is_made_again_while_the_job_goes_on(store):
    job = await with_parts(store)
    assert await store.make_again(job, frozenset({0, 2}), NOW)
    assert await store.make_again(job, frozenset({0, 2}), NOW)
    assert await store.generations(job) == (part(1),)
    assert (await again(store, job)).generations_lost == 1
    assert await taken(store) == 1


async def test_what_a_part_has_of_the_recording_is_kept(store):
    job = await uploading(store)
    cut = Generation(1, "generation", 596.0, NOW, overlap=4.0, duration=604.5)
    assert await store.created(job, cut)
    assert await store.generations(job) == (cut,)


async def test_each_create_under_way_is_in_doubt_after_a_death(store):
    job = await uploading(store)
    await store.take_slots(job, FAMILY, 3, 9)
    for number in (1, 2, 3):
        assert await store.start_create(job, under_way=number)
    assert await store.created(job, part(1), 2)
    await died(store)
    job = await claimed(store)
    assert job.create_started == 2
    queued = await recorded(store, job, Attempted(LATER, in_doubt=True))
    assert (queued.creates_in_doubt, queued.create_started) == (2, 0)
    assert await store.generations(job) == (part(1),)


async def test_those_that_wait_for_a_slot_are_counted_up_to_a_number(store):
    await uploading(store)
    jobs = [await waiting(store, number, full=True, chat_id=CHAT + number) for number in range(2, 6)]
    assert [await store.ahead(job, FAMILY, 2) for job in jobs] == [0, 1, 2, 2]
