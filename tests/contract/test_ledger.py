"""The ledger in PostgreSQL, asked by several processes' worth of connections at once."""

import asyncio
import itertools
from bisect import bisect_left
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio

from bot.telegram.pacing.together import LEAST, SEVERAL, SOON
from storage.errors import StorageUnavailableError
from storage.ledger import Ask, Limit, Narrowing, Verdict
from storage.postgres import engine
from tests import postgres

pytestmark = pytest.mark.asyncio(loop_scope="session")  # on which the database is borrowed
EACH = 25
PERSON, OTHER, FAMILY = 1001, 1002, -5001
MANY, SPAN = Limit(10_000, 60.0), 60.0
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
NARROWING = Narrowing(EACH, SEVERAL, SOON, LEAST)


@pytest_asyncio.fixture(loop_scope="session")
async def database(postgres_url):
    """A hand on the tables, which are empty."""
    async with postgres.connected(postgres_url) as connection:
        yield connection


@pytest_asyncio.fixture(loop_scope="session")
async def ledgers(database, postgres_url, lender):
    """The ledgers of four processes."""
    async with AsyncExitStack() as stack:
        stores = [await stack.enter_async_context(lender.store(postgres_url)) for _ in range(4)]
        yield [store.ledger for store in stores]


@pytest.fixture
def ledger(ledgers):
    return ledgers[0]


def message(chat_id=PERSON, *, of_chat=MANY, of_messages=None, overall=EACH):
    return Ask(chat_id, True, of_chat, of_messages, overall, EACH)


def edit(chat_id=PERSON, *, of_chat=MANY, overall=EACH):
    return Ask(chat_id, False, of_chat, None, overall, EACH)


async def fill(database, messages=EACH, edits=0, ahead=0.0):
    """Have so much written to all chats, or promised, so many seconds from now."""
    moment = "array_fill(extract(epoch FROM clock_timestamp())::float8 + $1::float8, ARRAY[{}])"
    columns = f"messages = messages || {moment.format(messages)}, edits = edits || {moment.format(edits)}"
    await database.execute("INSERT INTO pace_overall (id) VALUES (1) ON CONFLICT DO NOTHING")
    await database.execute(f"UPDATE pace_overall SET {columns}", ahead)


async def several(ledger, asks):
    return [await ledger.ask(each, ()) for each in asks]


def most_within(moments, span):
    moments = sorted(moments)
    return max(bisect_left(moments, moment + span) - at for at, moment in enumerate(moments))


async def test_all_that_ask_at_once_get_no_more_than_there_is(ledgers):
    """Each of four asks again as soon as it may; together they would write several times as much."""
    granted = [[] for _ in ledgers]

    async def replica(ledger, first, moments):
        while sum(map(len, granted)) < 4 * EACH:
            answer = await ledger.ask(message(first + len(moments)), ())
            assert answer.verdict is Verdict.GRANTED
            moments.append(answer.moment)
            await asyncio.sleep(answer.wait)

    asked = zip(ledgers, itertools.count(10_000, 10_000), granted, strict=False)
    await asyncio.gather(*(replica(*each) for each in asked))
    moments = [moment for each in granted for moment in each]
    assert most_within(moments, 1.0) <= EACH
    waited = [sum(moment > min(moments) + 0.9 for moment in each) for each in granted]
    assert min(waited) >= max(waited) / 2


async def test_of_a_burst_from_all_sides_each_gets_a_place_of_its_own(ledgers, monkeypatch):
    monkeypatch.setattr(engine, "ASKED_WITHIN", 30.0)  # seconds, as many ask for each of few connections
    asked = [each.ask(message(100 * at + number), ()) for at, each in enumerate(ledgers) for number in range(EACH)]
    answers = await asyncio.gather(*asked)
    moments = sorted(each.moment for each in answers)
    assert {each.verdict for each in answers} == {Verdict.GRANTED}
    assert most_within(moments, 1.0) <= EACH
    assert len(set(moments)) == len(moments)


async def test_a_place_is_not_of_the_time_before_others_had_theirs(ledger, database):
    """Those who waited for each other would else be granted the same moment, and more than there may be."""
    await ledger.ask(message(), ())
    async with database.transaction():
        await database.execute("SELECT 1 FROM pace_overall FOR UPDATE")
        asking = asyncio.create_task(ledger.ask(message(), ()))
        while not await database.fetchval(WAITING):
            await database.execute("SELECT pg_stat_clear_snapshot()")
        released_at = await database.fetchval("SELECT extract(epoch FROM clock_timestamp())::float8")
    assert (await asking).moment > released_at


