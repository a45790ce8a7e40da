"""What is asked of an answer that is there: stored once, leased, and done or put off by who holds the lease."""

from dataclasses import replace

import pytest

from storage.apology import Notice
from storage.errands import ErrandKind, NewErrand, NotAsked
from storage.opening import open_store
from storage.outcomes import Ended, Hopeless, Known
from storage.words import Form, State
from tests.contract.stored import (
    APOLOGY,
    CHAT,
    LATER,
    LEASE,
    NOW,
    accepted,
    again,
    claimed,
    delivering,
    died,
    recorded,
    submitted,
)
from tests.rows import fill_database

SENDER, STRANGER = 42, 43
GROUP, SUPERGROUP = -CHAT, -(10**12) - CHAT
TEXT, FILE = 900, 950


async def shown(store, number=1, form=Form.EDIT, chat_id=CHAT, **changed):
    """A job whose text is in the chat."""
    job = await delivering(store, number, chat_id=chat_id, **changed)
    assert await store.place(job, TEXT + number, Notice.NONE, form)
    return await recorded(store, await again(store, job), Ended(State.DELIVERED))


def tapped(job, what="srt", kind=ErrandKind.EXPORT, **changed):
    given = NewErrand(kind, what, job.shown_in, job.placeholder_id, None, job.id)
    return replace(given, **changed)


async def asked(store, job, what="srt", **changed):
    return await store.ask_errand(tapped(job, what, **changed), NOW)


async def claim(store, now=NOW, limit=10):
    return (await store.claim_errands(now, now + LEASE, limit)).errands


async def test_an_errand_is_due_at_once_and_leased_to_one_only(store, other):
    job = await shown(store)
    new = await asked(store, job)
    assert (new.job_id, new.what, new.chat_id, new.message_id) == (job.id, "srt", CHAT, job.placeholder_id)
    (leased,) = await claim(store)
    assert leased.lease_token is not None
    assert await claim(other) == ()
    assert (await store.claim_errands(NOW, LATER, 10)).next_at == NOW + LEASE
    assert await store.errands_waiting() == 1


async def test_what_is_asked_twice_is_one_errand_and_another_form_another_one(store):
    job = await shown(store)
    first = await asked(store, job)
    assert await asked(store, job) == first
    assert (await asked(store, job, "vtt")).what == "vtt"
    assert len(await claim(store)) == 2
    assert await store.files_of(job) == ("srt", "vtt")


async def test_one_that_is_done_is_never_due_again_and_tells_what_came_of_it(store):
    job = await shown(store)
    await asked(store, job)
    (leased,) = await claim(store)
    for _ in range(2):  # as after a commit whose answer was lost
        assert await store.errand_done(leased, FILE)
    assert await claim(store, NOW + 10 * LEASE) == ()
    done = await asked(store, job)
    assert (done.next_at, done.sent_id) == (None, FILE)
    assert await store.errands_waiting() == 0
    assert (await store.job_at(CHAT, FILE)).id == job.id


async def test_who_has_lost_a_lease_changes_nothing_but_that_it_is_done(store):
    job = await shown(store)
    await asked(store, job)
    (lost,) = await claim(store)
    (held,) = await claim(store, NOW + LEASE)
    assert not await store.put_off(lost, LATER)
    assert not await store.drop_errand(lost)
    assert not await store.erase_text(lost, NOW)
    assert await store.put_off(held, LATER + LEASE, tried=True, doubts=1)
    assert await claim(store, NOW + LEASE) == ()
    (found,) = await claim(store, LATER + LEASE)
    assert (found.attempts, found.doubts) == (1, 1)
    assert await store.errand_done(lost, FILE)


async def test_one_that_comes_to_nothing_can_be_asked_again(store):
    job = await shown(store)
    await asked(store, job)
    assert await store.drop_errand((await claim(store))[0])
    assert await claim(store) == ()
    await asked(store, job)
    assert len(await claim(store)) == 1


async def test_a_death_gives_the_lease_back_and_spends_an_attempt(store):
    job = await shown(store)
    await asked(store, job)
    await asked(store, job, "vtt")
    (held,) = (await store.claim_errands(NOW, NOW + LEASE, 1)).errands
    await died(store, NOW + 1)
    attempts = {each.what: each.attempts for each in await claim(store, NOW + 1)}
    assert attempts == {"srt": 0, "vtt": 0} | {held.what: 1}


async def test_a_sending_is_in_doubt_from_its_beginning_until_it_is_known_what_became_of_it(store):
    job = await shown(store)
    await asked(store, job)
    (first,) = await claim(store)
    for _ in range(2):  # as after a commit whose answer was lost
        assert await store.begin_sending(first)
    assert await store.put_off(first, NOW)
    (second,) = await claim(store)
    assert second.doubts == 1
    assert not await store.begin_sending(first)
    assert await store.begin_sending(second)
    assert await store.put_off(second, NOW, doubts=second.doubts)  # it was refused
    (third,) = await claim(store)
    assert third.doubts == 1
    assert await store.begin_sending(third)
    await died(store, NOW + 1)
    (fourth,) = await claim(store, NOW + 1)
    assert (fourth.doubts, fourth.attempts) == (2, 1)
    await store.errand_done(fourth)
    assert (await asked(store, job)).doubts == 0


