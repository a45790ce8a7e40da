"""The store at the door and at the claim: who is accepted, who is due, who holds what."""

from dataclasses import fields, replace

import pytest

from storage.apology import Notice
from storage.chats import ChatSettings, Mode
from storage.intake import RINGS_AFTER
from storage.leases import Claim
from storage.options import Fallback, Options
from storage.outcomes import Ended, Ready, Submitted, Waiting
from storage.transcript import Segment, Transcript, Word
from storage.words import SAME, Answers, Form, Job, State
from tests.contract.stored import (
    CHAT,
    FAMILY,
    LATER,
    LEASE,
    NOW,
    ON_SQLITE,
    accepted,
    again,
    claim_all,
    claimed,
    delivering,
    due,
    fetching,
    leased,
    message,
    part,
    ready,
    recorded,
    submitted,
    uploading,
    waiting_hands,
)


async def test_a_message_becomes_a_queued_job_that_is_due_at_once(store):
    job = await store.accept(message(5, thread_id=3, direct_topic_id=4, options=Options("fr")), NOW)
    assert job == Job(
        id=job.id,
        from_chat_id=CHAT,
        chat_id=CHAT,
        message_id=5,
        thread_id=3,
        direct_topic_id=4,
        user_id=42,
        kind="voice",
        file_id="file-5",
        claimed_bytes=1000,
        model="nova-3",
        options=Options("fr"),
        cache_key="unique-5|nova-3|language=fr",
        state=State.QUEUED,
        placeholder_id=None,
        form=Form.EDIT,
        leftover_id=None,
        leftover_chat_id=None,
        notice=Notice.NONE,
        slot=None,
        waiting_for=None,
        woken=False,
        create_started=0,
        attempts=0,
        creates_in_doubt=0,
        generations_lost=0,
        interrupted=0,
        deaths=0,
        transcript_id=None,
        apology=None,
        audio_seconds=None,
        created_at=NOW,
        submitted_at=None,
        ready_at=None,
        ended_at=None,
        next_at=NOW,
        lease_token=None,
        turn=NOW,
        claimed_at=None,
        refused=False,
        tried_seconds=0.0,
        must_sniff=False,
        twin=None,
        interface=None,
        speaks=None,
        about=None,
        answers=None,
        fold_from=None,
        reacts=False,
        rings_at=NOW + RINGS_AFTER,
        doubtful=False,
        times=None,
        more_slots=0,
        told_at=None,
        speakers=None,
    )
    assert await store.job(job.id) == job
    assert await due(store) == {job.id}


async def test_a_message_that_comes_again_is_not_accepted_and_changes_nothing(store):
    job = await store.accept(message(5), NOW)
    assert await store.accept(message(5, file="another", kind="audio"), NOW + 1) is None
    assert await store.job(job.id) == job


async def test_a_message_that_comes_again_after_its_job_ended_is_not_accepted(store):
    await recorded(store, await delivering(store, 5), Ended(State.DELIVERED))
    assert await store.accept(message(5), LATER) is None


async def test_the_same_message_id_in_another_chat_is_another_message(store):
    first = await store.accept(message(5), NOW)
    other = await store.accept(message(5, chat_id=CHAT + 1), NOW)
    assert first.id != other.id


async def test_a_message_may_come_from_nobody_and_say_nothing_of_its_size(store):
    job = await store.accept(message(user_id=None, claimed_bytes=None), NOW)
    assert (job.user_id, job.claimed_bytes) == (None, None)


async def test_there_is_no_job_behind_an_unknown_id(store):
    assert await store.job(1) is None


async def test_there_is_no_transcript_behind_an_unknown_id(store):
    assert await store.transcript(1) is None


async def test_a_claim_gives_a_job_with_a_fresh_lease(store):
    job = await accepted(store)
    claim = await store.claim(NOW, NOW + LEASE, 10)
    (held,) = claim.jobs
    assert held == replace(job, lease_token=held.lease_token, next_at=NOW + LEASE, claimed_at=NOW)
    assert held.lease_token


