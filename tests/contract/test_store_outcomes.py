"""What recording an outcome makes of a job."""

from dataclasses import replace

import pytest

from storage.errors import ImpossibleMoveError
from storage.outcomes import (
    Attempted,
    Ended,
    Forgotten,
    Hopeless,
    Ignored,
    Known,
    MustWait,
    Outcome,
    Ready,
    Released,
    Sniffed,
    Submitted,
    Waiting,
)
from storage.transcript import Segment, Transcript, Word
from storage.words import NEXT, SAME, State
from tests.contract.stored import (
    APOLOGY,
    FAMILY,
    KEPT_UNTIL,
    LATER,
    NOW,
    accepted,
    again,
    claimed,
    delivering,
    died,
    due,
    fetching,
    leased,
    part,
    ready,
    recorded,
    submitted,
    uploading,
    waiting,
)

IN_HANDS = {State.QUEUED: uploading, State.SUBMITTED: fetching, State.READY: delivering}
every_state = pytest.mark.parametrize("state", IN_HANDS)


async def test_a_submitted_job_keeps_its_slot_and_its_generation_and_is_looked_at_later(store):
    job = await uploading(store)
    await store.start_create(job)
    moved = await recorded(store, job, Submitted(LATER, 12.5, part(0)), NOW + 1)
    assert moved.state is State.SUBMITTED
    assert (moved.submitted_at, moved.next_at, moved.audio_seconds) == (NOW + 1, LATER, 12.5)
    assert (moved.slot, moved.lease_token, moved.create_started) == (FAMILY, None, False)
    assert await store.generations(job) == (part(0),)


async def test_a_job_whose_parts_are_all_stored_is_submitted_without_a_new_one(store):
    job = await uploading(store)
    await store.created(job, part(0))
    moved = await recorded(store, job, Submitted(LATER, 12.5, None))
    assert moved.state is State.SUBMITTED
    assert await store.generations(job) == (part(0),)


@every_state
async def test_waiting_keeps_the_state_and_spends_nothing(store, state):
    job = await IN_HANDS[state](store)
    stayed = await recorded(store, job, Waiting(LATER))
    assert (stayed.state, stayed.next_at, stayed.lease_token) == (state, LATER, None)
    assert (stayed.attempts, stayed.creates_in_doubt) == (0, 0)


@every_state
async def test_an_attempt_is_counted(store, state):
    job = await IN_HANDS[state](store)
    stayed = await recorded(store, job, Attempted(LATER))
    assert (stayed.state, stayed.next_at, stayed.lease_token) == (state, LATER, None)
    assert (stayed.attempts, stayed.creates_in_doubt) == (1, 0)
    second = await recorded(store, await claimed(store, LATER), Attempted(LATER + 1))
    assert second.attempts == 2


@every_state
async def test_an_interruption_spends_no_attempt(store, state):
    job = await IN_HANDS[state](store)
    released = await recorded(store, job, Released(LATER))
    assert (released.state, released.next_at, released.lease_token) == (state, LATER, None)
    assert (released.attempts, released.creates_in_doubt) == (0, 0)


async def test_a_job_at_the_provider_keeps_its_slot_whatever_it_waits_for(store):
    job = await recorded(store, await fetching(store), Waiting(NOW))
    assert job.slot == FAMILY
    job = await recorded(store, await claimed(store), Attempted(NOW))
    assert job.slot == FAMILY
    job = await recorded(store, await claimed(store), Released(NOW))
    assert job.slot == FAMILY


@pytest.mark.parametrize(
    "outcome", [Attempted(LATER, in_doubt=True), Released(LATER), Hopeless(APOLOGY, in_doubt=True)]
)
async def test_a_create_that_was_begun_and_not_answered_is_a_doubt(store, outcome):
    job = await uploading(store)
    await store.start_create(job)
    stayed = await recorded(store, job, outcome)
    assert (stayed.creates_in_doubt, stayed.create_started) == (1, False)


