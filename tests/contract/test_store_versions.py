"""Another text of a recording: one for each model and options, by whatever message or tap it is wanted."""

import asyncio
from dataclasses import replace

import pytest

from storage.apology import Apology, Notice, Reason
from storage.errands import ErrandKind, NewErrand, NotAsked
from storage.host import DAY, Rate, TooOften, Whose
from storage.intake import HadAlready, NewJob, NotTaken, Refused, Version
from storage.options import Options
from storage.outcomes import Ended, Hopeless, Known
from storage.words import Asked, Job, State
from tests.contract.stored import CHAT, LATER, NOW, accepted, again, claimed, delivering, message, recorded

RECORDING = 1
SENDER = 42
MANY = 10


def by(model):
    return lambda _model, options: (model, options)


def recording(**changed) -> NewJob:
    """Recording 1 as somebody asks for it who is no message."""
    given = {"file": "unique-1", "about": RECORDING, "asked": Asked.PLAINLY, "file_id": "file-1"}
    return message(0, **(given | changed))


async def want(
    store,
    model="other",
    *,
    beside=None,
    choose=None,
    chooses=None,
    gone=None,
    now=LATER,
    most_open=MANY,
    rate=None,
    **changed,
):
    new = recording(**changed)
    wanted = Version(new, chooses or new.chat_id, beside, choose or by(model), gone)
    return await store.make_version(wanted, now, most_open, rate)


async def shown(store, number=RECORDING, **changed):
    """The recording, with its text."""
    return await recorded(store, await delivering(store, number, **changed), Ended(State.DELIVERED))


async def end(store, made, *, apology=None, state=State.DELIVERED):
    """The end of a version that is queued: with an apology."""
    job = await claimed(store, LATER)
    assert job.id == made.id
    await store.place(job, 900, Notice.NONE)
    await recorded(store, job, Hopeless(apology or Apology(Reason.REFUSED)))
    return await recorded(store, await claimed(store, LATER), Ended(state))


async def test_it_is_a_job_of_its_own_beside_the_first_text(store):
    first = await shown(store)
    made = await want(store)
    assert isinstance(made, Job)
    assert (made.state, made.next_at, made.model, made.options) == (State.QUEUED, LATER, "other", first.options)
    assert (made.from_chat_id, made.chat_id, made.reply_to) == (CHAT, CHAT, RECORDING)
    assert (made.file_id, made.file_unique_id, made.user_id) == (first.file_id, first.file_unique_id, SENDER)
    assert made.message_id < 0
    assert await again(store, first) == first


async def test_the_model_of_the_first_text_is_there(store):
    first = await shown(store)
    assert await want(store, first.model) == HadAlready(first)
    assert await want(store, first.model, choose=lambda model, _: (model, Options("de"))) != HadAlready(first)


async def test_what_is_under_way_is_not_made_twice(store):
    first = await accepted(store)
    had = await want(store, first.model)
    assert (had, had.is_under_way) == (HadAlready(first), True)
    made = await want(store)
    assert await want(store) == HadAlready(made)
    assert isinstance(await want(store, "third"), Job)


async def test_what_was_asked_for_in_another_message_counts_too(store):
    asked = await shown(store, 7, file="unique-1", about=RECORDING, asked=Asked.PLAINLY, model="other")
    assert await want(store) == HadAlready(asked)


async def test_two_at_once_make_one(store):
    await shown(store)
    made = await asyncio.gather(*(want(store) for _ in range(4)))
    (job,) = [each for each in made if isinstance(each, Job)]
    assert [each for each in made if each != job] == [HadAlready(job)] * 3


async def test_versions_of_several_recordings_do_not_hinder_one_another(store):
    await shown(store)
    await shown(store, 2)
    of_first, of_second = await want(store), await want(store, about=2, file="unique-2")
    assert (of_first.reply_to, of_second.reply_to) == (1, 2)


@pytest.mark.parametrize("state", [State.DELIVERED, State.CANCELLED, State.FAILED])
async def test_one_that_ended_without_a_text_is_made_again(store, state):
    await shown(store)
    failed = await end(store, await want(store), state=state)
    made = await want(store)
    assert isinstance(made, Job)
    assert made.id != failed.id
    assert await store.job(failed.id) is None
    assert await want(store) == HadAlready(made)


