"""The cost of a statement does not grow with what has ended: each finds its rows by an index."""

import sqlite3
from contextlib import asynccontextmanager, closing
from dataclasses import replace

import pytest

from storage.apology import Notice
from storage.chats import ChatSettings
from storage.errands import ErrandKind, NewErrand
from storage.intake import TryAgain, Version
from storage.options import Options
from storage.outcomes import Attempted, Ended, Ready, Waiting
from storage.transcript import Transcript
from storage.words import PAUSED, Job, Press, State
from tests.contract.stored import (
    CHAT,
    FAMILY,
    LATER,
    NOW,
    accepted,
    claimed,
    delivering,
    fetching,
    leased,
    message,
    recorded,
    submitted,
    uploading,
    waiting,
)


@pytest.fixture
def database():
    """No other engine than this one."""
    return ""


@pytest.fixture
def path(tmp_path):
    """Where the fixture `store` keeps its file."""
    return tmp_path / "verbatim.db"


@asynccontextmanager
async def overheard(store):
    """The statements that the store runs meanwhile."""
    said = []
    await store.engine._connection.hop(lambda connection: connection.set_trace_callback(said.append))
    yield said
    await store.engine._connection.hop(lambda connection: connection.set_trace_callback(None))


def plans(path, statements):
    """How SQLite finds the rows of each, without repetition."""
    explained = {}
    with closing(sqlite3.connect(path)) as shell:
        for statement in statements:
            if statement.startswith(("SELECT", "UPDATE", "DELETE", "INSERT INTO")):
                explained[statement] = [row[3] for row in shell.execute(f"EXPLAIN QUERY PLAN {statement}")]
    return explained


def steps(path, statements):
    return {step for plan in plans(path, statements).values() for step in plan}


async def test_a_claim_finds_what_is_due_by_its_index(store, path):
    await accepted(store)
    async with overheard(store) as said:
        await store.claim(NOW, LATER, 10)
    assert steps(path, said) == {
        "SEARCH jobs USING COVERING INDEX jobs_lined_up (lined_up=?)",
        "SEARCH jobs USING INDEX jobs_due (next_at<?)",
        "SEARCH jobs USING INTEGER PRIMARY KEY (rowid=?)",
        "SEARCH jobs USING COVERING INDEX jobs_due (next_at>?)",
        "SEARCH jobs USING INDEX jobs_interrupted (interrupted>?)",
        "SCALAR SUBQUERY 1",
        "SCAN pulse",  # of one row
    }


async def test_a_claim_of_an_interrupted_job_looks_at_no_other(store, path):
    await accepted(store)
    async with overheard(store) as said:
        await store.claim_interrupted(NOW, LATER)
    assert "SEARCH jobs USING INDEX jobs_interrupted (interrupted>?)" in steps(path, said)
    assert "SCAN jobs" not in steps(path, said)


async def test_a_claim_that_passes_chats_over_finds_the_others_in_the_order_of_the_line(store, path):
    await accepted(store)
    async with overheard(store) as said:
        await store.claim(NOW, LATER, 10, {8, 9})
    assert not any("TEMP B-TREE" in step for step in steps(path, said))


async def test_the_open_jobs_of_a_chat_are_found_by_an_index(store, path):
    async with overheard(store) as said:
        await store.accept(message(), NOW, 9)
    assert "SEARCH jobs USING INDEX jobs_by_chat (chat_id=?)" in steps(path, said)


async def test_an_admission_finds_transcripts_rivals_and_slots_by_their_indexes(store, path):
    job = await leased(store)
    async with overheard(store) as said:
        await store.admit(job, FAMILY, 9, NOW)
    assert {
        "SEARCH kept USING INDEX transcripts_by_key (cache_key=?)",
        "SEARCH other USING INDEX jobs_by_key (cache_key=?)",
        "SEARCH jobs USING COVERING INDEX jobs_in_slots (slot=?)",
        "SEARCH jobs USING COVERING INDEX jobs_waiting (waiting_for=? AND woken=? AND turn<?)",
    } <= steps(path, said)


async def test_the_oldest_that_waits_for_a_slot_is_found_by_an_index_in_order(store, path):
    job = await uploading(store)
    async with overheard(store) as said:
        await store.record(job, Attempted(LATER), NOW)
    found = steps(path, said)
    assert "SEARCH jobs USING COVERING INDEX jobs_waiting (waiting_for=? AND woken=?)" in found
    assert not any("TEMP B-TREE" in step for step in found)


