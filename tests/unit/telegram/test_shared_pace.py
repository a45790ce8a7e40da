"""The pace of several processes that share a ledger."""

import asyncio
from bisect import bisect_right
from functools import partial

import pytest
from telegram.error import RetryAfter

from bot.errors import RateLimitedError
from bot.telegram.pace import KEPT_EDITS, Urgency
from bot.telegram.pacing.chat import GROUP, MESSAGES, PRIVATE
from bot.telegram.pacing.line import QUIET
from bot.telegram.pacing.shared import ALONE, AWAY_FOR, EACH, LATE, MARGIN
from bot.telegram.pacing.together import SEVERAL, SPAN
from bot.telegram.pacing.windows import LONGEST_WAIT
from tests.clock import Clock
from tests.ledger import MemoryLedger
from tests.pacing import EDIT, MESSAGE, Writers
from tests.unit.workbench import reading_lines

ANSWER, PLACEHOLDER = Urgency.ANSWER, Urgency.PLACEHOLDER
PERSON, OTHER, FAMILY = 1001, 1002, -5001
STEP = SPAN / EACH


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def ledger(clock):
    return MemoryLedger(clock)


@pytest.fixture
async def replicas(clock, ledger):
    """Four processes."""
    all_of_them = [Writers(clock, ledger) for _ in range(4)]
    yield all_of_them
    for each in all_of_them:
        await each.end()


@pytest.fixture
def one(replicas):
    return replicas[0]


@pytest.fixture
def another(replicas):
    return replicas[1]


def gone(*replicas, endpoint=MESSAGE):
    return sorted(each.went for writers in replicas for each in writers.all if each.went and each.endpoint == endpoint)


def most_within(moments, span=SPAN):
    return max(bisect_right(moments, moment + span - 1e-6) - at for at, moment in enumerate(moments))


async def crowd(writers, writes, urgency=ANSWER, endpoint=MESSAGE, first=10_000):
    return [await writers.write(first + number, urgency, endpoint) for number in range(writes)]


async def refuse(writers, chat_id, retry_after=1, endpoint=MESSAGE):
    async def refused():
        raise RetryAfter(retry_after)

    with pytest.raises(RetryAfter):
        await writers.pace.process_request(refused, (), {}, endpoint, {"chat_id": chat_id}, ANSWER)


@pytest.mark.parametrize("endpoint", [MESSAGE, EDIT])
async def test_all_processes_together_write_no_faster_than_one_may(replicas, endpoint):
    for number, each in enumerate(replicas):
        await crowd(each, 2 * EACH, endpoint=endpoint, first=10_000 * (number + 1))
    await replicas[0].pass_(9 * SPAN)
    moments = gone(*replicas, endpoint=endpoint)
    assert len(moments) == 8 * EACH
    assert most_within(moments) <= EACH
    assert moments[-1] - moments[0] <= 8 * SPAN


async def test_each_write_costs_one_question(replicas, ledger):
    for number, each in enumerate(replicas):
        await crowd(each, EACH, PLACEHOLDER, first=10_000 * (number + 1))
    await replicas[0].pass_(5 * SPAN)
    assert len(gone(*replicas)) == len(ledger.asked) == 4 * EACH


async def test_messages_and_edits_take_no_room_from_one_another(one, another):
    await crowd(one, EACH)
    await crowd(another, EACH, endpoint=EDIT)
    assert len(gone(one)) == len(gone(another, endpoint=EDIT)) == EACH


async def test_a_process_with_much_to_say_keeps_another_one_waiting_for_a_turn_of_its_own_alone(one, another):
    await crowd(one, 10 * EACH)
    await one.pass_(3.5 * SPAN)
    written = await another.write(PERSON)
    await one.pass_(SPAN)
    assert written.went - written.came <= 2 * STEP + 1e-6


async def test_those_that_have_much_to_say_get_equal_parts(replicas):
    for number, each in enumerate(replicas):
        await crowd(each, (10 if number == 0 else 4) * EACH, first=10_000 * (number + 1))
    await replicas[0].pass_(8 * SPAN)
    parts = [len(gone(each)) for each in replicas]
    assert min(parts[1:]) >= 1.7 * EACH
    assert sum(parts) >= 8 * EACH


async def test_answers_go_before_the_placeholders_of_their_process(one):
    await crowd(one, 6 * EACH, PLACEHOLDER)
    await one.pass_(1.5 * SPAN)
    answer = await one.write(PERSON, ANSWER)
    await one.pass_(SPAN)
    assert answer.went - answer.came <= 2 * STEP + 1e-6


