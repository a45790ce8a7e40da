"""A press on the button to try a recording again: once, by those who may, and never at the cost of another job."""

import asyncio
from dataclasses import replace

import pytest

from storage.apology import Apology, Notice, Reason
from storage.cancelling import CancelResult
from storage.host import Rate, TooOften, Whose
from storage.intake import NotTaken, Refused, TryAgain
from storage.opening import open_store
from storage.options import Fallback, Options
from storage.outcomes import Ended, Hopeless, Known, MustWait
from storage.statements.again import alone_with_chat_of, try_again
from storage.words import SAME, Asked, Form, Job, Press, State
from tests.contract.stored import (
    CHAT,
    FAMILY,
    LATER,
    NOW,
    accepted,
    again,
    claimed,
    delivering,
    everything,
    message,
    recorded,
    uploading,
)

SENDER, STRANGER = 42, 43
PLACEHOLDER = 900
MANY = 10
REFUSED = Apology(Reason.REFUSED)


async def failed(store, number=1, *, reason=Reason.REFUSED, form=Form.EDIT, end=State.DELIVERED, **changed) -> Job:
    """A job whose placeholder says why there is no text."""
    job = await uploading(store, number, **changed)
    await store.place(job, PLACEHOLDER, Notice.NONE, form)
    await recorded(store, job, Hopeless(Apology(reason)))
    return await recorded(store, await claimed(store), Ended(end))


async def press(store, job, *, most_open=MANY, rate=None, now=LATER, **changes):
    """A press by the sender, unless somebody else is named."""
    given = Press(job.id, job.shown_in, PLACEHOLDER, SENDER, button_seen=True)
    wanted = TryAgain(replace(given, **changes), "nova-3", Options())
    return await store.try_again(wanted, now, most_open, rate)


async def test_a_new_job_takes_the_place_of_the_one_that_failed(store):
    old = await failed(store)
    made = await press(store, old)
    assert made == await again(store, made)
    assert await store.job(old.id) is None
    assert (made.state, made.next_at, made.created_at) == (State.QUEUED, LATER, LATER)
    assert (made.placeholder_id, made.notice, made.form) == (PLACEHOLDER, Notice.FAILED, Form.EDIT)
    assert (made.from_chat_id, made.message_id, made.file_id) == (old.from_chat_id, old.message_id, old.file_id)
    assert (made.apology, made.attempts, made.creates_in_doubt, made.slot) == (None, 0, 0, None)


async def test_its_message_that_comes_again_finds_the_new_job(store):
    old = await failed(store)
    await press(store, old)
    assert await store.accept(message(old.message_id), LATER) is None


async def test_pressing_twice_makes_one_job(store):
    old = await failed(store)
    made = await press(store, old)
    before = await everything(store, made)
    assert await press(store, old) is NotTaken.UNDER_WAY
    assert await everything(store, made) == before


async def test_pressing_twice_in_private_of_a_recording_in_a_group_makes_one_job(store):
    old = await failed(store, chat_id=-CHAT, form=Form.PRIVATE)
    assert old.shown_in == SENDER
    made = await press(store, old, user_id=None)
    assert (made.shown_in, made.placeholder_id) == (SENDER, PLACEHOLDER)
    assert await press(store, old, user_id=None) is NotTaken.UNDER_WAY


async def test_a_press_that_is_repeated_after_the_other_try_ended_has_nothing_to_do(store):
    old = await failed(store)
    await press(store, old)
    await recorded(store, await claimed(store, LATER), Hopeless(REFUSED))
    ended = await recorded(store, await claimed(store, LATER), Ended(State.DELIVERED))
    assert await press(store, old) is None
    assert await again(store, ended) == ended


async def test_the_button_of_the_next_failure_names_the_next_job(store):
    first = await press(store, await failed(store))
    await recorded(store, await claimed(store, LATER), Hopeless(REFUSED))
    await recorded(store, await claimed(store, LATER), Ended(State.DELIVERED))
    second = await press(store, first)
    assert isinstance(second, Job)
    assert second.id > first.id


