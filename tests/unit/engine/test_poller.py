"""The poller with a real store and steps that a test writes down as small coroutines."""

import asyncio
import errno
from dataclasses import replace
from types import SimpleNamespace

import pytest

from bot.activity import Doing, doing, moved
from bot.engine.delivery import Delivery
from bot.engine.events import Events
from bot.engine.lease import Hand, LeaseLostError
from bot.engine.moves import Moves
from bot.engine.patience import (
    ALONE_AFTER_START,
    ALONE_FOR,
    FEW_ATTEMPTS,
    LEASE_TTL,
    LET_OTHERS_END,
    MINUTE,
    MOST_DEATHS,
)
from bot.engine.placeholders import Placeholders
from bot.engine.policy import wait_after_death
from bot.engine.poller import Poller
from bot.engine.presence import Presence
from bot.engine.turn import Turn
from bot.errors import ChatMovedError, OperatorError, RateLimitedError, TemporaryError, UndeliverableError
from bot.metrics import Metrics
from storage.apology import Apology, Notice, Reason
from storage.errors import StorageUnavailableError
from storage.outcomes import Admitted, Attempted, Ended, Hopeless, MustWait, Ready, Submitted, Waiting
from storage.transcript import Transcript
from storage.words import SAME, Generation, State
from tests.patience import patience, promised
from tests.unit.workbench import Neighbour, impatient_store, new_job, open_telegram
from tests.world import texts

SORRY = Apology(Reason.EMPTY)
SOON = 5.0  # seconds in which whatever is awaited has happened, or never will


class Bench:
    """A poller, its store, and the jobs in it."""

    def __init__(self, stopped_world, store, transport, path) -> None:
        self.stopped_world, self.store, self.path = stopped_world, store, path
        self.clock = stopped_world.clock
        self.delivery = Delivery(transport, store, Placeholders(transport, store))
        self.metrics = Metrics()
        self.alice = stopped_world.telegram.user("Alice")
        self.chat = stopped_world.telegram.private(self.alice)
        self.taken: list[int] = []

    def poller(self, step, **changes) -> Poller:
        """A poller whose hands take this one step, and give the job back if they may go on."""
        hands = []

        async def take(hand):
            if hand in hands:
                return Waiting(self.clock() if hand.look_at is None else hand.look_at)
            hands.append(hand)
            self.taken.append(hand.job.id)
            return await step(hand.job)

        events = Events(self.metrics, self.clock)
        turn = Turn(self.store, Moves(self.store), take, self.delivery, events, self.clock, chance)
        return Poller(self.store, turn, events, self.clock, **changes)

    async def accept(self, count=1) -> None:
        for _ in range(count):
            voice = self.chat.send_voice(self.alice, b"sound")
            assert await self.store.accept(new_job(voice["message_id"], self.chat.id), self.clock())

    async def begins(self, count=1) -> None:
        """Begin steps, as far as their placeholders."""
        for job in (await self.store.claim(self.clock(), self.clock() + LEASE_TTL, count)).jobs:
            assert await self.store.place(job, 1000 + job.id, Notice.NONE)

    async def dies(self) -> None:
        """The process dies with the jobs that it has leased, and another one begins."""
        await self.store.recover(self.clock(), wait_after_death)

    async def job(self, job_id=1):
        return await self.store.job(job_id)

    async def put(self, *outcomes) -> None:
        """Accept a job and record outcomes for it, one after the other."""
        await self.accept()
        for outcome in outcomes:
            (job,) = (await self.store.claim(self.clock(), self.clock() + LEASE_TTL, 1)).jobs
            assert await self.store.record(job, outcome, self.clock())

    async def until_it_moves(self, job_id=1) -> None:
        while (await self.job(job_id)).state is State.QUEUED:  # noqa: ASYNC110 - only the database knows
            await asyncio.sleep(0)

    def bugs(self) -> float:
        return self.metrics.bugs.labels("step")._value.get()


@pytest.fixture
async def bench(stopped_world, tmp_path):
    path = tmp_path / "jobs.db"
    store = await impatient_store(path, stopped_world.clock)
    async with open_telegram(stopped_world.settings(), stopped_world.clock, 1024) as (transport, _):
        yield Bench(stopped_world, store, transport, path)
    await store.close()
    assert [task for task in asyncio.all_tasks() if task.get_name().startswith("job ")] == []


@pytest.fixture
def neighbour(bench):
    neighbour = Neighbour(bench.path)
    yield neighbour
    neighbour.close()


def chance():
    return 0.5


async def until(predicate):
    while not predicate():  # noqa: ASYNC110 - what is looked at has no event of its own
        await asyncio.sleep(0)


def steps_of(job_id) -> int:
    return len([task for task in asyncio.all_tasks() if task.get_name() == f"job {job_id}"])


def running(poller):
    return asyncio.create_task(poller.run())


async def ended(loop):
    async with patience(SOON):
        await loop


async def submit(job):
    generation = Generation(0, f"generation {job.id}", 0.0, 0.0, None)
    return Submitted(job.created_at + 2.0, 3.0, generation)


async def forever(_job):
    await asyncio.Event().wait()


