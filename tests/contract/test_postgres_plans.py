"""The plans that PostgreSQL makes of what every job asks, beside many other jobs: none of them reads a whole table."""

import re

import pytest

from storage.intake import Start
from storage.opening import open_store
from storage.outcomes import Ended, Hopeless, Ready, Waiting
from storage.statements.store import SQLStore
from storage.transcript import Transcript
from storage.words import SAME, State
from tests import postgres
from tests.contract.stored import APOLOGY, CHAT, FAMILY, KEPT_UNTIL, LATER, LEASE, NOW, again, message

MANY = 5_000
ENDED = f"""
INSERT INTO jobs (from_chat_id, message_id, chat_id, user_id, kind, file_id, model, options, cache_key, state,
    created_at, ended_at, transcript_id)
SELECT -n % 500 - 1000, n, -n % 500 - 1000, n % 700 + 1000, 'voice', 'file', 'nova', '{{}}', 'key ' || n, 'delivered',
    {NOW} - n, {NOW} - n, id FROM generate_series(1, {MANY}) AS n JOIN transcripts ON cache_key = 'key ' || n
"""
TRANSCRIPTS = f"""
INSERT INTO transcripts (cache_key, body, expires_at) SELECT 'key ' || n, '{{}}', {NOW} + n
FROM generate_series(1, {MANY}) AS n
"""
OPEN = f"""
INSERT INTO jobs (from_chat_id, message_id, chat_id, user_id, kind, file_id, model, options, cache_key, created_at,
    turn, next_at, lined_up, waiting_for)
SELECT -n % 500 - 1000, {MANY} + n, -n % 500 - 1000, n % 700 + 1000, 'voice', 'file', 'nova', '{{}}', 'open ' || n,
    {NOW}, {NOW} + n, {NOW} + n, n % 2, CASE WHEN n % 100 = 0 THEN '{FAMILY}' END FROM generate_series(1, {MANY}) AS n
"""
AFRESH = "TRUNCATE jobs, names, transcripts CASCADE"  # without the holes of other tests, which plans depend on
NAMES = "INSERT INTO names (job_id, speaker, name) SELECT id, '0', 'Anna' FROM jobs WHERE ended_at IS NOT NULL"
WHOLE = re.compile(r"Seq Scan on (jobs|names|transcripts)")


class Overheard:
    """A transaction that has each of its statements explained before it is carried out."""

    def __init__(self, transaction, plans):
        self._transaction, self._plans = transaction, plans

    def __getattr__(self, name):
        return getattr(self._transaction, name)

    async def rows(self, sql, *values):
        self._plans[sql] = "\n".join(row[0] for row in await self._transaction.rows(f"EXPLAIN {sql}", *values))
        return await self._transaction.rows(sql, *values)

    async def row(self, sql, *values):
        return next(iter(await self.rows(sql, *values)), None)


class Listening:
    def __init__(self, engine):
        self._engine, self.plans = engine, {}
        self.read, self.close = engine.read, engine.close

    async def write(self, function, **asked):
        return await self._engine.write(lambda tx: function(Overheard(tx, self.plans)), **asked)


@pytest.fixture
async def store(postgres_url):
    store = await open_store(postgres_url, lambda: NOW)
    async with postgres.connected(postgres_url) as server:
        async with server.transaction():  # a setting that outlives it is others' behind a pooler
            await server.execute("SET LOCAL session_replication_role = replica")  # triggers take most of the time
            for each in (AFRESH, TRANSCRIPTS, ENDED, OPEN, NAMES):
                await server.execute(each)
        await server.execute("VACUUM ANALYZE jobs, names, transcripts")
    yield SQLStore(Listening(store.engine), store.replicas)
    await store.close()


async def test_no_statement_of_a_busy_day_reads_a_whole_table(store):
    start = Start("token", NOW + LEASE, lambda _: (FAMILY, 2))
    first = await store.accept(message(1, chat_id=1, file="same"), NOW, 100, start)
    follower = await store.accept(
        message(2, chat_id=2, file="same"), NOW, 100, Start("other", NOW + LEASE, lambda _: None)
    )
    await store.admit(follower, FAMILY, 2, NOW)
    await store.record(follower, Waiting(LATER, SAME), NOW)
    await store.accept(message(3, chat_id=3), NOW, 100)
    third = (await store.claim(NOW + 1, NOW + LEASE, 10, (-1000, -1001))).jobs[0]
    await store.claim_interrupted(NOW, NOW + LEASE)
    await store.record(await again(store, first), Ready(Transcript("said"), KEPT_UNTIL), NOW)
    (ready, *_) = [job for job in (await store.claim(NOW, NOW + LEASE, 10)).jobs if job.state is State.READY]
    await store.record(ready, Ended(State.DELIVERED), NOW)
    await store.record(third, Hopeless(APOLOGY), NOW)
    await store.cancel(follower.id, 2, 900, NOW)
    await store.cancel_at(CHAT, 900, None, NOW)
    await store.job_at(CHAT, 900)
    await store.claim_errands(NOW, NOW + LEASE, 9)
    await store.cancel_all(CHAT, None, NOW)
    await store.slots_taken()
    await store.backlog(NOW)
    await store.purge(NOW, NOW - MANY, 500)
    assert await store.purge(NOW + 5, NOW - MANY, 500) == 5  # texts, with the names in them
    await store.recover(NOW, lambda _interrupted, _deaths: 0.0)
    plans = store.engine.plans
    assert len(plans) > 25
    assert {sql: plan for sql, plan in plans.items() if WHOLE.search(plan)} == {}
