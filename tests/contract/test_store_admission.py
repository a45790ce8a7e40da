"""Who may go to the provider, who waits, who is answered already, and who is woken when that changes."""

import pytest

from storage.options import Options
from storage.outcomes import (
    Admitted,
    Attempted,
    Ended,
    Forgotten,
    Hopeless,
    Known,
    MustWait,
    Ready,
    Released,
    Submitted,
    Waiting,
)
from storage.transcript import Doubt, Transcript
from storage.words import PAUSED, SAME, State
from tests.contract.stored import (
    APOLOGY,
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
    ready,
    recorded,
    submitted,
    uploading,
    waiting,
    waiting_hands,
)


async def lies_idle(store, job):
    """The job still waits, in nobody's hands, and was not woken."""
    now = await again(store, job)
    return now.waiting_for is not None and not now.woken and now.next_at == LATER


async def is_woken(store, job):
    now = await again(store, job)
    return now.next_at == NOW and now.lease_token is None and now.waiting_for is None


async def test_a_job_of_its_own_is_admitted_and_takes_a_slot(store):
    job = await leased(store)
    assert await store.admit(job, FAMILY, 1, NOW) == Admitted()
    stored = await again(store, job)
    assert (stored.slot, stored.waiting_for, stored.lease_token) == (FAMILY, None, job.lease_token)


async def test_a_job_that_was_admitted_before_a_crash_is_still_admitted_when_the_slots_are_taken(store):
    job = await uploading(store, slots=1)
    await died(store)
    assert await store.admit(await claimed(store), FAMILY, 1, NOW) == Admitted()
    assert (await again(store, job)).slot == FAMILY


async def test_a_kept_transcript_of_the_same_key_answers_another_job(store):
    first = await ready(store, 1, file="same")
    await claimed(store)
    job = await leased(store, 2, file="same")
    assert await store.admit(job, FAMILY, 9, NOW) == Known(first.transcript_id)
    assert (await again(store, job)).slot is None


async def test_a_transcript_answers_other_chats_too(store):
    first = await ready(store, 1, file="same")
    await claimed(store)
    job = await leased(store, 2, file="same", chat_id=99)
    assert await store.admit(job, FAMILY, 9, NOW) == Known(first.transcript_id)


@pytest.mark.parametrize("changed", [{"file": "other"}, {"model": "whisper"}, {"options": Options("fr")}])
async def test_a_transcript_of_another_file_model_or_language_answers_nothing(store, changed):
    await ready(store, 1, file="same")
    await claimed(store)
    job = await leased(store, 2, **({"file": "same"} | changed))
    assert await store.admit(job, FAMILY, 9, NOW) == Admitted()


async def test_a_transcript_answers_until_its_moment_and_not_at_it(store):
    await ready(store, 1, file="same", expires_at=LATER)
    await claimed(store)
    job = await leased(store, 2, file="same")
    assert isinstance(await store.admit(job, FAMILY, 9, LATER - 0.001), Known)
    assert await store.admit(job, FAMILY, 9, LATER) == Admitted()


async def test_the_newest_of_several_transcripts_answers(store):
    await ready(store, 1, file="same", expires_at=NOW + 1)
    await claimed(store)
    job = await leased(store, 2, file="same")
    await store.admit(job, FAMILY, 9, NOW + 1)
    await recorded(store, job, Submitted(NOW, 12.5, part(of=2)))
    newest = await recorded(store, await claimed(store), Ready(Transcript("newer"), KEPT_UNTIL))
    await claimed(store)
    third = await leased(store, 3, file="same")
    assert await store.admit(third, FAMILY, 9, NOW) == Known(newest.transcript_id)


@pytest.mark.parametrize("leader", [accepted, uploading, submitted, fetching])
async def test_a_job_waits_behind_an_older_one_with_the_same_key(store, leader):
    older = await leader(store, 1, file="same")
    job = await second_of(store, older)
    assert isinstance(await store.admit(job, FAMILY, 9, NOW), MustWait)
    stored = await again(store, job)
    assert (stored.waiting_for, stored.slot, stored.lease_token) == (SAME, None, job.lease_token)