async def test_notices_leave_the_last_edits_to_answers_of_other_processes(one, another):
    await crowd(one, EACH, PLACEHOLDER, EDIT)
    assert len(gone(one, endpoint=EDIT)) == EACH - KEPT_EDITS
    await crowd(another, EACH, ANSWER, EDIT, first=20_000)
    assert len(gone(another, endpoint=EDIT)) == KEPT_EDITS


async def test_who_has_waited_for_a_second_gets_the_last_places_too(one, another):
    notices = await crowd(one, 2 * EACH, PLACEHOLDER, EDIT)
    await crowd(another, 2 * EACH, ANSWER, EDIT, first=20_000)
    await one.pass_(4 * SPAN)
    assert all(each.went for each in notices)


async def test_busy_chats_leave_places_to_quiet_ones_of_other_processes(one, another):
    for _ in range(10):
        await one.write(PERSON)
        await one.pass_(STEP)
    await one.pass_(SPAN)
    for _ in range(EACH):
        await one.write(PERSON)
    assert len(gone(one)) == 10 + EACH - QUIET
    await crowd(another, EACH)
    assert len(gone(another)) == QUIET


@pytest.mark.parametrize(
    ("chat_id", "endpoint", "window"),
    [(PERSON, MESSAGE, PRIVATE), (PERSON, EDIT, PRIVATE), (FAMILY, EDIT, GROUP), (FAMILY, MESSAGE, MESSAGES)],
)
async def test_a_chat_gets_no_more_from_all_processes_than_from_one(one, another, chat_id, endpoint, window):
    limit, span, _ = window
    for _ in range(limit):
        for each in (one, another):
            await each.write(chat_id, ANSWER, endpoint)
        await one.pass_(4 * STEP)
    written = len(gone(one, another, endpoint=endpoint))
    assert written == limit
    await one.pass_(2 * span)
    moments = gone(one, another, endpoint=endpoint)
    assert most_within(moments, span + MARGIN) <= limit
    assert len(moments) > limit or all(each.told for each in another.all[limit:])


async def test_a_chat_whose_places_others_have_used_is_told_when_there_are_some(one, another):
    for _ in range(MESSAGES[0]):
        await one.write(FAMILY)
        await one.pass_(4 * STEP)
    refused = await another.write(FAMILY)
    assert LONGEST_WAIT < refused.told <= MESSAGES[1] + MARGIN


@pytest.mark.parametrize("retry_after", [5, 40])
async def test_what_telegram_refuses_one_process_no_other_one_asks_for(one, another, retry_after):
    await refuse(one, PERSON, retry_after)
    waits = await another.write(PERSON)
    elsewhere = await another.write(OTHER)
    assert waits.went is None
    assert elsewhere.went == elsewhere.came
    assert waits.told == (pytest.approx(retry_after) if retry_after > LONGEST_WAIT else None)
    await one.pass_(retry_after + 1)
    assert waits.told or waits.went - waits.came == pytest.approx(retry_after)


async def test_a_chat_that_others_were_refused_is_not_asked_about_again(one, another, ledger):
    await refuse(one, PERSON, 5)
    asked = len(ledger.asked)
    for _ in range(3):
        await another.write(PERSON)
    await one.pass_(1)
    assert len(ledger.asked) <= asked + 3
    await another.write(PERSON)
    assert len(ledger.asked) <= asked + 3


async def test_a_place_in_line_is_given_back_where_the_chat_was_blocked_meanwhile(one, ledger):
    await crowd(one, EACH)
    waits = await one.write(PERSON)
    one.pace.block(PERSON, 5)
    await one.pass_(2 * SPAN)
    await one.write(OTHER)
    assert waits.went is None
    assert [went for _, went in ledger.late] == [0.0]
    await one.pass_(4 * SPAN)
    assert waits.went - waits.came == pytest.approx(5)


async def test_several_slow_chats_that_are_refused_are_told_to_the_ledger(one, another, ledger):
    with reading_lines() as lines:
        for number in range(SEVERAL):
            await refuse(one if number else another, 7000 + number)
    assert len(ledger.begun) == SEVERAL
    assert None not in ledger.begun
    assert [line["writes_a_second"] for line in lines.of("pace.narrowed")] == [EACH]


async def test_a_refusal_of_a_group_tells_nothing_of_all_chats(one, ledger):
    await refuse(one, FAMILY)
    assert ledger.begun == []


async def test_a_wait_that_is_given_up_gives_its_place_back(one, ledger):
    await crowd(one, EACH)
    waits = await one.write(PERSON)
    await one.give_up(waits)
    await one.pass_(SPAN)
    await one.write(OTHER)
    assert [went for _, went in ledger.late] == [0.0]