def failing_with(error):
    async def fail(_job):
        raise error

    return fail


async def test_a_turn_takes_every_step_that_is_due_and_records_its_outcome(bench):
    await bench.accept(3)
    assert await bench.poller(submit).turn() == 3
    for job_id in (1, 2, 3):
        job = await bench.job(job_id)
        assert (job.state, job.lease_token) == (State.SUBMITTED, None)
    assert await bench.poller(submit).turn() == 0


async def test_a_bug_in_a_step_becomes_an_attempt_and_stops_no_neighbour(bench, lines):
    async def stumble(job):
        if job.id == 1:
            raise ZeroDivisionError
        return await submit(job)

    await bench.accept(2)
    poller = bench.poller(stumble)
    await poller.turn()
    stumbled, neighbour = await bench.job(1), await bench.job(2)
    assert (stumbled.state, stumbled.attempts, stumbled.lease_token) == (State.QUEUED, 1, None)
    assert stumbled.next_at == bench.clock() + 1
    assert neighbour.state is State.SUBMITTED
    assert bench.bugs() == 1
    (line,) = lines.of("step.bug")
    assert isinstance(line["exc_info"], ZeroDivisionError)


async def test_a_job_that_is_all_bug_ends_in_an_apology(bench, lines):
    await bench.accept()
    poller = bench.poller(failing_with(ZeroDivisionError()))
    for _ in range(FEW_ATTEMPTS):
        assert await poller.turn() == 1
        bench.clock.pass_(60)
    job = await bench.job()
    assert (job.state, job.apology) == (State.READY, Apology(Reason.INTERNAL))


async def test_a_job_that_kills_the_process_is_not_taken_again(bench):
    await bench.accept()
    await bench.begins()
    for _ in range(MOST_DEATHS):
        await bench.dies()
        bench.clock.pass_(MINUTE)
        (job,) = (await bench.store.claim_interrupted(bench.clock(), bench.clock() + LEASE_TTL)).jobs
        await bench.store.handle(job, begun=True)
    await bench.dies()
    states = []

    async def apologise(job):
        states.append(job.state)
        return Waiting(bench.clock())

    poller = bench.poller(apologise)
    started = [await poller.turn() for _ in range(2)]
    assert (started, states) == ([1, 1], [State.READY])
    assert (await bench.job()).apology == Apology(Reason.DEADLY)


@pytest.mark.parametrize(
    ("error", "state", "attempts", "wait"),
    [
        (TemporaryError("no answer", reason=Reason.PROVIDER_DOWN), State.QUEUED, 1, 1.0),
        (TimeoutError(), State.QUEUED, 1, 1.0),
        (RateLimitedError("wait", retry_after=7.0), State.QUEUED, 0, 7.0),
        (UndeliverableError("blocked"), State.FAILED, 0, None),
    ],
)
async def test_a_failure_is_recorded_as_what_it_means(bench, error, state, attempts, wait):
    await bench.accept()
    await bench.poller(failing_with(error)).turn()
    job = await bench.job()
    assert (job.state, job.attempts) == (state, attempts)
    assert job.next_at == (None if wait is None else bench.clock() + wait)
    assert bench.bugs() == 0


async def test_a_failure_is_one_line_of_the_log(bench, lines):
    await bench.accept()
    await bench.poller(failing_with(TemporaryError("no answer", reason=Reason.PROVIDER_DOWN))).turn()
    (line,) = lines.of("step.failed")
    assert (line["job"], line["state"], line["kind"], line["error"]) == (1, "queued", "TemporaryError", "no answer")


async def test_a_wait_is_one_line_that_says_how_long(bench, lines):
    await bench.accept()

    async def step(job):
        return Waiting(bench.clock() + 2.5)

    await bench.poller(step).turn()
    (line,) = lines.of("job.waiting")
    assert (line["was"], line["again_in"]) == (State.QUEUED, 2.5)


async def test_the_line_of_an_end_says_which(bench, lines):
    await bench.accept()

    async def step(job):
        return Ended(State.FAILED)

    await bench.poller(step).turn()
    (line,) = lines.of("job.ended")
    assert (line["was"], line["became"]) == (State.QUEUED, "failed")


async def test_what_only_the_operator_can_help_is_told_to_both(bench, lines):
    await bench.accept()
    await bench.poller(failing_with(OperatorError("the key is not accepted"))).turn()
    job = await bench.job()
    assert (job.state, job.attempts, job.notice) == (State.QUEUED, 0, Notice.PAUSED)
    assert "paused" in texts(bench.chat)[0]
    (line,) = lines.of("operator.needed")
    assert (line["level"], line["error"]) == ("error", "the key is not accepted")


@pytest.mark.parametrize("fault", [{"drop": True}, {"status": 429, "retry_after": 3}, {"status": 403}])
async def test_a_notice_that_cannot_be_shown_changes_nothing_about_the_wait(bench, lines, fault):
    await bench.accept()
    bench.stopped_world.telegram.fault("sendMessage", **fault)
    await bench.poller(failing_with(OperatorError("no credits"))).turn()
    job = await bench.job()
    assert (job.state, job.lease_token) == (State.QUEUED, None)
    assert job.next_at == bench.clock() + 30
    assert len(lines.of("notice.later")) == 1


