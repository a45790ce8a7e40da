"""Recordings that somebody asks for: one job at a time, and one for each message that asks."""

from dataclasses import replace

import pytest
import pytest_asyncio

from storage.chats import Mode
from storage.intake import NotTaken, Start
from storage.outcomes import Ended
from storage.words import Asked, Job, State
from tests.contract.stored import CHAT, LATER, LEASE, NOW, delivering, message, recorded


def asking(message_id, about=5, asked=Asked.PLAINLY, **changes):
    return message(message_id, file=f"file-{about}", asked=asked, about=about, **changes)


@pytest_asyncio.fixture(loop_scope="session")
async def answered(store):
    """Message 5 has its answer."""
    await recorded(store, await delivering(store, 5), Ended(State.DELIVERED))


async def test_a_job_replies_to_the_recording_that_its_message_asks_for(store):
    job = await store.accept(asking(6), NOW)
    assert (job.message_id, job.about, job.reply_to) == (6, 5, 5)
    await store.move_chat(CHAT, -1001)
    assert (await store.job(job.id)).reply_to is None


@pytest.mark.parametrize("first", [message(5), asking(6)])
async def test_a_recording_that_has_no_answer_yet_gets_no_other_job(store, first):
    await store.accept(first, NOW)
    assert await store.accept(asking(7), NOW) is NotTaken.UNDER_WAY


async def test_a_recording_that_has_its_answer_gets_one_for_each_message_that_asks(store, answered):
    job = await store.accept(asking(6), LATER)
    assert isinstance(job, Job)
    assert await store.accept(asking(6), LATER) is None
    assert await store.accept(asking(7), LATER) is NotTaken.UNDER_WAY


async def test_only_who_asks_plainly_or_by_name_where_all_is_asked_for_gets_it_again(store, answered):
    taken = {}
    for number, asked in enumerate((Asked.WITH_A_COMMAND, Asked.WITH_A_MENTION), 6):
        taken[asked] = await store.accept(asking(number, asked=asked), LATER)
    assert set(taken.values()) == {NotTaken.UNWANTED}
    await store.change_settings(CHAT, lambda chosen: replace(chosen, mode=Mode.ASK))
    assert await store.accept(asking(8, asked=Asked.WITH_A_COMMAND), LATER) is NotTaken.UNWANTED
    assert isinstance(await store.accept(asking(9, asked=Asked.WITH_A_MENTION), LATER), Job)


async def test_the_same_number_in_another_chat_is_another_recording(store):
    await store.accept(message(5), NOW)
    assert isinstance(await store.accept(asking(6, chat_id=CHAT + 1), NOW), Job)


async def test_asking_that_is_repeated_as_its_answer_was_lost_gives_the_leased_job_again(store):
    start = Start("token", NOW + LEASE, lambda _model: None)
    first = await store.accept(asking(6), NOW, start=start)
    assert first.lease_token == "token"
    assert await store.accept(asking(6), NOW, start=start) == first


async def test_a_document_that_is_asked_for_is_no_longer_left_alone_in_silence(store):
    quiet = await store.accept(message(5, must_sniff=True), NOW)
    (held,) = (await store.claim(NOW, NOW + LEASE, 10)).jobs
    assert await store.accept(asking(6), LATER) is NotTaken.UNDER_WAY
    told = await store.job(quiet.id)
    assert (told.must_sniff, told.lease_token, told.next_at) == (False, None, LATER)
    assert held.must_sniff