@pytest.mark.parametrize(
    "outcome", [Attempted(LATER, in_doubt=True), Released(LATER), Hopeless(APOLOGY, in_doubt=True)]
)
async def test_there_is_no_doubt_when_no_create_was_begun(store, outcome):
    stayed = await recorded(store, await uploading(store), outcome)
    assert stayed.creates_in_doubt == 0


@pytest.mark.parametrize(
    "outcome", [Attempted(LATER, in_doubt=True), Released(LATER), Hopeless(APOLOGY, in_doubt=True)]
)
async def test_there_is_no_doubt_after_the_generation_was_stored(store, outcome):
    job = await uploading(store)
    await store.start_create(job)
    await store.created(job, part(0))
    assert (await recorded(store, job, outcome)).creates_in_doubt == 0


@pytest.mark.parametrize("outcome", [Attempted(LATER), Waiting(LATER), Hopeless(APOLOGY)])
async def test_a_create_that_was_refused_leaves_no_doubt(store, outcome):
    job = await uploading(store)
    await store.start_create(job)
    stayed = await recorded(store, job, outcome)
    assert (stayed.creates_in_doubt, stayed.create_started) == (0, False)


async def test_doubts_add_up(store):
    job = await uploading(store)
    await store.start_create(job)
    await recorded(store, job, Attempted(NOW, in_doubt=True))
    job = await claimed(store)
    await store.start_create(job)
    assert (await recorded(store, job, Attempted(LATER, in_doubt=True))).creates_in_doubt == 2


async def test_a_job_whose_generations_were_forgotten_is_queued_again_without_them(store):
    job = await fetching(store)
    queued = await recorded(store, job, Forgotten(LATER))
    assert (queued.state, queued.next_at, queued.submitted_at, queued.slot) == (State.QUEUED, LATER, None, None)
    assert queued.lease_token is None
    assert await store.generations(job) == ()


async def test_what_the_provider_forgot_is_made_again_but_for_the_parts_that_are_known(store):
    job = await submitted_parts(store)
    await store.part_ready(job, 0, Transcript("part said"), NOW)
    await recorded(store, job, Forgotten(LATER))
    assert await store.generations(job) == (replace(part(0), transcript=Transcript("part said")),)


async def test_a_part_at_which_the_provider_failed_is_made_again_and_no_other_one(store):
    job = await submitted_parts(store)
    await recorded(store, job, Forgotten(LATER, frozenset({1})))
    assert await store.generations(job) == (part(0),)


async def submitted_parts(store):
    job = await uploading(store)
    await store.created(job, part(0))
    await recorded(store, job, Submitted(NOW, 1200.0, part(1)))
    return await claimed(store)


async def test_looks_in_vain_are_counted_for_a_part_until_it_is_made_again(store):
    job = await submitted_parts(store)
    for _ in range(2):  # a commit whose answer was lost is repeated
        assert await store.looked_in_vain(job, 1, 3)
    assert await store.generations(job) == (part(0), replace(part(1), unreadable=3))
    await recorded(store, job, Forgotten(NOW, frozenset({1})))
    job = await claimed(store)
    await store.created(job, part(1))
    assert await store.generations(job) == (part(0), part(1))


async def test_each_time_the_generations_came_to_nothing_is_a_loss_and_no_attempt(store):
    for lost in (1, 2):
        job = await fetching(store) if lost == 1 else await uploaded_again(store)
        queued = await recorded(store, job, Forgotten(NOW))
        assert (queued.generations_lost, queued.attempts, queued.creates_in_doubt) == (lost, 0, 0)


async def uploaded_again(store):
    job = await claimed(store)
    await store.admit(job, FAMILY, 9, NOW)
    await recorded(store, job, Submitted(NOW, 12.5, part()))
    return await claimed(store)


async def test_the_attempts_of_a_job_start_anew_once_the_provider_has_it(store):
    await recorded(store, await uploading(store), Attempted(NOW))
    job = await claimed(store)
    assert (await recorded(store, job, Submitted(LATER, 12.5, part()))).attempts == 0


async def test_the_length_of_what_was_said_is_kept(store):
    transcript = Transcript("said", "en", 61.5, (Word("said", 60.0, 61.0),) * 2500)
    moved = await recorded(store, await fetching(store), Ready(transcript, KEPT_UNTIL))
    assert await store.duration(moved.transcript_id) == 61.5