async def second_of(store, older):
    """A second job with the same key, in somebody's hands."""
    await accepted(store, 2, file="same")
    jobs = (await store.claim(NOW, NOW + LEASE, 10)).jobs
    (job,) = (each for each in jobs if each.id != older.id)
    return job


async def test_an_older_job_that_lost_its_slot_still_goes_first(store):
    older = await recorded(store, await uploading(store, 1, file="same"), Attempted(LATER))
    job = await leased(store, 2, file="same")
    assert isinstance(await store.admit(job, FAMILY, 9, NOW), MustWait)
    assert await store.admit(await claimed(store, LATER), FAMILY, 9, LATER) == Admitted()
    assert (await again(store, older)).slot == FAMILY


@pytest.mark.parametrize("changed", [{"file": "other"}, {"model": "whisper"}, {"options": Options("fr")}])
async def test_a_job_waits_behind_nobody_with_another_key(store, changed):
    await uploading(store, 1, file="same")
    job = await leased(store, 2, **({"file": "same"} | changed))
    assert await store.admit(job, FAMILY, 9, NOW) == Admitted()


async def test_a_younger_job_with_the_same_key_is_in_nobodys_way(store):
    older = await leased(store, 1, file="same")
    await accepted(store, 2, file="same")
    assert await store.admit(older, FAMILY, 9, NOW) == Admitted()


async def test_an_older_job_waits_behind_a_younger_one_that_is_at_the_provider(store):
    """A younger one gets there by taking over the generations of a cancelled one."""
    first = await submitted(store, 1, file="same")
    busy = await waiting_hands(store, 2, full=False, file="same")
    heir = await waiting(store, 3, full=False, file="same")
    await store.cancel(first.id, first.chat_id, 900, NOW)
    assert (await again(store, heir)).state is State.SUBMITTED
    assert isinstance(await store.admit(busy, FAMILY, 9, NOW), MustWait)


@pytest.mark.parametrize("maker", [ready, delivering])
async def test_a_job_waits_behind_nobody_whose_transcript_is_known_and_not_kept(store, maker):
    await maker(store, 1, file="same", expires_at=NOW)
    job = await accepted(store, 2, file="same")
    (job,) = [each for each in (await store.claim(NOW, NOW + LEASE, 10)).jobs if each.id == job.id]
    assert await store.admit(job, FAMILY, 9, NOW) == Admitted()


async def test_a_job_waits_behind_nobody_that_ended(store):
    await recorded(store, await uploading(store, 1, file="same"), Ended(State.FAILED))
    job = await leased(store, 2, file="same")
    assert await store.admit(job, FAMILY, 9, NOW) == Admitted()


@pytest.mark.parametrize("slots", [1, 3])
async def test_a_family_takes_as_many_as_it_has_slots(store, slots):
    for number in range(slots):
        await uploading(store, number, slots=slots, chat_id=number)
    job = await leased(store, 100)
    assert isinstance(await store.admit(job, FAMILY, slots, NOW), MustWait)
    stored = await again(store, job)
    assert (stored.waiting_for, stored.slot) == (FAMILY, None)


async def test_families_do_not_share_their_slots(store):
    await uploading(store, 1, slots=1)
    job = await leased(store, 2)
    assert await store.admit(job, "whisper", 1, NOW) == Admitted()
    assert (await again(store, job)).slot == "whisper"


async def test_a_job_at_the_provider_takes_a_slot(store):
    await submitted(store, 1)
    assert isinstance(await store.admit(await leased(store, 2), FAMILY, 1, NOW), MustWait)