async def test_a_message_that_cannot_be_stored_yet_is_stored_as_soon_as_the_database_takes_it(bench, neighbour, lines):
    await bench.accept()
    lines.when("operator.needed", neighbour.lock)
    lines.when("storage.unavailable", neighbour.let_go)
    await bench.poller(failing_with(OperatorError("no credits"))).turn()
    job = await bench.job()
    assert [message["message_id"] for message in bench.chat.bot_messages] == [job.placeholder_id]
    assert (job.state, job.lease_token) == (State.QUEUED, None)
    assert job.next_at == bench.clock() + 30


async def test_a_chat_that_moved_takes_its_job_along(bench):
    await bench.accept()
    await bench.poller(failing_with(ChatMovedError(-1001234))).turn()
    job = await bench.job()
    assert (job.chat_id, job.state, job.attempts) == (-1001234, State.QUEUED, 0)
    assert job.next_at == bench.clock()


async def test_a_move_that_cannot_be_stored_is_done_the_next_time(bench, neighbour, lines):
    await bench.accept()
    lines.when("step.failed", neighbour.lock)
    lines.when("storage.unavailable", neighbour.let_go)
    poller = bench.poller(failing_with(ChatMovedError(-1001234)))
    await poller.turn()
    assert (await bench.job()).lease_token is None
    bench.clock.pass_(1)
    await poller.turn()
    assert (await bench.job()).chat_id == -1001234


async def test_an_outcome_whose_lease_was_lost_is_dropped(bench, lines):
    async def cancelled_meanwhile(job):
        await bench.store.cancel(job.id, job.chat_id, 99, bench.clock())
        return await submit(job)

    await bench.accept()
    await bench.poller(cancelled_meanwhile).turn()
    job = await bench.job()
    assert (job.state, job.apology) == (State.READY, Apology(Reason.CANCELLED))
    assert await bench.store.generations(job) == ()
    assert len(lines.of("lease.lost")) == 1


async def test_a_step_that_finds_its_lease_lost_records_nothing(bench, lines):
    await bench.accept()
    await bench.poller(failing_with(LeaseLostError())).turn()
    job = await bench.job()
    assert job.lease_token is not None
    assert (job.attempts, bench.bugs()) == (0, 0)
    assert len(lines.of("lease.lost")) == 1


async def test_a_database_out_of_reach_during_a_step_spends_nothing(bench, lines):
    await bench.accept()
    await bench.poller(failing_with(StorageUnavailableError("locked"))).turn()
    job = await bench.job()
    assert (job.state, job.attempts, job.lease_token) == (State.QUEUED, 0, None)
    assert job.next_at == bench.clock() + 1
    assert len(lines.of("storage.unavailable")) == 1


async def test_an_outcome_is_recorded_as_soon_as_the_database_takes_it(bench, neighbour, lines):
    async def submit_into_a_locked_database(job):
        neighbour.lock()
        return await submit(job)

    await bench.accept()
    lines.when("storage.unavailable", neighbour.let_go)
    await bench.poller(submit_into_a_locked_database).turn()
    assert (await bench.job()).state is State.SUBMITTED
    assert bench.taken == [1]


async def test_an_outcome_is_let_go_when_the_lease_has_run_out(bench, neighbour, lines):
    async def submit_into_a_locked_database(job):
        neighbour.lock()
        return await submit(job)

    await bench.accept()
    lines.when("storage.unavailable", lambda: bench.clock.pass_(LEASE_TTL))
    await bench.poller(submit_into_a_locked_database).turn()
    neighbour.let_go()
    assert (await bench.job()).state is State.QUEUED


async def test_the_loop_starts_what_is_due_until_it_is_stopped(bench):
    poller = bench.poller(submit)
    loop = running(poller)
    await bench.accept()
    poller.nudge()
    async with patience(SOON):
        await bench.until_it_moves()
    await poller.stop(0)
    await ended(loop)
    await bench.accept()
    poller.nudge()
    assert bench.taken == [1]


async def test_the_loop_looks_by_itself_when_something_gets_due(bench):
    await bench.put(Waiting(bench.clock() + 0.05))
    poller = bench.poller(submit)
    loop = running(poller)
    await bench.store.ping()
    bench.clock.pass_(0.05)
    async with patience(SOON):
        await bench.until_it_moves()
    await poller.stop(0)
    await ended(loop)


async def test_the_loop_goes_on_when_the_database_was_out_of_reach(bench, neighbour, lines):
    await bench.accept()
    neighbour.lock()
    told = asyncio.Event()
    lines.when("storage.unavailable", told.set)
    poller = bench.poller(submit)
    loop = running(poller)
    await told.wait()
    neighbour.let_go()
    poller.nudge()
    async with patience(SOON):
        await bench.until_it_moves()
    await poller.stop(0)
    await ended(loop)