async def test_a_forgotten_job_takes_none_of_anothers_generations_with_it(store):
    other = await submitted(store, 1)
    await recorded(store, await fetching(store, 2), Forgotten(LATER))
    assert await store.generations(other) == (part(of=1),)


async def test_a_ready_job_has_its_transcript_and_nothing_at_the_provider(store):
    job = await fetching(store)
    moved = await recorded(store, job, Ready(Transcript("said"), KEPT_UNTIL), NOW + 9)
    assert (moved.state, moved.ready_at, moved.next_at) == (State.READY, NOW + 9, NOW + 9)
    assert (moved.slot, moved.lease_token) == (None, None)
    assert await store.transcript(moved.transcript_id) == Transcript("said")
    assert await store.text(moved.transcript_id) == "said"
    assert await store.duration(moved.transcript_id) is None
    assert await store.transcript_size(moved.transcript_id) > len("said")
    assert await store.generations(job) == ()


async def test_a_ready_job_takes_none_of_anothers_generations_with_it(store):
    other = await submitted(store, 1)
    await ready(store, 2)
    assert await store.generations(other) == (part(of=1),)


async def test_a_job_with_a_known_transcript_is_ready_without_the_provider(store):
    first = await ready(store, 1, file="same")
    await claimed(store)
    job = await leased(store, 2, file="same")
    known = await store.admit(job, FAMILY, 9, NOW)
    moved = await recorded(store, job, known, NOW + 4)
    assert (moved.state, moved.ready_at, moved.next_at) == (State.READY, NOW + 4, NOW + 4)
    assert moved.transcript_id == first.transcript_id
    assert (moved.slot, moved.lease_token, moved.submitted_at) == (None, None, None)


@every_state
async def test_a_hopeless_job_is_ready_to_say_so(store, state):
    job = await IN_HANDS[state](store)
    moved = await recorded(store, job, Hopeless(APOLOGY), NOW + 2)
    assert (moved.state, moved.apology, moved.ready_at, moved.next_at) == (State.READY, APOLOGY, NOW + 2, NOW + 2)
    assert (moved.slot, moved.lease_token) == (None, None)
    assert await store.generations(job) == ()


async def test_the_attempts_of_a_hopeless_job_start_anew_for_its_apology(store):
    await recorded(store, await uploading(store), Attempted(NOW))
    moved = await recorded(store, await claimed(store), Hopeless(APOLOGY))
    assert moved.attempts == 0


@pytest.mark.parametrize("end", [State.DELIVERED, State.FAILED, State.CANCELLED])
async def test_a_job_that_ended_is_due_no_more(store, end):
    job = await delivering(store)
    ended = await recorded(store, job, Ended(end), NOW + 7)
    assert (ended.state, ended.ended_at, ended.next_at, ended.lease_token) == (end, NOW + 7, None, None)
    assert await due(store, NOW + 10**9) == set()


@every_state
async def test_a_job_may_fail_from_wherever_it_is_and_leaves_nothing_at_the_provider(store, state):
    job = await IN_HANDS[state](store)
    ended = await recorded(store, job, Ended(State.FAILED))
    assert (ended.state, ended.slot, ended.waiting_for) == (State.FAILED, None, None)
    assert await store.generations(job) == ()


async def test_a_job_may_fail_while_it_waits(store):
    await submitted(store, 1, file="same")
    job = await leased(store, 2, file="same")
    assert isinstance(await store.admit(job, FAMILY, 9, NOW), MustWait)
    ended = await recorded(store, job, Ended(State.FAILED))
    assert (ended.state, ended.waiting_for) == (State.FAILED, None)


async def test_recording_an_outcome_changes_no_other_job(store):
    other = await submitted(store, 1)
    await recorded(store, await delivering(store, 2), Ended(State.DELIVERED))
    assert await again(store, other) == other


async def test_a_kept_transcript_stays_when_its_job_ends(store):
    job = await recorded(store, await delivering(store), Ended(State.DELIVERED))
    assert await store.transcript(job.transcript_id) == Transcript("said")


