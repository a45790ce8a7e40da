"""Jobs that their chat refused, and what makes them due before their time."""

import pytest

from storage.outcomes import Attempted, Ended, Waiting
from storage.words import State
from tests.contract.stored import CHAT, LATER, NOW, again, claim_all, delivering, leased, recorded, submitted

REFUSED = Attempted(LATER, refused=True)
SOON = NOW + 1


async def refused(store, number=1, **changed):
    return await recorded(store, await leased(store, number, **changed), REFUSED)


async def test_a_job_that_its_chat_refused_waits_for_its_moment(store):
    job = await refused(store)
    assert (job.refused, job.next_at, job.attempts) == (True, LATER, 1)
    assert await claim_all(store, SOON) == []


async def test_it_is_due_at_once_when_another_one_of_the_chat_is_delivered(store):
    other = await delivering(store, 1)
    job = await refused(store, 2)
    await recorded(store, other, Ended(State.DELIVERED), SOON)
    assert [each.id for each in await claim_all(store, SOON)] == [job.id]


async def test_it_is_due_at_once_when_another_one_of_the_chat_is_submitted(store):
    job = await refused(store)
    await submitted(store, 2)
    assert (await again(store, job)).next_at == NOW


async def test_others_that_end_wake_nobody_where_nobody_could_be_told(store):
    other = await delivering(store, 1)
    job = await refused(store, 2)
    await recorded(store, other, Ended(State.FAILED), SOON)
    assert await again(store, job) == job


async def test_those_of_other_chats_and_those_that_wait_for_something_else_stay_as_they_are(store):
    elsewhere = await refused(store, 1, chat_id=CHAT + 1)
    failing = await recorded(store, await leased(store, 2), Attempted(LATER))
    await submitted(store, 3)
    assert await again(store, elsewhere) == elsewhere
    assert await again(store, failing) == failing


async def test_one_that_somebody_holds_keeps_its_lease(store):
    job = await refused(store)
    (held,) = await claim_all(store, LATER)
    assert held.id == job.id
    await submitted(store, 2)
    assert await again(store, job) == held


@pytest.mark.parametrize("outcome", [Waiting(LATER), Attempted(LATER)])
async def test_it_is_no_longer_refused_once_something_else_comes_of_it(store, outcome):
    await refused(store)
    (job,) = await claim_all(store, LATER)
    assert not (await recorded(store, job, outcome)).refused
