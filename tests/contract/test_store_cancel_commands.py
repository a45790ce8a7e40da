"""The command /cancel: all of somebody's, or the one that it replies to, at every moment of a job's life."""

import pytest

from storage.apology import Notice
from storage.cancelling import CancelResult
from storage.outcomes import Ended, Ready
from storage.transcript import Transcript
from storage.words import Asked, Form, State
from tests.contract.stored import (
    APOLOGY,
    CHAT,
    KEPT_UNTIL,
    NOW,
    accepted,
    again,
    claimed,
    delivering,
    everything,
    fetching,
    leased,
    part,
    ready,
    recorded,
    submitted,
    uploading,
    waiting,
)

SENDER, STRANGER = 42, 43
GROUP = -CHAT
PLACEHOLDER = 900
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
NOTHING = CancelResult(None, accepted=False, orphan=False)
NOT_THEIRS = CancelResult(None, accepted=False, orphan=False, not_theirs=True)


async def placed(store, maker=uploading, form=Form.EDIT, **changed):
    """A job in somebody's hands whose placeholder is shown."""
    job = await maker(store, **changed)
    assert await store.place(job, PLACEHOLDER, Notice.NONE, form)
    return await again(store, job)


class TestAll:
    @every_unfinished_job
    async def test_what_a_person_sent_says_so_whatever_step_holds_it(self, store, maker):
        job = await maker(store)
        assert await store.cancel_all(CHAT, SENDER, NOW + 1) == 1
        now = await again(store, job)
        assert (now.state, now.apology, now.ready_at, now.lease_token) == (State.READY, APOLOGY, NOW + 1, None)
        assert await store.generations(job) == ()
        before = await everything(store, job)
        assert not await store.record(job, Ready(Transcript("too late"), KEPT_UNTIL), NOW)
        assert await everything(store, job) == before

    async def test_a_step_that_is_sending_a_create_loses_its_lease(self, store):
        job = await uploading(store)
        await store.start_create(job)
        assert await store.cancel_all(CHAT, SENDER, NOW) == 1
        assert not await store.created(job, part())
        assert not (await again(store, job)).create_started
        assert await store.slots_taken() == {}

    async def test_repeated_it_counts_the_same_ones_and_changes_nothing_more(self, store):
        job = await submitted(store)
        assert await store.cancel_all(CHAT, SENDER, NOW) == 1
        before = await everything(store, job)
        assert await store.cancel_all(CHAT, SENDER, NOW + 5) == 1
        assert await everything(store, job) == before

    async def test_it_counts_nothing_where_nothing_runs(self, store):
        await recorded(store, await delivering(store), Ended(State.DELIVERED))
        assert await store.cancel_all(CHAT, SENDER, NOW) == 0

    async def test_what_its_answer_is_on_the_way_of_is_too_late(self, store):
        job = await placed(store, delivering)
        await store.page_placed(job, 1, PLACEHOLDER + 1)
        before = await everything(store, job)
        assert await store.cancel_all(CHAT, SENDER, NOW) == 0
        assert await everything(store, job) == before

    async def test_in_a_group_those_of_others_go_on(self, store):
        mine = await submitted(store, 1, chat_id=GROUP)
        others = [await submitted(store, n, chat_id=GROUP, user_id=who) for n, who in ((2, STRANGER), (3, None))]
        before = await everything(store, *others)
        assert await store.cancel_all(GROUP, SENDER, NOW) == 1
        assert (await again(store, mine)).apology == APOLOGY
        assert await everything(store, *others) == before

    async def test_in_a_group_what_has_no_sender_is_that_of_nobody(self, store):
        anonymous = await submitted(store, 1, chat_id=GROUP, user_id=None)
        theirs = await submitted(store, 2, chat_id=GROUP)
        assert await store.cancel_all(GROUP, None, NOW) == 1
        assert (await again(store, anonymous)).apology == APOLOGY
        assert await again(store, theirs) == theirs

    async def test_in_private_everything_is_theirs_and_other_chats_go_on(self, store):
        for number, sender in ((1, SENDER), (2, None)):
            await submitted(store, number, chat_id=SENDER, user_id=sender)
        elsewhere = await submitted(store, 3, chat_id=GROUP)
        assert await store.cancel_all(SENDER, SENDER, NOW) == 2
        assert await again(store, elsewhere) == elsewhere

    async def test_in_private_what_a_group_has_there_for_them_is_theirs_too(self, store):
        job = await placed(store, chat_id=GROUP, form=Form.PRIVATE)
        other = await placed(store, number=2, chat_id=GROUP, user_id=STRANGER, form=Form.PRIVATE)
        assert await store.cancel_all(SENDER, SENDER, NOW) == 1
        assert (await again(store, job)).apology == APOLOGY
        assert await again(store, other) == other

    async def test_a_document_that_may_be_none_in_a_group_is_left_in_silence(self, store):
        job = await accepted(store, chat_id=GROUP, must_sniff=True)
        assert await store.cancel_all(GROUP, SENDER, NOW) == 0
        assert await again(store, job) == job

    async def test_generations_that_are_paid_for_go_to_somebody_who_waits_for_them(self, store):
        await submitted(store, 1, file="same")
        heir = await waiting(store, 2, full=False, file="same", chat_id=CHAT + 1)
        assert await store.cancel_all(CHAT, SENDER, NOW) == 1
        assert (await again(store, heir)).state is State.SUBMITTED
        assert await store.generations(heir) == (part(of=1),)

    async def test_jobs_that_wait_for_one_another_are_all_cancelled(self, store):
        jobs = [await submitted(store, 1, file="same")]
        jobs += [await waiting(store, number, full=False, file="same") for number in (2, 3)]
        assert await store.cancel_all(CHAT, SENDER, NOW) == 3
        assert [(await again(store, job)).apology for job in jobs] == [APOLOGY] * 3
        assert await store.slots_taken() == {}

    async def test_seconds_that_were_reserved_are_given_back(self, store):
        job = await uploading(store)
        await store.start_create(job)
        await store.cancel_all(CHAT, SENDER, NOW)
        assert (await store.usage(CHAT, SENDER, 0, 0, None)).counted_of_chat == 0


