"""A press on the cancel button, at every moment of a job's life."""

from dataclasses import replace

import pytest

from storage.apology import Apology, Notice, Reason
from storage.cancelling import CancelResult
from storage.outcomes import Attempted, Ended, Hopeless, Known, MustWait, Ready, Waiting
from storage.transcript import Transcript
from storage.words import SAME, Form, Press, State
from tests.contract.stored import (
    APOLOGY,
    CHAT,
    FAMILY,
    KEPT_UNTIL,
    LATER,
    NOW,
    accepted,
    again,
    claim_all,
    claimed,
    delivering,
    died,
    due,
    everything,
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

MESSAGE = 900
UNFINISHED = {
    "accepted": accepted,
    "queued and leased": leased,
    "uploading": uploading,
    "submitted": submitted,
    "fetching": fetching,
    "ready": ready,
    "delivering": delivering,
}
every_unfinished_job = pytest.mark.parametrize("maker", UNFINISHED.values(), ids=UNFINISHED)


async def press(store, job, *, message=MESSAGE, now=NOW):
    return await store.cancel(job.id, job.chat_id, message, now)


@every_unfinished_job
async def test_a_cancelled_job_is_ready_to_say_so_at_once(store, maker):
    job = await maker(store)
    result = await press(store, job, now=NOW + 1)
    assert result == CancelResult(job=await again(store, job), accepted=True, orphan=False)
    assert (result.job.state, result.job.apology) == (State.READY, APOLOGY)
    assert (result.job.ready_at, result.job.next_at, result.job.lease_token) == (NOW + 1, NOW + 1, None)
    assert await store.generations(job) == ()
    assert await due(store, NOW + 1) == {job.id}


@every_unfinished_job
async def test_a_cancelled_job_carries_nothing_of_what_it_was_doing(store, maker):
    job = await maker(store)
    result = await press(store, job)
    assert (result.job.slot, result.job.waiting_for, result.job.create_started) == (None, None, False)
    assert (result.job.interrupted, result.job.deaths, result.job.attempts) == (0, 0, 0)


async def test_the_attempts_of_a_cancelled_job_start_anew_for_saying_so(store):
    job = await recorded(store, await uploading(store), Attempted(LATER))
    assert (await press(store, job)).job.attempts == 0


async def test_a_cancelled_create_is_no_longer_going_on(store):
    job = await uploading(store)
    await store.start_create(job)
    assert not (await press(store, job)).job.create_started


async def test_a_cancelled_job_that_waited_waits_no_more(store):
    await submitted(store, 1)
    job = await waiting(store, 2, full=True)
    assert (await press(store, job)).job.waiting_for is None


@every_unfinished_job
async def test_whatever_the_holder_of_a_cancelled_job_achieves_is_void(store, maker):
    job = await maker(store)
    await press(store, job)
    before = await everything(store, job)
    assert not await store.record(job, Ready(Transcript("too late"), KEPT_UNTIL), NOW)
    assert await everything(store, job) == before


async def test_a_cancelled_job_ends_as_cancelled(store):
    await press(store, await submitted(store))
    ended = await recorded(store, await claimed(store), Ended(State.CANCELLED))
    assert (ended.state, ended.next_at) == (State.CANCELLED, None)


@every_unfinished_job
async def test_a_button_in_another_chat_cancels_nothing(store, maker):
    job = await maker(store)
    before = await everything(store, job)
    result = await store.cancel(job.id, CHAT + 1, MESSAGE, NOW)
    assert result == CancelResult(job=None, accepted=False, orphan=True)
    assert await everything(store, job) == before


async def test_a_button_of_a_job_that_is_long_gone_is_an_orphan(store):
    assert await store.cancel(77, CHAT, MESSAGE, NOW) == CancelResult(None, accepted=False, orphan=True)


async def test_cancelling_one_job_changes_no_other(store):
    other = await submitted(store, 1)
    before = await everything(store, other)
    await press(store, await submitted(store, 2))
    assert await everything(store, other) == before


@every_unfinished_job
async def test_a_job_without_a_placeholder_adopts_the_message_with_the_button(store, maker):
    assert (await press(store, await maker(store))).job.placeholder_id == MESSAGE


async def test_a_job_keeps_its_placeholder_when_it_is_cancelled_there(store):
    job = await uploading(store)
    await store.place(job, MESSAGE, Notice.PAUSED)
    result = await press(store, job)
    assert (result.accepted, result.job.placeholder_id, result.job.notice) == (True, MESSAGE, Notice.PAUSED)


@every_unfinished_job
async def test_a_message_that_the_job_does_not_know_is_an_orphan_and_cancels_nothing(store, maker):
    job = await maker(store)
    await died(store)
    held = {each.id: each for each in await claim_all(store, LATER)}[job.id]
    await store.place(held, MESSAGE, "")
    before = await everything(store, job)
    result = await press(store, job, message=MESSAGE + 1)
    assert (result.accepted, result.orphan) == (False, True)
    assert await everything(store, job) == before


@pytest.mark.parametrize("end", [State.DELIVERED, State.CANCELLED])
async def test_it_is_too_late_once_the_job_ended(store, end):
    job = await delivering(store)
    await store.place(job, MESSAGE, "")
    ended = await recorded(store, job, Ended(end))
    assert await press(store, job) == CancelResult(job=ended, accepted=False, orphan=False)
    assert await again(store, job) == ended


async def test_a_message_of_a_job_that_failed_is_an_orphan(store):
    job = await delivering(store)
    await store.place(job, MESSAGE, "")
    ended = await recorded(store, job, Ended(State.FAILED))
    assert await press(store, job) == CancelResult(job=ended, accepted=False, orphan=True)
    assert await again(store, job) == ended


async def test_a_button_in_the_private_chat_with_the_sender_cancels_and_one_left_in_the_group_does_not(store):
    job = await delivering(store)
    await store.place(job, MESSAGE, "", Form.PRIVATE)
    assert job.chat_id != job.user_id
    assert await store.cancel(job.id, job.chat_id, MESSAGE, NOW) == CancelResult(None, accepted=False, orphan=True)
    result = await store.cancel(job.id, job.user_id, MESSAGE, NOW)
    assert (result.accepted, result.job.shown_in) == (True, job.user_id)


async def test_a_message_of_a_job_that_ended_without_a_placeholder_is_an_orphan(store):
    ended = await recorded(store, await delivering(store), Ended(State.FAILED))
    assert await press(store, ended) == CancelResult(job=ended, accepted=False, orphan=True)


async def test_a_message_that_a_job_does_not_know_is_an_orphan_after_its_end_too(store):
    job = await delivering(store)
    await store.place(job, MESSAGE, "")
    ended = await recorded(store, job, Ended(State.DELIVERED))
    assert await press(store, ended, message=MESSAGE + 1) == CancelResult(ended, accepted=False, orphan=True)


async def test_it_is_too_late_once_pages_of_the_answer_are_out(store):
    job = await delivering(store)
    await store.place(job, MESSAGE, "")
    await store.page_placed(job, 1, MESSAGE + 1)
    before = await everything(store, job)
    for message in (MESSAGE, MESSAGE + 1):
        assert await press(store, job, message=message) == CancelResult(before[0][0], accepted=False, orphan=False)
    assert await everything(store, job) == before


async def test_a_page_of_another_job_is_an_orphan_to_this_one(store):
    other = await delivering(store, 1)
    await store.page_placed(other, 1, MESSAGE + 1)
    job = await delivering(store, 2)
    await store.place(job, MESSAGE, "")
    assert (await press(store, job, message=MESSAGE + 1)).orphan


async def test_pages_of_another_job_are_no_reason_to_be_too_late(store):
    other = await delivering(store, 1)
    await store.page_placed(other, 1, MESSAGE + 1)
    assert (await press(store, await delivering(store, 2))).accepted


async def test_pressing_twice_is_accepted_twice_and_changes_nothing_more(store):
    job = await submitted(store)
    await press(store, job)
    before = await everything(store, job)
    assert await press(store, job, now=NOW + 5) == CancelResult(before[0][0], accepted=True, orphan=False)
    assert await everything(store, job) == before


async def test_pressing_again_while_the_cancelled_job_is_shown_keeps_its_holder(store):
    await press(store, await submitted(store))
    held = await claimed(store)
    assert (await press(store, held)).accepted
    await recorded(store, held, Ended(State.CANCELLED))


async def test_pressing_again_after_the_job_was_cancelled_is_still_accepted(store):
    await press(store, await submitted(store))
    ended = await recorded(store, await claimed(store), Ended(State.CANCELLED))
    assert await press(store, ended) == CancelResult(ended, accepted=True, orphan=False)


async def test_a_job_with_another_apology_keeps_that(store):
    job = await recorded(store, await uploading(store), Hopeless(Apology(Reason.TOO_BIG)))
    result = await press(store, job)
    assert (result.accepted, result.orphan, result.job.apology) == (False, False, Apology(Reason.TOO_BIG))


async def test_generations_that_are_paid_for_go_to_the_oldest_job_that_waits_for_them(store):
    job = await submitted(store, 1, file="same")
    heir, younger = [await waiting(store, number, full=False, file="same") for number in (2, 3)]
    assert (await press(store, job, now=NOW + 3)).job.state is State.READY
    took_over = await again(store, heir)
    assert took_over == replace(
        heir,
        state=State.SUBMITTED,
        slot=FAMILY,
        waiting_for=None,
        next_at=NOW + 3,
        submitted_at=job.submitted_at,
        audio_seconds=job.audio_seconds,
    )
    assert await store.generations(heir) == (part(of=1),)
    assert await store.generations(job) == ()
    assert await again(store, younger) == younger


async def test_the_heir_brings_the_transcript_for_those_who_wait_on(store):
    job = await submitted(store, 1, file="same")
    await waiting(store, 2, full=False, file="same")
    younger = await waiting(store, 3, full=False, file="same")
    await press(store, job)
    jobs = {each.id: each for each in (await store.claim(NOW, LATER - 1, 10)).jobs}
    del jobs[job.id]
    (heir,) = jobs.values()
    moved = await recorded(store, heir, Ready(Transcript("said"), KEPT_UNTIL))
    assert (await again(store, younger)).transcript_id == moved.transcript_id


async def test_the_slot_goes_over_with_the_generations_and_wakes_nobody_else(store):
    job = await submitted(store, 1, file="same")
    await waiting(store, 2, full=False, file="same")
    patient = await waiting(store, 3, full=True)
    await press(store, job)
    assert await again(store, patient) == patient


async def test_generations_go_to_nobody_with_another_key(store):
    await submitted(store, 1, file="other")
    other = await waiting(store, 2, full=False, file="other")
    await press(store, await submitted(store, 3, file="same"))
    assert await again(store, other) == other


async def test_generations_go_to_nobody_who_waits_for_a_slot(store):
    """It has the same key because what it was waiting behind is gone."""
    await uploading(store, 1)
    patient = await waiting(store, 2, full=True, file="same")
    job = await leased(store, 3, file="same")
    await press(store, job)
    assert await again(store, patient) == patient


async def test_generations_do_not_go_to_a_job_in_somebodys_hands_but_it_is_woken(store):
    job = await submitted(store, 1, file="same")
    busy = await waiting_hands(store, 2, full=False, file="same")
    await press(store, job)
    held = await again(store, busy)
    assert (held.state, held.woken, held.lease_token) == (State.QUEUED, True, busy.lease_token)
    assert await store.generations(busy) == ()


async def test_generations_go_past_a_job_in_somebodys_hands_to_the_next(store):
    job = await submitted(store, 1, file="same")
    busy = await waiting_hands(store, 2, full=False, file="same")
    heir = await waiting(store, 3, full=False, file="same")
    await press(store, job)
    assert (await again(store, heir)).state is State.SUBMITTED
    assert (await again(store, busy)).waiting_for == SAME
    assert isinstance(await store.admit(busy, FAMILY, 9, NOW), MustWait)


@pytest.mark.parametrize("maker", [accepted, uploading])
async def test_a_cancelled_leader_that_was_not_submitted_wakes_its_followers(store, maker):
    await uploading(store, 9)
    job = await maker(store, 1, file="same")
    if maker is accepted:
        job = await claimed(store)
    followers = [await waiting(store, number, full=False, file="same") for number in (2, 3)]
    await press(store, job)
    woken = [await again(store, follower) for follower in followers]
    assert [(each.state, each.woken, each.waiting_for, each.next_at) for each in woken] == [
        (State.QUEUED, True, None, NOW)
    ] * 2


async def test_parts_of_a_cancelled_upload_are_handed_over_with_their_slots(store):
    job = await uploading(store, 1, file="same")
    await store.created(job, part(0))
    await store.created(job, part(1))
    assert await store.take_slots(job, FAMILY, 2, 9)
    follower = await waiting(store, 2, full=False, file="same")
    await press(store, job)
    assert await store.generations(job) == ()
    assert await store.generations(follower) == (part(0), part(1))
    heir = await again(store, follower)
    assert (heir.state, heir.waiting_for, heir.slot, heir.more_slots) == (State.QUEUED, None, FAMILY, 1)
    assert await store.slots_taken() == {FAMILY: 2}


async def test_a_cancelled_job_leaves_its_transcript_to_others(store):
    job = await ready(store, 1, file="same")
    result = await press(store, job)
    assert result.job.transcript_id == job.transcript_id
    await claimed(store)
    assert await store.admit(await leased(store, 2, file="same"), FAMILY, 9, NOW) == Known(job.transcript_id)


async def test_a_message_sent_while_its_job_was_cancelled_there_is_not_stored_by_the_holder(store):
    job = await uploading(store)
    await press(store, job)
    assert not await store.place(job, MESSAGE, "")
    assert (await again(store, job)).placeholder_id == MESSAGE


async def test_a_job_cancelled_in_its_wait_can_be_recorded_no_more_by_its_holder(store):
    await submitted(store, 1, file="same")
    busy = await waiting_hands(store, 2, full=False, file="same")
    await press(store, busy)
    assert not await store.record(busy, Waiting(LATER), NOW)


async def test_generations_do_not_go_to_a_woken_job_whose_holder_died(store):
    job = await submitted(store, 1, file="same")
    leader = await waiting_hands(store, 2, full=False, file="same")
    await died(store)
    leader = {each.id: each for each in await claim_all(store)}[leader.id]
    heir = await waiting_hands(store, 3, full=False, file="same")
    await press(store, leader)
    assert (await again(store, heir)).woken
    await died(store)
    await press(store, job)
    assert (await again(store, heir)).state is State.QUEUED


SENDER, STRANGER = 42, 43


def pressed(job, **changes):
    return replace(Press(job.id, job.chat_id, MESSAGE, SENDER, button_seen=True), **changes)


@pytest.mark.parametrize("user_id", [SENDER, None])
async def test_the_sender_and_those_who_may_cancel_everything_press_as_if_they_cancelled(store, user_id):
    job = await submitted(store)
    result = await store.press(pressed(job, user_id=user_id), NOW)
    assert result == CancelResult(await again(store, job), accepted=True, orphan=False)
    assert result.job.apology == APOLOGY


async def test_a_press_by_somebody_else_changes_nothing(store):
    job = await submitted(store)
    result = await store.press(pressed(job, user_id=STRANGER), NOW)
    assert result == CancelResult(None, accepted=False, orphan=False, not_theirs=True)
    assert await again(store, job) == job


async def test_a_button_that_nobody_can_see_counts_under_the_placeholder_alone(store):
    job = await leased(store)
    for placeholder in (None, MESSAGE + 1):
        if placeholder is not None:
            await store.place(job, placeholder, Notice.NONE)
        result = await store.press(pressed(job, button_seen=False), NOW)
        assert result == CancelResult(None, accepted=False, orphan=False)
    assert (await store.press(pressed(job, message_id=MESSAGE + 1, button_seen=False), NOW)).accepted


async def test_a_press_names_a_job_of_its_own_chat(store):
    job = await submitted(store)
    assert (await store.press(pressed(job, chat_id=CHAT + 1), NOW)).orphan
    assert not (await store.press(pressed(job, chat_id=CHAT + 1, button_seen=False), NOW)).orphan
    assert not (await store.press(pressed(job, job_id=77, button_seen=False), NOW)).orphan
    assert (await store.press(pressed(job, job_id=77), NOW)).orphan
    assert await again(store, job) == job