async def test_who_comes_later_stands_behind_an_older_one_that_still_waits_for_a_slot(store):
    await uploading(store, 1)
    oldest = await waiting(store, 2, full=True)
    job = await leased(store, 3)
    assert isinstance(await store.admit(job, FAMILY, 2, NOW), MustWait)
    assert (await again(store, job)).waiting_for == FAMILY
    assert await store.admit(await claimed_one(store, oldest, LATER), FAMILY, 2, LATER) == Admitted()


async def claimed_one(store, job, now):
    return {each.id: each for each in (await store.claim(now, now + LEASE, 10)).jobs}[job.id]


async def test_nobody_stands_behind_a_younger_one_that_waits_for_a_slot(store):
    first = await leased(store, 1)
    await uploading(store, 2)
    await waiting(store, 3, full=True)
    assert await store.admit(first, FAMILY, 2, NOW) == Admitted()


async def test_nobody_stands_behind_one_that_waits_for_a_slot_of_another_family(store):
    await uploading(store, 1)
    await waiting(store, 2, full=True)
    assert await store.admit(await leased(store, 3), "whisper", 1, NOW) == Admitted()


async def test_asking_again_is_answered_by_how_things_are_now(store):
    first = await uploading(store, 1, file="same")
    job = await waiting_hands(store, 2, full=False, file="same")
    await recorded(store, first, Ended(State.FAILED))
    assert await store.admit(job, FAMILY, 1, NOW) == Admitted()
    assert (await again(store, job)).waiting_for is None


async def test_a_waiter_for_the_same_may_come_to_wait_for_a_slot(store):
    first = await uploading(store, 1, file="same")
    job = await waiting_hands(store, 2, full=False, file="same")
    await recorded(store, first, Ended(State.FAILED))
    await uploading(store, 3)
    assert isinstance(await store.admit(job, FAMILY, 1, NOW), MustWait)
    assert (await again(store, job)).waiting_for == FAMILY


GIVING_BACK = {
    "waiting": (uploading, Waiting(LATER)),
    "attempted": (uploading, Attempted(LATER)),
    "released": (uploading, Released(LATER)),
    "hopeless before the upload": (uploading, Hopeless(APOLOGY)),
    "failed before the upload": (uploading, Ended(State.FAILED)),
    "forgotten": (fetching, Forgotten(LATER)),
    "ready": (fetching, Ready(Transcript("said"), KEPT_UNTIL)),
    "hopeless at the provider": (fetching, Hopeless(APOLOGY)),
    "failed at the provider": (fetching, Ended(State.FAILED)),
}
every_way_to_give_a_slot_back = pytest.mark.parametrize(("holder", "outcome"), GIVING_BACK.values(), ids=GIVING_BACK)


@every_way_to_give_a_slot_back
async def test_a_slot_that_is_given_back_wakes_the_oldest_that_waits_for_one(store, holder, outcome):
    job = await holder(store, 1)
    oldest = await waiting(store, 2, full=True)
    younger = await waiting(store, 3, full=True)
    assert (await recorded(store, job, outcome)).slot is None
    assert await is_woken(store, oldest)
    assert await lies_idle(store, younger)


@every_way_to_give_a_slot_back
async def test_the_woken_one_finds_the_slot_free(store, holder, outcome):
    job = await holder(store, 1)
    oldest = await waiting(store, 2, full=True)
    await recorded(store, job, outcome)
    woken = {each.id: each for each in (await store.claim(NOW, NOW + LEASE, 10)).jobs}[oldest.id]
    assert await store.admit(woken, FAMILY, 1, NOW) == Admitted()


@pytest.mark.parametrize("holder", [uploading, submitted, fetching])
async def test_a_cancelled_job_gives_its_slot_to_the_oldest_that_waits_for_one(store, holder):
    job = await holder(store, 1)
    oldest = await waiting(store, 2, full=True)
    younger = await waiting(store, 3, full=True)
    cancelled = (await store.cancel(job.id, job.chat_id, 900, NOW)).job
    assert cancelled.slot is None
    assert await is_woken(store, oldest)
    assert await lies_idle(store, younger)