async def test_one_whose_text_is_gone_from_the_chat_is_made_again_once(store):
    first = await shown(store)
    made = await want(store, first.model, gone=first.id)
    assert isinstance(made, Job)
    assert await want(store, first.model, gone=first.id) == HadAlready(made)
    assert await store.job(first.id) == first


async def test_what_was_made_before_one_that_is_gone_was_gone_by_then(store):
    first = await shown(store)
    made = await want(store, first.model, gone=first.id)
    await recorded(store, await claimed(store, LATER), Known(first.transcript_id))
    ended = await recorded(store, await claimed(store, LATER), Ended(State.DELIVERED))
    assert await want(store, first.model) == HadAlready(ended)
    once_more = await want(store, first.model, gone=made.id)
    assert isinstance(once_more, Job)
    assert await store.job(made.id) == ended


async def test_the_recording_keeps_its_own_job_although_that_failed(store):
    first = await end(store, await accepted(store))
    assert isinstance(await want(store, first.model), Job)
    assert await store.job(first.id) == first
    assert await store.accept(message(RECORDING), LATER) is None


async def test_a_text_that_is_not_kept_counts_for_a_day_after_it_was_shown(store):
    first = await shown(store)
    await store.purge(NOW + 400 * DAY, first.ended_at - 1, 100)
    gone = await again(store, first)
    assert gone.transcript_id is None
    assert await want(store, first.model, now=first.ended_at + DAY - 1) == HadAlready(gone)
    assert isinstance(await want(store, first.model, now=first.ended_at + DAY), Job)


async def test_a_text_that_somebody_has_deleted_is_made_again(store):
    first = await shown(store)
    deletion = NewErrand(ErrandKind.DELETE, "", CHAT, RECORDING, SENDER, first.id)
    assert not isinstance(await store.ask_errand(deletion, LATER), NotAsked)
    assert isinstance(await want(store, first.model), Job)


async def test_it_is_found_beside_a_job_that_came_from_a_group_that_this_chat_was(store):
    job = await accepted(store, chat_id=-5)
    await store.move_chat(-5, -6)
    assert await want(store, job.model, chat_id=-6, about=900) != HadAlready(await again(store, job))
    assert await want(store, job.model, chat_id=-6, about=901, beside=job.id) == HadAlready(await again(store, job))


async def test_the_chat_chooses_what_the_choice_leaves_open(store):
    await shown(store)
    await store.change_settings(CHAT, lambda now: replace(now, model="chosen", language="fr"))
    seen = []

    def choose(model, options):
        seen.append((model, options.language))
        return model, replace(options, language="de")

    made = await want(store, choose=choose)
    assert (made.model, made.options.language) == ("chosen", "de")
    assert set(seen) == {("chosen", "fr")}


async def test_of_a_group_that_is_a_supergroup_now_that_one_chooses(store):
    await store.change_settings(-6, lambda now: replace(now, language="fr"))
    made = await want(store, chat_id=-5, chooses=-6)
    assert (made.chat_id, made.options.language) == (-5, "fr")


async def test_limits_hold_as_for_any_job(store):
    await accepted(store)
    assert await want(store, most_open=1) == Refused(tell=True)
    rate = Rate(1, 0)
    assert isinstance(await want(store, rate=rate), Job)
    assert await want(store, rate=rate) == HadAlready(await store.job(2))
    assert await want(store, "third", rate=rate) == Refused(tell=True, too_often=TooOften(Whose.CHAT, 1, 60.0))


async def test_who_wants_no_text_is_left_alone_in_groups(store):
    await store.opt_out(SENDER)
    assert await want(store, chat_id=-CHAT, people=(SENDER,)) is NotTaken.OPTED_OUT
    assert isinstance(await want(store, chat_id=-CHAT), Job)


async def test_a_recording_that_no_job_tells_of_is_made_once_too(store):
    made = await want(store)
    assert isinstance(made, Job)
    assert await want(store) == HadAlready(made)
    assert await store.job_at(CHAT, RECORDING) == made
