"""The engine on PostgreSQL: its schema, its clock, its bad days, and what it stores otherwise than SQLite."""

import asyncio
import time
from contextlib import asynccontextmanager, suppress
from urllib.parse import parse_qsl, urlsplit

import pytest
import pytest_asyncio

from storage.apology import Notice
from storage.errors import (
    DatabaseDamagedError,
    ForeignTablesError,
    SchemaTooNewError,
    StorageError,
    StorageUnavailableError,
)
from storage.opening import open_store
from storage.outcomes import Submitted
from storage.postgres.failures import RefusedError
from storage.postgres.migrate import migrate, migrations, oldest_program
from storage.words import State
from tests import postgres
from tests.contract.stored import (
    LATER,
    LEASE,
    NOW,
    accepted,
    again,
    claimed,
    fetching,
    message,
    part,
    uploading,
)

COMMIT = b"COMMIT\0"


@pytest.fixture
def database(postgres_url):
    """No other engine than this one."""
    return postgres_url


@asynccontextmanager
async def opened(url):
    store = await open_store(url, lambda: NOW)
    try:
        yield store
    finally:
        await store.close()


class Wire:
    """The way to the server. It breaks when the client says a word, before or after the server hears it."""

    def __init__(self, url):
        self._parts = urlsplit(url)
        self.word, self.is_heard = None, False
        self._is_broken = False

    @asynccontextmanager
    async def laid(self):
        async with await asyncio.start_server(self._connect, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            yield f"postgresql://postgres:password-of-somebody@127.0.0.1:{port}{self._parts.path}"

    async def _connect(self, reader, writer):
        ends = await self._to_server()
        heard = asyncio.create_task(self._listen(reader, ends[1]))
        said = asyncio.create_task(self._answer(ends[0], writer))
        await asyncio.wait([heard, said], return_when=asyncio.FIRST_COMPLETED)
        heard.cancel()
        said.cancel()
        await asyncio.gather(heard, said, return_exceptions=True)
        for each in (ends[1], writer):
            each.close()

    async def _to_server(self):
        asked = dict(parse_qsl(self._parts.query))
        if "host" in asked:
            return await asyncio.open_unix_connection(f"{asked['host']}/.s.PGSQL.{asked.get('port', 5432)}")
        return await asyncio.open_connection(self._parts.hostname, self._parts.port)

    async def _listen(self, client, server):
        while data := await client.read(65536):
            if self.word is not None and self.word in data:
                self.word, self._is_broken = None, True
                if not self.is_heard:
                    self._is_broken = False
                    return
            server.write(data)

    async def _answer(self, server, client):
        """Pass the server's answers on. The first one after the word says that it has done what it heard."""
        while data := await server.read(65536):
            if self._is_broken:
                self._is_broken = False
                return
            client.write(data)


@pytest.fixture
def wire(database):
    return Wire(database)


@pytest_asyncio.fixture(loop_scope="session")
async def remote(wire):
    """A store whose connections may break."""
    async with wire.laid() as url, opened(url) as store:
        yield store


async def test_a_connection_that_breaks_in_a_transaction_is_replaced(store, wire, remote):
    job = await uploading(store)
    wire.word = b"UPDATE"
    assert await remote.place(job, 900, Notice.NONE)
    assert wire.word is None
    assert (await again(store, job)).placeholder_id == 900


async def test_connections_that_the_server_ends_are_replaced(store, database):
    await store.ping()
    async with postgres.connected(database) as server:
        await server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            " AND application_name = 'verbatim' AND pid <> pg_backend_pid()"
        )
    await store.ping()
    assert (await store.claim(NOW, NOW + LEASE, 1)).jobs == ()


@pytest.mark.parametrize("is_heard", [False, True], ids=["before the server hears of it", "after it"])
async def test_a_commit_whose_answer_is_lost_can_be_asked_for_again(store, wire, remote, is_heard):
    job = await uploading(store)
    for ask, stored in (
        (lambda: remote.page_placed(job, 1, 900), lambda _now: True),
        (lambda: remote.start_create(job), lambda now: now.create_started),
        (lambda: remote.created(job, part()), lambda now: not now.create_started),
    ):
        wire.word, wire.is_heard = COMMIT, is_heard
        with pytest.raises(StorageUnavailableError):
            await ask()
        assert await ask()
        assert stored(await again(store, job))
    wire.word = COMMIT
    with pytest.raises(StorageUnavailableError):
        await remote.record(job, Submitted(LATER, 12.5, None), NOW)
    assert await remote.record(job, Submitted(LATER, 12.5, None), NOW) is not is_heard
    assert (await again(store, job)).state is State.SUBMITTED
    assert len(await store.generations(job)) == 1


