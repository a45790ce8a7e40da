"""Moments that an earlier life has stored by a wrong clock, set right at a start."""

from dataclasses import replace

from storage.intake import RINGS_AFTER
from storage.outcomes import Admitted, Ended, MustWait, Ready, Submitted, Waiting
from storage.transcript import Transcript
from storage.upkeep import Bounds, Correction
from storage.words import SAME, State
from tests.contract.stored import (
    CHAT,
    FAMILY,
    NOW,
    accepted,
    again,
    claimed,
    delivering,
    due,
    fetching,
    leased,
    part,
    recorded,
    submitted,
    uploading,
)

MINUTE, HOUR, DAY, MONTH = 60, 3600, 24 * 3600, 30 * 24 * 3600
BOUNDS = Bounds(
    longest_wait=HOUR,
    longest_at_provider=2 * HOUR,
    transcript_ttl=DAY,
    jobs_kept_for=7 * DAY,
    repeated_within=DAY,
    shortest_gap=MINUTE,
)


async def test_a_first_start_has_nothing_to_set_right(store):
    assert await store.set_right(NOW, BOUNDS) == Correction(0, 0, 0)


async def test_a_start_in_time_changes_nothing(store):
    waiting = await recorded(store, await leased(store, 1), Waiting(NOW + 50))
    at_provider = await submitted(store, 2)
    await store.keep_time(NOW + 20, 0)
    assert await store.set_right(NOW + 40, BOUNDS) == Correction(0, 0, 20)
    assert [await again(store, job) for job in (waiting, at_provider)] == [waiting, at_provider]


async def test_after_a_clock_that_was_ahead_everything_is_due_and_no_moment_is_in_the_future(store):
    waiting = await recorded(store, await leased(store, 1), Waiting(NOW + 50))
    at_provider = await submitted(store, 2)
    ready = await recorded(store, await fetching(store, 3), Ready(Transcript("said"), NOW + DAY))
    await store.keep_time(NOW, 0)
    then = NOW - MONTH
    assert await store.set_right(then, BOUNDS) == Correction(0, MONTH, 0)
    for job in (waiting, at_provider, ready):
        found = await again(store, job)
        assert found.rings_at == then + RINGS_AFTER
        assert all(moment in (None, then) for moment in (found.created_at, found.submitted_at, found.ready_at))
    assert (await store.generations(at_provider))[0].submitted_at == then
    assert await due(store, then) == {1, 2, 3}


async def test_after_a_clock_that_was_ahead_the_turns_are_as_if_it_had_been_right(store):
    jobs = [await accepted(store, number) for number in (1, 2)]
    await store.keep_time(NOW, 0)
    await store.set_right(NOW - MONTH, BOUNDS)
    assert [(await again(store, job)).turn for job in jobs] == [job.turn - MONTH for job in jobs]
    assert (await accepted(store, 3, chat_id=8, now=NOW - MONTH)).turn == NOW - MONTH


async def test_a_clock_that_was_ahead_is_noticed_by_moments_of_the_past_alone(store):
    waiting = await recorded(store, await leased(store), Waiting(NOW + 50))
    await store.set_right(NOW - 3 * HOUR, BOUNDS)
    assert await due(store, NOW - 3 * HOUR) == {waiting.id}


async def test_a_wait_that_nobody_can_have_meant_is_over_at_once(store):
    long, short = [await leased(store, number) for number in (1, 2)]
    await recorded(store, long, Waiting(NOW + HOUR + 1))
    await recorded(store, short, Waiting(NOW + HOUR))
    await store.set_right(NOW, BOUNDS)
    assert await due(store, NOW) == {long.id}


async def test_a_generation_is_given_up_by_the_time_that_the_program_has_waited_for_it(store):
    job = await submitted(store)
    await store.keep_time(NOW + 10, 0)
    assert await store.set_right(NOW + 10 + MONTH, BOUNDS) == Correction(0, 0, MONTH)
    assert (await again(store, job)).submitted_at == NOW + MONTH
    assert (await store.generations(job))[0].submitted_at == NOW + MONTH


async def test_a_short_gap_counts_as_time_so_that_a_program_that_dies_again_and_again_gives_up_some_day(store):
    job = await submitted(store)
    for minute in range(1, 6):
        await store.set_right(NOW + minute * MINUTE, BOUNDS)
    assert (await again(store, job)).submitted_at == NOW