async def test_a_slot_of_one_family_wakes_nobody_who_waits_for_another(store):
    await uploading(store, 1)
    other = await leased(store, 2)
    await store.admit(other, "whisper", 1, NOW)
    waiter = await waiting(store, 3, full=True)
    await recorded(store, other, Ended(State.FAILED))
    assert await lies_idle(store, waiter)


async def test_a_job_that_holds_no_slot_wakes_nobody_when_it_ends(store):
    await submitted(store, 1)
    waiter = await waiting(store, 2, full=True)
    await recorded(store, await leased(store, 3), Ended(State.FAILED))
    assert await lies_idle(store, waiter)


@pytest.mark.parametrize("outcome", [Waiting(NOW), Attempted(NOW), Released(LATER)])
async def test_a_job_that_stays_at_the_provider_wakes_nobody(store, outcome):
    job = await fetching(store, 1)
    waiter = await waiting(store, 2, full=True)
    await recorded(store, job, outcome)
    assert await lies_idle(store, waiter)


async def test_a_waiter_in_somebodys_hands_is_woken_as_soon_as_they_let_go(store):
    job = await fetching(store, 1)
    busy = await waiting_hands(store, 2, full=True)
    await recorded(store, job, Ended(State.FAILED))
    held = await again(store, busy)
    assert (held.woken, held.lease_token, held.next_at) == (True, busy.lease_token, busy.next_at)
    stayed = await recorded(store, busy, Waiting(LATER))
    assert stayed.next_at == NOW
    assert await store.admit(await claimed(store), FAMILY, 1, NOW) == Admitted()


async def test_a_waiter_that_was_woken_once_waits_for_its_moment_like_anybody(store):
    job = await fetching(store, 1)
    busy = await waiting_hands(store, 2, full=True)
    await recorded(store, job, Ended(State.FAILED))
    await recorded(store, busy, Waiting(LATER))
    stayed = await recorded(store, await claimed(store), Attempted(LATER))
    assert stayed.next_at == LATER


async def test_each_slot_wakes_another_waiter(store):
    first = await fetching(store, 1)
    second = await leased(store, 2)
    assert await store.admit(second, FAMILY, 2, NOW) == Admitted()
    waiters = [await waiting(store, number, full=True) for number in (3, 4, 5)]
    await recorded(store, first, Ended(State.FAILED))
    await recorded(store, second, Ended(State.FAILED))
    assert [await is_woken(store, waiter) for waiter in waiters] == [True, True, False]


@pytest.mark.parametrize("expires_at", [KEPT_UNTIL, NOW], ids=["kept", "not kept"])
async def test_a_transcript_answers_every_job_that_waited_for_it(store, expires_at):
    first = await fetching(store, 1, file="same")
    followers = [await waiting(store, number, full=False, file="same") for number in (2, 3)]
    other = await waiting(store, 4, full=True)
    moved = await recorded(store, first, Ready(Transcript("said"), expires_at))
    for follower in followers:
        now = await again(store, follower)
        assert (now.state, now.transcript_id, now.waiting_for) == (State.READY, moved.transcript_id, None)
        assert (now.ready_at, now.next_at) == (NOW, NOW)
    assert (await again(store, other)).state is State.QUEUED


@pytest.mark.parametrize("expires_at", [KEPT_UNTIL, NOW], ids=["kept", "not kept"])
async def test_a_transcript_answers_a_waiter_that_was_in_somebodys_hands(store, expires_at):
    first = await fetching(store, 1, file="same")
    busy = await waiting_hands(store, 2, full=False, file="same")
    moved = await recorded(store, first, Ready(Transcript("said"), expires_at))
    held = await again(store, busy)
    assert (held.state, held.woken, held.lease_token) == (State.QUEUED, True, busy.lease_token)
    assert await store.admit(busy, FAMILY, 9, NOW) == Known(moved.transcript_id)


