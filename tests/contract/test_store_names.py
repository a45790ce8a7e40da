"""What those are called who speak: in a text, and in later ones of a chat where somebody said so."""

from dataclasses import replace

import pytest

from storage.apology import Notice
from storage.errands import ErrandKind, NewErrand, NotAsked
from storage.naming import MOST_NAMED, Naming, Question
from storage.outcomes import Ended, Known
from storage.words import Form, State
from tests.contract.stored import CHAT, LATER, NOW, accepted, again, claimed, delivering, recorded

SENDER, STRANGER = 42, 43
GROUP, SUPERGROUP = -CHAT, -(10**12) - CHAT
TEXT, QUESTION = 900, 950


async def shown(store, number=1, chat_id=CHAT, **changed):
    job = await delivering(store, number, chat_id=chat_id, **changed)
    assert await store.place(job, TEXT + number, Notice.NONE, Form.EDIT)
    return await recorded(store, await again(store, job), Ended(State.DELIVERED))


async def shown_too(store, job):
    """Another job, in another chat, that shows the text of one."""
    await accepted(store, 2, chat_id=CHAT + 1, file="same")
    await recorded(store, await claimed(store), Known(job.transcript_id))
    return await recorded(store, await claimed(store), Ended(State.DELIVERED))


async def named(store, job, name="Anna", speaker="0", **changed):
    naming = Naming(Question(job.id, speaker), job.shown_in, None, name)
    return await store.name_speaker(replace(naming, **changed), NOW)


async def test_a_question_is_known_by_its_message(store):
    job = await shown(store)
    question = Question(job.id, "0")
    assert await store.asked_who(CHAT, QUESTION, question)
    assert await store.asked_who(CHAT, QUESTION, question)
    assert await store.question_at(CHAT, QUESTION) == question
    assert await store.question_at(CHAT, QUESTION + 1) is None
    assert await store.question_at(CHAT + 1, QUESTION) is None


async def test_nothing_is_asked_of_a_job_that_is_gone(store):
    assert not await store.asked_who(CHAT, QUESTION, Question(7, "0"))
    assert await named(store, replace(await shown(store), id=7)) is NotAsked.UNKNOWN


async def test_a_name_is_stored_changed_and_taken_away(store):
    job = await shown(store)
    assert await store.names_of(job.id) == {}
    assert await named(store, job) is None
    assert await named(store, job, "Bob", "1") is None
    assert await store.names_of(job.id) == {"0": "Anna", "1": "Bob"}
    assert await named(store, job, "Hannah") is None
    assert await named(store, job, "", "1") is None
    assert await store.names_of(job.id) == {"0": "Hannah"}


@pytest.mark.parametrize(("user_id", "told"), [(SENDER, None), (None, None), (STRANGER, NotAsked.NOT_THEIRS)])
async def test_only_the_sender_and_an_admin_name_somebody(store, user_id, told):
    job = await shown(store)
    assert await named(store, job, user_id=user_id) is told
    assert bool(await store.names_of(job.id)) is (told is None)


async def test_nobody_is_named_from_another_chat_before_the_text_or_after_it_is_gone(store):
    job = await shown(store)
    assert await named(store, job, chat_id=CHAT + 1) is NotAsked.UNKNOWN
    assert await named(store, await accepted(store, 2)) is NotAsked.UNDER_WAY
    await store.ask_errand(NewErrand(ErrandKind.DELETE, "", CHAT, TEXT + 1, None, job.id), NOW)
    (errand,) = (await store.claim_errands(NOW, LATER, 1)).errands
    await named(store, job)
    assert await store.erase_text(errand, NOW)
    assert await store.names_of(job.id) == {}
    assert await named(store, job) is NotAsked.NOT_KEPT


async def test_no_more_are_named_than_speak_anywhere(store):
    job = await shown(store)
    for number in range(MOST_NAMED):
        assert await named(store, job, "x" * 1000, str(number)) is None
    assert await named(store, job, "Anna", "one more") is NotAsked.NOT_KEPT
    assert await named(store, job, "Anna", "0") is None
    assert max(map(len, (await store.names_of(job.id)).values())) == 64


