"""The time of failing tries, and what a job keeps meanwhile."""

import pytest

from storage.outcomes import Attempted, Forgotten, Ready, Released, Submitted, Waiting
from storage.transcript import Transcript
from storage.words import State
from tests.contract.stored import FAMILY, LATER, LEASE, NOW, again, claimed, fetching, leased, part, recorded, waiting


async def test_a_failed_try_lasts_from_its_claim_to_the_next_try(store):
    job = await leased(store)
    assert job.claimed_at == NOW
    stayed = await recorded(store, job, Attempted(NOW + 90), NOW + 30)
    assert (stayed.attempts, stayed.tried_seconds) == (1, 90.0)
    stayed = await recorded(store, await claimed(store, NOW + 5000), Attempted(NOW + 5010), NOW + 5001)
    assert (stayed.attempts, stayed.tried_seconds) == (2, 100.0)


@pytest.mark.parametrize("outcome", [Waiting(LATER), Released(LATER)])
async def test_waits_and_interruptions_count_as_no_try(store, outcome):
    stayed = await recorded(store, await leased(store), outcome, NOW + 30)
    assert (stayed.attempts, stayed.tried_seconds) == (0, 0.0)


async def test_a_clock_that_jumps_during_a_try_makes_it_no_longer_than_its_lease(store):
    stayed = await recorded(store, await leased(store), Attempted(NOW + 90_010), NOW + 90_000)
    assert stayed.tried_seconds == LEASE + 10


@pytest.mark.parametrize("outcome", [Submitted(LATER, 12.5, part()), Ready(Transcript("said"), LATER)])
async def test_a_success_starts_the_time_of_tries_anew(store, outcome):
    await recorded(store, await leased(store), Attempted(NOW + 90), NOW + 30)
    job = await claimed(store, LATER)
    await store.admit(job, FAMILY, 9, LATER)
    assert (await recorded(store, job, outcome)).tried_seconds == 0.0


async def test_a_generation_that_nobody_can_look_at_gives_its_slot_to_others(store):
    unseen = await fetching(store, 1)
    patient = await waiting(store, 2, full=True)
    stayed = await recorded(store, unseen, Attempted(LATER, gives_slot_back=True))
    assert (stayed.state, stayed.slot) == (State.SUBMITTED, None)
    assert (await again(store, patient)).next_at == NOW


@pytest.mark.parametrize(
    "outcome", [Ready(Transcript("said"), LATER), Forgotten(LATER), Waiting(LATER), Attempted(LATER)]
)
async def test_a_generation_without_a_slot_goes_on_like_any_other(store, outcome):
    await recorded(store, await fetching(store, 1), Attempted(NOW, gives_slot_back=True))
    assert (await recorded(store, await claimed(store), outcome)).slot is None