@pytest.mark.parametrize("expires_at", [KEPT_UNTIL, NOW], ids=["kept", "not kept"])
async def test_a_transcript_answers_a_waiter_after_its_holder_let_go(store, expires_at):
    first = await fetching(store, 1, file="same")
    busy = await waiting_hands(store, 2, full=False, file="same")
    moved = await recorded(store, first, Ready(Transcript("said"), expires_at))
    stayed = await recorded(store, busy, Waiting(LATER))
    assert stayed.next_at == NOW
    jobs = {job.id: job for job in (await store.claim(NOW, NOW + LEASE, 10)).jobs}
    assert await store.admit(jobs[busy.id], FAMILY, 9, NOW) == Known(moved.transcript_id)


@pytest.mark.parametrize("expires_at", [KEPT_UNTIL, NOW], ids=["kept", "not kept"])
async def test_a_transcript_answers_a_waiter_whose_holder_died(store, expires_at):
    first = await fetching(store, 1, file="same")
    await waiting_hands(store, 2, full=False, file="same")
    moved = await recorded(store, first, Ready(Transcript("said"), expires_at))
    await recorded(store, await claimed(store), Ended(State.DELIVERED))
    await died(store)
    assert await store.admit(await claimed(store), FAMILY, 9, NOW) == Known(moved.transcript_id)


async def test_a_transcript_that_is_not_kept_answers_nobody_who_comes_later(store):
    await ready(store, 1, file="same", expires_at=NOW)
    await claimed(store)
    assert await store.admit(await leased(store, 2, file="same"), FAMILY, 9, NOW) == Admitted()


@pytest.mark.parametrize("outcome", [Hopeless(APOLOGY), Ended(State.FAILED)])
@pytest.mark.parametrize("leader", [uploading, fetching])
async def test_a_leader_without_a_transcript_wakes_all_its_followers_and_the_oldest_leads(store, leader, outcome):
    job = await leader(store, 1, file="same")
    followers = [await waiting(store, number, full=False, file="same") for number in (2, 3)]
    other = await waiting(store, 4, full=True)
    stranger = await waiting(store, 5, full=True, file="other")
    await recorded(store, job, outcome)
    assert [await is_woken(store, follower) for follower in followers] == [True, True]
    assert await is_woken(store, other)
    assert await lies_idle(store, stranger)
    jobs = {each.id: each for each in (await store.claim(NOW, NOW + LEASE, 10)).jobs}
    assert isinstance(await store.admit(jobs[followers[1].id], FAMILY, 9, NOW), MustWait)
    assert await store.admit(jobs[followers[0].id], FAMILY, 9, NOW) == Admitted()


@pytest.mark.parametrize("outcome", [Hopeless(APOLOGY), Ended(State.FAILED), Ready(Transcript("said"), NOW)])
async def test_followers_of_another_key_sleep_on(store, outcome):
    await submitted(store, 1, file="other")
    follower = await waiting(store, 2, full=False, file="other")
    await recorded(store, await fetching(store, 3, file="same"), outcome)
    assert await lies_idle(store, follower)


async def test_a_follower_in_somebodys_hands_is_woken_as_soon_as_they_let_go(store):
    job = await fetching(store, 1, file="same")
    busy = await waiting_hands(store, 2, full=False, file="same")
    await recorded(store, job, Ended(State.FAILED))
    held = await again(store, busy)
    assert (held.woken, held.lease_token, held.next_at) == (True, busy.lease_token, busy.next_at)
    assert (await recorded(store, busy, Waiting(LATER))).next_at == NOW


@pytest.mark.parametrize("outcome", [Waiting(LATER), Attempted(LATER), Released(LATER)])
async def test_followers_sleep_on_while_their_leader_tries_again(store, outcome):
    job = await uploading(store, 1, file="same")
    follower = await waiting(store, 2, full=False, file="same")
    await recorded(store, job, outcome)
    assert await lies_idle(store, follower)