async def test_only_so_many_steps_are_taken_at_once(bench):
    under_way, most, free = 0, 0, asyncio.Semaphore(0)

    async def count(job):
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await free.acquire()
        under_way -= 1
        return await submit(job)

    await bench.accept(7)
    poller = bench.poller(count, steps_at_once=3)
    loop = running(poller)
    async with patience(SOON):
        for done in range(1, 8):
            await until(lambda: len(bench.taken) >= min(done + 2, 7))  # noqa: B023 - awaited at once
            poller.nudge()
            free.release()
        await bench.until_it_moves(7)
    await poller.stop(0)
    await ended(loop)
    assert most == 3
    assert sorted(bench.taken) == [1, 2, 3, 4, 5, 6, 7]


async def test_a_chat_leaves_places_to_others_and_gets_them_back_when_there_are_more(bench):
    ends, taken = asyncio.Event(), []

    async def hold(job):
        taken.append(job.chat_id)
        await ends.wait()
        return await submit(job)

    for number in range(50):
        await bench.store.accept(new_job(number, 7), bench.clock())
    poller = bench.poller(hold, steps_at_once=40)
    loop = running(poller)
    async with patience(SOON):
        await until(lambda: len(taken) == 30)
        for chat_id in (8, 9):
            await bench.store.accept(new_job(1, chat_id), bench.clock())
            poller.nudge()
            await until(lambda: chat_id in taken)  # noqa: B023 - awaited at once
        assert taken.count(7) == 30
        ends.set()
        await until(lambda: taken.count(7) == 50)
    await poller.stop(0)
    await ended(loop)


async def test_a_turn_that_has_no_room_starts_nothing(bench):
    release = asyncio.Event()

    async def wait(job):
        await release.wait()
        return await submit(job)

    await bench.accept(2)
    poller = bench.poller(wait, steps_at_once=1)
    first = asyncio.create_task(poller.turn())
    async with patience(SOON):
        await until(lambda: bench.taken)
        second = asyncio.create_task(poller.turn())
        await asyncio.sleep(0)
        release.set()
        assert (await first, await second) == (1, 0)
    assert bench.taken == [1]


async def test_a_place_that_a_failed_job_gives_back_is_used_at_once(bench):
    """The hand on the clock does not move: the one that waits for the place has nothing else to wait for."""
    came = asyncio.Event()

    async def compete(job):
        admission = await bench.store.admit(job, "nova", 1, bench.clock())
        if isinstance(admission, MustWait):
            came.set()
            return Waiting(bench.clock() + 15, admission.waiting_for)
        if job.id == 1:
            await came.wait()
            return Attempted(bench.clock() + 60)
        return await submit(job)

    await bench.accept(2)
    poller = bench.poller(compete)
    loop = running(poller)
    try:
        async with promised(2):
            await bench.until_it_moves(2)
    finally:
        await poller.stop(0)
        await ended(loop)


async def test_a_step_interrupted_by_a_stop_is_released_and_spends_nothing(bench):
    await bench.accept()
    poller = bench.poller(forever)
    loop = running(poller)
    async with patience(SOON):
        await until(lambda: bench.taken)
    await poller.stop(0)
    await ended(loop)
    job = await bench.job()
    assert (job.state, job.lease_token, job.attempts, job.creates_in_doubt) == (State.QUEUED, None, 0, 0)
    assert job.next_at == bench.clock()


async def test_a_create_interrupted_by_a_stop_is_in_doubt(bench):
    async def create(job):
        await bench.store.start_create(job)
        create_started.set()
        await asyncio.Event().wait()

    create_started = asyncio.Event()
    await bench.accept()
    poller = bench.poller(create)
    loop = running(poller)
    await create_started.wait()
    await poller.stop(0)
    await ended(loop)
    job = await bench.job()
    assert (job.creates_in_doubt, job.create_started, job.attempts) == (1, False, 0)


def telling(bench, wait):
    """Let a poller whose steps fail wait like this while it tells the user."""

    async def note(_job, _notice):
        told.set()
        await wait()

    told = asyncio.Event()
    bench.delivery = SimpleNamespace(placeholders=SimpleNamespace(note=note))
    return told, bench.poller(failing_with(OperatorError("no credits")))


async def test_a_stop_while_a_failure_is_told_gives_the_lease_back(bench):
    await bench.accept()
    told, poller = telling(bench, asyncio.Event().wait)
    loop = running(poller)
    async with patience(SOON):
        await told.wait()
    await poller.stop(0)
    await ended(loop)
    job = await bench.job()
    assert (job.state, job.lease_token, job.attempts) == (State.QUEUED, None, 0)


async def test_a_failure_that_is_told_in_its_turn_keeps_no_stop_waiting(bench):
    await bench.accept()
    told, poller = telling(bench, lambda: bench.clock.until(bench.clock() + 15))
    loop = running(poller)
    async with patience(SOON):
        await told.wait()
    async with promised(2):
        await poller.stop(60)
    await ended(loop)
    assert (await bench.job()).lease_token is None


async def test_a_bug_between_two_steps_becomes_an_attempt_and_keeps_no_lease(bench, monkeypatch):
    async def broken(*_given):
        raise ZeroDivisionError

    await bench.accept()
    monkeypatch.setattr(bench.store, "advance", broken)
    await bench.poller(submit).turn()
    job = await bench.job()
    assert (job.state, job.lease_token, job.attempts) == (State.QUEUED, None, 1)
    assert bench.bugs() == 1