async def test_two_claims_never_carry_the_same_token(store):
    first = await leased(store, 1)
    second = await leased(store, 2)
    assert first.lease_token != second.lease_token


async def test_a_leased_job_is_not_claimed_again_while_its_lease_lasts(store):
    await leased(store)
    assert await due(store, NOW + LEASE - 1) == set()


async def test_a_job_whose_lease_expired_is_claimed_again(store):
    first = await leased(store)
    second = await claimed(store, NOW + LEASE)
    assert second.id == first.id
    assert second.lease_token != first.lease_token


async def test_a_job_is_not_claimed_before_its_moment(store):
    job = await recorded(store, await leased(store), Waiting(LATER))
    assert await due(store, LATER - 0.001) == set()
    assert await due(store, LATER) == {job.id}


async def test_a_job_that_ended_is_never_due(store):
    await recorded(store, await delivering(store), Ended(State.DELIVERED))
    assert await store.claim(NOW + 10**9, NOW + 10**9, 10) == Claim((), None, None)


async def test_a_claim_takes_the_first_in_turn_and_no_more_than_it_may(store):
    jobs = await accepted_at(store, 3, 1, 5, 2, 4)
    first = await store.claim(NOW, NOW + LEASE, 2)
    assert {job.id for job in first.jobs} == {jobs[5].id, jobs[4].id}
    second = await store.claim(NOW, NOW + LEASE, 2)
    assert {job.id for job in second.jobs} == {jobs[3].id, jobs[2].id}


async def test_a_claim_hands_its_jobs_out_in_the_order_of_their_turns(store):
    jobs = await accepted_at(store, 3, 1, 5, 2, 4)
    claim = await store.claim(NOW, NOW + LEASE, 10)
    assert [job.id for job in claim.jobs] == [jobs[moment].id for moment in (5, 4, 3, 2, 1)]


async def accepted_at(store, *ages):
    """Jobs of so many chats, each so many seconds old, by their age."""
    return {age: await accepted(store, age, now=NOW - age, chat_id=age) for age in ages}


async def test_a_claim_of_nothing_takes_nothing_and_says_when_something_is_due(store):
    await accepted(store)
    assert await store.claim(NOW, NOW + LEASE, 0) == Claim((), NOW, None)


async def test_a_claim_says_when_the_next_job_is_due(store):
    await recorded(store, await leased(store), Waiting(LATER))
    assert await store.claim(NOW, NOW + LEASE, 10) == Claim((), LATER, None)


async def test_a_claim_says_that_more_is_due_already(store):
    await accepted(store, 1, now=NOW - 2)
    await accepted(store, 2, now=NOW - 1)
    assert (await store.claim(NOW, NOW + LEASE, 1)).next_at == NOW - 1


async def test_a_lease_that_will_expire_is_the_next_moment_when_nothing_else_is_due(store):
    await accepted(store)
    assert (await store.claim(NOW, NOW + LEASE, 1)).next_at == NOW + LEASE


async def test_an_empty_store_has_nothing_due_ever(store):
    assert await store.claim(NOW, NOW + LEASE, 10) == Claim((), None, None)


async def test_the_backlog_counts_unfinished_jobs_by_state_and_those_that_are_due(store):
    await submitted(store, 1)
    await submitted(store, 2)
    await recorded(store, await leased(store, 3), Waiting(LATER))
    await recorded(store, await delivering(store, 4), Ended(State.DELIVERED))
    await ready(store, 5)
    await accepted(store, 6)
    assert await store.backlog(NOW) == {"queued": 2, "submitted": 2, "ready": 1, "due": 2}
    assert (await store.backlog(LATER))["due"] == 5


async def test_the_backlog_of_an_empty_store_says_that_nothing_is_due(store):
    assert await store.backlog(NOW) == {"due": 0}


async def test_a_chat_that_chose_nothing_leaves_every_choice_to_the_operator(store):
    assert await store.settings(CHAT) == ChatSettings(model=None, language=None)