class TestOne:
    @every_unfinished_job
    async def test_that_of_the_recording_says_so_whatever_step_holds_it(self, store, maker):
        job = await maker(store)
        result = await store.cancel_at(CHAT, job.message_id, SENDER, NOW + 1)
        assert result == CancelResult(await again(store, job), accepted=True, orphan=False)
        assert (result.job.state, result.job.apology, result.job.lease_token) == (State.READY, APOLOGY, None)
        assert not await store.record(job, Ready(Transcript("too late"), KEPT_UNTIL), NOW)

    @pytest.mark.parametrize("replied", [1, PLACEHOLDER])
    async def test_the_recording_and_its_placeholder_mean_the_same(self, store, replied):
        job = await placed(store)
        result = await store.cancel_at(CHAT, replied, SENDER, NOW)
        assert (result.accepted, result.job.id, result.job.placeholder_id) == (True, job.id, PLACEHOLDER)

    async def test_the_recording_means_the_job_of_the_message_that_asked_for_it(self, store):
        job = await leased(store, 2, asked=Asked.PLAINLY, about=1)
        for replied in (1, 2):
            assert (await store.cancel_at(CHAT, replied, SENDER, NOW)).job.id == job.id

    async def test_of_several_jobs_of_a_recording_it_means_the_one_that_runs(self, store):
        await recorded(store, await delivering(store, 1), Ended(State.DELIVERED))
        runs = await leased(store, 2, asked=Asked.PLAINLY, about=1)
        result = await store.cancel_at(CHAT, 1, SENDER, NOW)
        assert (result.accepted, result.job.id) == (True, runs.id)

    async def test_repeated_it_is_accepted_again_and_changes_nothing_more(self, store):
        job = await submitted(store)
        await store.cancel_at(CHAT, 1, SENDER, NOW)
        before = await everything(store, job)
        assert await store.cancel_at(CHAT, 1, SENDER, NOW + 5) == CancelResult(
            before[0][0], accepted=True, orphan=False
        )
        assert await everything(store, job) == before

    async def test_it_is_too_late_once_the_job_ended(self, store):
        ended = await recorded(store, await delivering(store), Ended(State.DELIVERED))
        assert await store.cancel_at(CHAT, 1, SENDER, NOW) == CancelResult(ended, accepted=False, orphan=False)
        assert await again(store, ended) == ended

    async def test_that_of_somebody_else_is_left_but_to_an_admin(self, store):
        job = await submitted(store, chat_id=GROUP)
        assert await store.cancel_at(GROUP, 1, STRANGER, NOW) == NOT_THEIRS
        assert await again(store, job) == job
        assert (await store.cancel_at(GROUP, 1, None, NOW)).accepted

    @pytest.mark.parametrize(("chat_id", "message_id"), [(CHAT, 77), (CHAT + 1, 1), (CHAT + 1, PLACEHOLDER)])
    async def test_no_job_belongs_to_another_message(self, store, chat_id, message_id):
        job = await placed(store)
        assert await store.cancel_at(chat_id, message_id, None, NOW) == NOTHING
        assert await again(store, job) == job

    async def test_in_a_group_an_old_placeholder_of_another_job_means_nothing(self, store):
        job = await placed(store)
        await store.replace(job, PLACEHOLDER + 1, Form.EDIT)
        assert await store.cancel_at(CHAT, PLACEHOLDER, SENDER, NOW) == NOTHING

    async def test_a_document_that_may_be_none_in_a_group_is_left_in_silence(self, store):
        job = await accepted(store, chat_id=GROUP, must_sniff=True)
        assert await store.cancel_at(GROUP, 1, SENDER, NOW) == NOTHING
        assert await again(store, job) == job

    @pytest.mark.parametrize(("chat_id", "message_id"), [(SENDER, PLACEHOLDER), (GROUP, 1)])
    async def test_what_is_shown_in_private_is_found_there_and_at_its_recording(self, store, chat_id, message_id):
        job = await placed(store, chat_id=GROUP, form=Form.PRIVATE)
        result = await store.cancel_at(chat_id, message_id, SENDER, NOW)
        assert (result.accepted, result.job.id) == (True, job.id)

    @pytest.mark.parametrize("chat_id", [GROUP, STRANGER])
    async def test_what_is_shown_in_private_is_no_message_of_another_chat(self, store, chat_id):
        job = await placed(store, chat_id=GROUP, form=Form.PRIVATE)
        assert await store.cancel_at(chat_id, PLACEHOLDER, None, NOW) == NOTHING
        assert await again(store, job) == job

    async def test_one_job_is_cancelled_and_no_other(self, store):
        other = await submitted(store, 1)
        before = await everything(store, other)
        await store.cancel_at(CHAT, (await submitted(store, 2)).message_id, SENDER, NOW)
        assert await everything(store, other) == before

    async def test_while_a_cancelled_job_is_being_shown_its_holder_keeps_it(self, store):
        await placed(store)
        await store.cancel_at(CHAT, PLACEHOLDER, SENDER, NOW)
        held = await claimed(store)
        assert (await store.cancel_at(CHAT, 1, SENDER, NOW)).accepted
        await recorded(store, held, Ended(State.CANCELLED))