async def test_a_bug_after_an_outcome_was_stored_keeps_no_lease(bench, monkeypatch):
    def broken(*_given):
        raise ZeroDivisionError

    await bench.accept()
    monkeypatch.setattr(Events, "recorded", broken)
    await bench.poller(submit).turn()
    job = await bench.job()
    assert (job.state, job.lease_token, job.attempts) == (State.SUBMITTED, None, 1)


async def test_a_stop_lets_a_step_come_to_its_end(bench):
    release = asyncio.Event()

    async def last_words(job):
        await release.wait()
        return await submit(job)

    await bench.accept()
    poller = bench.poller(last_words)
    loop = running(poller)
    async with patience(SOON):
        await until(lambda: bench.taken)
    stopping = asyncio.create_task(poller.stop(SOON))
    await asyncio.sleep(0)
    release.set()
    await ended(stopping)
    await ended(loop)
    assert (await bench.job()).state is State.SUBMITTED


async def test_a_step_that_does_not_let_go_is_interrupted_again(bench):
    async def cling(_job):
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.Event().wait()

    await bench.accept()
    poller = bench.poller(cling)
    loop = running(poller)
    async with patience(SOON):
        await until(lambda: bench.taken)
        await poller.stop(0)
        await loop
    assert (await bench.job()).lease_token is None


async def test_a_stop_before_anything_was_started_is_nothing(bench):
    await bench.poller(submit).stop(SOON)


async def test_a_stop_while_jobs_are_being_claimed_starts_none_of_them(bench):
    await bench.accept(2)
    poller = bench.poller(forever)
    loop = running(poller)
    await asyncio.sleep(0)  # the claim is on its way to the database
    await poller.stop(0)
    await ended(loop)
    assert bench.taken == []
    for job_id in (1, 2):
        job = await bench.job(job_id)
        assert job.lease_token is None


async def test_a_stop_does_not_wait_for_a_database_out_of_reach(bench, neighbour, lines):
    await bench.accept()
    poller = bench.poller(forever)
    loop = running(poller)
    async with patience(SOON):
        await until(lambda: bench.taken)
    neighbour.lock()
    async with promised(2):
        await poller.stop(0)
        await loop
    assert len(lines.of("storage.unavailable")) == 1
    neighbour.let_go()
    left = await bench.store.recover(bench.clock(), wait_after_death)
    assert len(left) == 1, "the next start takes back what could not be given back"


@pytest.mark.parametrize("state", [State.QUEUED, State.SUBMITTED])
async def test_a_stolen_lease_interrupts_the_earlier_step_and_waits_for_its_end(bench, state):
    """No edit is under way, so what the earlier step still does is in vain."""
    order = []

    async def hang_first(job):
        order.append("begins")
        if len(order) > 1:
            return Waiting(bench.clock() + 1000)
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            order.append("has ended")

    await bench.put(*[] if state is State.QUEUED else [Submitted(bench.clock(), 3.0, None)])
    poller = bench.poller(hang_first)
    loop = running(poller)
    async with patience(SOON):
        await until(lambda: order)
        bench.clock.pass_(LEASE_TTL)
        await poller.turn()
    assert order == ["begins", "has ended", "begins"]
    job = await bench.job()
    assert (job.lease_token, job.next_at) == (None, bench.clock() + 1000)
    await poller.stop(0)
    await ended(loop)


async def test_a_stolen_lease_never_cuts_an_edit(bench):
    order, release = [], asyncio.Event()

    async def edit(_job):
        order.append("begins")
        if len(order) == 1:
            await release.wait()
        order.append("has ended")
        return Ended(State.DELIVERED)

    await bench.put(Hopeless(SORRY))
    poller = bench.poller(edit)
    loop = running(poller)
    async with patience(SOON):
        await until(lambda: order)
        bench.clock.pass_(LEASE_TTL)
        turn = asyncio.create_task(poller.turn())
        await until(lambda: steps_of(1) == 2)
        assert order == ["begins"]
        release.set()
        await turn
    assert order == ["begins", "has ended", "begins", "has ended"]
    assert (await bench.job()).state is State.DELIVERED
    await poller.stop(0)
    await ended(loop)


async def test_a_stop_sees_the_end_of_a_step_whose_lease_was_stolen(bench):
    """Pressing the cancel button takes the lease of an edit away; both steps are ours until they have ended."""
    begun, ends = asyncio.Event(), []

    async def edit(_job):
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ends.append("edit")

    await bench.put(Ready(Transcript("said"), bench.clock() + 60))
    poller = bench.poller(edit)
    loop = running(poller)
    async with patience(SOON):
        await begun.wait()
        await bench.store.cancel(1, bench.chat.id, 99, bench.clock())
        poller.nudge()
        await until(lambda: steps_of(1) == 2)
    await poller.stop(0)
    assert ends == ["edit"]
    await ended(loop)
    job = await bench.job()
    assert (job.state, job.lease_token) == (State.READY, None)
    assert bench.taken == [1]


