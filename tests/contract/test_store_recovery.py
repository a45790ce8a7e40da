"""After a death of the process: who was in a step, who may go on first, and whose death it was."""

from dataclasses import replace

import pytest

from storage.apology import Apology, Notice, Reason
from storage.leases import Claim, Interrupted
from storage.outcomes import (
    Admitted,
    Attempted,
    Ended,
    Forgotten,
    Hopeless,
    MustWait,
    Ready,
    Released,
    Submitted,
    Waiting,
)
from storage.transcript import Transcript
from storage.words import State
from tests.contract.stored import (
    CHAT,
    FAMILY,
    KEPT_UNTIL,
    LATER,
    LEASE,
    NOW,
    accepted,
    again,
    claim_all,
    claimed,
    delivering,
    died,
    due,
    fetching,
    leased,
    part,
    recorded,
    submitted,
    uploading,
)

WAIT = 7.0
PLACEHOLDER = 900


async def recovered(store, now=NOW):
    """As after `died`, with a wait that tells the two counts apart."""
    return await store.recover(now, lambda interrupted, deaths: WAIT * interrupted + 1000 * deaths)


async def working(store, number=1, *, now=NOW):
    """A queued job in somebody's hands, whose recording may be worked on by now."""
    job = await leased(store, number, now=now)
    assert await store.place(job, PLACEHOLDER, Notice.NONE)
    return job


async def placed(store):
    """One that holds a slot, too."""
    job = await working(store)
    assert await store.admit(job, FAMILY, 9, NOW) == Admitted()
    return job


async def interrupted(store, times=1):
    """A queued job whose process died so often; it is leased."""
    job = await working(store)
    for _ in range(times):
        await died(store)
        job = await claimed(store)
    return job


async def test_interrupted_jobs_are_due_at_once_in_the_order_they_were_made(store):
    first = await working(store, 1, now=NOW - 5)
    second = await working(store, 2)
    assert await died(store) == (Interrupted(first.id, 1, 0), Interrupted(second.id, 1, 0))
    free = [await again(store, first), await again(store, second)]
    assert [(job.lease_token, job.next_at) for job in free] == [(None, NOW), (None, NOW)]
    assert [job.id for job in await claim_all(store)] == [first.id, second.id]


async def test_a_job_that_only_waited_in_line_goes_on_with_the_others_after_a_death(store):
    without_placeholder = await leased(store, 1)
    uploads = await uploading(store, 2, slots=1)
    assert await store.place(uploads, PLACEHOLDER, Notice.NONE)
    for_slot = await leased(store, 3)
    assert await store.place(for_slot, PLACEHOLDER + 1, Notice.NONE)
    assert await store.admit(for_slot, FAMILY, 1, NOW) == MustWait(FAMILY)
    assert await recovered(store) == (
        Interrupted(without_placeholder.id, 0, 0),
        Interrupted(uploads.id, 1, 0),
        Interrupted(for_slot.id, 0, 0),
    )
    assert [(await again(store, job)).next_at for job in (without_placeholder, for_slot)] == [NOW, NOW]
    claim = await store.claim(NOW, NOW + LEASE, 10)
    assert {job.id for job in claim.jobs} == {without_placeholder.id, for_slot.id}


@pytest.mark.parametrize("did", ["started a create", "worked on its recording"])
async def test_a_job_without_a_placeholder_that_did_more_than_wait_is_interrupted(store, did):
    job = await uploading(store)
    await (store.start_create(job) if did == "started a create" else store.handle(job, begun=True))
    [found] = await died(store)
    assert found.interrupted == 1


async def test_a_job_that_waited_in_line_after_another_death_is_interrupted_again(store):
    job = await interrupted(store)
    assert await died(store) == (Interrupted(job.id, 2, 0),)


async def test_what_nobody_holds_is_left_alone_by_a_death(store):
    waiting = await recorded(store, await leased(store, 1), Waiting(LATER))
    ended = await recorded(store, await delivering(store, 2), Ended(State.DELIVERED))
    assert await died(store) == ()
    assert [await again(store, job) for job in (waiting, ended)] == [waiting, ended]


async def test_a_create_that_was_begun_and_its_slot_outlive_a_death(store):
    job = await uploading(store)
    await store.start_create(job)
    await died(store)
    free = await again(store, job)
    assert (free.interrupted, free.create_started, free.slot) == (1, True, "nova")


async def test_the_holder_of_a_lease_that_was_taken_back_can_write_no_more(store):
    job = await leased(store)
    await died(store)
    assert not await store.note(job, Notice.PAUSED)
    assert not await store.handle(job, begun=True)


async def test_an_interrupted_job_is_claimed_by_itself_and_not_among_others(store):
    held = await working(store, 1)
    await died(store)
    other = await accepted(store, 2)
    claim = await store.claim(NOW, NOW + LEASE, 10)
    assert [job.id for job in claim.jobs] == [other.id]
    assert (claim.next_at, claim.interrupted_at) == (NOW, NOW)
    alone = await store.claim_interrupted(NOW, NOW + LEASE)
    assert [job.id for job in alone.jobs] == [held.id]
    assert alone.interrupted_at == NOW + LEASE


