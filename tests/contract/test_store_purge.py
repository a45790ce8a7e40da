"""What is forgotten, when, and what is not."""

import pytest

from storage.chats import ChatSettings
from storage.outcomes import Admitted, Ended, Ready
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
    claimed,
    delivering,
    fetching,
    leased,
    message,
    part,
    ready,
    recorded,
    submitted,
    waiting,
)

LONG_AGO = NOW - 10**6
ALL = 10**6


async def ended(store, number, *, at=NOW, **changed):
    """A job that was answered; its text is not kept unless somebody says for how long."""
    changed = {"expires_at": NOW} | changed
    return await recorded_at(store, await delivering(store, number, **changed), at)


async def recorded_at(store, job, at):
    assert await store.record(job, Ended(State.DELIVERED), at)
    return await again(store, job)


async def test_there_is_nothing_to_forget_in_an_empty_store(store):
    assert await store.purge(NOW, NOW, ALL) == 0


async def test_a_job_is_forgotten_once_it_ended_long_enough_ago(store):
    job = await ended(store, 1, at=NOW + 5)
    assert await store.purge(NOW, NOW + 4.9, ALL) == 0
    assert await store.purge(NOW, NOW + 5, ALL) == 1
    assert await store.job(job.id) is None


async def test_all_that_belongs_to_a_forgotten_job_goes_with_it(store):
    job = await delivering(store, expires_at=NOW)
    await store.page_placed(job, 1, 901)
    await store.created(job, part(3))
    await recorded_at(store, job, NOW)
    await store.purge(NOW, NOW, ALL)
    assert await store.pages(job) == {}
    assert await store.generations(job) == ()


@pytest.mark.parametrize("maker", [accepted, leased, submitted, fetching, ready, delivering])
async def test_an_unfinished_job_is_never_forgotten(store, maker):
    job = await maker(store)
    await store.purge(NOW + ALL, NOW + ALL, ALL)
    assert (await again(store, job)).state is job.state


async def test_the_id_of_a_forgotten_job_is_never_used_again(store):
    """A button under an old message carries it."""
    job = await ended(store, 1)
    await store.purge(NOW, NOW, ALL)
    assert (await accepted(store, 2)).id > job.id


async def test_the_message_of_a_forgotten_job_may_come_again(store):
    await ended(store, 1)
    await store.purge(NOW, NOW, ALL)
    assert await store.accept(message(1), NOW) is not None


async def test_jobs_are_forgotten_in_chunks_and_the_oldest_first(store):
    jobs = {moment: await ended(store, moment, at=NOW + moment) for moment in (3, 1, 2)}
    assert await store.purge(NOW, LATER, 2) == 2
    assert await store.job(jobs[1].id) is None
    assert await store.job(jobs[2].id) is None
    assert await again(store, jobs[3]) == jobs[3]
    assert await store.purge(NOW, LATER, 2) == 1
    assert await store.purge(NOW, LATER, 2) == 0


async def test_transcripts_are_forgotten_in_chunks(store):
    for number in range(3):
        await ended(store, number, expires_at=NOW + 1)
    assert await store.purge(NOW + 1, LONG_AGO, 2) == 2
    assert await store.purge(NOW + 1, LONG_AGO, 2) == 1
    assert await store.purge(NOW + 1, LONG_AGO, 2) == 0


async def test_a_transcript_is_forgotten_at_its_moment_and_not_before(store):
    job = await ended(store, 1, expires_at=LATER)
    assert await store.purge(LATER - 0.001, LONG_AGO, ALL) == 0
    assert await store.transcript(job.transcript_id) == Transcript("said")
    assert await store.purge(LATER, LONG_AGO, ALL) == 1
    assert await store.transcript(job.transcript_id) is None


async def test_a_job_outlives_its_transcript(store):
    job = await ended(store, 1, expires_at=LATER)
    await store.purge(LATER, LONG_AGO, ALL)
    assert (await again(store, job)).transcript_id is None


