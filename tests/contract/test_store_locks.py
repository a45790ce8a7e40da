"""The named locks of transactions, and their order, by which an engine with many writers loses no wake."""

import pytest

from storage.outcomes import Attempted, Ended, Forgotten, Hopeless, Ready, Released, Submitted, Waiting
from storage.sqlite.engine import SQLiteEngine
from storage.statements.store import SQLStore
from storage.transcript import Transcript
from storage.words import State
from tests.contract.stored import (
    APOLOGY,
    CHAT,
    FAMILY,
    KEPT_UNTIL,
    LATER,
    NOW,
    delivering,
    fetching,
    leased,
    message,
    part,
    submitted,
    uploading,
    waiting,
    waiting_hands,
)


class Overheard:
    """A transaction that writes down what it is asked for, a statement by its first word."""

    skip_locked = locked = holder = ""
    is_lost, holder_of = "lease_token IS NOT NULL", "''"

    def __init__(self, transaction, told):
        self._transaction, self._told = transaction, told

    async def rows(self, sql, *values):
        self._told.append(sql.split()[0])
        return await self._transaction.rows(sql, *values)

    async def row(self, sql, *values):
        self._told.append(sql.split()[0])
        return await self._transaction.row(sql, *values)

    async def alone_with(self, cache_key):
        self._told.append(("key", cache_key))

    async def alone_with_chat(self, chat_id):
        self._told.append(("chat", chat_id))

    async def alone_with_family(self, family):
        self._told.append(("family", family))


class Listening:
    """An engine whose last transaction can be read."""

    def __init__(self, engine):
        self._engine = engine
        self.told = []
        self.read, self.close = engine.read, engine.close

    async def write(self, function, *, urgent=False, single=False):
        self.told = []
        return await self._engine.write(lambda tx: function(Overheard(tx, self.told)), urgent=urgent, single=single)


@pytest.fixture
async def engine(tmp_path):
    engine = Listening(await SQLiteEngine.open(tmp_path / "verbatim.db", lambda: NOW))
    yield engine
    await engine.close()


@pytest.fixture
def store(engine):
    return SQLStore(engine)


async def at_the_provider_behind(store):
    """A job that waits for a slot, in somebody's hands."""
    await submitted(store, 1)
    return await waiting_hands(store, 2, full=True)


RECORDED = {
    "submitted": (uploading, Submitted(LATER, 12.5, part())),
    "waiting": (uploading, Waiting(LATER)),
    "waiting for a slot": (at_the_provider_behind, Waiting(LATER, FAMILY)),
    "attempted": (uploading, Attempted(LATER)),
    "released": (leased, Released(LATER)),
    "forgotten": (fetching, Forgotten(LATER)),
    "ready": (fetching, Ready(Transcript("said"), KEPT_UNTIL)),
    "hopeless": (fetching, Hopeless(APOLOGY)),
    "delivered": (delivering, Ended(State.DELIVERED)),
}


@pytest.mark.parametrize(("maker", "outcome"), RECORDED.values(), ids=RECORDED)
async def test_recording_takes_the_lock_of_the_key_before_it_reads(store, engine, maker, outcome):
    job = await maker(store)
    assert await store.record(job, outcome, NOW)
    assert engine.told[0] == ("key", job.cache_key)
    assert_in_order(engine.told)


async def test_a_job_that_waits_for_a_slot_reads_again_under_the_lock_of_its_family(store, engine):
    job = await at_the_provider_behind(store)
    await store.record(job, Waiting(LATER, FAMILY), NOW)
    assert engine.told[:4] == [("key", job.cache_key), "SELECT", ("family", FAMILY), "SELECT"]


async def test_admission_takes_the_lock_of_the_family_right_before_it_counts(store, engine):
    job = await leased(store)
    await store.admit(job, FAMILY, 1, NOW)
    assert engine.told[0] == ("key", job.cache_key)
    family = engine.told.index(("family", FAMILY))
    assert engine.told[family + 1 :] == ["SELECT", "UPDATE"]
    assert_in_order(engine.told)


@pytest.mark.parametrize("most_open", [None, 0], ids=["taken", "refused"])
async def test_a_message_is_taken_under_the_lock_of_its_chat_and_no_other(store, engine, most_open):
    await store.accept(message(1), NOW, most_open)
    assert engine.told[0] == ("chat", CHAT)
    assert [each for each in engine.told if isinstance(each, tuple)] == [("chat", CHAT)]


async def test_a_slot_that_is_given_back_before_the_upload_is_passed_on_under_both_locks(store, engine):
    job = await uploading(store, 1)
    await waiting(store, 2, full=True)
    assert await store.give_slot_back(job, NOW)
    assert engine.told == [("key", job.cache_key), "SELECT", "UPDATE", ("family", FAMILY), "UPDATE"]


async def test_a_chat_that_has_its_share_of_slots_passes_the_offer_on_under_the_lock_it_holds(store, engine):
    await uploading(store, 1, slots=3)
    await uploading(store, 2, slots=3)
    await store.admit(await leased(store, 3), FAMILY, 3, NOW)
    family = engine.told.index(("family", FAMILY))
    assert engine.told[family + 1 :] == ["SELECT", ("family", FAMILY), "UPDATE", "UPDATE"]
    assert_in_order(engine.told)


async def test_a_slot_that_gets_free_is_passed_on_under_the_lock_of_its_family(store, engine):
    job = await fetching(store, 1)
    await waiting(store, 2, full=True)
    await store.record(job, Ended(State.FAILED), NOW)
    assert engine.told[-2:] == [("family", FAMILY), "UPDATE"]


async def test_cancelling_reads_the_key_and_then_all_again_under_its_lock(store, engine):
    job = await submitted(store)
    assert (await store.cancel(job.id, CHAT, 900, NOW)).accepted
    assert engine.told[:3] == ["SELECT", ("key", job.cache_key), "SELECT"]
    assert_in_order(engine.told)


def assert_in_order(told):
    """One key, then perhaps one family; a lock that is held may be asked for again."""
    locks = list(dict.fromkeys(each for each in told if isinstance(each, tuple)))
    assert [kind for kind, _ in locks] in (["key"], ["key", "family"])