async def test_what_is_submitted_after_gaps_has_its_own_moment(store):
    for months in (1, 2):
        await store.keep_time(NOW + (months - 1) * MONTH, 0)
        await store.set_right(NOW + months * MONTH, BOUNDS)
    now = NOW + 2 * MONTH
    leader, follower = await accepted(store, 1, file="same", now=now), await accepted(store, 2, file="same", now=now)
    hands = {job.id: job for job in (await store.claim(now, now + HOUR, 10)).jobs}
    assert await store.admit(hands[leader.id], FAMILY, 9, now) == Admitted()
    assert await store.created(hands[leader.id], replace(part(), submitted_at=now + 1))
    await recorded(store, hands[leader.id], Submitted(now + 5, 12.5, None), now + 2)
    assert (await again(store, leader)).submitted_at == now + 2
    assert (await store.generations(leader))[0].submitted_at == now + 1
    assert await store.admit(hands[follower.id], FAMILY, 9, now) == MustWait(SAME)
    await recorded(store, hands[follower.id], Waiting(now + 5, SAME), now)
    assert (await store.cancel(leader.id, CHAT, 900, now + 3)).accepted
    assert (await again(store, follower)).submitted_at == now + 2
    assert (await store.generations(follower))[0].submitted_at == now + 1


async def test_a_generation_that_cannot_be_that_old_counts_as_new(store):
    job = await uploading(store)
    await recorded(store, job, Submitted(NOW, 12.5, part(1)), now=NOW)
    await store.keep_time(NOW + 3 * HOUR, 0)
    await store.set_right(NOW + 3 * HOUR, BOUNDS)
    assert (await store.generations(job))[0].submitted_at == NOW + 3 * HOUR


async def test_all_moments_go_along_with_a_clock_that_moved_while_they_were_stored(store):
    waiting = await recorded(store, await leased(store, 1), Waiting(NOW + 50))
    at_provider = await submitted(store, 2)
    assert waiting.rings_at == NOW + RINGS_AFTER
    await store.keep_time(NOW, MONTH)
    assert await store.set_right(NOW + MONTH, BOUNDS) == Correction(MONTH, 0, 0)
    assert (await again(store, waiting)).next_at == NOW + MONTH + 50
    assert (await again(store, waiting)).rings_at == NOW + MONTH + RINGS_AFTER
    assert (await store.generations(at_provider))[0].submitted_at == NOW + MONTH
    assert await store.set_right(NOW + MONTH, BOUNDS) == Correction(0, 0, 0)


async def test_a_transcript_is_kept_for_its_time_whatever_the_clock_was(store):
    await recorded(store, await fetching(store), Ready(Transcript("said"), NOW + MONTH))
    await recorded(store, await claimed(store), Ended(State.DELIVERED))
    await store.set_right(NOW, BOUNDS)
    assert await store.purge(NOW + DAY - 1, 0, 10) == 0
    assert await store.purge(NOW + DAY, 0, 10) == 1


async def test_a_job_that_just_ended_is_known_a_day_longer_when_the_clock_leaps_ahead(store):
    job = await recorded(store, await delivering(store), Ended(State.DELIVERED))
    await store.keep_time(NOW, 0)
    now = NOW + MONTH
    await store.set_right(now, BOUNDS)
    await store.purge(now, now - 7 * DAY, 10)
    assert await store.job(job.id) is not None
    await store.purge(now + DAY, now + DAY - 7 * DAY, 10)
    assert await store.job(job.id) is None


async def test_a_clock_that_leapt_ahead_and_back_again_keeps_old_jobs_for_a_day_only(store):
    job = await recorded(store, await delivering(store, expires_at=NOW), Ended(State.DELIVERED))
    await store.keep_time(NOW, 0)
    await store.set_right(NOW + 12 * MONTH, BOUNDS)
    await store.set_right(NOW + 8 * DAY, BOUNDS)
    now = NOW + 9 * DAY
    await store.purge(now, now - 7 * DAY, 10)
    assert await store.job(job.id) is None


async def test_a_job_that_ended_in_the_future_ended_now(store):
    job = await recorded(store, await delivering(store), Ended(State.DELIVERED))
    await store.set_right(NOW - MONTH, BOUNDS)
    assert (await again(store, job)).ended_at == NOW - MONTH


async def test_setting_right_is_repeated_without_harm(store):
    await accepted(store)
    await store.set_right(NOW - MONTH, BOUNDS)
    assert await store.set_right(NOW - MONTH, BOUNDS) == Correction(0, 0, 0)