async def test_a_wait_behind_others_that_is_given_up_leaves_nothing_behind(one, ledger):
    await crowd(one, EACH)
    waiting = await crowd(one, 3, first=20_000)
    for each in waiting[1:]:
        await one.give_up(each)
    last = await one.write(PERSON)
    await one.pass_(2 * SPAN)
    assert waiting[0].went < last.went
    assert ledger.late == []


async def test_writes_that_arrive_late_are_counted_when_they_arrived(one, ledger):
    answered = asyncio.Event()
    await one.write(PERSON, answer=answered.wait)
    counted = one.clock()
    await one.pass_(0.6)
    answered.set()
    await one.pass_(0.0)
    await one.write(OTHER)
    assert ledger.late == [(pytest.approx(counted), pytest.approx(counted + 0.6 - LATE))]


async def test_a_place_that_is_reserved_is_there_for_the_placeholder_that_follows(one, ledger):
    await one.pace.reserve(PERSON)
    assert len(ledger.asked) == 1
    written = await one.write(PERSON, PLACEHOLDER)
    assert written.went == written.came
    assert len(ledger.asked) == 1


async def test_nothing_is_reserved_without_asking(one):
    assert not one.pace.reserve_at_once(PERSON)


async def test_others_come_first_while_there_is_a_line(one):
    assert not one.pace.others_come_first(PERSON)
    await crowd(one, 2 * EACH)
    assert one.pace.others_come_first(PERSON)
    await one.pass_(3 * SPAN)
    assert not one.pace.others_come_first(PERSON)


async def test_a_wait_that_would_be_long_as_others_write_too_is_refused(replicas):
    for number, each in enumerate(replicas):
        await crowd(each, 6 * EACH, PLACEHOLDER, first=10_000 * (number + 1))
    await replicas[0].pass_(8 * SPAN)
    one = replicas[0]
    late = await crowd(one, int(LONGEST_WAIT) * EACH // 4, PLACEHOLDER, first=90_000)
    told = [each.told for each in late if each.told]
    assert told
    assert min(told) > LONGEST_WAIT
    assert len(set(told)) == len(told)


async def test_while_the_ledger_is_away_each_process_goes_on_slowly(one, another, ledger):
    ledger.away = True
    with reading_lines() as lines:
        await crowd(one, 2 * ALONE)
        await crowd(another, 2 * ALONE, first=20_000)
        await crowd(one, 1, endpoint=EDIT)
        await one.pass_(1.5 * SPAN)
    for each in (one, another):
        assert len(gone(each)) == 2 * ALONE
        assert most_within(gone(each)) == ALONE
    assert len(gone(one, endpoint=EDIT)) == 1
    assert {line["writes_a_second"] for line in lines.of("pace.alone")} == {ALONE}


async def test_a_ledger_that_is_back_is_asked_again(one, ledger):
    ledger.away = True
    await crowd(one, 2)
    ledger.away = False
    await one.write(PERSON)
    assert ledger.asked == []
    await one.pass_(AWAY_FOR)
    await one.write(OTHER)
    assert [each.chat_id for each in ledger.asked] == [OTHER]


async def test_a_refusal_while_the_ledger_is_away_blocks_the_chat_here(one, ledger):
    ledger.away = True
    await refuse(one, PERSON, 5)
    waits = await one.write(PERSON)
    await one.pass_(4.9)
    assert waits.went is None
    with pytest.raises(RateLimitedError):
        await one.pace.reserve(PERSON, longest=0.0)
    await one.pass_(AWAY_FOR)
    assert waits.went - waits.came == pytest.approx(5)


async def test_an_answer_of_the_ledger_that_comes_late_is_asked_for_again(one, ledger, clock):
    asked = ledger.ask

    async def slowly(write, late):
        answer = await asked(write, late)
        if len(ledger.asked) == 1:
            clock.pass_(1.0)
        return answer

    ledger.ask = slowly
    await one.write(PERSON)
    assert len(ledger.asked) == 2
    assert [went for _, went in ledger.late] == [0.0]
    assert len(gone(one)) == 1


async def test_a_ledger_that_is_always_late_keeps_nobody_from_writing(one, ledger, clock):
    asked = ledger.ask

    async def slowly(write, late):
        answer = await asked(write, late)
        clock.pass_(1.0)
        return answer

    ledger.ask = slowly
    await asyncio.wait_for(
        one.pace.process_request(partial(asyncio.sleep, 0), (), {}, MESSAGE, {"chat_id": PERSON}, ANSWER), 5
    )
    assert len(ledger.asked) == 3
