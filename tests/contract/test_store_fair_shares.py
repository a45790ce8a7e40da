"""Work is shared over chats: whose turn it is to be claimed and to get a slot, and how much one chat may have open."""

import pytest

from storage.outcomes import Admitted, Ended, MustWait, Submitted, Waiting
from storage.statements.claims import LINED_UP_AT_ONCE, TURN_AFTER
from storage.words import SAME, State
from tests.contract.stored import (
    CHAT,
    FAMILY,
    LATER,
    LEASE,
    NOW,
    accepted,
    again,
    claimed,
    due,
    leased,
    recorded,
    submitted,
    uploading,
    waiting,
    waiting_hands,
)

OTHER = CHAT + 1
THIRD = CHAT + 2
EARLY = NOW - 10 * TURN_AFTER


async def claimed_in_order(store, now=NOW, limit=100, passed_over=()):
    return [job.id for job in (await store.claim(now, now + LEASE, limit, passed_over)).jobs]


# Turns


async def test_the_first_job_of_a_chat_has_its_turn_at_once_and_each_further_one_later(store):
    jobs = [await accepted(store, number, now=NOW + number) for number in range(3)]
    assert [job.turn for job in jobs] == [NOW, NOW + TURN_AFTER, NOW + 2 * TURN_AFTER]


async def test_a_job_comes_before_the_second_one_of_a_chat_that_came_earlier(store):
    crowd = [await accepted(store, number) for number in range(5)]
    fresh = await accepted(store, 9, now=NOW + 60, chat_id=OTHER)
    assert await claimed_in_order(store, NOW + 60) == [crowd[0].id, fresh.id, *(job.id for job in crowd[1:])]


async def test_chats_are_served_one_after_the_other(store):
    jobs = {(chat, n): await accepted(store, n, chat_id=chat) for chat in (CHAT, OTHER, THIRD) for n in range(3)}
    expected = [jobs[chat, n].id for n in range(3) for chat in (CHAT, OTHER, THIRD)]
    assert await claimed_in_order(store) == expected


async def test_a_chat_whose_jobs_are_answered_starts_anew(store):
    first = await leased(store, 1)
    await recorded(store, first, Ended(State.FAILED))
    assert (await accepted(store, 2, now=NOW + 1)).turn == NOW + 1


async def test_newcomers_do_not_keep_a_chat_from_its_second_turn_for_ever(store):
    patient = [await accepted(store, number) for number in (1, 2)]
    late = await accepted(store, 3, now=NOW + TURN_AFTER + 1, chat_id=OTHER)
    assert await claimed_in_order(store, late.created_at) == [patient[0].id, patient[1].id, late.id]


async def test_a_job_keeps_its_turn_when_it_becomes_due_again(store):
    early, late = await accepted(store, 1, chat_id=OTHER), await accepted(store, 2, now=NOW + 1)
    for job in (await store.claim(NOW + 1, NOW + LEASE, 10)).jobs:
        moment = LATER if job.id == early.id else LATER - 50
        await recorded(store, job, Waiting(moment), NOW + 1)
    assert await claimed_in_order(store, LATER) == [early.id, late.id]


# Claims


async def test_what_a_claim_leaves_behind_waits_in_line_by_turn_and_is_due(store):
    crowd = [await accepted(store, number) for number in range(4)]
    assert await claimed_in_order(store, limit=1) == [crowd[0].id]
    fresh = await accepted(store, 9, now=NOW + 1, chat_id=OTHER)
    claim = await store.claim(NOW + 1, NOW + LEASE, 2)
    assert [job.id for job in claim.jobs] == [fresh.id, crowd[1].id]
    assert claim.next_at == NOW


async def test_timers_that_have_run_out_stand_in_the_same_line(store):
    for number in range(3):
        await accepted(store, number, chat_id=number)
    for job in (await store.claim(NOW, NOW + LEASE, 10)).jobs:
        await recorded(store, job, Waiting(LATER - job.id))
    fresh = await accepted(store, 9, now=LATER, chat_id=OTHER)
    assert await claimed_in_order(store, LATER, limit=1) == [1]
    assert await claimed_in_order(store, LATER, limit=2) == [2, 3]
    assert await claimed_in_order(store, LATER, limit=2) == [fresh.id]


async def test_more_than_can_be_lined_up_at_once_is_claimed_all_the_same(store):
    many = LINED_UP_AT_ONCE + 20
    for number in range(many):
        await accepted(store, number, chat_id=number)
    for job in (await store.claim(NOW, NOW + LEASE, many)).jobs:
        await recorded(store, job, Waiting(LATER))
    taken = []
    while got := await claimed_in_order(store, LATER, limit=50):
        taken += got
    assert sorted(taken) == list(range(1, many + 1))