@pytest.mark.parametrize("number", [1, 5_000])
async def test_a_transcript_is_read_with_its_words_and_without_them(store, number):
    words = tuple(Word(f"word{each}", float(each), each + 0.5, "0") for each in range(number))
    said = Transcript("said", "en", float(number), words, 0.5, (Segment("said", 0.0, 1.0),))
    job = await recorded(store, await fetching(store), Ready(said, KEPT_UNTIL))
    assert await store.transcript(job.transcript_id) == said
    assert await store.transcript_without_words(job.transcript_id) == replace(said, words=(), segments=())


async def test_a_transcript_that_nobody_may_keep_goes_when_its_job_ends(store):
    job = await delivering(store, expires_at=NOW)
    ended = await recorded(store, job, Ended(State.DELIVERED))
    assert ended.transcript_id is None
    assert await store.transcript(job.transcript_id) is None
    assert await store.text(job.transcript_id) is None
    assert await store.transcript_without_words(job.transcript_id) is None
    assert await store.duration(job.transcript_id) is None
    assert await store.transcript_size(job.transcript_id) == 0


async def test_jobs_of_other_files_do_not_keep_a_transcript_that_nobody_may_keep(store):
    job = await delivering(store, 1, expires_at=NOW)
    await accepted(store, 2)
    await recorded(store, job, Ended(State.DELIVERED))
    assert await store.transcript(job.transcript_id) is None
    assert await store.text(job.transcript_id) is None
    assert await store.transcript_size(job.transcript_id) == 0


async def test_a_transcript_kept_a_while_longer_stays_until_its_moment_has_come(store):
    job = await delivering(store, expires_at=NOW + 1)
    ended = await recorded(store, job, Ended(State.DELIVERED), NOW + 0.5)
    assert await store.transcript(ended.transcript_id) == Transcript("said")


async def test_a_transcript_that_nobody_may_keep_stays_for_a_job_that_is_still_to_show_it(store):
    first = await fetching(store, 1, file="same")
    second = await waiting(store, 2, full=False, file="same")
    await recorded(store, first, Ready(Transcript("said"), NOW))
    deliveries = {job.id: job for job in (await store.claim(NOW, LATER, 10)).jobs}
    await recorded(store, deliveries[first.id], Ended(State.DELIVERED))
    assert await store.transcript(deliveries[second.id].transcript_id) == Transcript("said")
    await recorded(store, deliveries[second.id], Ended(State.DELIVERED))
    assert await store.transcript(deliveries[second.id].transcript_id) is None


async def test_the_end_of_one_job_does_not_take_the_transcript_of_another_file(store):
    await ready(store, 1, expires_at=NOW)
    other = await claimed(store)
    job = await delivering(store, 2, expires_at=NOW)
    await recorded(store, job, Ended(State.DELIVERED))
    assert await store.transcript(other.transcript_id) == Transcript("said")


async def test_a_job_at_the_provider_with_the_same_key_does_not_keep_a_transcript(store):
    """It brings a transcript of its own."""
    first = await delivering(store, 1, file="same", expires_at=NOW)
    await submitted(store, 2, file="same")
    await recorded(store, first, Ended(State.DELIVERED))
    assert await store.transcript(first.transcript_id) is None


async def test_an_apology_leaves_a_transcript_that_was_known_to_others(store):
    first = await delivering(store, 1, file="same")
    await recorded(store, first, Hopeless(APOLOGY))
    job = await claimed(store)
    ended = await recorded(store, job, Ended(State.DELIVERED))
    assert (ended.apology, ended.transcript_id) == (APOLOGY, first.transcript_id)
    assert isinstance(await store.admit(await leased(store, 2, file="same"), FAMILY, 9, NOW), Known)


async def test_a_job_told_to_wait_keeps_that_in_mind_and_nothing_else_of_it_changes(store):
    await uploading(store, 1, file="same")
    job = await leased(store, 2, file="same")
    assert isinstance(await store.admit(job, FAMILY, 9, NOW), MustWait)
    stayed = await recorded(store, job, Waiting(LATER, SAME))
    assert stayed == replace(job, waiting_for="same", next_at=LATER, lease_token=None)