async def test_a_commit_is_on_the_disk_whatever_the_server_is_set_to(store):
    row = await store.engine.write(lambda transaction: transaction.row("SHOW synchronous_commit"))
    assert row[0] == "on"


@pytest.mark.parametrize("is_heard", [False, True], ids=["before the server hears of it", "after it"])
async def test_a_single_statement_whose_answer_is_lost_is_sent_again(store, wire, remote, is_heard):
    """It is a transaction by itself, without a word that begins or ends it, unless a pooler needs one."""
    job = await uploading(store)
    wire.word, wire.is_heard = b"UPDATE", is_heard
    assert await remote.place(job, 900, Notice.NONE)
    assert wire.word is None
    wire.word = b"BEGIN"
    assert await remote.place(job, 900, Notice.NONE)
    assert (wire.word is None) is remote.engine._way.pooled
    assert (await again(store, job)).placeholder_id == 900


@pytest.mark.parametrize("is_heard", [False, True], ids=["before the server hears of it", "after it"])
async def test_a_message_whose_commit_is_lost_is_one_job(store, wire, remote, is_heard):
    wire.word, wire.is_heard = COMMIT, is_heard
    with pytest.raises(StorageUnavailableError):
        await remote.accept(message(1), NOW)
    await remote.accept(message(1), NOW)
    assert (await claimed(store)).message_id == 1


async def test_a_server_that_is_not_there_is_told_without_the_password(database, refusing_port):
    with pytest.raises(StorageUnavailableError) as refused:
        await open_store(f"postgresql://somebody:password-of-somebody@127.0.0.1:{refusing_port}/jobs", lambda: NOW)
    assert f"jobs on 127.0.0.1:{refusing_port} cannot be used just now" in str(refused.value)
    assert "somebody" not in str(refused.value)


async def test_a_database_that_is_not_there_is_told(database):
    with pytest.raises(StorageUnavailableError, match=r"there is no such database|08P01"):  # the latter from a pooler
        await open_store(urlsplit(database)._replace(path="/nowhere").geturl(), lambda: NOW)


async def test_an_address_with_something_unknown_is_told(database):
    with pytest.raises(StorageError, match="something that the driver does not know"):
        await open_store("postgresql://somebody:password@127.0.0.1/jobs?sslmode=perhaps", lambda: NOW)


@pytest.mark.parametrize("option", ["connect_timeout=10", "statement_timeout=soon", "max_connections=5"])
async def test_an_address_with_something_that_the_server_does_not_know_is_told(database, option):
    address = f"{database}{'&' if urlsplit(database).query else '?'}{option}"
    with pytest.raises(StorageError, match=r"something that the driver does not know|08P01"):  # the latter as above
        await open_store(address, lambda: NOW)


async def test_an_address_with_options_that_the_server_cannot_read_is_told(database):
    address = f"{database}{'&' if urlsplit(database).query else '?'}options=-c%20nothing"
    with pytest.raises(StorageError, match=r"something that the driver does not know|08P01"):  # the latter as above
        await open_store(address, lambda: NOW)


async def test_a_host_that_no_name_can_have_is_told():
    with pytest.raises(StorageError, match=r"the address of jobs on one\.\.two has something"):
        await open_store("postgresql://somebody:password@one..two/jobs", lambda: NOW)


async def test_a_schema_that_is_not_there_is_told(database):
    address = f"{database}{'&' if urlsplit(database).query else '?'}search_path=nowhere"
    with pytest.raises(StorageUnavailableError, match=r"there is no schema|08P01"):  # the latter as above
        await open_store(address, lambda: NOW)