@pytest.mark.parametrize("maker", [ready, delivering])
async def test_the_transcript_of_a_job_that_is_still_to_show_it_is_kept(store, maker):
    job = await maker(store, expires_at=NOW)
    assert await store.purge(LATER, LONG_AGO, ALL) == 0
    assert await store.transcript(job.transcript_id) == Transcript("said")


@pytest.mark.parametrize("maker", [accepted, leased, submitted])
async def test_the_transcript_of_a_key_is_kept_while_any_job_of_that_key_is_unfinished(store, maker):
    old = await ended(store, 1, file="same", expires_at=NOW + 1)
    other = await maker_at_once(store, maker)
    await store.purge(NOW + 1, LONG_AGO, ALL)
    assert await store.transcript(old.transcript_id) == Transcript("said")
    assert (await again(store, other)).state is other.state


async def maker_at_once(store, maker):
    """A second job of the key, which is not answered by the transcript because it asked too late."""
    if maker is not submitted:
        return await maker(store, 2, file="same")
    job = await leased(store, 2, file="same")
    await store.admit(job, FAMILY, 9, NOW + 1)
    return job


async def test_the_transcript_of_another_key_is_not_kept_by_an_unfinished_job(store):
    old = await ended(store, 1, file="same", expires_at=NOW + 1)
    await accepted(store, 2, file="other")
    assert await store.purge(NOW + 1, LONG_AGO, ALL) == 1
    assert await store.transcript(old.transcript_id) is None


async def test_the_transcript_that_a_woken_waiter_will_find_is_kept_for_it(store):
    leader = await fetching(store, 1, file="same")
    follower = await waiting(store, 2, full=False, file="same")
    await recorded(store, leader, Ready(Transcript("said"), NOW))
    jobs = {job.id: job for job in (await store.claim(NOW, NOW + LEASE, 10)).jobs}
    await recorded_at(store, jobs[leader.id], NOW)
    await store.purge(LATER, LATER, ALL)
    assert await store.transcript((await again(store, follower)).transcript_id) == Transcript("said")


async def test_a_job_is_kept_for_as_long_as_its_transcript(store):
    """Nothing else tells whose text it is."""
    job = await ended(store, 1, expires_at=KEPT_UNTIL)
    await store.purge(NOW, NOW, ALL)
    assert await again(store, job) == job
    await store.purge(KEPT_UNTIL, NOW, ALL)
    await store.purge(KEPT_UNTIL, NOW, ALL)
    assert await store.job(job.id) is None


async def test_purging_leaves_the_choices_of_chats(store):
    await store.change_settings(7, lambda _: ChatSettings("whisper"))
    await ended(store, 1)
    await store.purge(LATER, LATER, ALL)
    assert (await store.settings(7)).model == "whisper"


async def test_a_claim_goes_on_after_a_purge(store):
    await ended(store, 1)
    await store.purge(LATER, LATER, ALL)
    await accepted(store, 2)
    assert (await claimed(store)).message_id == 2


async def test_expired_transcripts_that_are_needed_hide_none_behind_them(store):
    needed = [await delivering(store, number, expires_at=NOW + 1) for number in (1, 2, 3)]
    old = await ended(store, 4, expires_at=NOW + 2)
    purged = [await store.purge(NOW + 3, LONG_AGO, 2) for _ in range(3)]
    assert sum(purged) == 1
    assert await store.transcript(old.transcript_id) is None
    assert all([await store.transcript(job.transcript_id) for job in needed])


async def test_a_needed_transcript_that_has_expired_is_not_given_to_others_after_a_purge(store):
    await delivering(store, 1, file="same", expires_at=NOW + 1)
    await store.purge(NOW + 3, LONG_AGO, 2)
    job = await leased(store, 2, file="same")
    assert await store.admit(job, FAMILY, 9, NOW + 3) == Admitted()