@pytest.mark.parametrize("reason", Reason)
async def test_the_reason_decides_whether_there_is_another_try(store, reason):
    old = await failed(store, reason=reason)
    made = await press(store, old)
    assert isinstance(made, Job) is Apology(reason).may_be_tried_again
    if made is None:
        assert await again(store, old) == old


async def test_what_is_not_shown_yet_is_not_tried_again(store):
    job = await uploading(store)
    await store.place(job, PLACEHOLDER, Notice.NONE)
    job = await recorded(store, job, Hopeless(REFUSED))
    assert await press(store, job) is None
    assert await again(store, job) == job


async def test_a_recording_that_has_its_text_is_not_tried_again(store):
    job = await delivering(store)
    await store.place(job, PLACEHOLDER, Notice.NONE)
    job = await recorded(store, job, Ended(State.DELIVERED))
    assert await press(store, job) is None
    assert await again(store, job) == job


async def test_a_press_by_somebody_else_changes_nothing_and_that_of_an_admin_does(store):
    old = await failed(store, chat_id=-CHAT)
    assert await press(store, old, user_id=STRANGER) is NotTaken.NOT_THEIRS
    assert await again(store, old) == old
    assert isinstance(await press(store, old, user_id=None), Job)


async def test_of_a_person_who_wants_no_text_only_their_own_press_counts(store):
    old = await failed(store, chat_id=-CHAT)
    await store.opt_out(SENDER)
    assert await press(store, old, user_id=None) is NotTaken.OPTED_OUT
    assert await again(store, old) == old
    assert isinstance(await press(store, old), Job)


@pytest.mark.parametrize("invented", [{"chat_id": CHAT + 1}, {"message_id": PLACEHOLDER + 1}, {"job_id": 77}])
@pytest.mark.parametrize("button_seen", [True, False])
async def test_a_button_that_is_not_under_the_placeholder_does_nothing(store, invented, button_seen):
    old = await failed(store)
    assert await press(store, old, button_seen=button_seen, **invented) is None
    assert await again(store, old) == old


async def test_in_a_full_chat_it_is_refused_and_can_be_pressed_again_when_there_is_room(store):
    old = await failed(store)
    await accepted(store, 2)
    before = await everything(store, old)
    assert await press(store, old, most_open=1) == Refused(tell=True)
    assert await press(store, old, most_open=1) == Refused(tell=True)
    assert await everything(store, old) == before
    assert isinstance(await press(store, old, most_open=2), Job)


@pytest.mark.parametrize(("rate", "whose"), [(Rate(1, 0), Whose.CHAT), (Rate(0, 1), Whose.PERSON)])
async def test_beyond_a_rate_it_is_refused_until_the_minute_is_over(store, rate, whose):
    old = await failed(store)
    assert isinstance(await store.accept(message(2), LATER, MANY, None, rate), Job)
    before = await everything(store, old)
    assert await press(store, old, rate=rate, now=LATER + 20) == Refused(tell=True, too_often=TooOften(whose, 1, 40.0))
    assert await everything(store, old) == before
    assert isinstance(await press(store, old, rate=rate, now=LATER + 60), Job)


async def test_who_presses_beyond_a_rate_keeps_nobody_from_being_told_of_a_recording(store):
    old = await failed(store)
    rate = Rate(1, 0)
    assert isinstance(await store.accept(message(2), LATER, MANY, None, rate), Job)
    assert (await press(store, old, rate=rate)).tell
    assert [(await store.accept(message(n), LATER, MANY, None, rate)).tell for n in (3, 4)] == [True, False]


async def test_another_try_counts_as_a_recording_once(store):
    old = await failed(store)
    rate = Rate(2, 0)
    assert isinstance(await press(store, old, rate=rate), Job)
    assert await press(store, old, rate=rate) is NotTaken.UNDER_WAY
    assert isinstance(await store.accept(message(2), LATER, MANY, None, rate), Job)
    assert isinstance(await store.accept(message(3), LATER, MANY, None, rate), Refused)


async def test_it_waits_for_its_turn_behind_what_the_chat_has_open(store):
    old = await failed(store)
    waits = await accepted(store, 2)
    assert (await press(store, old)).turn > waits.turn


