"""One hand brings a job from the door to its answer: what is leased at the door, and what keeps its lease."""

from dataclasses import replace

import pytest

from storage.apology import Apology, Reason
from storage.intake import Refused, Start
from storage.outcomes import Admitted, Ended, Hopeless, Known, Ready, Sniffed, Submitted, Waiting
from storage.transcript import Transcript
from storage.words import State
from tests.contract.stored import (
    FAMILY,
    KEPT_UNTIL,
    LATER,
    LEASE,
    NOW,
    accepted,
    again,
    claim_all,
    died,
    due,
    fetching,
    leased,
    message,
    part,
    recorded,
    submitted,
    uploading,
)

MINUTE_LATER = NOW + 60


def start(token="door", slots=9, family=FAMILY):
    return Start(token, NOW + LEASE, lambda _model: (family, slots))


async def at_the_door(store, number=1, given=None, most_open=None, **changed):
    return await store.accept(message(number, **changed), NOW, most_open, given or start())


async def test_the_first_message_of_a_chat_is_leased_and_admitted_at_the_door(store):
    job = await at_the_door(store)
    assert (job.lease_token, job.next_at, job.claimed_at, job.slot) == ("door", NOW + LEASE, NOW, FAMILY)
    assert job == await again(store, job)
    assert await due(store) == set()
    assert await store.start_create(job)


async def test_a_job_of_the_door_is_due_again_when_its_lease_has_expired(store):
    job = await at_the_door(store)
    assert await due(store, NOW + LEASE) == {job.id}


async def test_an_acceptance_whose_answer_was_lost_gives_the_same_lease_again(store):
    first = await at_the_door(store)
    assert await at_the_door(store) == first


async def test_a_message_that_comes_again_later_is_not_started_again(store):
    await at_the_door(store)
    assert await at_the_door(store, given=start("another")) is None


async def test_the_second_open_job_of_a_chat_waits_for_its_turn(store):
    await at_the_door(store, 1)
    second = await at_the_door(store, 2, start("second"))
    assert (second.lease_token, second.slot) == (None, None)
    assert await due(store) == {second.id}


async def test_a_newcomer_does_not_overtake_a_job_that_waits_for_its_turn(store):
    waits = await accepted(store, 1, chat_id=8)
    newcomer = await at_the_door(store, 2)
    assert newcomer.lease_token is None
    assert [job.id for job in await claim_all(store)] == [waits.id, newcomer.id]


async def test_a_job_whose_turn_comes_later_lets_a_newcomer_start(store):
    await accepted(store, 1, chat_id=8)
    await claim_all(store)
    await accepted(store, 2, chat_id=8)
    newcomer = await at_the_door(store, 3)
    assert newcomer.lease_token == "door"


async def test_without_a_free_slot_a_job_of_the_door_has_its_lease_alone(store):
    await uploading(store, 1, chat_id=8, slots=1)
    job = await at_the_door(store, 2, start(slots=1))
    assert (job.lease_token, job.slot, job.waiting_for) == ("door", None, FAMILY)
    assert await store.record(job, Waiting(LATER, FAMILY), NOW)


async def test_where_nothing_is_admitted_now_a_job_of_the_door_has_its_lease_alone(store):
    job = await at_the_door(store, given=Start("door", NOW + LEASE, lambda _model: None))
    assert (job.lease_token, job.slot, job.waiting_for) == ("door", None, None)
    assert await store.admit(job, FAMILY, 1, NOW) == Admitted()


async def test_the_model_that_the_chat_chose_decides_about_the_slot(store):
    await store.change_settings(7, lambda now: replace(now, model="whisper-large"))
    asked = []
    await at_the_door(store, given=Start("door", NOW + LEASE, asked.append))
    assert asked == ["whisper-large"]


@pytest.mark.parametrize("changed", [{"must_sniff": True}, {"post": "a post"}])
async def test_a_document_to_be_sniffed_and_a_post_are_not_started_at_the_door(store, changed):
    job = await at_the_door(store, **changed)
    assert (job.lease_token, job.slot) == (None, None)
    assert await due(store) == {job.id}


async def test_a_chat_that_has_as_many_open_jobs_as_it_may_is_refused_as_ever(store):
    await at_the_door(store, 1)
    assert isinstance(await at_the_door(store, 2, start("second"), most_open=1), Refused)