async def test_a_chat_keeps_its_model_and_may_change_it_and_take_it_back(store):
    await store.change_settings(CHAT, lambda _: ChatSettings("whisper"))
    assert await store.settings(CHAT) == ChatSettings(model="whisper")
    await store.change_settings(CHAT, lambda _: ChatSettings("nova-3"))
    assert await store.settings(CHAT) == ChatSettings(model="nova-3")
    await store.change_settings(CHAT, lambda _: ChatSettings(None))
    assert await store.settings(CHAT) == ChatSettings()


async def test_a_choice_belongs_to_one_chat(store):
    await store.change_settings(CHAT, lambda _: ChatSettings("whisper"))
    await store.change_settings(CHAT + 1, lambda _: ChatSettings("nova-3"))
    assert await store.settings(CHAT) == ChatSettings(model="whisper")
    assert await store.settings(CHAT + 2) == ChatSettings()


async def test_a_model_is_chosen_without_touching_what_else_was_chosen(store):
    await store.change_settings(CHAT, lambda _: ChatSettings(None, "fr"))
    await store.change_settings(CHAT, lambda now: replace(now, model="whisper"))
    assert await store.settings(CHAT) == ChatSettings("whisper", "fr")
    await store.change_settings(CHAT, lambda now: replace(now, model="nova-3"))
    assert await store.settings(CHAT) == ChatSettings("nova-3", "fr")
    await store.change_settings(CHAT + 1, lambda now: replace(now, model="whisper"))
    assert await store.settings(CHAT + 1) == ChatSettings("whisper")
    assert await store.settings(CHAT) == ChatSettings("nova-3", "fr")


CHOSEN = ChatSettings(
    "whisper",
    "fr",
    Mode.ASK,
    60,
    Answers.FOLD,
    500,
    quiet=True,
    notify=False,
    interface="de",
    keep_days=0,
    times=False,
    speakers=True,
    smart_format=False,
    fillers=True,
    profanity_filter=True,
    numerals=True,
    vocabulary=("Zoë", "Ada"),
)


async def test_every_setting_comes_back_as_it_was_chosen(store):
    assert await store.change_settings(CHAT, lambda _: CHOSEN) == CHOSEN
    found = await store.settings(CHAT)
    assert found == CHOSEN
    assert (type(found.mode), type(found.answers)) == (Mode, Answers)
    assert (found.quiet, found.notify, found.times) == (True, False, False)


async def test_a_vocabulary_without_words_is_none(store):
    await store.change_settings(CHAT, lambda _: CHOSEN)
    await store.change_settings(CHAT, lambda now: replace(now, vocabulary=()))
    assert (await store.settings(CHAT)).vocabulary is None


@pytest.mark.parametrize("times", [None, True, False])
async def test_a_job_keeps_whether_its_chat_wanted_times_when_it_was_accepted(store, times):
    await store.change_settings(CHAT, lambda now: replace(now, times=times))
    job = await accepted(store)
    await store.change_settings(CHAT, lambda now: replace(now, times=not times))
    assert job.times is times
    assert await again(store, job) == job


EVERY_OPTION = Options(
    "fr",
    speakers=True,
    smart_format=False,
    fillers=True,
    profanity_filter=True,
    numerals=True,
    vocabulary=("Zoë", "Ada"),
)


async def test_a_job_is_made_with_every_option_that_its_chat_chose(store):
    await store.change_settings(CHAT, lambda _: replace(CHOSEN, mode=None))
    job = await accepted(store)
    assert job.options == EVERY_OPTION
    assert (await again(store, job)).file_unique_id == message().file_unique_id


async def test_what_the_model_of_a_job_does_not_take_is_no_part_of_it(store):
    await store.change_settings(CHAT, lambda _: replace(CHOSEN, mode=None))
    untaken = {"whisper": frozenset({"vocabulary", "profanity_filter"}), "nova-3": frozenset({"speakers"})}
    job = await accepted(store, untaken=untaken)
    assert job.options == replace(EVERY_OPTION, vocabulary=(), profanity_filter=False)
    assert "vocabulary" not in job.cache_key


