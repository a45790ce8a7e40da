"""A step that lost the lease of its job changes nothing: each write, and each way to lose a lease."""

import asyncio
from dataclasses import replace

import pytest

from storage.apology import Notice
from storage.chats import ChatSettings, Mode
from storage.outcomes import (
    Attempted,
    Ended,
    Forgotten,
    Hopeless,
    Ignored,
    Known,
    Ready,
    Released,
    Sniffed,
    Submitted,
    Waiting,
)
from storage.transcript import Transcript
from storage.words import Form, State
from tests.contract.stored import (
    APOLOGY,
    CHAT,
    FAMILY,
    KEPT_UNTIL,
    LATER,
    LEASE,
    NOW,
    accepted,
    again,
    claimed,
    delivering,
    died,
    everything,
    fetching,
    leased,
    message,
    part,
    ready,
    recorded,
    uploading,
)

OUTCOMES = {
    "submitted": Submitted(LATER, 12.5, part(5)),
    "submitted with nothing new": Submitted(LATER, 12.5, None),
    "waiting": Waiting(LATER),
    "attempted": Attempted(LATER, in_doubt=True),
    "released": Released(LATER),
    "forgotten": Forgotten(LATER),
    "ready": Ready(Transcript("said"), KEPT_UNTIL),
    "known": Known(1),
    "hopeless": Hopeless(APOLOGY),
    "failed": Ended(State.FAILED),
    "looked": Sniffed(),
}


def recording(outcome):
    return lambda store, job: store.record(job, outcome, NOW + 1)


STATE_GUARDED = {
    "renew": lambda store, job: store.renew(job, LATER),
    "replace": lambda store, job: store.replace(job, 900, Form.EDIT),
    "change form": lambda store, job: store.change_form(job, Form.PAGES),
    "ring": lambda store, job: store.ring(job),
    "note": lambda store, job: store.note(job, Notice.PAUSED),
    "start create": lambda store, job: store.start_create(job),
    "created": lambda store, job: store.created(job, part(7)),
    "creates under way": lambda store, job: store.creates_under_way(job, 1),
    "part to be made again": lambda store, job: store.make_again(job, frozenset({0}), NOW),
    "progress": lambda store, job: store.tell(job, NOW),
    "part ready": lambda store, job: store.part_ready(job, 0, Transcript("part said"), NOW),
    "looked in vain": lambda store, job: store.looked_in_vain(job, 0, 3),
    "page placed": lambda store, job: store.page_placed(job, 1, 901),
    "admit": lambda store, job: store.admit(job, FAMILY, 9, NOW),
} | {f"record {name}": recording(outcome) for name, outcome in (OUTCOMES | {"ignored": Ignored()}).items()}
WRITES = STATE_GUARDED | {"place": lambda store, job: store.place(job, 900, Notice.PAUSED)}

every_write = pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
every_write_of_a_state = pytest.mark.parametrize("write", STATE_GUARDED.values(), ids=STATE_GUARDED)


async def with_a_part(store, number=1):
    """A queued job in somebody's hands that has a generation already, so that there is something to change."""
    job = await uploading(store, number, must_sniff=True)
    assert await store.created(job, part(0, of=number))
    return job


@every_write
async def test_a_holder_whose_lease_expired_and_went_to_another_changes_nothing(store, write):
    slow = await with_a_part(store)
    await claimed(store, NOW + LEASE)
    before = await everything(store, slow)
    assert not await write(store, slow)
    assert await everything(store, slow) == before


@every_write
async def test_a_holder_whose_lease_was_released_changes_nothing(store, write):
    job = await with_a_part(store)
    await died(store)
    before = await everything(store, job)
    assert not await write(store, job)
    assert await everything(store, job) == before


@every_write
async def test_nobody_changes_a_job_without_having_claimed_it(store, write):
    job = await accepted(store)
    before = await everything(store, job)
    assert not await write(store, job)
    assert await everything(store, job) == before