async def test_one_group_asked_for_from_all_sides_gets_its_messages_and_no_more(ledgers):
    group = message(FAMILY, of_messages=Limit(20, 61.0), overall=EACH)
    answers = await asyncio.gather(*(each.ask(group, ()) for each in ledgers for _ in range(10)))
    verdicts = [each.verdict for each in answers]
    assert verdicts.count(Verdict.GRANTED) == 20
    assert verdicts.count(Verdict.CHAT) == 20
    told = sorted(each.wait for each in answers if each.verdict is Verdict.CHAT)
    assert 50 < told[0] <= 61
    assert all(
        later - sooner > 0.1 for sooner, later in itertools.pairwise(told)
    )  # 3 s, but for those between the asks
    assert told[-1] - told[0] > 45
    assert (await ledgers[0].ask(edit(FAMILY), ())).verdict is Verdict.GRANTED


async def test_what_a_chat_is_promised_begins_anew_and_keeps_nobody_out(ledger, database):
    busy = message(of_chat=Limit(1, 60.0))
    waits = [each.wait for each in await several(ledger, [busy] * 5)]
    assert waits == [0] + [pytest.approx(60.0 * part, abs=5) for part in (1, 2, 1, 2)]
    await database.execute("UPDATE pace SET messages = ARRAY(SELECT unnest(messages) - 60)")
    assert (await ledger.ask(busy, ())).verdict is Verdict.GRANTED


async def test_edits_count_in_their_chat_and_not_among_the_messages_of_all(ledger, database):
    await fill(database, ahead=2.0)
    narrow = Limit(1, SPAN)
    assert (await ledger.ask(edit(PERSON, of_chat=narrow), ())).wait == 0
    assert (await ledger.ask(edit(PERSON, of_chat=narrow), ())).verdict is Verdict.CHAT
    assert (await ledger.ask(message(PERSON, of_chat=narrow), ())).verdict is Verdict.CHAT
    assert (await ledger.ask(message(OTHER), ())).wait > 0


async def test_those_that_wait_go_evenly(ledger, database):
    await fill(database, ahead=3.0)
    moments = [each.moment for each in await several(ledger, [message()] * 10)]
    gaps = [later - sooner for sooner, later in itertools.pairwise(moments)]
    assert gaps == [pytest.approx(1 / EACH, abs=1e-5)] * 9


async def test_one_that_leaves_the_last_places_to_others_is_promised_none(ledger, database):
    await fill(database, EACH - 5, ahead=2.0)
    answer = await ledger.ask(message(overall=EACH - 5), ())
    assert answer.verdict is Verdict.OVERALL
    assert 0 < answer.wait <= 3
    answers = await several(ledger, [message()] * 6)
    assert [each.wait == 0 for each in answers] == [True] * 5 + [False]


async def test_nothing_is_promised_for_long(ledger, database):
    await fill(database, ahead=5.4)
    answer = await ledger.ask(message(), ())
    assert (answer.verdict, answer.wait) == (Verdict.OVERALL, 5)


async def test_a_chat_that_one_process_was_refused_takes_nothing_from_any(ledgers):
    await ledgers[0].block(PERSON, 30.0)
    answer = await ledgers[1].ask(message(), ())
    assert answer.verdict is Verdict.BLOCKED
    assert 20 < answer.wait <= 30
    assert (await ledgers[1].ask(message(OTHER), ())).verdict is Verdict.GRANTED
    await ledgers[2].block(PERSON, 0.05)
    await asyncio.sleep(0.06)
    assert (await ledgers[3].ask(message(), ())).verdict is Verdict.GRANTED


async def test_refusals_seen_by_several_processes_let_messages_and_edits_share_a_window(ledgers, database):
    await fill(database, EACH - 5, 5, ahead=3.0)
    assert [each.wait for each in await several(ledgers[0], [message(), edit()])] == [0, 0]
    told = [await each.refused(None, NARROWING) for each in ledgers[:SEVERAL]]
    assert told == [None] * (SEVERAL - 1) + [EACH]
    answers = await several(ledgers[3], [message(), edit(), message()])
    assert all(each.wait > 0 for each in answers)
    gaps = [later.moment - sooner.moment for sooner, later in itertools.pairwise(answers)]
    assert gaps == [pytest.approx(1 / EACH, abs=1e-5)] * 2