# Where each outcome leads from the state of a leased job; what is not here stays in its state.
LEADS_TO = {
    "submitted": (Submitted(LATER, 12.5, part(5)), {State.QUEUED: State.SUBMITTED}),
    "waiting": (Waiting(LATER), {}),
    "attempted": (Attempted(LATER), {}),
    "released": (Released(LATER), {}),
    "forgotten": (Forgotten(LATER), {State.SUBMITTED: State.QUEUED}),
    "ready": (Ready(Transcript("said"), KEPT_UNTIL), {State.QUEUED: State.READY, State.SUBMITTED: State.READY}),
    "known": (Known(1), {State.QUEUED: State.READY, State.SUBMITTED: State.READY}),
    "hopeless": (Hopeless(APOLOGY), dict.fromkeys(IN_HANDS, State.READY)),
    "delivered": (Ended(State.DELIVERED), {State.READY: State.DELIVERED}),
    "cancelled": (Ended(State.CANCELLED), {State.READY: State.CANCELLED}),
    "failed": (Ended(State.FAILED), dict.fromkeys(IN_HANDS, State.FAILED)),
}
STAYS = {"waiting", "attempted", "released"}


@every_state
@pytest.mark.parametrize("name", LEADS_TO)
async def test_an_outcome_moves_a_job_where_the_map_leads_and_is_refused_elsewhere(store, state, name):
    await recorded(store, await delivering(store, 9), Ended(State.DELIVERED))
    job = await IN_HANDS[state](store)
    outcome, leads_to = LEADS_TO[name]
    before = await again(store, job)
    if name in STAYS:
        assert (await recorded(store, job, outcome)).state is state
    elif state in leads_to:
        assert (await recorded(store, job, outcome)).state is leads_to[state]
        assert leads_to[state] in NEXT[state] or state is leads_to[state] is State.READY
    else:
        with pytest.raises(ImpossibleMoveError):
            await store.record(job, outcome, NOW)
        assert await again(store, job) == before
        assert await store.transcript((before.transcript_id or 1) + 1) is None


def test_the_outcomes_of_the_table_are_all_there_are():
    of_a_look = {Sniffed, Ignored}  # which have stories of their own
    assert {type(outcome) for outcome, _ in LEADS_TO.values()} | of_a_look == set(Outcome.__args__)


async def test_a_document_that_was_looked_at_goes_on_at_once_and_its_failed_tries_are_forgotten(store):
    job = await leased(store, must_sniff=True)
    await recorded(store, job, Attempted(NOW))
    looked = await recorded(store, await claimed(store), Sniffed(), NOW + 1)
    assert (looked.state, looked.must_sniff, looked.next_at, looked.lease_token) == (State.QUEUED, False, NOW + 1, None)
    assert (looked.attempts, looked.tried_seconds) == (0, 0)


async def test_a_look_that_was_interrupted_got_on_in_the_end(store):
    await leased(store, must_sniff=True)
    await died(store)
    looked = await recorded(store, await claimed(store), Sniffed())
    assert looked.interrupted == 0


async def test_a_document_that_is_ignored_leaves_nothing_and_its_message_may_come_again(store):
    job = await leased(store, must_sniff=True)
    assert await store.record(job, Ignored(), NOW)
    assert await store.job(job.id) is None
    assert await due(store) == set()
    assert (await accepted(store, must_sniff=True)).id > job.id


async def test_those_who_wait_for_the_same_file_wait_no_longer_when_it_is_ignored(store):
    await accepted(store, 1, file="same", must_sniff=True)
    job = await claimed(store)
    other = await waiting(store, 2, full=False, file="same")
    assert await store.record(job, Ignored(), NOW)
    assert await due(store) == {other.id}


async def test_only_a_document_that_must_be_looked_at_can_be_ignored(store):
    job = await leased(store)
    assert not await store.record(job, Ignored(), NOW)
    assert await again(store, job) == job