async def test_a_waiter_that_was_not_woken_looks_again_by_itself(store):
    await submitted(store, 1, file="same")
    waiters = {
        (await waiting(store, 2, full=False, file="same")).id,
        (await waiting(store, 3, full=True)).id,
    }
    assert waiters <= await due(store, LATER)


async def test_a_waiter_whose_step_does_not_come_to_ask_again_stands_in_nobodys_way(store):
    await submitted(store, 1)
    job = await waiting(store, 2, full=True)
    jobs = {each.id: each for each in (await store.claim(LATER, LATER + LEASE, 10)).jobs}
    stayed = await recorded(store, jobs[job.id], Waiting(LATER + 50), LATER)
    assert (stayed.waiting_for, stayed.next_at) == (None, LATER + 50)
    assert await store.admit(await leased(store, 3), FAMILY, 2, LATER) == Admitted()


async def held_back(store, number):
    """A job that waits until the provider works for anybody, in nobody's hands."""
    job = await recorded(store, await uploading(store, number), Waiting(LATER, waiting_for=PAUSED))
    assert (job.waiting_for, job.slot) == (PAUSED, None)
    return job


async def test_paused_jobs_are_woken_by_the_first_create_that_gets_through(store):
    held = [await held_back(store, number) for number in (1, 2)]
    await submitted(store, 3)
    woken = [await again(store, job) for job in held]
    assert [(job.waiting_for, job.next_at) for job in woken] == [(None, NOW)] * 2


async def test_a_create_that_got_through_wakes_nobody_who_waits_for_another_thing(store):
    await submitted(store, 1, file="same")
    follower = await waiting(store, 2, full=False, file="same")
    patient = await waiting(store, 3, full=True)
    await submitted(store, 4)
    assert await lies_idle(store, follower)
    assert await lies_idle(store, patient)


async def test_a_create_that_got_through_leaves_alone_who_is_in_somebodys_hands(store):
    job = await uploading(store, 1)
    await held_back(store, 2)
    busy = await claimed(store, LATER)
    await recorded(store, job, Submitted(LATER, 12.5, part()))
    assert await again(store, busy) == busy


async def test_a_create_recorded_too_late_wakes_nobody(store):
    slow = await uploading(store, 1)
    await died(store)
    await claimed(store)
    held = await held_back(store, 2)
    assert not await store.record(slow, Submitted(LATER, 12.5, part()), NOW)
    assert await again(store, held) == held


async def test_a_paused_job_may_be_admitted_when_its_moment_has_come(store):
    await recorded(store, await uploading(store), Waiting(LATER, waiting_for=PAUSED))
    job = await claimed(store, LATER)
    assert await store.admit(job, FAMILY, 1, LATER) == Admitted()
    assert (await again(store, job)).waiting_for is None


async def test_a_job_that_was_woken_meanwhile_does_not_wait_for_the_provider(store):
    leader = await fetching(store, 1, file="same")
    busy = await waiting_hands(store, 2, full=False, file="same")
    await recorded(store, leader, Ended(State.FAILED))
    stayed = await recorded(store, busy, Waiting(LATER, waiting_for=PAUSED))
    assert (stayed.woken, stayed.waiting_for, stayed.next_at) == (True, None, NOW)


async def test_a_woken_job_that_could_not_ask_again_waits_for_its_moment_and_stays_woken(store):
    leader = await fetching(store, 1, file="same")
    await waiting(store, 2, full=False, file="same")
    await recorded(store, leader, Ended(State.FAILED))
    stayed = await recorded(store, await claimed(store), Waiting(LATER))
    assert (stayed.woken, stayed.waiting_for, stayed.next_at) == (True, None, LATER)