@pytest.mark.parametrize(
    ("state", "apology", "counted"),
    [
        (State.DELIVERED, SORRY, "apology"),
        (State.DELIVERED, None, "transcript"),
        (State.CANCELLED, SORRY, "cancelled"),
        (State.FAILED, SORRY, "failed"),
    ],
)
async def test_each_end_is_counted_and_measured(bench, state, apology, counted):
    async def end(_job):
        return Ended(state)

    first = Hopeless(SORRY) if apology else Ready(Transcript("said"), bench.clock() + 60)
    await bench.put(Submitted(bench.clock(), 3.0, None), first)
    bench.clock.pass_(2.0)
    await bench.poller(end).turn()
    text = bench.metrics.render().decode()
    assert f'verbatim_jobs_ended_total{{outcome="{counted}"}} 1.0' in text
    assert 'verbatim_stage_seconds_sum{stage="ready"} 2.0' in text
    assert 'verbatim_stage_seconds_sum{stage="total"} 2.0' in text


async def test_the_stages_before_the_end_are_measured_too(bench):
    async def step(job):
        return await submit(job) if job.state is State.QUEUED else Ready(Transcript("said"), bench.clock() + 60)

    await bench.accept()
    bench.clock.pass_(3.0)
    poller = bench.poller(step)
    await poller.turn()
    bench.clock.pass_(4.0)
    await poller.turn()
    text = bench.metrics.render().decode()
    assert 'verbatim_stage_seconds_sum{stage="queued"} 3.0' in text
    assert 'verbatim_stage_seconds_sum{stage="submitted"} 4.0' in text


async def test_each_transition_is_one_line_with_the_job_and_where_it_was(bench, lines):
    await bench.accept()
    await bench.poller(submit).turn()
    told = [(line["event"], line["job"], line["was"]) for line in lines]
    assert told == [("job.submitted", 1, "queued"), ("job.waiting", 1, "submitted")]


async def test_a_job_that_is_woken_while_its_step_runs_is_taken_again_at_once(bench):
    """Only the store knows of the wake, and no moment has come: the poller must ask it."""
    same, taken = "the same file", []
    await bench.store.accept(replace(new_job(1), file_unique_id=same), bench.clock())
    (leader,) = (await bench.store.claim(bench.clock(), bench.clock() + LEASE_TTL, 1)).jobs
    assert await bench.store.admit(leader, "nova", 9, bench.clock()) == Admitted()
    await bench.store.accept(replace(new_job(2), file_unique_id=same), bench.clock())

    async def step(job):
        taken.append(job.id)
        if len(taken) > 1:
            return Ended(State.FAILED)
        assert await bench.store.admit(job, "nova", 9, bench.clock()) == MustWait(SAME)
        await bench.store.record(leader, Ended(State.FAILED), bench.clock())
        return Waiting(bench.clock() + 15, SAME)

    poller = bench.poller(step)
    loop = running(poller)
    async with patience(SOON):
        await until(lambda: len(taken) == 2)
    await poller.stop(0)
    await ended(loop)


async def test_interrupted_jobs_go_one_at_a_time_while_others_wait(bench):
    await bench.accept(2)
    await bench.begins(2)
    await bench.dies()
    await bench.accept()
    poller = bench.poller(submit)
    started = [await poller.turn() for _ in range(4)]
    assert (started, bench.taken) == ([1, 1, 1, 0], [1, 2, 3])


async def test_an_interrupted_job_that_is_at_the_provider_keeps_the_next_one_waiting_no_longer(bench):
    async def take(hand):
        bench.taken.append(hand.job.id)
        if hand.job.state is State.SUBMITTED:
            await bench.clock.until(bench.clock() + MINUTE)
        return await submit(hand.job)

    await bench.accept(2)
    await bench.begins(2)
    await bench.dies()
    events = Events(bench.metrics, bench.clock)
    turn = Turn(bench.store, Moves(bench.store), take, bench.delivery, events, bench.clock, chance)
    poller = Poller(bench.store, turn, events, bench.clock)
    started = [await poller.turn() for _ in range(2)]
    assert (started, bench.taken) == ([1, 1], [1, 2])


async def test_an_interrupted_job_that_takes_its_time_keeps_others_waiting_for_seconds_only(bench):
    release = asyncio.Event()

    async def slow(job):
        if job.id == 1:
            await release.wait()
        return await submit(job)

    await bench.accept()
    await bench.begins()
    await bench.dies()
    poller = bench.poller(slow)
    alone = asyncio.create_task(poller.turn())
    async with patience(SOON):
        await until(lambda: bench.taken)
    await bench.accept()
    poller.nudge()
    assert len((await poller._start_due()).jobs) == 0
    bench.clock.pass_(ALONE_FOR)
    assert len((await poller._start_due()).jobs) == 1
    async with patience(SOON):
        await until(lambda: bench.taken == [1, 2])
    release.set()
    await alone