@pytest.mark.parametrize("table", ["jobs (recipe text)", "schema_version (revision text)"])
async def test_tables_of_another_program_are_told_and_left_as_they_are(database, table):
    name = table.partition(" ")[0]
    async with postgres.connected(database) as server:
        await server.execute("CREATE SCHEMA of_another_program")
        try:
            await server.execute(f"CREATE TABLE of_another_program.{table}")
            await server.execute("SET search_path = of_another_program")
            with pytest.raises(ForeignTablesError, match="tables of another program in it"):
                await migrate(server)
            sql = "SELECT tablename FROM pg_tables WHERE schemaname = 'of_another_program'"
            assert [row["tablename"] for row in await server.fetch(sql)] == [name]
        finally:
            await server.execute("RESET search_path; DROP SCHEMA of_another_program CASCADE")


async def test_a_transaction_goes_on_when_its_caller_is_cancelled(store):
    job = await uploading(store)
    begun = asyncio.Event()

    async def slow(tx):
        begun.set()
        await tx.rows("SELECT pg_sleep(0.05)")
        await tx.rows("UPDATE jobs SET notice = 'kept' WHERE id = $1", job.id)

    asking = asyncio.create_task(store.engine.write(slow))
    await begun.wait()
    asking.cancel()
    with suppress(asyncio.CancelledError):
        await asking
    await store.close()
    async with opened_again(store) as it:
        assert await it.engine.read(lambda found: found[0]["notice"], "SELECT notice FROM jobs") == "kept"


@asynccontextmanager
async def opened_again(store):
    async with opened(store.engine._way.url) as it:
        yield it


async def test_a_transaction_that_fails_leaves_nothing_and_tells_no_text(store):
    job = await fetching(store)
    secret = "what somebody said"

    async def fails(tx):
        await tx.rows("UPDATE jobs SET notice = 'kept', file_id = $2 WHERE id = $1", job.id, secret)
        await tx.rows("UPDATE jobs SET state = 'nowhere' WHERE id = $1", job.id)

    with pytest.raises(RefusedError) as refused:
        await store.engine.write(fails)
    assert "CheckViolationError (23514, jobs" in str(refused.value)
    assert secret not in str(refused.value)
    assert await again(store, job) == job
    with pytest.raises(RefusedError):
        await store.engine.write(lambda tx: tx.rows("SELECT id FROM jobs WHERE id = $1", secret))


async def test_two_that_wait_for_each_other_are_both_carried_out(store):
    one, other = await accepted(store, 1), await accepted(store, 2)
    meeting = asyncio.Barrier(2)
    tries = []

    async def both(tx, first, second):
        tries.append(first)
        await tx.rows("UPDATE jobs SET attempts = attempts + 1 WHERE id = $1", first)
        if len(tries) <= 2:
            await meeting.wait()
        await tx.rows("UPDATE jobs SET attempts = attempts + 1 WHERE id = $1", second)

    await asyncio.gather(
        store.engine.write(lambda tx: both(tx, one.id, other.id)),
        store.engine.write(lambda tx: both(tx, other.id, one.id)),
    )
    assert len(tries) == 3
    assert [(await again(store, each)).attempts for each in (one, other)] == [2, 2]


async def test_claims_do_not_stand_behind_those_that_wait_for_locks(store, database):
    job = await accepted(store)
    async with opened(database) as other:
        held, may_go = asyncio.Event(), asyncio.Event()

        async def hold(tx):
            await tx.alone_with("key")
            held.set()
            await may_go.wait()

        holding = asyncio.create_task(other.engine.write(hold))
        await held.wait()
        waiting = [asyncio.create_task(store.engine.write(lambda tx: tx.alone_with("key"))) for _ in range(30)]
        claim = await store.claim(NOW, NOW + LEASE, 1)
        assert [each.id for each in claim.jobs] == [job.id]
        assert await store.renew(claim.jobs[0], NOW + 2 * LEASE)
        assert not any(each.done() for each in waiting)
        may_go.set()
        await asyncio.gather(holding, *waiting)


async def test_what_no_text_may_hold_is_stored_as_a_sign_for_it(store):
    job = await accepted(store, 1, file_id="a\0b\ud83d!", speaks="de")
    assert job.file_id == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}!"
    whole = await accepted(store, 2, file_id="\N{GRINNING FACE} é")
    assert whole.file_id == "\N{GRINNING FACE} é"


