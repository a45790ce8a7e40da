"""What is erased of a chat or a person, in pieces, and what stays."""

from dataclasses import replace

from storage.chats import ChatSettings
from storage.host import DAY
from storage.outcomes import Ended
from storage.words import State
from tests.contract.stored import CHAT, NOW, again, delivering, fetching, recorded

OTHER = 9
LONG = NOW + 90 * DAY


async def delivered(store, number, at=NOW, **changed):
    job = await delivering(store, number, expires_at=LONG, **changed)
    assert await store.record(job, Ended(State.DELIVERED), at)
    return await again(store, job)


async def erase(store, now=NOW, limit=2):
    """All of it, in as many pieces as that takes."""
    pieces = 0
    while await store.erase(now, limit):
        pieces += 1
    while await store.purge(now, 0, limit):
        pass
    return pieces


async def keep(store, days, chat_id=CHAT):
    await store.change_settings(chat_id, lambda chosen: replace(chosen, keep_days=days))


async def kept(store, *jobs):
    return [await store.transcript(job.transcript_id) is not None for job in jobs]


async def test_nothing_is_erased_that_nobody_asked_for(store):
    job = await delivered(store, 1)
    assert await erase(store) == 0
    assert await kept(store, job) == [True]


async def test_older_texts_go_in_pieces_and_younger_ones_and_those_of_others_stay(store):
    old = [await delivered(store, number, NOW - 8 * DAY) for number in range(1, 6)]
    young = await delivered(store, 6, NOW - 6 * DAY)
    other = await delivered(store, 7, NOW - 8 * DAY, chat_id=OTHER)
    await keep(store, 7)
    assert await erase(store) > 3
    assert await kept(store, *old, young, other) == [False] * 5 + [True, True]
    assert await erase(store) == 0


async def test_of_two_choices_before_anything_was_erased_the_stricter_one_holds_for_what_was_there(store):
    job = await delivered(store, 1)
    await keep(store, 0)
    await keep(store, 30)
    await erase(store)
    assert await kept(store, job) == [False]


async def test_a_text_that_somebody_is_still_to_see_is_erased_after_that(store):
    job = await delivering(store, 1, expires_at=LONG)
    await keep(store, 0)
    await erase(store)
    assert await kept(store, job) == [True]
    await recorded(store, job, Ended(State.DELIVERED))
    assert await kept(store, job) == [False]


async def test_a_chat_is_forgotten_with_what_it_was_before_it_became_a_supergroup(store):
    await delivered(store, 1, chat_id=-7)
    await store.change_settings(-7, lambda _: ChatSettings("whisper"))
    await store.move_chat(-7, -70)
    await delivered(store, 2, chat_id=-70)
    other = await delivered(store, 3, chat_id=-8)
    await store.forget(-70)
    assert await store.settings(-70) == ChatSettings()
    assert await store.moves() == {-70: -7}
    await erase(store)
    assert (await store.held(-70, 9)).jobs == ()
    assert await kept(store, other) == [True]


async def test_jobs_that_moved_before_they_were_forgotten_are_forgotten_all_the_same(store):
    job = await fetching(store, 1, chat_id=-7)
    await store.forget(-7)
    await store.move_chat(-7, -70)
    await erase(store)
    assert (await again(store, job)).apology is not None
    assert (await store.held(-70, 9)).jobs == ()


async def test_a_person_is_forgotten_in_groups_too_and_a_later_job_is_left_alone(store):
    await delivered(store, 1, chat_id=-7, user_id=42)
    others = await delivered(store, 2, chat_id=-7, user_id=43)
    await store.forget(42)
    later = await delivered(store, 3, chat_id=-7, user_id=42)
    await erase(store)
    assert [job.id for job in (await store.held(-7, 9)).jobs] == [later.id, others.id]


async def test_what_was_used_today_counts_until_the_day_is_over_also_in_a_supergroup(store):
    await delivered(store, 1, chat_id=-7)
    await store.forget(-7)
    await erase(store)
    await store.move_chat(-7, -70)
    assert list((await store.held(-70, 9)).days) == [NOW // DAY]
    await store.purge(NOW + DAY, 0, 9)
    assert (await store.held(-70, 9)).days == {}


async def test_of_many_jobs_the_newest_are_read(store):
    jobs = [await delivered(store, number) for number in (1, 2, 3)]
    held = await store.held(CHAT, 2)
    assert ([job.id for job in held.jobs], held.has_more) == ([jobs[2].id, jobs[1].id], True)