class TestWhoMayAsk:
    async def test_somebody_else_may_not_and_an_admin_may(self, store):
        job = await shown(store, chat_id=GROUP)
        assert await asked(store, job, user_id=STRANGER) is NotAsked.NOT_THEIRS
        assert await store.errands_waiting() == 0
        assert (await asked(store, job, user_id=SENDER)).job_id == job.id
        assert (await asked(store, job, "vtt", user_id=None)).job_id == job.id

    async def test_a_button_of_another_chat_or_of_no_job_asks_for_nothing(self, store):
        job = await shown(store)
        assert await asked(store, job, chat_id=CHAT + 1) is NotAsked.UNKNOWN
        assert await asked(store, job, job_id=job.id + 7) is NotAsked.UNKNOWN

    async def test_there_is_nothing_to_have_of_an_apology_or_before_the_text(self, store):
        job = await submitted(store)
        new = NewErrand(ErrandKind.EXPORT, "srt", CHAT, job.message_id, SENDER)
        assert await store.ask_errand(new, NOW) is NotAsked.UNDER_WAY
        sorry = await delivering(store, 2)
        await recorded(store, sorry, Hopeless(APOLOGY))
        await recorded(store, await claimed(store), Ended(State.CANCELLED))
        assert await asked(store, await again(store, sorry), chat_id=CHAT, message_id=1) is NotAsked.UNKNOWN

    async def test_a_text_that_is_no_longer_kept_can_be_had_no_more(self, store):
        job = await shown(store)
        await store.purge(NOW + 10**7, 0, 10)
        assert await asked(store, job) is NotAsked.NOT_KEPT
        assert (await asked(store, job, "", kind=ErrandKind.DELETE)).kind == ErrandKind.DELETE


class TestWhere:
    @pytest.mark.parametrize("replied", [1, TEXT + 1])
    async def test_a_command_finds_the_text_by_its_message_and_by_the_recording(self, store, replied):
        job = await shown(store)
        found = await store.ask_errand(NewErrand(ErrandKind.EXPORT, "srt", CHAT, replied, SENDER), NOW)
        assert (found.job_id, found.chat_id, found.message_id) == (job.id, CHAT, job.placeholder_id)

    async def test_what_is_answered_in_private_is_done_there(self, store):
        job = await shown(store, form=Form.PRIVATE, chat_id=GROUP)
        found = await store.ask_errand(NewErrand(ErrandKind.EXPORT, "srt", GROUP, job.message_id, SENDER), NOW)
        assert (found.chat_id, found.message_id) == (SENDER, job.placeholder_id)

    async def test_what_waits_goes_along_when_a_group_becomes_a_supergroup(self, store):
        job = await shown(store, chat_id=GROUP)
        await asked(store, job)
        await store.move_chat(GROUP, SUPERGROUP)
        (found,) = await claim(store)
        assert (found.chat_id, found.message_id) == (SUPERGROUP, None)

    async def test_a_text_from_before_that_can_be_had_there(self, store):
        job = await shown(store, chat_id=GROUP)
        await store.move_chat(GROUP, SUPERGROUP)
        found = await asked(store, job, chat_id=SUPERGROUP, message_id=7)
        assert (found.chat_id, found.message_id) == (SUPERGROUP, 7)


class TestErasing:
    async def deleting(self, store, job):
        await asked(store, job, "", kind=ErrandKind.DELETE)
        (errand,) = await claim(store)
        return errand

    async def test_the_text_is_gone_and_the_job_stays(self, store):
        job = await shown(store)
        assert await store.erase_text(await self.deleting(store, job), NOW)
        assert await store.transcript(job.transcript_id) is None
        assert (await again(store, job)).transcript_id is None

    async def test_what_another_chat_shows_stays_until_that_deletes_it_too(self, store):
        job = await shown(store, file="same")
        await accepted(store, 2, chat_id=CHAT + 1, file="same")
        theirs = await recorded(store, await claimed(store), Known(job.transcript_id))
        theirs = await recorded(store, await claimed(store), Ended(State.DELIVERED))
        assert await store.erase_text(await self.deleting(store, job), NOW)
        assert await store.transcript(theirs.transcript_id) is not None
        assert (await again(store, job)).transcript_id is None
        assert await store.erase_text(await self.deleting(store, theirs), NOW)
        assert await store.transcript(theirs.transcript_id) is None

    async def test_what_a_job_is_about_to_show_is_deleted_after_it_has(self, store):
        job = await shown(store, file="same")
        other = await accepted(store, 2, file="same")
        assert await store.erase_text(await self.deleting(store, job), NOW)
        assert await store.transcript(job.transcript_id) is not None
        await recorded(store, await claimed(store), Known(job.transcript_id))
        await recorded(store, await claimed(store), Ended(State.DELIVERED))
        await store.purge(NOW, 0, 10)
        assert await store.transcript(job.transcript_id) is None
        assert (await again(store, other)).state is State.DELIVERED


async def test_a_file_of_a_text_that_an_older_program_has_shown_can_be_had(tmp_path):
    path = tmp_path / "older.db"
    fill_database(path, "ready", ended=12, pending=1, now=NOW, schema=25)
    store = await open_store(f"sqlite:///{path}", lambda: NOW)
    job = await store.job(12)
    assert (await asked(store, job)).job_id == job.id
    assert await store.job_at(job.chat_id, job.placeholder_id) == job
    await store.close()


async def test_all_that_was_asked_goes_with_its_job(store):
    job = await shown(store, chat_id=GROUP)
    await asked(store, job)
    await store.forget(GROUP)
    while await store.erase(NOW, 10):
        pass
    assert await claim(store) == ()
    assert await store.errands_waiting() == 0