async def test_ids_of_64_bits_are_kept(store):
    chat, person = -(2**62), 2**62
    job = await accepted(store, 2**60, chat_id=chat, user_id=person, thread_id=2**59, claimed_bytes=2**50)
    assert (job.chat_id, job.user_id, job.message_id) == (chat, person, 2**60)
    assert await store.tell_stranger(person, NOW, 5)
    assert not await store.tell_stranger(person, NOW, 5)
    assert await store.own(person, None)
    assert await store.hear_owner(person, "de")
    await store.opt_out(person)
    await store.move_chat(chat, chat - 1)
    assert await store.cancel_all(chat - 1, person, NOW) == 1
    assert (await again(store, job)).chat_id == chat - 1
    await store.forget(person)
    while await store.erase(NOW, 10):
        pass
    assert (
        (await store.held(person, 5)).has_opted_out if hasattr(await store.held(person, 5), "has_opted_out") else True
    )


async def test_the_clock_is_that_of_the_database(store, database):
    async with postgres.connected(database) as server:
        before = store.now()
        there = await server.fetchval("SELECT extract(epoch FROM clock_timestamp())::float8")
        assert before - 0.5 < there < store.now() + 0.5
    before = store.last_write_at
    await store.ping()
    assert before <= store.last_write_at <= store.now()


async def test_what_is_asked_by_a_clock_that_was_far_off_is_refused_and_asked_again(store):
    clock = store.engine._clock
    clock._offset -= 100.0
    clock._measured_at -= 100.0
    job = await accepted(store)
    with pytest.raises(StorageUnavailableError, match=r"stood still, or a clock was set, by \+100.0 s"):
        await store.claim(NOW, NOW + LEASE, 1)
    assert abs(store.now() - time.time()) < 1.0
    assert [each.id for each in (await store.claim(NOW, NOW + LEASE, 1)).jobs] == [job.id]


async def test_a_row_that_cannot_be_read_is_damage_that_no_repair_of_ours_helps(store):
    job = await accepted(store)
    await store.engine.write(lambda tx: tx.rows("UPDATE jobs SET options = 'no options' WHERE id = $1", job.id))
    with pytest.raises(DatabaseDamagedError, match=r"restore a backup of it$"):
        await store.job(job.id)
    assert isinstance(await store.until_damaged(), DatabaseDamagedError)
    with pytest.raises(DatabaseDamagedError):
        await store.ping()
    for looks in (store.verify, store.scrub):
        with pytest.raises(DatabaseDamagedError):
            await looks()
    with pytest.raises(DatabaseDamagedError):
        store.require_place()


async def test_a_schema_that_is_newer_and_says_so_is_worked_with(store, database):
    async with postgres.connected(database) as server:
        stored = await server.fetchrow("SELECT version, oldest_program FROM schema_version")
        assert stored["version"] == migrations()[-1][0]
        try:
            await server.execute("UPDATE schema_version SET version = 9999")
            await server.execute("ALTER TABLE jobs ADD COLUMN newer TEXT")
            async with opened(database) as it:
                assert (await accepted(it)).message_id == 1
            await server.execute("UPDATE schema_version SET oldest_program = 9999")
            with pytest.raises(SchemaTooNewError, match=r"9999, which this program .* does not work with"):
                await open_store(database, lambda: NOW)
        finally:
            sql = "UPDATE schema_version SET version = $1, oldest_program = $2"
            await server.execute(sql, stored["version"], stored["oldest_program"])
            await server.execute("ALTER TABLE jobs DROP COLUMN newer")


def test_every_migration_says_which_programs_work_with_it():
    numbers = [number for number, _ in migrations()]
    assert numbers == list(range(1, len(numbers) + 1))
    assert all(1 <= oldest_program(script) <= number for number, script in migrations())


async def test_of_several_that_start_together_one_makes_the_schema(database):
    name = f"{urlsplit(database).path[1:]}_new"
    async with postgres.connected(database) as server:
        await server.execute(f'CREATE DATABASE "{name}"')
    url = urlsplit(database)._replace(path=f"/{name}").geturl()
    stores = await asyncio.gather(*(open_store(url, lambda: NOW, owner=7) for _ in range(3)))
    with pytest.raises(StorageError, match="the database holds the jobs of bot 7"):
        await open_store(url, lambda: NOW, owner=8)
    await accepted(stores[0])
    assert (await claimed(stores[1])).message_id == 1
    for each in stores:
        await each.close()
    async with postgres.connected(database) as server:
        await server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
