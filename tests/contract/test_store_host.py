"""Whom the bot works for, and what they use: exact whatever dies, and moved along with a group."""

import pytest

from storage.apology import Apology, Reason
from storage.host import DAY, Amount, Exhausted, Rate, Spending, Told, TooOften, Usage, Whose
from storage.intake import Refused
from storage.outcomes import Attempted, Ended, Forgotten, Hopeless, Known, Ready, Released, Submitted, Waiting
from storage.transcript import Transcript
from storage.upkeep import Bounds
from storage.words import SAME, Job, State
from tests.contract.stored import (
    CHAT,
    KEPT_UNTIL,
    LATER,
    NOW,
    accepted,
    again,
    claimed,
    died,
    message,
    part,
    recorded,
    uploading,
)

TODAY = int(NOW // DAY)
SOMEBODY = 42
MINUTE = 60.0
BOUNDS = Bounds(3600, 7200, DAY, 7 * DAY, DAY, 60)


def spending(seconds=30.0, **limits):
    return Spending(seconds, TODAY, **limits)


async def used(store, chat_id=CHAT, user_id=SOMEBODY):
    return (await store.usage(chat_id, user_id, TODAY, TODAY)).today


async def creating(store, number=1, seconds=30.0, **changed):
    """A job whose create has begun."""
    job = await uploading(store, number, **changed)
    assert await store.start_create(job, spending(seconds)) is True
    return await again(store, job)


async def test_the_first_word_for_the_owners_link_stays(store):
    assert (await store.circle("first")).word == "first"
    assert (await store.circle("second")).word == "first"


async def test_one_person_becomes_the_owner_and_nobody_after_that(store):
    assert await store.own(5, None)
    assert await store.own(5, None)  # the answer was lost
    assert not await store.own(6, None)
    assert (await store.circle("")).owner == 5


async def test_the_owner_hands_over_and_becomes_a_guest(store):
    await store.own(5, None)
    assert await store.own(6, 5)
    assert await store.own(6, 5)
    assert not await store.own(7, 5)
    found = await store.circle("")
    assert (found.owner, found.guests) == (6, {5})


async def test_guests_come_and_go(store):
    for guest in (5, -7, -7):
        await store.allow(guest)
    assert (await store.circle("")).guests == {5, -7}
    await store.revoke([5, 6])
    assert (await store.circle("")).guests == {-7}


async def test_a_guest_that_becomes_a_supergroup_stays_one(store):
    await store.allow(-7)
    await store.move_chat(-7, -1007)
    await store.move_chat(-7, -1007)
    assert (await store.circle("")).guests == {-1007}


async def test_a_stranger_is_told_once_a_day(store):
    assert await store.tell_stranger(5, NOW, 9)
    assert not await store.tell_stranger(5, NOW + DAY - 1, 9)
    assert await store.tell_stranger(5, NOW + DAY, 9)


async def test_so_many_strangers_are_told_in_a_day_and_people_hide_no_group(store):
    assert [await store.tell_stranger(number, NOW, 2) for number in (1, 2, 3)] == [True, True, False]
    assert [await store.tell_stranger(-number, NOW, 2) for number in (1, 2, 3)] == [True, True, False]
    assert await store.tell_stranger(3, NOW + DAY, 2)


async def test_what_strangers_were_told_is_forgotten_after_a_day(store):
    await store.tell_stranger(5, NOW, 9)
    assert await store.purge(NOW + DAY - 1, NOW, 100) == 0
    assert await store.purge(NOW + DAY, NOW, 100) == 1


async def test_a_group_that_moves_was_told_what_it_was_told_before_and_repeated_this_changes_nothing(store):
    await store.tell_stranger(-5, NOW, 9)
    for _ in range(2):
        await store.move_stranger(-5, -1005)
    assert not await store.tell_stranger(-1005, NOW + DAY - 1, 9)
    assert await store.tell_stranger(-1005, NOW + DAY, 9)
    await store.move_stranger(-6, -1006)
    assert await store.tell_stranger(-1006, NOW, 9)


async def test_seconds_are_counted_with_the_beginning_of_a_create_and_once_a_job(store):
    job = await creating(store)
    assert await store.start_create(job, spending(30.0)) is True
    assert await used(store) == Amount(30.0, 0)


async def test_a_lost_lease_spends_nothing(store):
    job = await uploading(store)
    await store.cancel(job.id, CHAT, 9, NOW)
    assert await store.start_create(job, spending()) is False
    assert await used(store) == Amount()


async def test_a_text_leaves_its_seconds_and_counts_as_a_recording(store):
    job = await creating(store)
    await recorded(store, job, Ready(Transcript("text"), KEPT_UNTIL))
    assert await used(store) == Amount(30.0, 1)
    await recorded(store, await claimed(store), Ended(State.DELIVERED))
    assert await used(store) == Amount(30.0, 1)


async def test_an_answer_to_a_link_says_how_long_it_was(store):
    job = await creating(store, seconds=1800.0, kind="link")
    await recorded(store, job, Ready(Transcript("text", duration=70.0), KEPT_UNTIL))
    assert await used(store) == Amount(70.0, 1)


@pytest.mark.parametrize(
    "outcome",
    [Attempted(LATER), Waiting(LATER, "paused"), Hopeless(Apology(Reason.REFUSED)), Ended(State.FAILED)],
)
async def test_a_create_that_made_nothing_gives_its_seconds_back(store, outcome):
    job = await creating(store)
    await recorded(store, job, outcome)
    assert await used(store) == Amount()


@pytest.mark.parametrize("outcome", [Attempted(LATER, in_doubt=True), Released(LATER)])
async def test_a_create_in_doubt_keeps_its_seconds_once(store, outcome):
    job = await creating(store)
    await recorded(store, job, outcome)
    job = await claimed(store, LATER)
    await store.start_create(job, spending())
    assert await used(store) == Amount(30.0)
    await recorded(store, job, Attempted(LATER))
    assert await used(store) == Amount(30.0)


async def test_a_death_between_the_count_and_the_create_counts_once(store):
    await creating(store)
    await died(store)
    job = await claimed(store)
    assert await store.start_create(job, spending()) is True
    assert await used(store) == Amount(30.0)


@pytest.mark.parametrize("half", [False, True])
async def test_a_generation_that_failed_gives_its_seconds_back_unless_a_part_has_its_text(store, half):
    job = await creating(store)
    await store.created(job, part())
    if half:
        await store.part_ready(job, 0, Transcript("half"), NOW)
    await recorded(store, await again(store, job), Hopeless(Apology(Reason.PROVIDER_FAILED)))
    assert await used(store) == Amount(30.0 * half)


async def test_a_generation_that_is_made_again_is_counted_once(store):
    job = await creating(store)
    await recorded(store, job, Submitted(NOW, 30.0, part()))
    await recorded(store, await claimed(store), Forgotten(NOW))
    assert await used(store) == Amount(30.0)
    job = await claimed(store)
    assert await store.start_create(job, spending()) is True
    assert await used(store) == Amount(30.0)
    await recorded(store, job, Attempted(LATER))
    assert await used(store) == Amount()


async def fetching_of(store, job):
    """The job, leased; others are due, too."""
    found = [each for each in (await store.claim(LATER, LATER + 600, 9)).jobs if each.id == job.id]
    return found[0]


async def test_what_is_cancelled_before_anything_was_made_is_given_back(store):
    job = await uploading(store)
    await store.start_create(job, spending())
    await recorded(store, job, Attempted(LATER))
    await store.cancel(job.id, CHAT, 9, NOW)
    assert await used(store) == Amount()


async def test_what_is_cancelled_at_the_provider_stays_counted(store):
    job = await creating(store)
    await store.created(job, part())
    await store.cancel(job.id, CHAT, 9, NOW)
    assert await used(store) == Amount(30.0)


async def test_what_is_cancelled_during_a_create_stays_counted(store):
    job = await creating(store)
    await store.cancel(job.id, CHAT, 9, NOW)
    assert await used(store) == Amount(30.0)


async def test_a_text_that_is_known_costs_nothing_and_is_a_recording(store):
    first = await creating(store, file="same")
    second = await accepted(store, 2, file="same", chat_id=8)
    held = await claimed(store)
    assert held.id == second.id
    assert (await store.admit(held, "nova", 9, NOW)).waiting_for == SAME
    await recorded(store, held, Waiting(LATER, SAME))
    await recorded(store, first, Ready(Transcript("text"), KEPT_UNTIL))
    assert await used(store, 8) == Amount(0.0, 1)
    third = await accepted(store, 3, file="same", chat_id=9)
    held = await fetching_of(store, third)
    known = await store.admit(held, "nova", 9, NOW)
    assert isinstance(known, Known)
    await recorded(store, held, known)
    assert await used(store, 9) == Amount(0.0, 1)


@pytest.mark.parametrize(("limit", "whose"), [("most_of_chat", Whose.CHAT), ("most_of_person", Whose.PERSON)])
async def test_no_create_goes_beyond_a_limit(store, limit, whose):
    job = await creating(store, seconds=40.0)
    other = await uploading(store, 2)
    found = await store.start_create(other, spending(30.0, **{limit: 60.0}))
    assert found == Exhausted(whose, 20.0)
    assert not (await again(store, other)).create_started
    assert await used(store) == Amount(40.0)
    assert await store.start_create(other, spending(20.0, **{limit: 60.0})) is True
    assert job.create_started


async def test_limits_are_those_of_one_chat_and_one_person(store):
    await creating(store, seconds=60.0)
    elsewhere = await uploading(store, 2, chat_id=8, user_id=43)
    assert await store.start_create(elsewhere, spending(most_of_chat=60.0, most_of_person=60.0)) is True
    nobody = await uploading(store, 3, chat_id=9, user_id=None)
    assert await store.start_create(nobody, spending(most_of_person=1.0)) is True
    mine = await uploading(store, 4, chat_id=10)
    assert await store.start_create(mine, spending(most_of_person=60.0)) == Exhausted(Whose.PERSON, 0.0)


async def test_what_the_exempt_person_uses_counts_for_nobody(store):
    await creating(store, seconds=60.0)
    mine = await uploading(store, 2)
    limits = {"most_of_chat": 60.0, "most_of_person": 60.0, "exempt": SOMEBODY}
    assert await store.start_create(mine, spending(**limits)) is True
    theirs = await uploading(store, 3, user_id=43)
    assert await store.start_create(theirs, spending(60.0, **limits)) is True
    found = await store.usage(CHAT, 43, TODAY, TODAY, SOMEBODY)
    assert found == Usage(Amount(150.0), Amount(150.0), 60.0, 60.0)


async def test_another_day_has_a_limit_of_its_own(store):
    await creating(store, seconds=60.0)
    job = await uploading(store, 2)
    assert await store.start_create(job, Spending(60.0, TODAY + 1, most_of_chat=60.0)) is True
    found = await store.usage(CHAT, SOMEBODY, TODAY + 1, TODAY)
    assert (found.today, found.since) == (Amount(60.0), Amount(120.0))


async def test_what_is_given_back_goes_to_the_chat_that_the_group_became(store):
    job = await creating(store)
    await store.move_chat(CHAT, -1007)
    assert await used(store) == Amount()
    assert await used(store, -1007) == Amount(30.0)
    await recorded(store, job, Attempted(LATER))
    assert await used(store, -1007) == Amount()


async def test_all_chats_are_summed_up_and_the_largest_come_first(store):
    for number, (chat_id, seconds) in enumerate(((7, 10.0), (8, 30.0), (9, 20.0)), 1):
        await creating(store, number, seconds, chat_id=chat_id)
    found = await store.usage_of_all(TODAY, TODAY - 30, 2)
    assert found.since == Amount(60.0)
    assert found.days == {TODAY: Amount(60.0)}
    assert found.chats == ((8, Amount(30.0)), (9, Amount(20.0)))


async def test_usage_is_kept_for_thirteen_months(store):
    await creating(store)
    assert await store.purge(NOW + 396 * DAY, NOW, 100) == 0
    assert await store.purge(NOW + 397 * DAY, NOW, 100) == 1
    assert await used(store) == Amount()


def rate(of_chat=0, of_person=0):
    return Rate(of_chat, of_person)


async def send(store, number, now=NOW, *, most=None, **changed):
    return await store.accept(message(number, **changed), now, rate=most or rate(2))


async def test_a_chat_sends_so_many_in_any_minute_and_hears_when_it_may_send_more(store):
    assert isinstance(await send(store, 1), Job)
    assert isinstance(await send(store, 2, NOW + 10), Job)
    refused = await send(store, 3, NOW + 20)
    assert refused == Refused(tell=True, too_often=TooOften(Whose.CHAT, 2, 40.0))
    assert (await send(store, 4, NOW + 30)).tell is False
    assert isinstance(await send(store, 3, NOW + 61), Job)
    assert (await send(store, 4, NOW + 62)).too_often.seconds == pytest.approx(8.0)


async def test_a_message_that_has_a_job_is_never_too_much(store):
    for number in (1, 2):
        await send(store, number)
    assert await send(store, 2) is None


async def test_a_person_has_a_limit_over_all_chats(store):
    most = rate(0, 1)
    assert isinstance(await send(store, 1, most=most), Job)
    assert (await send(store, 2, chat_id=8, most=most)).too_often.whose is Whose.PERSON
    assert isinstance(await send(store, 3, user_id=43, most=most), Job)
    assert isinstance(await send(store, 4, user_id=None, most=most), Job)


async def test_files_in_a_group_that_may_be_no_recordings_count_for_nothing(store):
    for number in (1, 2, 3):
        assert isinstance(await send(store, number, chat_id=-7, must_sniff=True), Job)
    assert isinstance(await send(store, 4, chat_id=-7), Job)


async def test_a_limit_goes_along_when_a_group_moves(store):
    for number in (1, 2):
        await send(store, number, chat_id=-7)
    await store.move_chat(-7, -1007)
    assert isinstance(await send(store, 3, chat_id=-1007), Refused)


async def test_arrivals_are_forgotten_after_a_minute(store):
    await send(store, 1)
    assert await store.purge(NOW + MINUTE - 1, 0, 100) == 0
    assert await store.purge(NOW + MINUTE, 0, 100) == 1


async def test_what_the_owner_was_told_is_kept(store):
    assert await store.troubles() == {}
    for told in (Told(is_known=True, began_at=NOW), Told(is_known=False, began_at=NOW, ended_at=LATER)):
        await store.keep_told("key", told)
        assert await store.troubles() == {"key": told}


async def test_what_stands_for_the_webhook_is_kept(store):
    assert await store.webhook() is None
    for mark in ("one", "another"):
        await store.keep_webhook(mark)
        assert await store.webhook() == mark


async def test_a_clock_that_was_ahead_keeps_nobody_silent(store):
    await store.tell_stranger(5, NOW + 1000 * DAY, 9)
    await store.keep_told("key", Told(is_known=True, began_at=NOW + 1000 * DAY))
    await send(store, 1, NOW + 1000 * DAY)
    await store.keep_time(NOW + 1000 * DAY, 0.0)
    await store.set_right(NOW, BOUNDS)
    assert await store.tell_stranger(5, NOW + DAY, 9)
    assert (await store.troubles())["key"].began_at == NOW


async def test_moments_of_strangers_move_with_the_clock(store):
    await store.tell_stranger(5, NOW, 9)
    await store.keep_time(NOW, 100.0)
    await store.set_right(NOW + 100, BOUNDS)
    assert not await store.tell_stranger(5, NOW + DAY + 99, 9)


async def test_a_job_at_the_provider_that_nobody_can_be_told_of_stays_counted(store):
    job = await creating(store)
    await store.created(job, part())
    await recorded(store, job, Waiting(NOW))
    job = await claimed(store)
    await recorded(store, job, Ended(State.FAILED))
    assert await used(store) == Amount(30.0)


async def test_the_language_of_the_owner_goes_with_the_owner(store):
    await store.circle("")
    assert not await store.hear_owner(5, "de")
    await store.own(5, None)
    assert await store.hear_owner(5, "de")
    await store.own(5, None)
    assert (await store.circle("")).owner_speaks == "de"
    await store.own(7, 5)
    assert not await store.hear_owner(5, "de")
    assert (await store.circle("")).owner_speaks is None