async def test_a_text_that_came_by_another_message_is_used(store):
    old = await failed(store, file="same")
    text = await delivering(store, 2, file="same", asked=Asked.PLAINLY, about=1)
    await recorded(store, text, Ended(State.DELIVERED))
    await press(store, old)
    assert await store.admit(await claimed(store, LATER), FAMILY, 9, LATER) == Known(text.transcript_id)


async def test_a_text_that_is_on_the_way_by_another_message_is_waited_for(store):
    old = await failed(store, file="same")
    await uploading(store, 2, file="same", asked=Asked.PLAINLY, about=1)
    await press(store, old)
    assert await store.admit(await claimed(store, LATER), FAMILY, 9, LATER) == MustWait(SAME)


async def test_while_it_is_tried_again_nobody_gets_another_job_by_asking(store):
    await press(store, await failed(store))
    assert await store.accept(message(2, asked=Asked.PLAINLY, about=1), LATER) is NotTaken.UNDER_WAY


async def test_it_has_what_the_chat_has_chosen_since(store):
    old = await failed(store)
    await store.change_settings(CHAT, lambda chosen: replace(chosen, model="nova-2", language="de"))
    made = await press(store, old)
    assert (made.model, made.options) == ("nova-2", Options(language="de"))


async def test_it_keeps_the_fallback_that_its_first_try_had(store):
    old = await failed(store, model="whisper-medium")
    fallback = Fallback("whisper-medium", frozenset({"fa"}))
    given = Press(old.id, CHAT, PLACEHOLDER, SENDER, button_seen=True)
    made = await store.try_again(TryAgain(given, "nova-3", Options(), fallback), LATER, MANY, None)
    assert made.model == "whisper-medium"


async def test_what_a_tap_on_a_language_had_decided_stays(store):
    old = await failed(store, -5, model="whisper-large", options=Options(language="de"))
    await store.change_settings(CHAT, lambda chosen: replace(chosen, model="nova-2", language="en"))
    made = await press(store, old)
    assert (made.model, made.options, made.message_id) == ("whisper-large", Options(language="de"), -5)


async def test_it_follows_a_group_that_becomes_a_supergroup(store):
    old = await failed(store, chat_id=-CHAT)
    made = await press(store, old)
    await store.move_chat(-CHAT, -1001)
    moved = await again(store, made)
    assert (moved.chat_id, moved.from_chat_id, moved.placeholder_id) == (-1001, -CHAT, None)
    assert await press(store, old) is None


async def test_another_try_can_be_cancelled_like_any_job(store):
    made = await press(store, await failed(store))
    result = await store.cancel(made.id, CHAT, PLACEHOLDER, LATER)
    assert result == CancelResult(await again(store, made), accepted=True, orphan=False)
    ended = await recorded(store, await claimed(store, LATER), Ended(State.CANCELLED))
    assert await press(store, ended) is None


async def test_the_other_jobs_are_left_as_they_are(store):
    other = await uploading(store, 2)
    before = await everything(store, other)
    await press(store, await failed(store))
    assert await everything(store, other) == before


async def test_nobody_deletes_the_job_that_failed_while_it_is_tried_again(postgres_url):
    stores = [await open_store(postgres_url, now=lambda: NOW) for _ in range(2)]
    pressed, purging = stores
    old = await failed(pressed)
    found, may_go_on = asyncio.Event(), asyncio.Event()
    wanted = TryAgain(Press(old.id, CHAT, PLACEHOLDER, SENDER, button_seen=True), "nova-3", Options())

    async def slowly(tx):
        assert await alone_with_chat_of(tx, wanted.press) == old
        found.set()
        await may_go_on.wait()
        return await try_again(tx, wanted, LATER, MANY, None)

    made = asyncio.create_task(pressed.engine.write(slowly))
    await found.wait()
    purged = asyncio.create_task(purging.purge(LATER, LATER, 10))
    waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    async with asyncio.timeout(30):
        while not purged.done() and not await purging.engine.read(bool, waiting):  # noqa: ASYNC110 - a lock tells nobody
            await asyncio.sleep(0.01)
    may_go_on.set()
    assert await purged == 0
    assert await again(pressed, await made) == made.result()
    for store in stores:
        await store.close()