async def test_a_chat_that_is_passed_over_is_left_in_the_line_and_wakes_nobody(store):
    crowd = [await accepted(store, number) for number in range(3)]
    fresh = await accepted(store, 9, chat_id=OTHER)
    claim = await store.claim(NOW, NOW + LEASE, 10, {CHAT})
    assert [job.id for job in claim.jobs] == [fresh.id]
    assert claim.next_at == NOW + LEASE
    assert await claimed_in_order(store) == [job.id for job in crowd]


async def test_a_timer_of_a_chat_that_is_passed_over_stays_due(store):
    job = await recorded(store, await leased(store), Waiting(LATER))
    assert await claimed_in_order(store, LATER, passed_over={CHAT}) == []
    assert await claimed_in_order(store, LATER) == [job.id]


async def test_a_job_whose_lease_expired_may_be_passed_over_and_is_still_its_holders(store):
    slow = await leased(store)
    now = NOW + LEASE
    assert await claimed_in_order(store, now, passed_over={CHAT}) == []
    assert (await recorded(store, slow, Waiting(now + 50), now)).next_at == now + 50
    assert await claimed_in_order(store, now) == []


async def test_a_job_in_the_line_that_is_cancelled_stays_in_it(store):
    job = await accepted(store)
    assert (await store.cancel(job.id, CHAT, 900, NOW)).accepted
    assert await due(store) == {job.id}


async def test_a_clock_that_was_set_back_makes_nothing_due_too_early(store):
    await accepted(store)
    assert await store.claim(NOW - 1, NOW + LEASE, 10) == await store.claim(NOW - 1, NOW + LEASE, 10)
    assert await due(store) == {1}


# Slots


async def test_a_free_slot_goes_to_the_earliest_turn_that_waits_and_not_to_the_oldest_job(store):
    holder = await submitted(store, 1)
    crowd = await waiting(store, 2, full=True)
    fresh = await waiting(store, 3, full=True, chat_id=OTHER)
    await store.cancel(holder.id, CHAT, 900, NOW)
    assert (await again(store, fresh)).next_at == NOW
    assert (await again(store, crowd)).next_at == LATER


async def test_a_newcomer_does_not_stand_behind_later_turns_that_wait(store):
    await uploading(store, 1)
    await waiting(store, 2, full=True)
    fresh = await leased(store, 3, chat_id=OTHER)
    assert await store.admit(fresh, FAMILY, 2, NOW) == Admitted()


@pytest.mark.parametrize(("slots", "share"), [(1, 1), (2, 2), (3, 2), (5, 4)])
async def test_of_three_slots_or_more_one_is_kept_for_other_chats(store, slots, share):
    for number in range(share):
        await uploading(store, number, slots=slots)
    assert await store.admit(await leased(store, 50), FAMILY, slots, NOW) == MustWait(FAMILY)
    fresh = await leased(store, 51, chat_id=OTHER)
    admission = await store.admit(fresh, FAMILY, slots, NOW)
    assert admission == (Admitted() if share < slots else MustWait(FAMILY))


async def test_whoever_takes_the_last_slot_that_there_is_for_its_chat_is_told(store):
    lasts = []
    for number, chat_id in enumerate((CHAT, CHAT, CHAT, OTHER)):
        lasts.append((await store.admit(await leased(store, number, chat_id=chat_id), FAMILY, 4, NOW)).took_last)
    assert lasts == [False, False, True, True]


async def test_more_slots_are_offered_to_as_many_as_are_free_in_the_order_of_their_turns(store):
    first = await uploading(store, 1)
    crowd = [await waiting(store, number, full=True) for number in range(2, 7)]
    fresh = await waiting(store, 7, full=True, chat_id=OTHER)
    await recorded(store, first, Submitted(LATER, 5.0, None, {FAMILY: 4, "whisper": 9}))
    assert (await again(store, fresh)).next_at == NOW
    assert [(await again(store, job)).next_at for job in crowd] == [NOW, NOW, LATER, LATER, LATER]


async def test_no_more_slots_than_are_taken_are_offered_to_nobody(store):
    first = await uploading(store, 1)
    await uploading(store, 2)
    waiter = await waiting(store, 3, full=True)
    await recorded(store, first, Submitted(LATER, 5.0, None, {FAMILY: 1}))
    assert (await again(store, waiter)).next_at == LATER


async def sated(store):
    """A job with an early turn, in somebody's hands, whose chat has two of three slots and may have no more."""
    for number in (1, 2):
        await uploading(store, number, slots=3, now=EARLY)
    return await leased(store, 3, now=EARLY)