async def test_a_job_of_which_all_is_decided_keeps_its_options(store):
    await store.change_settings(CHAT, lambda _: replace(CHOSEN, mode=None))
    job = await accepted(store, options=Options("de", numerals=True), is_decided=True)
    assert (job.options, job.times) == (Options("de", numerals=True), False)


async def test_a_job_keeps_how_its_chat_wanted_the_answer_when_it_was_accepted(store):
    chosen = ChatSettings(answers=Answers.FOLD, fold_from=500, quiet=True, notify=False)
    await store.change_settings(CHAT, lambda _: chosen)
    job = await accepted(store)
    await store.change_settings(CHAT, lambda _: ChatSettings())
    assert (job.answers, job.fold_from, job.reacts, job.rings_at) == (Answers.FOLD, 500, True, None)
    assert await again(store, job) == job


@pytest.mark.parametrize(
    ("sent_at", "waits_since"), [(None, NOW), (NOW - 120, NOW - 119), (NOW - 0.5, NOW), (NOW + 3600, NOW)]
)
async def test_the_wait_for_a_text_begins_when_its_recording_was_sent(store, sent_at, waits_since):
    job = await accepted(store, sent_at=sent_at)
    assert job.rings_at == waits_since + RINGS_AFTER


async def test_a_group_is_not_rung_for(store):
    assert (await accepted(store, chat_id=-1001)).rings_at is None


async def test_what_rings_is_stored_once(store):
    job = await leased(store)
    assert await store.ring(job)
    assert (await again(store, job)).rings_at is None
    assert await store.ring(job)


@pytest.mark.parametrize("name", [each.name for each in fields(ChatSettings)])
async def test_one_setting_changes_and_the_others_stay(store, name):
    await store.change_settings(CHAT, lambda _: CHOSEN)
    after = await store.change_settings(CHAT, lambda now: replace(now, **{name: None}))
    assert after == replace(CHOSEN, **{name: None}) == await store.settings(CHAT)


@pytest.mark.parametrize(
    "wrong",
    [
        {"mode": "never"},
        {"answers": "song"},
        {"keep_days": 2},
        {"videos": -1},
        {"fold_from": 0},
        {"interface": ""},
        {"quiet": 2},
        {"notify": 2},
        {"times": 2},
        {"speakers": 2},
        {"smart_format": 2},
        {"fillers": 2},
        {"profanity_filter": 2},
        {"numerals": 2},
        {"vocabulary": ("x" * 10_001,)},
    ],
)
async def test_the_database_takes_no_setting_that_there_is_not(store, wrong):
    with pytest.raises(Exception, match=r"(?i)check"):
        await store.change_settings(CHAT, lambda now: replace(now, **wrong))
    assert await store.settings(CHAT) == ChatSettings()


@ON_SQLITE
async def test_a_model_that_is_chosen_again_costs_no_write(store):
    await store.change_settings(CHAT, lambda now: replace(now, model="whisper"))
    before = store.engine._connection.total_changes
    await store.change_settings(CHAT, lambda now: replace(now, model="whisper"))
    assert store.engine._connection.total_changes == before


async def test_a_job_is_made_with_what_its_chat_chose_before(store):
    new = message(1)
    plain = await store.accept(new, NOW)
    assert (plain.model, plain.options) == (new.model, new.options)
    await store.change_settings(CHAT, lambda _: ChatSettings("whisper", "fr"))
    job = await store.accept(message(2), NOW)
    assert (job.model, job.options) == ("whisper", Options("fr"))
    assert job.cache_key == replace(message(2), model="whisper", options=Options("fr")).cache_key
    await store.change_settings(CHAT, lambda _: ChatSettings(None, "pt"))
    assert (await store.accept(message(3), NOW)).model == new.model
    assert (await store.accept(replace(message(4), chat_id=CHAT + 1), NOW)).options == new.options