@every_write
async def test_the_holder_of_a_cancelled_job_changes_nothing(store, write):
    job = await with_a_part(store)
    await store.cancel(job.id, job.chat_id, 900, NOW)
    before = await everything(store, job)
    assert not await write(store, job)
    assert await everything(store, job) == before


@every_write
async def test_a_holder_changes_no_other_job_of_the_same_claim(store, write):
    job, neighbour = await claimed_together(store, submitted=write is WRITES["record forgotten"])
    assert job.lease_token == neighbour.lease_token
    assert await store.created(neighbour, part(0))
    before = await everything(store, neighbour)
    await ready_something(store)
    await write(store, job)
    assert await everything(store, neighbour) == before


async def claimed_together(store, *, submitted):
    """Two jobs under one lease, queued, or at the provider, where generations can be forgotten."""
    await accepted(store, 1, must_sniff=True)
    await accepted(store, 2, must_sniff=True)
    jobs = (await store.claim(NOW, NOW + LEASE, 10)).jobs
    if not submitted:
        return jobs
    for job in jobs:
        await recorded(store, job, Submitted(NOW, 12.5, None))
    return (await store.claim(NOW, NOW + LEASE, 10)).jobs


async def ready_something(store):
    """Make sure that there is a transcript with the id 1, of a third file."""
    await ready(store, 3)
    assert await store.transcript(1) is not None


@every_write_of_a_state
async def test_a_holder_who_missed_that_the_job_moved_on_changes_nothing(store, write):
    job = await delivering(store, must_sniff=True)
    before = await everything(store, job)
    assert not await write(store, replace(job, state=State.QUEUED))
    assert await everything(store, job) == before


async def test_only_a_queued_job_is_admitted(store):
    job = await delivering(store)
    assert await store.admit(job, FAMILY, 9, NOW) is None


@pytest.mark.parametrize("outcome", OUTCOMES.values(), ids=OUTCOMES)
async def test_an_outcome_is_recorded_once(store, outcome):
    job = await (fetching if isinstance(outcome, Forgotten) else leased)(store, 1)
    await ready_something(store)
    assert await store.record(job, outcome, NOW)
    before = await everything(store, job)
    assert not await store.record(job, outcome, NOW + 1)
    assert await everything(store, job) == before


async def test_a_transcript_that_came_too_late_is_not_kept(store):
    slow = await uploading(store)
    await claimed(store, NOW + LEASE)
    assert not await store.record(slow, Ready(Transcript("too late"), KEPT_UNTIL), NOW + LEASE)
    assert await store.transcript(1) is None


async def test_a_placeholder_is_stored_with_what_it_says(store):
    job = await leased(store)
    assert await store.place(job, 900, Notice.PAUSED)
    stored = await again(store, job)
    assert (stored.placeholder_id, stored.notice) == (900, Notice.PAUSED)
    assert stored == replace(job, placeholder_id=900, notice=Notice.PAUSED)


async def test_a_second_placeholder_of_a_job_is_not_stored(store):
    job = await leased(store)
    await store.place(job, 900, "")
    assert not await store.place(job, 901, Notice.PAUSED)
    stored = await again(store, job)
    assert (stored.placeholder_id, stored.notice) == (900, "")


async def test_a_placeholder_that_the_user_deleted_is_replaced(store):
    job = await leased(store)
    await store.place(job, 900, Notice.PAUSED)
    job = await again(store, job)
    for _ in range(2):  # a commit whose answer was lost is repeated
        assert await store.replace(job, 901, Form.EDIT)
    stored = await again(store, job)
    assert (stored.placeholder_id, stored.notice) == (901, Notice.PAUSED)
    assert (stored.leftover_id, stored.leftover_chat_id) == (900, CHAT)


async def test_a_placeholder_elsewhere_takes_the_shown_page_of_the_old_one_away(store):
    job = await delivering(store)
    await store.place(job, 900, Notice.NONE)
    await store.page_placed(job, 0, 900)
    assert await store.replace(await again(store, job), 901, Form.PRIVATE)
    stored = await again(store, job)
    assert (stored.form, stored.shown_in, stored.leftover_chat_id) == (Form.PRIVATE, stored.user_id, CHAT)
    assert await store.pages(job) == {}