async def test_a_file_that_was_sent_with_other_names_can_be_had_anew_and_is_found_by_its_message(store):
    job = await shown(store)
    new = NewErrand(ErrandKind.EXPORT, "srt", CHAT, TEXT + 1, None, job.id)
    first = await store.ask_errand(new, NOW)
    assert await store.errand_done(first, QUESTION)
    assert (await store.ask_errand(new, NOW)).sent_id == QUESTION
    assert await named(store, job) is None
    assert await store.files_of(job) == ()
    second = await store.ask_errand(new, NOW)
    assert (second.sent_id, second.next_at) == (None, NOW)
    by_file = replace(new, job_id=None, message_id=QUESTION, what="vtt")
    assert (await store.ask_errand(by_file, NOW)).job_id == job.id


@pytest.mark.parametrize("user_id", [SENDER, None])  # None for an admin
async def test_a_name_that_a_death_kept_from_being_shown_is_shown_once_its_lease_is_over(store, user_id):
    job = await shown(store)
    assert await named(store, job, user_id=user_id) is None
    assert len((await store.claim_errands(NOW, LATER, 9)).errands) == 1
    assert (await store.claim_errands(NOW, LATER, 9)).errands == ()
    (found,) = (await store.claim_errands(LATER, LATER + 60, 9)).errands
    assert (found.kind, found.job_id) == (ErrandKind.NAMES, job.id)
    assert await store.names_of(job.id) == {"0": "Anna"}
    assert await store.errand_done(found)
    assert await store.errands_waiting() == 0


@pytest.mark.parametrize("user_id", [SENDER, None])
async def test_a_reply_that_is_served_once_more_after_a_death_names_nobody_else(store, user_id):
    job = await shown(store)
    for _ in range(2):
        assert await named(store, job, user_id=user_id) is None
    assert await store.names_of(job.id) == {"0": "Anna"}
    for errand in (await store.claim_errands(NOW, LATER, 9)).errands:
        assert (errand.kind, await store.errand_done(errand)) == (ErrandKind.NAMES, True)
    assert await store.errands_waiting() == 0


async def test_a_file_that_is_being_made_while_somebody_is_named_is_made_once_more(store):
    job = await shown(store)
    await store.ask_errand(NewErrand(ErrandKind.EXPORT, "srt", CHAT, TEXT + 1, None, job.id), NOW)
    (first,) = (await store.claim_errands(NOW, LATER, 1)).errands
    assert await named(store, job) is None
    assert await store.errand_done(first, QUESTION)
    made = {each.kind: each for each in (await store.claim_errands(NOW, LATER, 9)).errands}
    assert set(made) == {ErrandKind.NAMES, ErrandKind.EXPORT}
    assert await store.errand_done(made[ErrandKind.EXPORT], QUESTION + 1)
    assert await store.errand_done(made[ErrandKind.NAMES])
    assert await store.errands_waiting() == 0


async def test_names_hold_for_later_recordings_of_a_chat_where_somebody_said_so(store):
    before, job = await shown(store, 1), await shown(store, 2)
    elsewhere = await shown(store, 3, chat_id=CHAT + 1)
    await named(store, job)
    await named(store, job, "Bob", "1")
    later = await shown(store, 4)
    assert await store.names_of(later.id) == {}
    assert await store.use_names(job.id, CHAT) == 2
    assert await store.names_of(later.id) == await store.names_of(before.id) == {}
    last, other = await shown(store, 5), await shown(store, 6, chat_id=CHAT + 1)
    assert await store.names_of(last.id) == {"0": "Anna", "1": "Bob"}
    assert await store.names_of(other.id) == await store.names_of(elsewhere.id) == {}
    await named(store, last, "Carol")
    await named(store, last, "", "1")
    assert await store.names_of(last.id) == {"0": "Carol"}
    assert await store.use_no_names(CHAT)
    assert not await store.use_no_names(CHAT)
    assert await store.names_of((await shown(store, 7)).id) == {}
    assert await store.names_of(last.id) == {"0": "Carol"}