async def test_a_job_whose_transcript_is_known_takes_no_slot_at_the_door(store):
    first = await fetching(store, 1, file="same")
    await recorded(store, first, Ready(Transcript("said"), KEPT_UNTIL))
    job = await at_the_door(store, 2, file="same", chat_id=8)
    assert job.slot is None
    assert isinstance(await store.admit(job, FAMILY, 1, NOW), Known)


ADVANCED = {
    "submitted": (uploading, Submitted(LATER, 12.5, part()), State.SUBMITTED),
    "ready": (fetching, Ready(Transcript("said"), KEPT_UNTIL), State.READY),
    "answered at once": (uploading, Ready(Transcript("said"), KEPT_UNTIL), State.READY),
    "hopeless": (fetching, Hopeless(Apology(Reason.TOO_SLOW)), State.READY),
}


@pytest.mark.parametrize("name", ADVANCED)
async def test_an_outcome_may_keep_the_lease(store, name):
    prepare, outcome, state = ADVANCED[name]
    job = await prepare(store)
    after = await store.advance(job, outcome, MINUTE_LATER, MINUTE_LATER + LEASE)
    assert after == await again(store, job)
    assert (after.state, after.lease_token) == (state, job.lease_token)
    assert (after.next_at, after.claimed_at) == (MINUTE_LATER + LEASE, MINUTE_LATER)
    assert await due(store, MINUTE_LATER) == set()


@pytest.mark.parametrize("name", ADVANCED)
async def test_an_advance_whose_answer_was_lost_can_be_repeated(store, name):
    prepare, outcome, _ = ADVANCED[name]
    job = await prepare(store)
    after = await store.advance(job, outcome, NOW, NOW + LEASE)
    assert await store.advance(job, outcome, NOW, NOW + LEASE) == after


async def test_a_lost_lease_advances_nothing(store):
    job = await fetching(store)
    await died(store)
    before = await again(store, job)
    assert await store.advance(job, Ready(Transcript("late"), KEPT_UNTIL), NOW, NOW + LEASE) is None
    assert await again(store, job) == before


async def test_a_lease_that_another_step_has_by_now_is_not_taken_back(store):
    job = await fetching(store)
    await claim_all(store, NOW + LEASE)
    assert await store.advance(job, Ready(Transcript("late"), KEPT_UNTIL), NOW + LEASE, LATER + LEASE) is None


async def test_a_document_that_was_sniffed_may_keep_its_lease(store):
    job = await leased(store, must_sniff=True)
    after = await store.advance(job, Sniffed(), NOW, NOW + LEASE)
    assert (after.must_sniff, after.lease_token) == (False, job.lease_token)
    assert await store.advance(job, Sniffed(), NOW, NOW + LEASE) == after


async def test_what_was_advanced_ends_like_any_job(store):
    job = await at_the_door(store)
    at_provider = await store.advance(job, Submitted(LATER, 12.5, part()), NOW, NOW + LEASE)
    is_ready = await store.advance(at_provider, Ready(Transcript("said"), KEPT_UNTIL), NOW, NOW + LEASE)
    assert await store.text(is_ready.transcript_id) == "said"
    assert (await recorded(store, is_ready, Ended(State.DELIVERED))).state is State.DELIVERED


async def test_the_slot_of_an_answered_job_goes_to_the_next_one_although_its_lease_is_kept(store):
    job = await at_the_door(store, given=start(slots=1))
    waits = await at_the_door(store, 2, start("second", slots=1), chat_id=8)
    await recorded(store, waits, Waiting(LATER, FAMILY))
    at_provider = await store.advance(job, Submitted(LATER, 12.5, part()), NOW, NOW + LEASE)
    await store.advance(at_provider, Ready(Transcript("said"), KEPT_UNTIL), NOW, NOW + LEASE)
    assert await due(store) == {waits.id}


async def test_a_death_while_the_provider_works_makes_nobody_wait_for_the_job(store):
    await fetching(store)
    (interrupted,) = await died(store)
    claim = await store.claim(NOW, NOW + LEASE, 10)
    assert [job.id for job in claim.jobs] == [interrupted.job_id]
    assert (claim.jobs[0].interrupted, claim.interrupted_at) == (1, None)


async def test_a_second_death_in_a_row_makes_it_suspicious(store):
    await submitted(store)
    for _ in range(2):
        await claim_all(store, LATER)
        await died(store, LATER)
    assert (await store.claim(LATER, LATER + LEASE, 10)).jobs == ()
    assert len((await store.claim_interrupted(LATER, LATER + LEASE)).jobs) == 1