@pytest.mark.parametrize("state", [State.QUEUED, State.SUBMITTED, State.READY])
async def test_a_job_can_be_read_whatever_became_of_it(store, state):
    makers = {State.QUEUED: accepted, State.SUBMITTED: submitted, State.READY: ready}
    job = await makers[state](store)
    assert (await again(store, job)).state is state


async def test_the_parts_of_a_job_come_in_order(store):
    job = await uploading(store)
    assert await store.created(job, part(1))
    assert await store.created(job, part(0))
    await recorded(store, job, Submitted(NOW, 1200.0, part(2)))
    assert await store.generations(job) == (part(0), part(1), part(2))


SPOKEN = Fallback("whisper", frozenset({"fa"}))


@pytest.mark.parametrize(
    ("chosen", "speaks", "model"),
    [
        (ChatSettings(), "fa", "whisper"),
        (ChatSettings(), "FA_ir", "whisper"),
        (ChatSettings(interface="fa"), "de", "nova-3"),
        (ChatSettings(interface="fa"), None, "whisper"),
        (ChatSettings(), None, "nova-3"),
        (ChatSettings("nova-3"), "fa", "nova-3"),
        (ChatSettings(language="de"), "fa", "nova-3"),
        (ChatSettings(language="fa"), "de", "whisper"),
        (ChatSettings(language="auto"), "fa", "whisper"),
    ],
)
async def test_a_chat_without_a_model_gets_the_fallback_for_what_it_is_for(store, chosen, speaks, model):
    await store.change_settings(CHAT, lambda _: chosen)
    new = replace(message(5), speaks=speaks, fallback=SPOKEN, options=Options("auto"))
    job = await store.accept(new, NOW)
    assert job.model == model
    assert job.cache_key == f"{job.file_unique_id}|{model}|language={chosen.language or 'auto'}"


async def test_what_is_decided_holds_whatever_the_chat_chose(store):
    await store.change_settings(CHAT, lambda _: ChatSettings("nova-3", "de", interface="uk"))
    job = await store.accept(replace(message(5), model="whisper", options=Options("fa"), is_decided=True), NOW)
    assert (job.model, job.options, job.interface) == ("whisper", Options("fa"), "uk")


async def test_a_doubtful_transcript_makes_every_job_doubtful_that_shows_it(store):
    first = await fetching(store, 1, file="same")
    assert not first.doubtful
    second = await waiting_hands(store, 2, full=False, file="same")
    await recorded(store, second, Waiting(LATER, SAME))
    doubtful = Transcript("said", "ru", language_confidence=0.4)
    await recorded(store, first, Ready(doubtful, LATER + 99))
    await claim_all(store)
    third = await leased(store, 3, file="same")
    await recorded(store, third, await store.admit(third, FAMILY, 9, NOW))
    assert [(await again(store, each)).doubtful for each in (first, second, third)] == [True] * 3
    assert await store.language((await again(store, first)).transcript_id) == "ru"


@pytest.mark.parametrize(("wanted", "counted"), [(True, 2), (False, 0)])
async def test_speakers_are_counted_for_every_job_that_shows_them_where_they_are_wanted(store, wanted, counted):
    same = {"file": "same", "options": Options("en", speakers=wanted)}
    first = await fetching(store, 1, **same)
    assert first.speakers is None
    second = await waiting_hands(store, 2, full=False, **same)
    await recorded(store, second, Waiting(LATER, SAME))
    words, segments = (
        (Word("said", 0, 1, "3"), Word("that", 1, 2)),
        (Segment("No.", 2, 3, "0"), Segment("No.", 3, 4, "3")),
    )
    await recorded(store, first, Ready(Transcript("said", "en", words=words, segments=segments), LATER + 99))
    await claim_all(store)
    third = await leased(store, 3, **same)
    await recorded(store, third, await store.admit(third, FAMILY, 9, NOW))
    assert [(await again(store, each)).speakers for each in (first, second, third)] == [counted] * 3