async def test_names_of_a_chat_that_stand_in_a_text_go_on_with_those_that_it_was_given(store):
    job, other = await shown(store, 1), await shown(store, 2)
    await named(store, job)
    await named(store, job, "Bob", "1")
    assert not await store.uses_names(CHAT)
    await store.use_names(job.id, CHAT)
    assert (await store.uses_names(CHAT), await store.uses_names(CHAT + 1)) == (True, False)
    later = await shown(store, 3)
    await named(store, later, "Carol", "1")
    assert await store.use_names(later.id, CHAT) == 1
    assert await store.names_of((await shown(store, 4)).id) == {"0": "Anna", "1": "Carol"}
    await named(store, other, "Dora", "2")
    assert await store.use_names(other.id, CHAT) == 1
    assert await store.names_of((await shown(store, 5)).id) == {"2": "Dora"}


async def test_names_of_a_chat_go_along_with_it(store):
    job = await shown(store, chat_id=GROUP)
    await named(store, job)
    await store.use_names(job.id, GROUP)
    await store.move_chat(GROUP, SUPERGROUP)
    assert await store.names_of((await shown(store, 2, chat_id=SUPERGROUP)).id) == {"0": "Anna"}
    assert await store.use_no_names(SUPERGROUP)
    assert not await store.use_no_names(GROUP)


async def test_names_and_questions_are_erased_with_their_chat(store):
    job = await shown(store)
    await named(store, job)
    await store.use_names(job.id, CHAT)
    await store.asked_who(CHAT, QUESTION, Question(job.id, "0"))
    await store.forget(CHAT)
    assert not await store.use_no_names(CHAT)
    while await store.erase(NOW, 10):
        pass
    assert await store.question_at(CHAT, QUESTION) is None
    assert await store.names_of(job.id) == {}


@pytest.mark.parametrize("shown_twice", [False, True])
async def test_names_go_with_the_text_when_it_expires_and_no_sooner(store, shown_twice):
    job = await shown(store, file="same", expires_at=LATER)
    assert await named(store, job) is None
    if shown_twice:
        other = await shown_too(store, job)
        assert await named(store, other, "Bob") is None
    later = await shown(store, 3, expires_at=LATER + 1)
    assert await named(store, later, "Carol") is None
    await store.purge(LATER - 1, 0, 100)
    assert await store.names_of(job.id) == {"0": "Anna"}
    assert await store.purge(LATER, 0, 100) == 1
    assert await store.names_of(job.id) == {}
    if shown_twice:
        assert await store.names_of(other.id) == {}
    assert await store.names_of(later.id) == {"0": "Carol"}
    assert await store.job(job.id) is not None


async def test_names_stay_with_a_text_that_an_unfinished_job_may_still_need(store):
    job = await shown(store, file="same", expires_at=LATER)
    assert await named(store, job) is None
    await accepted(store, 2, file="same")
    assert await store.purge(LATER, 0, 100) == 0
    assert await store.names_of(job.id) == {"0": "Anna"}


async def test_names_go_with_a_text_that_another_chat_keeps_no_longer_than_it_is_shown(store):
    job = await shown(store, file="same", expires_at=LATER)
    assert await named(store, job) is None
    await store.change_settings(CHAT + 1, lambda chosen: replace(chosen, keep_days=0))
    await shown_too(store, job)
    assert await store.transcript(job.transcript_id) is None
    assert await store.names_of(job.id) == {}


@pytest.mark.parametrize("forgotten", ["by /forget", "by /keep"])
async def test_names_go_with_a_text_whose_other_chat_has_it_erased(store, forgotten):
    job = await shown(store, file="same", expires_at=LATER)
    assert await named(store, job) is None
    await shown_too(store, job)
    if forgotten == "by /forget":
        await store.forget(CHAT + 1)
    else:
        await store.change_settings(CHAT + 1, lambda chosen: replace(chosen, keep_days=0))
    while await store.erase(NOW, 10):
        pass
    await store.purge(NOW, 0, 100)
    assert await store.transcript(job.transcript_id) is None
    assert await store.names_of(job.id) == {}