async def test_after_a_minute_without_refusals_there_is_room_again(ledger, database):
    for _ in range(SEVERAL):
        await ledger.refused(None, NARROWING)
    await database.execute("UPDATE pace_overall SET narrowed_at = narrowed_at - 61")
    await fill(database, EACH - 5, EACH - 5, ahead=3.0)
    assert [each.wait for each in await several(ledger, [message(), edit()])] == [0, 0]


async def test_further_refusals_halve_what_goes_down_to_the_least(ledger):
    told = [await ledger.refused(None, NARROWING) for _ in range(6 * SEVERAL)]
    assert [places for places in told if places] == [25, 12, 6, 4, 4, 4]


async def test_a_refusal_of_a_write_from_before_tells_nothing_new(ledger):
    written = (await ledger.ask(message(), ())).moment
    for _ in range(SEVERAL):
        await ledger.refused(None, NARROWING)
    assert [await ledger.refused(written, NARROWING) for _ in range(SEVERAL)] == [None] * SEVERAL


async def test_refusals_that_are_rare_tell_nothing(ledger, database):
    for _ in range(2 * SEVERAL):
        assert await ledger.refused(None, NARROWING) is None
        await database.execute("UPDATE pace_overall SET refused = ARRAY(SELECT unnest(refused) - 2)")


async def test_places_that_are_given_back_are_free_again(ledger, database):
    answers = await several(ledger, [message()] * 3)
    await fill(database, EACH - 3, ahead=3.0)
    back = [(each.moment, 0.0) for each in answers]
    again = [await ledger.ask(message(), back), *await several(ledger, [message()] * 3)]
    assert [each.wait == 0 for each in again] == [True] * 3 + [False]


async def test_writes_that_went_late_count_from_then(ledger, database):
    written = (await ledger.ask(message(), ())).moment
    await fill(database, EACH - 1, ahead=3.0)
    answer = await ledger.ask(message(), [(written, written + 2.0)])
    assert answer.moment == pytest.approx(written + 3.0)


async def test_a_clock_that_is_put_back_keeps_nobody_waiting(ledger, database):
    await ledger.ask(message(OTHER), ())
    await ledger.block(OTHER, 30.0)
    for _ in range(SEVERAL):
        await ledger.refused(None, NARROWING)
    await fill(database, EACH, EACH)
    for table, ahead in {
        "pace": "blocked_until = blocked_until + 9000, promised = promised + 9000",
        "pace_overall": "next_message = 9e9, next_edit = 9e9, narrowed_at = narrowed_at + 9000, swept_at = 9e9",
    }.items():
        moved = ", ".join(f"{kind} = ARRAY(SELECT unnest({kind}) + 9000)" for kind in ("messages", "edits"))
        await database.execute(f"UPDATE {table} SET {moved}, {ahead}")
    answers = await several(ledger, [message(OTHER), edit(OTHER)] * EACH)
    assert [each.wait for each in answers] == [0] * 2 * EACH


async def test_idle_chats_are_swept_once_a_minute(ledger, database):
    await ledger.ask(message(PERSON), ())
    await ledger.block(OTHER, 500.0)
    await ledger.block(7, 0.0)
    await database.execute("UPDATE pace SET messages = ARRAY(SELECT unnest(messages) - 100)")
    await ledger.ask(message(FAMILY), ())
    assert await chats(database) == [FAMILY, 7, PERSON, OTHER]
    await database.execute("UPDATE pace_overall SET swept_at = swept_at - 61")
    await ledger.ask(message(FAMILY), ())
    assert await chats(database) == [FAMILY, OTHER]


async def chats(database):
    return [row["chat_id"] for row in await database.fetch("SELECT chat_id FROM pace ORDER BY chat_id")]


async def test_after_a_crash_of_the_database_the_ledger_begins_anew(ledger, database):
    await fill(database, ahead=3.0)
    await database.execute("TRUNCATE pace, pace_overall")
    assert (await ledger.ask(message(), ())).wait == 0
    await ledger.block(PERSON, 1.0)
    await database.execute("TRUNCATE pace, pace_overall")
    assert await ledger.refused(None, NARROWING) is None


async def test_nothing_of_it_is_logged(database):
    kinds = await database.fetch("SELECT relpersistence::text FROM pg_class WHERE relname IN ('pace', 'pace_overall')")
    assert [row["relpersistence"] for row in kinds] == ["u", "u"]


async def test_while_somebody_keeps_the_table_the_database_counts_as_out_of_reach(ledger, database):
    async with database.transaction():
        await database.execute("LOCK TABLE pace_overall")
        with pytest.raises(StorageUnavailableError):
            await ledger.ask(message(), ())
    assert (await ledger.ask(message(), ())).verdict is Verdict.GRANTED