async def test_interrupted_jobs_are_claimed_one_at_a_time_the_least_often_interrupted_first(store):
    often = await interrupted(store, 2)
    recently = [await working(store, number) for number in (2, 3)]
    await died(store)
    claims = [await store.claim_interrupted(NOW, NOW + LEASE) for _ in range(4)]
    assert [[job.id for job in claim.jobs] for claim in claims] == [[recently[0].id], [recently[1].id], [often.id], []]


async def test_without_an_interrupted_job_there_is_none_to_claim(store):
    await accepted(store)
    assert await store.claim_interrupted(NOW, NOW + LEASE) == Claim((), NOW, None)


async def test_an_interrupted_job_is_not_claimed_before_its_moment(store):
    await working(store)
    await recovered(store)
    assert (await store.claim_interrupted(NOW + WAIT - 0.001, LATER)).jobs == ()
    assert len((await store.claim_interrupted(NOW + WAIT, LATER)).jobs) == 1


GOT_ON = {
    "submitted": (placed, Submitted(LATER, 3.0, part())),
    "failed at it": (working, Attempted(LATER)),
    "hopeless": (working, Hopeless(Apology(Reason.EMPTY))),
    "answered at once": (placed, Ready(Transcript("words"), KEPT_UNTIL)),
    "looked": (fetching, Waiting(LATER)),
    "looked in vain": (fetching, Attempted(LATER)),
    "lost at the provider": (fetching, Forgotten(LATER)),
    "Telegram was down": (delivering, Attempted(LATER)),
    "apologises instead": (delivering, Hopeless(Apology(Reason.TELEGRAM_DOWN))),
    "delivered": (delivering, Ended(State.DELIVERED)),
}


@pytest.mark.parametrize("name", GOT_ON)
async def test_a_job_that_got_on_is_interrupted_no_more(store, name):
    brought_there, outcome = GOT_ON[name]
    await brought_there(store)
    await died(store)
    job = await claimed(store)
    assert job.interrupted == 1
    after = await recorded(store, job, outcome)
    assert (after.interrupted, after.deaths) == (0, 0)


@pytest.mark.parametrize(
    "outcome", [Waiting(LATER, FAMILY), Waiting(LATER), Released(LATER), Attempted(LATER, in_doubt=True)]
)
async def test_a_queued_job_that_only_waits_has_not_got_on(store, outcome):
    job = await interrupted(store)
    assert (await recorded(store, job, outcome)).interrupted == 1


async def test_a_job_whose_step_was_stopped_has_not_got_on(store):
    await submitted(store)
    await claimed(store, LATER)
    await died(store, LATER)
    job = await claimed(store, LATER)
    assert (await recorded(store, job, Released(LATER))).interrupted == 1


async def test_a_cancelled_job_is_interrupted_no_more(store):
    job = await interrupted(store)
    await store.place(job, PLACEHOLDER, Notice.NONE)
    result = await store.cancel(job.id, CHAT, PLACEHOLDER, NOW)
    assert (result.job.state, result.job.interrupted, result.job.deaths) == (State.READY, 0, 0)
    assert await due(store) == {job.id}


async def test_a_death_while_the_content_of_the_only_leased_job_is_worked_on_is_its_own(store):
    job = await interrupted(store)
    await store.handle(job, begun=True)
    assert await died(store) == (Interrupted(job.id, 2, 1),)
    assert await died(store) == ()


async def test_a_death_after_the_work_on_the_content_is_nobodys(store):
    job = await interrupted(store)
    await store.handle(job, begun=True)
    await store.handle(job, begun=False)
    assert await died(store) == (Interrupted(job.id, 2, 0),)


async def test_a_death_after_the_step_that_worked_on_the_content_is_nobodys(store):
    job = await interrupted(store)
    await store.handle(job, begun=True)
    await recorded(store, job, Released(NOW))
    await claimed(store)
    assert await died(store) == (Interrupted(job.id, 2, 0),)


async def test_a_death_beside_another_job_is_nobodys(store):
    job = await interrupted(store)
    other = await working(store, 2)
    await store.handle(job, begun=True)
    assert await died(store) == (Interrupted(job.id, 2, 0), Interrupted(other.id, 1, 0))


async def test_a_job_with_a_death_of_its_own_waits_at_every_start(store):
    job = await interrupted(store)
    await store.handle(job, begun=True)
    await recovered(store)
    assert (await again(store, job)).next_at == NOW + 2 * WAIT + 1000
    await recovered(store, NOW + 500)
    assert (await again(store, job)).next_at == NOW + 500 + 2 * WAIT + 1000


async def test_a_job_without_a_death_of_its_own_waits_only_after_one_that_interrupted_it(store):
    job = await working(store)
    await recovered(store)
    before = await again(store, job)
    await recovered(store, NOW + 500)
    assert await again(store, job) == replace(before, next_at=NOW + WAIT)
