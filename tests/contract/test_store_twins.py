"""A post of a channel and its automatic forward: one job, and another one if nobody can be told of the first."""

import pytest

from storage.chats import ChatSettings
from storage.intake import Refused
from storage.outcomes import Ended, Known
from storage.transcript import Transcript
from storage.words import Answers, Job, State
from tests.contract.stored import (
    FAMILY,
    LATER,
    NOW,
    accepted,
    again,
    claimed,
    delivering,
    due,
    leased,
    message,
    recorded,
)

CHANNEL, GROUP = -1001, -1002
NAME = "-1001: -1001/5"


def post(number=5, **changes):
    return message(number, chat_id=CHANNEL, post=NAME, file="same", **changes)


def forward(number=9, **changes):
    return message(number, chat_id=GROUP, post=NAME, file="same", **changes)


@pytest.mark.parametrize(("first", "second"), [(post, forward), (forward, post)], ids=["post first", "forward first"])
async def test_whichever_comes_first_is_the_job_however_often_both_come(store, first, second):
    job = await store.accept(first(), NOW)
    assert isinstance(job, Job)
    for new in (second(), first(), second(), first()):
        assert await store.accept(new, LATER) is None
    assert await due(store, LATER) == {job.id}


async def test_a_recording_of_no_post_or_of_another_one_is_a_job_of_its_own(store):
    await store.accept(post(), NOW)
    for number, name in ((1, None), (2, "-1001: -1001/6"), (3, None)):
        assert isinstance(await store.accept(message(number, chat_id=GROUP, post=name, file="same"), NOW), Job)


async def test_each_post_has_one_twin(store):
    """A channel that forwards the same thing twice makes two posts of one name."""
    first, second = await store.accept(post(5), NOW), await store.accept(post(6), NOW)
    assert isinstance(first, Job)
    assert isinstance(second, Job)
    assert await store.accept(forward(8), NOW) is None
    assert await store.accept(forward(9), NOW) is None
    assert isinstance(await store.accept(forward(10), NOW), Job)
    assert await store.accept(forward(8), NOW) is None
    assert await store.accept(forward(9), NOW) is None


async def test_a_twin_that_is_left_out_is_not_refused_although_its_chat_has_enough(store):
    await store.accept(post(), NOW)
    await accepted(store, 1, chat_id=GROUP)
    assert await store.accept(forward(), NOW, 1) is None
    assert isinstance(await store.accept(message(2, chat_id=GROUP), NOW, 1), Refused)


async def test_a_forward_is_taken_where_its_post_was_refused(store):
    await accepted(store, 1, chat_id=CHANNEL)
    assert isinstance(await store.accept(post(), NOW, 1), Refused)
    assert isinstance(await store.accept(forward(), NOW, 1), Job)
    assert await store.accept(post(), NOW) is None


async def test_the_twin_of_a_job_that_nobody_can_be_told_of_has_its_turn(store):
    await store.change_settings(GROUP, lambda _: ChatSettings("whisper"))
    failed = await leased(store, 5, chat_id=CHANNEL, post=NAME, file="same")
    await store.accept(forward(thread_id=3, direct_topic_id=4), NOW)
    await recorded(store, failed, Ended(State.FAILED), LATER)
    job = await claimed(store, LATER)
    assert (job.from_chat_id, job.chat_id, job.message_id, job.reply_to) == (GROUP, GROUP, 9, 9)
    assert (job.thread_id, job.direct_topic_id, job.model, job.created_at) == (3, 4, "whisper", LATER)
    for new in (post(), forward()):
        assert await store.accept(new, LATER) is None
    await recorded(store, job, Ended(State.FAILED), LATER)
    assert await due(store, LATER + LATER) == set()


async def test_a_twin_that_comes_after_the_failure_has_its_turn(store):
    await recorded(store, await leased(store, 5, chat_id=CHANNEL, post=NAME), Ended(State.FAILED))
    assert isinstance(await store.accept(forward(), NOW), Job)
    assert await store.accept(post(), NOW) is None


@pytest.mark.parametrize("state", [State.DELIVERED, State.CANCELLED])
async def test_the_twin_of_any_other_job_that_ended_stays_left_out(store, state):
    job = await delivering(store, 5, chat_id=CHANNEL, post=NAME)
    await store.accept(forward(8), NOW)
    await recorded(store, job, Ended(state))
    assert await store.accept(forward(8), NOW) is None
    assert await due(store, LATER) == set()


@pytest.mark.parametrize("kept", [True, False])
async def test_a_twin_finds_the_transcript_that_could_not_be_shown(store, kept):
    job = await delivering(store, 5, chat_id=CHANNEL, post=NAME, file="same", expires_at=LATER if kept else NOW)
    await store.accept(forward(), NOW)
    await recorded(store, job, Ended(State.FAILED))
    twin = await claimed(store)
    known = await store.admit(twin, FAMILY, 1, NOW)
    assert known == Known(job.transcript_id)
    assert (await store.transcript(known.transcript_id)) == Transcript("said")
    assert (await again(store, job)).state is State.FAILED


async def test_a_twin_that_cannot_be_read_is_let_lie(store):
    job = await leased(store, 5, chat_id=CHANNEL, post=NAME)
    await store.accept(forward(), NOW)
    await store.engine.write(lambda tx: tx.rows("UPDATE jobs SET twin = '{}'"))
    await recorded(store, job, Ended(State.FAILED))
    assert await due(store, LATER) == set()


async def test_a_twin_is_answered_as_its_own_chat_wants_it(store):
    await store.change_settings(GROUP, lambda _: ChatSettings(answers=Answers.FOLD, fold_from=9, quiet=True))
    first = await leased(store, 5, chat_id=CHANNEL, post=NAME, file="same")
    assert await store.accept(forward(), NOW) is None
    await recorded(store, first, Ended(State.FAILED))
    twin = await claimed(store)
    assert (twin.chat_id, twin.answers, twin.fold_from, twin.reacts) == (GROUP, Answers.FOLD, 9, True)