async def test_followers_are_found_by_an_index(store, path):
    job = await fetching(store, file="same")
    await waiting(store, 2, full=False, file="same")
    async with overheard(store) as said:
        await store.record(job, Ready(Transcript("said"), LATER), NOW)
    assert {
        f"SEARCH {each} USING INDEX jobs_waiting (waiting_for=? AND woken=?)" for each in ("jobs", "other")
    } <= steps(path, said)


async def test_what_is_to_be_purged_is_found_by_indexes_in_order(store, path):
    async with overheard(store) as said:
        await store.purge(NOW, NOW, 10)
    found = steps(path, said)
    assert {
        "SEARCH transcripts USING INDEX transcripts_by_expiry (expires_at<?)",
        "SEARCH jobs USING INDEX jobs_by_key (cache_key=?)",
        "SEARCH jobs USING INDEX jobs_without_text (ended_at<?)",
    } <= found
    assert not any("TEMP B-TREE" in step for step in found)


async def test_no_statement_of_a_busy_day_reads_a_whole_table(store, path):
    """Only the start does, once, and it ends every lease there is."""
    async with overheard(store) as said:
        await a_busy_day(store)
    scanning = [statement for statement, plan in plans(path, said).items() if any(step in TABLES for step in plan)]
    assert scanning == []
    assert len(said) > 100


async def given_back(store, number):
    """A job whose preparation takes long, in somebody's hands."""
    job = await uploading(store, number)
    assert await store.give_slot_back(job, NOW)
    return job


TABLES = {f"SCAN {table}" for table in ("chats", "transcripts", "jobs", "generations", "pages")}


async def a_busy_day(store):
    """Every statement of the store but those of its start."""
    await recorded(store, await given_back(store, 10), Ended(State.FAILED))
    leader = await fetching(store, 1, file="same")
    await waiting(store, 2, full=False, file="same")
    await waiting(store, 3, full=True)
    await recorded(store, leader, Ready(Transcript("said"), NOW))
    for job in (await store.claim(NOW, LATER, 10)).jobs:
        await store.place(job, 900 + job.id, Notice.NONE)
        await store.note(job, Notice.PAUSED)
        if job.state is State.READY:
            await recorded(store, job, Ended(State.DELIVERED))
    cancelled = await submitted(store, 4, file="other")
    await waiting(store, 5, full=False, file="other")
    await store.press(Press(cancelled.id, CHAT, 904, None, button_seen=True), NOW)
    await store.claim(NOW, LATER, 10)
    await recorded(store, await uploading(store, 6, slots=99), Waiting(LATER, waiting_for=PAUSED))
    await submitted(store, 9, slots=99)
    await claimed(store)
    await store.page_placed(await delivering(store, 7), 1, 907)
    await accepted(store, 8)
    await store.accept(message(11), NOW, 1)
    await store.change_settings(CHAT, lambda _: ChatSettings("whisper"))
    await store.change_settings(CHAT, lambda now: replace(now, model="nova-3"))
    await store.move_chat(CHAT, CHAT + 1)
    await store.settings(CHAT)
    await store.backlog(NOW)
    await store.ping()
    await store.purge(LATER, LATER, 10)


async def test_what_a_person_cancels_or_has_transcribed_again_is_found_by_indexes(store, path):
    await submitted(store)
    version = Version(message(0, about=1), CHAT, 1, lambda _, options: ("whisper", options))
    wanted = TryAgain(Press(77, CHAT, 900, None, button_seen=True), "nova-3", Options())
    async with overheard(store) as said:
        await store.cancel_at(CHAT, 900, None, NOW)
        await store.cancel_all(CHAT, 42, NOW)
        await store.try_again(wanted, NOW, 9, None)
        assert isinstance(await store.make_version(version, NOW, 9, None), Job)
    assert not any(step.startswith("SCAN jobs") for step in steps(path, said))


async def test_the_job_of_a_message_and_what_is_asked_of_it_are_found_by_indexes(store, path):
    async with overheard(store) as said:
        await store.job_at(CHAT, 900)
        await store.ask_errand(NewErrand(ErrandKind.EXPORT, "srt", CHAT, 900, None), NOW)
        await store.claim_errands(NOW, LATER, 9)
        await store.errands_waiting()
    found = steps(path, said)
    assert {
        "SEARCH jobs USING INDEX jobs_shown (chat_id=? AND placeholder_id=?)",
        "SEARCH jobs USING INDEX jobs_shown_in_private (user_id=? AND placeholder_id=?)",
        "SEARCH pages USING INDEX pages_by_message (message_id=?)",
        "SEARCH errands USING INDEX errands_by_message (sent_id=?)",
    } <= found
    assert not any(step.startswith(("SCAN jobs", "SCAN pages")) for step in found)
    assert "SCAN errands" not in found