async def test_an_interrupted_job_lets_others_end_before_it_begins(bench):
    release = asyncio.Event()

    async def slow(job):
        if job.id == 2:
            await release.wait()
        return await submit(job)

    await bench.accept()
    await bench.begins()
    await bench.store.recover(bench.clock(), lambda _interrupted, _deaths: 5.0)
    await bench.accept()
    loop = running(poller := bench.poller(slow))
    async with patience(SOON):
        await until(lambda: bench.taken == [2])
    bench.clock.pass_(6)
    poller.nudge()
    assert len((await poller._start_due()).jobs) == 0
    release.set()
    async with patience(SOON):
        await until(lambda: bench.taken == [2, 1])
    await poller.stop(1)
    await ended(loop)


async def test_others_that_do_not_end_keep_an_interrupted_job_waiting_for_seconds_only(bench):
    await bench.accept()
    await bench.begins()
    await bench.store.recover(bench.clock(), lambda _interrupted, _deaths: 5.0)
    await bench.accept()
    loop = running(poller := bench.poller(forever))
    async with patience(SOON):
        await until(lambda: bench.taken == [2])
    bench.clock.pass_(6)
    assert len((await poller._start_due()).jobs) == 0
    bench.clock.pass_(LET_OTHERS_END)
    assert [job.id for job in (await poller._start_due()).jobs] == [1]
    await poller.stop(0)
    await ended(loop)


async def test_long_after_a_start_nobody_has_to_end_before_an_interrupted_job_begins(bench):
    await bench.accept()
    await bench.begins()
    await bench.store.recover(bench.clock(), lambda _interrupted, _deaths: ALONE_AFTER_START + 5)
    await bench.accept()
    loop = running(poller := bench.poller(forever))
    async with patience(SOON):
        await until(lambda: bench.taken == [2])
    bench.clock.pass_(ALONE_AFTER_START + 6)
    assert [job.id for job in (await poller._start_due()).jobs] == [1]
    await poller.stop(0)
    await ended(loop)


async def test_a_step_that_only_waits_for_a_moment_takes_no_place(bench):
    async def rests(job):
        if job.id == 1:
            await bench.clock.until(bench.clock() + 5)
        return Waiting(bench.clock() + 100)

    await bench.accept(2)
    poller = bench.poller(rests, steps_at_once=1)
    await poller.turn()
    assert bench.taken == [1]
    await poller.turn()
    assert bench.taken == [1, 2]
    bench.clock.pass_(5)
    await poller.turn()
    assert (await bench.store.job(1)).lease_token is None


async def taken(bench, step, times):
    """Claim the job and let a hand take one step with these limits; return the job as it is stored then."""

    async def once(hand):
        return await step(hand.job) if hand.job.state is claimed.state else Waiting(bench.clock())

    (claimed,) = (await bench.store.claim(bench.clock(), bench.clock() + LEASE_TTL, 1)).jobs
    events = Events(bench.metrics, bench.clock)
    turn = Turn(bench.store, Moves(bench.store), once, bench.delivery, events, bench.clock, chance, times)
    await turn.run(Hand(claimed))
    return await bench.job()


@pytest.mark.parametrize(
    ("somebody_waits", "more_slots", "nudged_when"),
    [
        (False, {}, []),
        (False, {"nova": 9}, [State.SUBMITTED]),
        (True, {}, [State.READY]),
        (True, {"nova": 9}, [State.SUBMITTED, State.READY]),
    ],
)
async def test_what_a_hand_sets_free_is_offered_before_it_lets_go(bench, somebody_waits, more_slots, nudged_when):
    async def take(hand):
        match hand.job.state:
            case State.QUEUED if hand.job.id == 2:
                return Waiting(bench.clock() + 60, "nova")
            case State.QUEUED:
                return Submitted(bench.clock(), 5.0, None, more_slots)
            case State.SUBMITTED:
                return Ready(Transcript("heard"), bench.clock() + 60)
            case _:
                return Ended(State.DELIVERED)

    await bench.accept(2)
    turn = Turn(
        bench.store, Moves(bench.store), take, bench.delivery, Events(bench.metrics, bench.clock), bench.clock, chance
    )
    first, second = (await bench.store.claim(bench.clock(), bench.clock() + LEASE_TTL, 2)).jobs
    if somebody_waits:
        await turn.run(Hand(second))
    found = []
    hand = Hand(first, nudge=lambda: found.append(hand.job.state))
    await turn.run(hand)
    assert found == nudged_when


@pytest.mark.parametrize(
    ("other", "end", "asks"),
    [
        (None, State.DELIVERED, False),
        (None, State.FAILED, True),  # another chat may hear of it
        (Waiting(1_800_000_060.0, "nova"), State.DELIVERED, False),  # the slot was passed on with the result
        (Waiting(1_800_000_060.0, SAME), State.DELIVERED, True),
        (Attempted(1_800_000_060.0), State.DELIVERED, False),
        (Attempted(1_800_000_060.0, refused=True), State.DELIVERED, True),
    ],
)
async def test_after_an_end_others_are_looked_for_only_if_they_may_have_waited_for_it(bench, other, end, asks):
    async def take(hand):
        if hand.job.id == 2:
            return other
        return Ended(end) if hand.job.state is State.READY else Hopeless(SORRY)

    await bench.accept(2)
    turn = Turn(
        bench.store, Moves(bench.store), take, bench.delivery, Events(bench.metrics, bench.clock), bench.clock, chance
    )
    first, second = (await bench.store.claim(bench.clock(), bench.clock() + LEASE_TTL, 2)).jobs
    if other is not None:
        await turn.run(Hand(second))
    assert await turn.run(Hand(first)) == (bench.clock() if asks else None)