async def test_a_job_that_was_told_to_wait_again_is_due_when_its_new_leader_ends_meanwhile(store):
    """It was claimed as woken, and asked; the leader that it found ends before its wait is recorded."""
    first = await fetching(store, 1, file="same")
    followers = [await waiting(store, number, full=False, file="same") for number in (2, 3)]
    await recorded(store, first, Ended(State.FAILED))
    leader, follower = (await store.claim(NOW, NOW + LEASE, 10)).jobs
    assert [leader.id, follower.id] == [each.id for each in followers]
    assert await store.admit(leader, FAMILY, 9, NOW) == Admitted()
    assert await store.admit(follower, FAMILY, 9, NOW) == MustWait(SAME)
    await recorded(store, leader, Ended(State.FAILED))
    stayed = await recorded(store, follower, Waiting(LATER, SAME))
    assert (stayed.woken, stayed.next_at) == (True, NOW)
    assert await store.admit(await claimed(store), FAMILY, 9, NOW) == Admitted()


async def test_a_job_woken_in_hands_that_died_is_due_and_asks_again(store):
    leader = await fetching(store, 1, file="same")
    busy = await waiting_hands(store, 2, full=False, file="same")
    await recorded(store, leader, Ended(State.FAILED))
    await died(store)
    other = await leased_among(store, busy)
    assert await store.admit(other, FAMILY, 9, NOW) == Admitted()


async def leased_among(store, job):
    return {each.id: each for each in await claim_all(store)}[job.id]


async def test_a_job_woken_in_hands_that_died_honours_the_wait_it_is_told(store):
    leader = await fetching(store, 1, file="same")
    busy = await waiting_hands(store, 2, full=False, file="same")
    await recorded(store, leader, Ended(State.FAILED))
    await died(store)
    job = await leased_among(store, busy)
    stayed = await recorded(store, job, Waiting(LATER))
    assert (stayed.woken, stayed.waiting_for, stayed.next_at) == (True, None, LATER)


async def test_an_answer_at_once_ends_the_pause_for_others(store):
    job = await uploading(store, 1)
    paused = await held_back(store, 2)
    await recorded(store, job, Ready(Transcript("said"), KEPT_UNTIL))
    assert (await again(store, paused)).next_at == NOW


async def test_what_is_not_kept_answers_nobody_who_came_later_and_waited_for_another_one(store):
    """That no speech was heard is never kept: the file was sent twice again before its chat could be told."""
    await delivering(store, 1, file="same", expires_at=NOW)
    await accepted(store, 2, file="same", now=NOW + 1)
    second = await claimed(store, NOW + 1)
    assert await store.admit(second, FAMILY, 9, NOW + 1) == Admitted()
    await accepted(store, 3, file="same", now=NOW + 1)
    third = await claimed(store, NOW + 1)
    assert await store.admit(third, FAMILY, 9, NOW + 1) == MustWait(SAME)
    await recorded(store, second, Hopeless(APOLOGY), NOW + 1)
    assert (await again(store, third)).woken
    assert await store.admit(third, FAMILY, 9, NOW + 1) == Admitted()


async def test_how_faint_a_recording_is_is_known_until_its_text_comes(store):
    job = await uploading(store)
    await recorded(store, job, Submitted(NOW, 12.5, part(), is_faint=True))
    job = await claimed(store)
    assert job.doubtful is Doubt.FAINT
    await recorded(store, job, Ready(Transcript("Thank you."), KEPT_UNTIL, is_invented=True))
    assert (await again(store, job)).doubtful is Doubt.WORDS


async def test_a_text_that_perhaps_nobody_said_is_that_for_all_that_it_answers(store):
    first = await fetching(store, 1, file="same")
    follower = await waiting(store, 2, full=False, file="same")
    await recorded(store, first, Ready(Transcript("Thank you."), KEPT_UNTIL, is_invented=True))
    await claim_all(store)
    late = await leased(store, 3, file="same")
    await recorded(store, late, await store.admit(late, FAMILY, 9, NOW))
    assert [(await again(store, each)).doubtful for each in (first, follower, late)] == [Doubt.WORDS] * 3
