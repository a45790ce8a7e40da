"""Recordings that take long to prepare: the slot is others' meanwhile, and what was prepared is not lost."""

import asyncio
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from bot.engine import patience
from bot.engine.lease import LeaseLostError
from bot.engine.looks import Looks
from bot.engine.progress import Progress
from bot.engine.slots import Slots
from bot.engine.steps.creates import Creates
from bot.engine.steps.looking import Looking
from bot.engine.steps.side_by_side import SideBySide
from bot.engine.steps.submit import Rules, Submit
from bot.errors import PermanentError
from bot.speech.catalogue import Family, find
from bot.speech.provider import Created
from bot.uploads import Upload
from storage.outcomes import Ended, Submitted, Waiting
from storage.sqlite.engine import open_store
from storage.words import Generation, State
from tests.clock import Clock
from tests.contract.stored import NOW, again, leased, recorded
from tests.migrated import migrated
from tests.patience import patience as patiently

MODEL = find("nova-2-general")
NAMED = {"model": MODEL.wire}
SOON = 5.0


class Provider:
    """Takes everything."""

    def __init__(self):
        self.created = 0

    async def submit(self, upload, model, options):
        self.created += 1
        return Created(f"generation {self.created}")


class Slow:
    """Recordings whose preparation ends when the test says so."""

    def __init__(self, folder):
        self.path, self.begun, self.ends = folder, asyncio.Event(), asyncio.Event()
        self.prepared = self.cut_off = 0

    @contextmanager
    def bench(self, job):
        yield SimpleNamespace(scratch=SimpleNamespace(file=lambda: self.path / "received"))

    async def download(self, job, bench):
        return bench.scratch.file()

    async def prepare(self, job, audio, bench):
        self.begun.set()
        try:
            await self.ends.wait()
        except asyncio.CancelledError:
            self.cut_off += 1
            raise
        self.prepared += 1
        return (Upload(audio, "audio/ogg", "audio.ogg", 0.0, 2.0),)


class Bench:
    def __init__(self, store, folder):
        self.store, self.recordings, self.provider = store, Slow(folder), Provider()
        self.nudged = 0

    def submit(self, *, slots=1, slot_lent=0.0):
        number = Slots(dict.fromkeys(Family, slots), dict.fromkeys(Family, slots))
        creates = Creates(self.store, self.provider, Looks(40, Clock()), number, 3600.0, lambda: NOW)
        rules = Rules(MODEL, link_seconds=1800.0)
        placeholders = SimpleNamespace(
            goes_ahead=lambda job: False,
            begin=self.begin,
            place_beside=lambda job, placing: None,
            place_if_possible=self.place,
        )
        looking = Looking(self.store, self.provider, creates.looks, Clock())
        side_by_side = SideBySide(creates, looking, Progress(self.store, None, lambda: NOW), Clock())
        rooms = (self.store, placeholders, self.recordings, creates, side_by_side)
        return Submit(*rooms, rules, self.nudge, lambda: NOW, slot_lent, 0.0)

    def nudge(self):
        self.nudged += 1

    async def begin(self, job):
        return job

    async def place(self, job):
        """Send nothing: these jobs have no chat."""
        return job

    async def slot(self, job):
        return (await again(self.store, job)).slot

    async def until_given_back(self, job):
        while await self.slot(job):  # noqa: ASYNC110 - only the database knows
            await asyncio.sleep(0)


@pytest.fixture
async def bench(tmp_path):
    store = await open_store(migrated(tmp_path / "verbatim.db"), now=lambda: NOW)
    yield Bench(store, tmp_path)
    await store.close()


async def test_parts_that_are_cut_otherwise_again_and_again_are_not_paid_for_ever(bench):
    bench.recordings.ends.set()
    job = await leased(bench.store, **NAMED)
    for _ in range(patience.MOST_GENERATIONS_LOST - 1):
        assert await bench.store.make_again(job, frozenset(), NOW)
        job = await again(bench.store, job)
    await bench.store.created(job, Generation(0, "of a minute", 0.0, NOW, duration=60.0))
    with pytest.raises(PermanentError):
        await bench.submit(slot_lent=SOON)(job)
    assert bench.provider.created == 0


async def test_a_quick_preparation_keeps_the_slot(bench):
    bench.recordings.ends.set()
    job = await leased(bench.store, **NAMED)
    outcome = await bench.submit(slot_lent=SOON)(job)
    assert isinstance(outcome, Submitted)
    assert await bench.slot(job) == Family.NOVA


async def test_a_slow_preparation_leaves_the_slot_to_another_job_and_gets_the_next_one(bench):
    slow = await leased(bench.store, 1, **NAMED)
    step = asyncio.create_task(bench.submit()(slow))
    async with patiently(SOON):
        await bench.recordings.begun.wait()
        await bench.until_given_back(slow)
        other = await leased(bench.store, 2, **NAMED)
        assert await bench.store.admit(other, Family.NOVA, 1, NOW)
        assert await bench.slot(other) == Family.NOVA
        bench.recordings.ends.set()
        while (await again(bench.store, slow)).waiting_for != Family.NOVA:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0)
        assert bench.provider.created == 0
        await recorded(bench.store, other, Ended(State.FAILED))
        assert isinstance(await step, Submitted)
    assert (bench.recordings.prepared, bench.provider.created, await bench.slot(slow)) == (1, 1, Family.NOVA)
    assert bench.nudged == 1


async def test_a_slow_preparation_is_thrown_away_when_no_slot_gets_free(bench):
    slow = await leased(bench.store, 1, **NAMED)
    step = asyncio.create_task(bench.submit()(slow))
    async with patiently(SOON):
        await bench.recordings.begun.wait()
        await bench.until_given_back(slow)
        await bench.store.admit(await leased(bench.store, 2, **NAMED), Family.NOVA, 1, NOW)
        bench.recordings.ends.set()
        assert await step == Waiting(NOW + patience.ADMISSION_AGAIN_AFTER, Family.NOVA)
    assert bench.provider.created == 0


async def test_a_job_that_was_cancelled_during_a_slow_preparation_is_dropped(bench):
    slow = await leased(bench.store, 1, **NAMED)
    step = asyncio.create_task(bench.submit(slot_lent=SOON / 50)(slow))
    async with patiently(SOON):
        await bench.recordings.begun.wait()
        await bench.store.cancel(slow.id, slow.chat_id, 900, NOW)
        with pytest.raises(LeaseLostError):
            await step
    assert (bench.recordings.cut_off, bench.provider.created) == (1, 0)


async def test_a_step_that_is_cut_off_ends_its_preparation(bench):
    slow = await leased(bench.store, 1, **NAMED)
    step = asyncio.create_task(bench.submit()(slow))
    async with patiently(SOON):
        await bench.recordings.begun.wait()
        step.cancel()
        await asyncio.wait({step})
    assert (bench.recordings.cut_off, bench.recordings.prepared) == (1, 0)


async def test_a_job_that_finds_no_slot_prepares_nothing(bench):
    await bench.store.admit(await leased(bench.store, 1, **NAMED), Family.NOVA, 1, NOW)
    outcome = await bench.submit()(await leased(bench.store, 2, **NAMED))
    assert outcome == Waiting(NOW + patience.QUEUE_TOLD_AFTER, Family.NOVA)
    assert not bench.recordings.begun.is_set()
