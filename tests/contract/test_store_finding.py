"""The job of a message: of its answer, of a page of that, or of the recording."""

import pytest

from storage.apology import Notice
from storage.outcomes import Ended
from storage.words import Asked, Form, State
from tests.contract.stored import CHAT, accepted, again, delivering, recorded, submitted

SENDER, STRANGER = 42, 43
GROUP = -CHAT
PLACEHOLDER, PAGE = 900, 901


async def shown(store, number=1, form=Form.EDIT, placeholder=PLACEHOLDER, **changed):
    """A job whose text is in the chat."""
    job = await delivering(store, number, **changed)
    assert await store.place(job, placeholder, Notice.NONE, form)
    return await recorded(store, await again(store, job), Ended(State.DELIVERED))


@pytest.mark.parametrize("replied", [1, PLACEHOLDER])
async def test_a_text_and_its_recording_mean_the_same_job(store, replied):
    job = await shown(store)
    assert await store.job_at(CHAT, replied) == job


async def test_one_without_an_answer_is_found_by_its_placeholder_too(store):
    job = await submitted(store)
    assert await store.job_at(CHAT, 1) == job
    placed = await delivering(store, 2)
    await store.place(placed, PLACEHOLDER, Notice.NONE)
    assert (await store.job_at(CHAT, PLACEHOLDER)).id == placed.id


async def test_every_page_of_a_text_leads_to_it(store):
    job = await delivering(store)
    await store.place(job, PLACEHOLDER, Notice.NONE)
    await store.page_placed(job, 1, PAGE)
    await recorded(store, await again(store, job), Ended(State.DELIVERED))
    assert (await store.job_at(CHAT, PAGE)).id == job.id
    assert await store.job_at(CHAT + 1, PAGE) is None


async def test_the_recording_leads_to_the_job_of_the_message_that_asked_for_it(store):
    job = await shown(store, 2, asked=Asked.PLAINLY, about=1)
    for replied in (1, 2):
        assert await store.job_at(CHAT, replied) == job


async def test_of_several_texts_the_message_means_its_own_and_the_recording_the_newest(store):
    first = await shown(store)
    second = await shown(store, 2, placeholder=PAGE, asked=Asked.PLAINLY, about=1)
    await submitted(store, 3, asked=Asked.PLAINLY, about=1)
    assert await store.job_at(CHAT, PLACEHOLDER) == first
    assert await store.job_at(CHAT, 1) == second


@pytest.mark.parametrize(("chat_id", "message_id"), [(SENDER, PLACEHOLDER), (GROUP, 1)])
async def test_what_is_shown_in_private_is_found_there_and_at_its_recording(store, chat_id, message_id):
    job = await shown(store, form=Form.PRIVATE, chat_id=GROUP)
    assert await store.job_at(chat_id, message_id) == job


@pytest.mark.parametrize("chat_id", [GROUP, STRANGER])
async def test_what_is_shown_in_private_is_no_message_of_another_chat(store, chat_id):
    await shown(store, form=Form.PRIVATE, chat_id=GROUP)
    assert await store.job_at(chat_id, PLACEHOLDER) is None


@pytest.mark.parametrize(("chat_id", "message_id"), [(CHAT, 77), (CHAT + 1, 1), (CHAT + 1, PLACEHOLDER)])
async def test_no_job_belongs_to_another_message(store, chat_id, message_id):
    await shown(store)
    await accepted(store, 5)
    assert await store.job_at(chat_id, message_id) is None