async def test_the_form_of_an_answer_is_stored_and_nothing_else(store):
    job = await delivering(store)
    assert await store.change_form(job, Form.PAGES)
    assert await again(store, job) == replace(job, form=Form.PAGES)


async def test_a_notice_is_stored_and_nothing_else(store):
    job = await leased(store)
    assert await store.note(job, "retrying")
    assert await again(store, job) == replace(job, notice="retrying")


async def test_a_create_that_begins_is_stored_and_its_generation_ends_that(store):
    job = await leased(store)
    assert await store.start_create(job)
    assert (await again(store, job)).create_started
    assert await store.created(job, part(0))
    assert not (await again(store, job)).create_started
    assert await store.generations(job) == (part(0),)


async def test_what_a_part_says_is_stored_with_that_part_of_that_job_only(store):
    other = await uploading(store, 1)
    await store.created(other, part(1))
    job = await uploading(store, 2)
    for number in (0, 1):
        await store.created(job, part(number))
    assert await store.part_ready(job, 1, Transcript("said"), NOW)
    assert await store.generations(job) == (part(0), replace(part(1), transcript=Transcript("said")))
    assert await store.generations(other) == (part(1),)


async def test_the_pages_of_a_job_are_stored_by_number_and_may_be_placed_anew(store):
    other = await delivering(store, 1)
    await store.page_placed(other, 1, 800)
    job = await delivering(store, 2)
    assert await store.page_placed(job, 1, 901)
    assert await store.page_placed(job, 2, 902)
    assert await store.page_placed(job, 1, 903)
    assert await store.pages(job) == {1: 903, 2: 902}
    assert await store.pages(other) == {1: 800}


async def test_the_writes_of_a_holder_leave_the_lease_and_the_moment_as_they_are(store):
    job = await delivering(store)
    await store.place(job, 900, "")
    await store.note(job, Notice.PAUSED)
    await store.replace(job, 901, Form.EDIT)
    await store.page_placed(job, 1, 902)
    stored = await again(store, job)
    assert (stored.lease_token, stored.next_at) == (job.lease_token, job.next_at)


async def test_a_message_accepted_meanwhile_does_not_disturb_a_holder(store):
    job = await leased(store)
    await store.accept(message(2), NOW)
    await recorded(store, job, Waiting(LATER))


async def test_a_placeholder_that_is_stored_again_is_the_same_and_another_one_is_refused(store):
    """The answer to the first commit may have been lost."""
    job = await leased(store)
    assert await store.place(job, 900, Notice.PAUSED)
    assert await store.place(job, 900, Notice.PAUSED)
    assert not await store.place(job, 901, Notice.PAUSED)
    assert (await again(store, job)).placeholder_id == 900


async def test_a_generation_that_is_stored_again_is_there_once(store):
    job = await uploading(store)
    assert await store.created(job, part(0))
    assert await store.created(job, part(0))
    assert await store.generations(job) == (part(0),)


async def test_of_two_changes_of_settings_at_once_neither_undoes_the_other(store):
    await asyncio.gather(
        store.change_settings(CHAT, lambda now: replace(now, model="nova-3")),
        store.change_settings(CHAT, lambda now: replace(now, mode=Mode.ASK)),
        store.change_settings(CHAT, lambda now: replace(now, keep_days=7)),
    )
    assert await store.settings(CHAT) == ChatSettings("nova-3", mode=Mode.ASK, keep_days=7)


async def test_a_change_of_settings_that_fails_changes_nothing(store):
    await store.change_settings(CHAT, lambda _: ChatSettings("nova-3"))
    with pytest.raises(ZeroDivisionError):
        await store.change_settings(CHAT, lambda _: 1 / 0)
    assert await store.settings(CHAT) == ChatSettings("nova-3")
