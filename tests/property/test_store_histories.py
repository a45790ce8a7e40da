"""Whatever happens to jobs, in whatever order: what a real store promises holds after every step of the history."""

import asyncio
import sqlite3
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from storage.apology import Apology, Notice, Reason
from storage.intake import NewJob, Refused, Start
from storage.options import Options
from storage.outcomes import (
    Admission,
    Admitted,
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
from storage.sqlite.engine import open_store
from storage.statements.encoding import decode_transcript, encode_apology
from storage.statements.store import SQLStore
from storage.transcript import Transcript
from storage.words import FINAL, NEXT, PAUSED, Form, Generation, Job, State

START = 1_800_000_000.0
LEASE = 600.0
FAMILY = "nova"
SLOTS = 3
MOST_OPEN = 5
CANCELLED = Apology(Reason.CANCELLED)
CHATS = (1, 2)
MOVED_TO = 3
FILES = "ab"

MOVES_ON = (Submitted, Known, Ready, Hopeless, Sniffed)
AT_THE_PROVIDER = (
    "waits",
    "attempted",
    "unseen",
    "released",
    "forgotten",
    "ready",
    "ready, not kept",
    "hopeless",
    "failed",
)
CHOICES = {
    "admitted": (
        "submitted",
        "submitted, with news of slots",
        "waits",
        "waits for the provider",
        "doubt",
        "released",
        "hopeless",
        "failed",
    ),
    "told to wait": ("waits", "released", "failed"),
    "to be looked at": ("looked", "looked", "ignored", "attempted", "released", "hopeless", "failed"),
    State.SUBMITTED: AT_THE_PROVIDER,
    State.READY: ("delivered", "delivered", "waits", "attempted", "released", "hopeless", "failed"),
}


@dataclass
class Hand:
    """A lease as its holder knows it, and what was answered when it asked for admission."""

    job: Job
    admission: Admission | None = None


def may_ask(hand: Hand) -> bool:
    return hand.job.state is State.QUEUED and not hand.job.must_sniff


def is_suspicious(row) -> bool:
    return row["interrupted"] > 1 or (row["interrupted"] == 1 and (row["deaths"] > 0 or row["state"] == State.QUEUED))


def has_only_waited(row):
    """Tell whether nothing of a job has been worked on since it was accepted, for all that its row says."""
    did_something = row["interrupted"] or row["create_started"] or row["handling"] or row["state"] != State.QUEUED
    return not did_something and (row["placeholder_id"] is None or row["waiting_for"] is not None)


class Histories(RuleBasedStateMachine):
    """A store, a clock, and a model that knows which leases hold and what was accepted."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.path = Path(self.folder.name) / "verbatim.db"
        self.loop = asyncio.new_event_loop()
        self.now = START
        self.store: SQLStore
        self.hands: list[Hand] = []
        self.leases: dict[int, str] = {}
        self.messages: dict[tuple[int, int], int] = {}
        self.seen: dict[int, dict] = {}
        self.unseen: set[int] = set()
        self.starts = 0

    # What is there, as anybody may read it

    def do(self, promise):
        return self.loop.run_until_complete(promise)

    def read(self, sql, *values):
        return [dict(each) for each in self.shell.execute(sql, values)]

    def jobs(self) -> dict[int, dict]:
        return {each["id"]: each for each in self.read("SELECT * FROM jobs")}

    def live(self) -> list[Hand]:
        return [hand for hand in self.hands if self.holds(hand)]

    def stale(self) -> list[Hand]:
        return [hand for hand in self.hands if not self.holds(hand)]

    def holds(self, hand: Hand) -> bool:
        return self.leases.get(hand.job.id) == hand.job.lease_token

    def opens(self) -> None:
        """Without waiting for the disk: a history may lose its process, but not its power."""
        self.store = self.do(open_store(self.path, lambda: self.now))
        connection = self.store.engine._connection
        self.do(connection.hop(lambda raw: raw.execute("PRAGMA synchronous = OFF").close()))

    # What may happen

    @initialize()
    def begins(self):
        self.opens()
        self.shell = sqlite3.connect(self.path, isolation_level=None)
        self.shell.row_factory = sqlite3.Row

    @rule(
        chat=st.sampled_from((*CHATS, MOVED_TO)),
        message=st.integers(1, 8),
        file=st.sampled_from(FILES),
        must_sniff=st.booleans(),
        starts=st.booleans(),
    )
    def a_message_comes(self, chat, message, file, must_sniff, starts):
        new = NewJob(chat, message, None, 42, "voice", f"id of {file}", file, 1000, "nova-3", Options(), must_sniff)
        open_jobs = sum(job["chat_id"] == chat and job["next_at"] is not None for job in self.jobs().values())
        self.starts += starts
        token = f"start {self.starts}"
        start = Start(token, self.now + LEASE, lambda _model: (FAMILY, SLOTS)) if starts else None
        job = self.do(self.store.accept(new, self.now, MOST_OPEN, start))
        assert (job is None) == ((chat, message) in self.messages)
        if job is not None:
            assert isinstance(job, Refused) == (open_jobs >= MOST_OPEN)
        if isinstance(job, Job):
            self.messages[chat, message] = job.id
            if job.lease_token is not None:
                assert job.lease_token == token
                assert open_jobs == 0
                self.takes([job])

    @rule(limit=st.integers(1, 3), passed_over=st.sets(st.sampled_from((*CHATS, MOVED_TO)), max_size=1))
    def what_is_due_is_claimed(self, limit, passed_over):
        due = sorted(
            (each["turn"], number)
            for number, each in self.jobs().items()
            if each["next_at"] is not None
            and each["next_at"] <= self.now
            and each["chat_id"] not in passed_over
            and not is_suspicious(each)
        )
        claim = self.do(self.store.claim(self.now, self.now + LEASE, limit, passed_over))
        assert [job.id for job in claim.jobs] == [number for _, number in due[:limit]]
        self.takes(claim.jobs)

    @rule()
    def an_interrupted_job_is_claimed(self):
        due = sorted(
            (each["interrupted"], each["next_at"], number)
            for number, each in self.jobs().items()
            if each["next_at"] is not None and each["next_at"] <= self.now and is_suspicious(each)
        )
        claim = self.do(self.store.claim_interrupted(self.now, self.now + LEASE))
        assert [job.id for job in claim.jobs] == [number for _, _, number in due[:1]]
        self.takes(claim.jobs)

    def takes(self, jobs):
        for job in jobs:
            assert job.lease_token is not None
            self.leases[job.id] = job.lease_token
            self.hands.append(Hand(job))

    @precondition(lambda self: any(may_ask(hand) for hand in self.live()))
    @rule(data=st.data())
    def a_holder_asks_for_admission(self, data):
        hand = data.draw(st.sampled_from([hand for hand in self.live() if may_ask(hand)]))
        self.asks(hand)

    def asks(self, hand: Hand) -> None:
        before = self.jobs()[hand.job.id]
        hand.admission = self.do(self.store.admit(hand.job, FAMILY, SLOTS, self.now))
        match hand.admission:
            case Known(transcript_id):
                assert self.do(self.store.transcript(transcript_id)) == Transcript(hand.job.cache_key)
            case Admitted():
                assert self.jobs()[hand.job.id]["slot"] == FAMILY
                kept = "SELECT 1 FROM transcripts WHERE cache_key = ? AND expires_at > ?"
                assert before["slot"] or not self.read(kept, hand.job.cache_key, self.now)
            case MustWait():
                assert self.jobs()[hand.job.id]["waiting_for"] is not None
            case None:
                raise AssertionError("the lease holds")

    @precondition(lambda self: self.live())
    @rule(data=st.data(), message=st.integers(100, 999))
    def a_holder_stores_a_message(self, data, message):
        job = data.draw(st.sampled_from(self.live())).job
        placed = self.jobs()[job.id]["placeholder_id"] is not None
        assert self.do(self.store.place(job, message, Notice.NONE)) is not placed
        assert self.do(self.store.place(job, message, Notice.NONE)) is not placed
        assert self.do(self.store.note(job, Notice.PAUSED))
        if job.state is State.READY:
            assert self.do(self.store.page_placed(job, 1, message + 1000))

    @precondition(lambda self: any(hand.admission == Admitted() for hand in self.live()))
    @rule(data=st.data())
    def a_preparation_takes_long(self, data):
        hand = data.draw(st.sampled_from([hand for hand in self.live() if hand.admission == Admitted()]))
        if self.jobs()[hand.job.id]["create_started"]:
            return
        assert self.do(self.store.give_slot_back(hand.job, self.now))
        assert self.jobs()[hand.job.id]["slot"] is None
        hand.admission = None

    @precondition(lambda self: any(hand.admission == Admitted() for hand in self.live()))
    @rule(data=st.data())
    def a_create_begins(self, data):
        hand = data.draw(st.sampled_from([hand for hand in self.live() if hand.admission == Admitted()]))
        assert self.do(self.store.start_create(hand.job))

    @precondition(lambda self: self.live())
    @rule(data=st.data())
    def a_step_ends(self, data):
        hand = data.draw(st.sampled_from(self.live()))
        if may_ask(hand) and hand.admission is None:
            self.asks(hand)
        outcome = self.outcome(hand, data.draw(st.sampled_from(self.choices(hand))))
        if isinstance(outcome, MOVES_ON) and hand.job.state is not State.READY and data.draw(st.booleans()):
            self.advances(hand, outcome)
        else:
            self.records(hand, outcome)

    def advances(self, hand: Hand, outcome: Outcome) -> None:
        advanced = self.do(self.store.advance(hand.job, outcome, self.now, self.now + LEASE))
        assert advanced == self.do(self.store.job(hand.job.id))
        assert (advanced.lease_token, advanced.next_at) == (hand.job.lease_token, self.now + LEASE)
        assert self.do(self.store.advance(hand.job, outcome, self.now, self.now + LEASE)) == advanced
        hand.job, hand.admission = advanced, None
        self.tells_of(hand, outcome)

    def choices(self, hand: Hand) -> tuple[str, ...]:
        match hand.job.state, hand.admission:
            case State.QUEUED, _ if hand.job.must_sniff:
                return CHOICES["to be looked at"]
            case State.QUEUED, Admitted():
                return CHOICES["admitted"]
            case State.QUEUED, Known():
                return ("known",)
            case State.QUEUED, _:
                return CHOICES["told to wait"]
            case state, _:
                return CHOICES[state]

    def outcome(self, hand: Hand, choice: str) -> Outcome:
        last = State.CANCELLED if hand.job.apology == CANCELLED else State.DELIVERED
        return {
            "submitted": Submitted(self.now + 2, 12.5, self.generation(hand)),
            "submitted, with news of slots": Submitted(self.now + 2, 12.5, self.generation(hand), {FAMILY: SLOTS}),
            "known": hand.admission,
            "waits": Waiting(self.now + 15, getattr(hand.admission, "waiting_for", None)),
            "waits for the provider": Waiting(self.now + 60, waiting_for=PAUSED),
            "attempted": Attempted(self.now + 5),
            "unseen": Attempted(self.now + 5, gives_slot_back=True),
            "doubt": Attempted(self.now + 5, in_doubt=True),
            "released": Released(self.now),
            "forgotten": Forgotten(self.now),
            "ready": Ready(Transcript(hand.job.cache_key), self.now + 1000),
            "ready, not kept": Ready(Transcript(hand.job.cache_key), self.now),
            "hopeless": Hopeless(Apology(Reason.NOT_AUDIO)),
            "failed": Ended(State.FAILED),
            "looked": Sniffed(),
            "ignored": Ignored(),
            "delivered": Ended(last),
        }[choice]

    def generation(self, hand: Hand) -> Generation:
        return Generation(0, f"generation of {hand.job.id}", 0.0, self.now)

    def records(self, hand: Hand, outcome: Outcome) -> None:
        assert self.do(self.store.record(hand.job, outcome, self.now))
        del self.leases[hand.job.id]
        self.tells_of(hand, outcome)

    def tells_of(self, hand: Hand, outcome: Outcome) -> None:
        if isinstance(outcome, Attempted) and outcome.gives_slot_back:
            self.unseen.add(hand.job.id)
        if isinstance(outcome, Ignored):
            self.forgets({hand.job.id})
        if isinstance(outcome, Submitted):
            self.unseen.discard(hand.job.id)
            assert not any(job["waiting_for"] == PAUSED and job["lease_token"] is None for job in self.jobs().values())

    @precondition(lambda self: self.stale())
    @rule(data=st.data())
    def somebody_who_lost_the_lease_writes(self, data):
        hand = data.draw(st.sampled_from(self.stale()))
        job, before = hand.job, list(self.shell.iterdump())
        assert self.do(self.store.admit(job, FAMILY, SLOTS, self.now)) is None
        assert not self.do(self.store.give_slot_back(job, self.now))
        for write in (
            self.store.place(job, 9000, Notice.NONE),
            self.store.replace(job, 9000, Form.EDIT),
            self.store.note(job, Notice.RETRYING),
            self.store.start_create(job),
            self.store.created(job, Generation(9, "late", 0.0, self.now)),
            self.store.part_ready(job, 0, Transcript("late"), self.now),
            self.store.looked_in_vain(job, 0, 9),
            self.store.page_placed(job, 9, 9000),
            self.store.record(job, Ready(Transcript("late"), self.now + 1000), self.now),
            self.store.record(job, Ended(State.FAILED), self.now),
            self.store.record(job, Waiting(self.now), self.now),
        ):
            assert not self.do(write)
        assert self.do(self.store.advance(job, Hopeless(CANCELLED), self.now, self.now)) is None
        assert list(self.shell.iterdump()) == before

    @precondition(lambda self: self.jobs())
    @rule(data=st.data())
    def a_cancel_button_is_pressed(self, data):
        job = data.draw(st.sampled_from(list(self.jobs().values())))
        message = job["placeholder_id"] or 7000 + job["id"]
        result = self.do(self.store.cancel(job["id"], job["chat_id"], message, self.now))
        after = self.jobs()[job["id"]]
        assert result.accepted == (after["apology"] == encode_apology(CANCELLED) and not result.orphan)
        if result.accepted and job["apology"] is None:
            assert after["state"] == State.READY
            self.leases.pop(job["id"], None)

    @rule(seconds=st.sampled_from([1.0, 20.0, 20.0, LEASE + 1, 2000.0]))
    def time_passes(self, seconds):
        self.now += seconds

    @rule()
    def the_process_dies_and_another_begins(self):
        self.do(self.store.close())
        self.opens()
        self.all_is_released()

    def all_is_released(self):
        leased = {job["id"] for job in self.jobs().values() if job["lease_token"] is not None}
        only_waited = {number for number, row in self.jobs().items() if has_only_waited(row)}
        recovered = self.do(self.store.recover(self.now, lambda _interrupted, _deaths: 0.0))
        assert {each.job_id for each in recovered} == leased
        assert {each.job_id for each in recovered if not each.interrupted} == leased & only_waited
        self.leases.clear()

    @rule(chat=st.sampled_from(CHATS))
    def a_chat_moves(self, chat):
        self.do(self.store.move_chat(chat, MOVED_TO))
        assert all(job["chat_id"] != chat for job in self.jobs().values() if job["state"] not in FINAL)

    @rule(kept=st.sampled_from([0.0, 500.0]), limit=st.integers(1, 5))
    def old_things_are_purged(self, kept, limit):
        before = self.jobs()
        self.do(self.store.purge(self.now, self.now - kept, limit))
        gone = before.keys() - self.jobs().keys()
        assert len(gone) <= limit
        assert all(before[number]["ended_at"] <= self.now - kept for number in gone)
        self.forgets(gone)

    def forgets(self, gone):
        self.seen = {number: job for number, job in self.seen.items() if number not in gone}
        self.messages = {message: number for message, number in self.messages.items() if number not in gone}

    # What holds after each of them

    @invariant()
    def every_change_of_state_is_foreseen_and_nothing_vanishes(self):
        jobs = self.jobs()
        assert self.seen.keys() <= jobs.keys()
        for number, before in self.seen.items():
            was, state = State(before["state"]), State(jobs[number]["state"])
            assert was is state or state in NEXT[was]
        assert set(self.messages.values()) <= jobs.keys()
        self.seen = jobs

    @invariant()
    def a_job_has_a_next_moment_exactly_until_it_ends(self):
        for job in self.seen.values():
            assert (job["next_at"] is None) == (job["state"] in FINAL)

    @invariant()
    def the_backlog_is_what_a_count_of_all_jobs_says(self):
        unfinished = [job for job in self.seen.values() if job["state"] not in FINAL]
        due = sum(job["next_at"] <= self.now for job in unfinished)
        counted = self.do(self.store.backlog(self.now))
        assert counted == {**Counter(job["state"] for job in unfinished), "due": due}

    @invariant()
    def nobody_waits_for_ever(self):
        for job in self.seen.values():
            assert job["waiting_for"] is None or job["next_at"] <= self.now + LEASE

    @invariant()
    def slots_are_kept_by_those_who_need_them_and_by_no_more_than_there_are(self):
        holders = [job for job in self.seen.values() if job["slot"] is not None]
        assert all(count <= SLOTS for count in Counter(job["slot"] for job in holders).values())
        assert all(count == 1 for count in Counter(job["cache_key"] for job in holders).values())
        for number, job in self.seen.items():
            assert job["slot"] or job["state"] != State.SUBMITTED or number in self.unseen

    @invariant()
    def what_stands_in_line_is_due_and_in_nobodys_hands(self):
        for job in self.seen.values():
            assert not job["lined_up"] or (job["next_at"] <= self.now and job["lease_token"] is None)

    @invariant()
    def whoever_is_ready_has_something_to_say(self):
        said = {each["id"]: each["body"] for each in self.read("SELECT id, body FROM transcripts")}
        for job in self.seen.values():
            if job["state"] == State.READY and job["apology"] is None:
                assert decode_transcript(said[job["transcript_id"]]).text == job["cache_key"]

    @invariant()
    def whoever_is_at_the_provider_knows_its_generation_and_nobody_else_does(self):
        owners = {each["job_id"] for each in self.read("SELECT job_id FROM generations")}
        assert owners == {number for number, job in self.seen.items() if job["state"] == State.SUBMITTED}

    @invariant()
    def the_leases_are_those_that_the_model_knows(self):
        assert {number: job["lease_token"] for number, job in self.seen.items() if job["lease_token"]} == self.leases

    def teardown(self):
        """From wherever the history stopped, every job still finds its end."""
        self.all_is_released()
        for _ in range(12 * (len(self.seen) + 1)):
            claim = self.do(self.store.claim(self.now, self.now + LEASE, 100))
            interrupted = self.do(self.store.claim_interrupted(self.now, self.now + LEASE))
            if claim.next_at is None:
                break
            for job in claim.jobs + interrupted.jobs:
                self.goes_well(Hand(job))
            self.now = max(self.now, self.do(self.store.claim(self.now, self.now, 0)).next_at or self.now)
        assert all(job["state"] in FINAL for job in self.jobs().values())
        self.shell.close()
        self.do(self.store.close())
        self.loop.close()
        self.folder.cleanup()

    def goes_well(self, hand: Hand) -> None:
        self.leases[hand.job.id] = hand.job.lease_token or ""
        if may_ask(hand):
            self.asks(hand)
        self.records(hand, self.outcome(hand, self.best(hand)))

    def best(self, hand: Hand) -> str:
        best = ("looked", "submitted", "known", "ready, not kept", "delivered", "waits")
        return next(choice for choice in best if choice in self.choices(hand))


TestHistories = Histories.TestCase
TestHistories.settings = settings(
    max_examples=60,
    stateful_step_count=50,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