async def test_a_step_may_last_as_long_as_something_of_it_moves(bench):
    async def moves(job):
        with doing(Doing.DOWNLOADING):
            for _ in range(50):
                await asyncio.sleep(0.03)
                moved()
                bench.clock.pass_(60)
        return await submit(job)

    await bench.accept()
    assert (await taken(bench, moves, (1.0, 0.05))).state is State.SUBMITTED


async def test_a_lease_under_which_something_moves_is_renewed_before_the_step_gets_more_time(bench):
    leased_until = []

    async def moves(job):
        for _ in range(10):
            await asyncio.sleep(0.03)
            moved()
            bench.clock.pass_(60)
            leased_until.append((await bench.job()).next_at)
        return await submit(job)

    await bench.accept()
    began = bench.clock()
    await taken(bench, moves, (5.0, 0.02))
    assert leased_until[0] <= began + LEASE_TTL + 60
    assert leased_until[-1] > began + LEASE_TTL + 240
    assert leased_until == sorted(leased_until)


@pytest.mark.parametrize("what", [Doing.DOWNLOADING, Doing.CONVERTING, Doing.UPLOADING, Doing.WRITING])
async def test_a_step_in_which_nothing_moves_ends_in_time_and_names_what_it_was_doing(bench, lines, what):
    async def stuck(_job):
        with doing(what):
            await asyncio.Event().wait()

    await bench.accept()
    assert (await taken(bench, stuck, (0.1, 0.02))).attempts == 1
    (line,) = lines.of("step.failed")
    assert line["error"] == f"{what} took too long"
    assert line["side"] == {Doing.CONVERTING: "this machine", Doing.UPLOADING: "the speech service"}.get(
        what, "Telegram"
    )
    assert bench.bugs() == 0


async def test_a_lease_that_was_lost_gives_a_step_no_more_time(bench, lines):
    async def loses_it(job):
        await bench.store.cancel(job.id, job.chat_id, 99, bench.clock())
        while True:
            await asyncio.sleep(0.01)
            moved()

    await bench.accept()
    assert (await taken(bench, loses_it, (0.2, 0.02))).apology == Apology(Reason.CANCELLED)
    assert len(lines.of("lease.lost")) == 1


async def test_a_lease_that_cannot_be_renewed_now_is_renewed_later(bench, neighbour, lines):
    async def moves(job):
        neighbour.lock()
        await until(lambda: lines.of("storage.unavailable"))
        neighbour.let_go()
        for _ in range(10):
            moved()
            await asyncio.sleep(0.15)
        return await submit(job)

    async def moves_meanwhile(job):
        moved()
        return await moves(job)

    await bench.accept()
    assert (await taken(bench, moves_meanwhile, (1.0, 0.03))).state is State.SUBMITTED


async def test_a_full_disk_is_told_as_this_machines_and_not_as_a_bug(bench, lines):
    await bench.accept()
    await bench.poller(failing_with(OSError(errno.ENOSPC, "No space left on device"))).turn()
    (line,) = lines.of("step.failed")
    assert (line["side"], line["level"]) == ("this machine", "warning")
    assert line["error"].startswith("this machine, while working: ENOSPC (28, No space left on device); free some")
    assert bench.bugs() == 0


async def test_a_bug_is_told_as_one_with_where_it_is(bench, lines):
    await bench.accept()
    await bench.poller(failing_with(KeyError("x"))).turn()
    (line,) = lines.of("step.failed")
    assert (line["side"], line["error"]) == ("this program", "a bug in this program, while working")
    assert len(lines.of("step.bug")) == bench.bugs() == 1


async def test_a_poller_that_is_to_drop_its_steps_gives_them_back_and_begins_nothing_until_it_may(bench):
    await bench.accept(2)
    poller = bench.poller(forever, steps_at_once=1)
    loop = running(poller)
    async with patience(SOON):
        await until(lambda: bench.taken)
    await poller.drop()
    assert (await bench.job()).lease_token is None
    with poller.place() as is_free:
        assert not is_free
    poller.nudge()
    await asyncio.sleep(0)
    assert bench.taken == [1]
    poller.go_on()
    async with patience(SOON):
        await until(lambda: len(bench.taken) == 2)
    await poller.stop(0)
    await ended(loop)


class Renamed(Presence):
    """That of a replica which was taken for dead since it leased what it has."""

    def holds(self, job):
        return False


async def test_what_was_leased_under_another_name_is_given_back(bench):
    await bench.accept()
    poller = bench.poller(forever, presence=Renamed(bench.store, bench.clock))
    assert await poller.turn() == 1
    assert bench.taken == []
    assert (await bench.job()).lease_token is None
    (job,) = (await bench.store.claim(bench.clock(), bench.clock() + LEASE_TTL, 1)).jobs
    assert await poller.begin(job)
    assert (await bench.job()).lease_token is None