async def test_a_chat_that_has_its_share_keeps_no_later_turn_of_another_from_a_slot(store):
    early = await sated(store)
    assert await store.admit(early, FAMILY, 3, NOW) == MustWait(FAMILY)
    assert await store.admit(await leased(store, 4, chat_id=OTHER), FAMILY, 3, NOW) == Admitted()


async def test_a_chat_that_has_its_share_passes_the_offer_of_a_slot_on(store):
    early = await sated(store)
    holder = await uploading(store, 4, slots=3, chat_id=OTHER)
    late = await leased(store, 5, chat_id=THIRD)
    for job in (early, late):
        assert await store.admit(job, FAMILY, 3, NOW) == MustWait(FAMILY)
        await recorded(store, job, Waiting(LATER, FAMILY))
    await recorded(store, holder, Ended(State.FAILED))
    woken = await claimed(store)
    assert woken.id == early.id
    assert await store.admit(woken, FAMILY, 3, NOW) == MustWait(FAMILY)
    assert await store.admit(await claimed(store), FAMILY, 3, NOW) == Admitted()
    assert (await again(store, late)).slot == FAMILY


async def leased_at(store, number, now):
    """A job that came a little later, in somebody's hands."""
    await accepted(store, number, now=now)
    return await claimed(store, now)


async def test_a_slot_that_was_offered_to_a_job_that_did_not_ask_is_passed_on_by_the_next_that_asks(store):
    holder = await uploading(store, 1, slots=2)
    offered = await waiting(store, 2, full=True, chat_id=OTHER)
    patient = await waiting(store, 3, full=True, chat_id=THIRD)
    await recorded(store, holder, Ended(State.FAILED))
    busy = await claimed(store)
    assert busy.id == offered.id
    await recorded(store, busy, Waiting(LATER))
    late = await leased_at(store, 4, NOW + 1)
    assert await store.admit(late, FAMILY, 1, NOW + 1) == MustWait(FAMILY)
    assert (await again(store, patient)).next_at == NOW + 1


async def test_a_job_that_others_wait_for_gets_the_earliest_of_their_turns(store):
    """Somebody else sent the same file as the last one of a crowd."""
    for number in range(1, 4):
        await accepted(store, number)
    leader = await accepted(store, 4, file="same")
    await accepted(store, 5, file="same", chat_id=OTHER, now=NOW + 1)
    follower = {job.id: job for job in (await store.claim(NOW + 1, NOW + LEASE, 2)).jobs}[5]
    assert await store.admit(follower, FAMILY, 9, NOW) == MustWait(SAME)
    assert (await again(store, leader)).turn == follower.turn
    assert await claimed_in_order(store, NOW + 1, limit=1) == [leader.id]


# Slots that are lent for a preparation


async def test_a_slot_that_is_given_back_before_the_upload_goes_to_the_next_one(store):
    slow = await uploading(store, 1, slots=1)
    patient = await waiting(store, 2, full=True)
    assert await store.give_slot_back(slow, NOW)
    assert ((await again(store, slow)).slot, (await again(store, patient)).next_at) == (None, NOW)
    assert await store.admit(await claimed(store), FAMILY, 1, NOW) == Admitted()
    assert await store.admit(slow, FAMILY, 1, NOW) == MustWait(FAMILY)


async def test_giving_a_slot_back_twice_wakes_one(store):
    slow = await uploading(store, 1, slots=1)
    first, second = [await waiting(store, number, full=True) for number in (2, 3)]
    assert await store.give_slot_back(slow, NOW)
    assert await store.give_slot_back(slow, NOW)
    assert [(await again(store, job)).next_at for job in (first, second)] == [NOW, LATER]


async def test_a_job_that_gave_its_slot_back_gets_the_next_one_in_its_turn(store):
    slow = await uploading(store, 1, slots=1)
    await store.give_slot_back(slow, NOW)
    other = await uploading(store, 2, slots=1)
    assert await store.admit(slow, FAMILY, 1, NOW) == MustWait(FAMILY)
    patient = await waiting(store, 3, full=True)
    await recorded(store, other, Ended(State.FAILED))
    assert await store.admit(slow, FAMILY, 1, NOW) == Admitted()
    assert (await again(store, patient)).next_at == LATER


async def test_asking_again_for_the_same_slot_changes_nothing(store):
    await submitted(store, 1)
    job = await waiting_hands(store, 2, full=True)
    before = await again(store, job)
    assert await store.admit(job, FAMILY, 1, NOW) == MustWait(FAMILY)
    assert await again(store, job) == before
