import datetime as dt
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram.error import RetryAfter, TimedOut

from bot.errors import RateLimitedError
from bot.telegram.pace import (
    GROUP,
    KEPT_FOR_THE_QUIET,
    LITTLE,
    MANY,
    OVERALL,
    PRIVATE,
    Pace,
    Urgency,
    Window,
    Write,
    seconds,
)
from tests.clock import Clock

ANSWER, PLACEHOLDER = Urgency.ANSWER, Urgency.PLACEHOLDER
PERSON, OTHER, FAMILY = 1001, 1002, -5001


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def pace(clock):
    return Pace(clock)


STEP = 2 * OVERALL[1] / OVERALL[0]  # seconds between writes that are slow enough for all chats together


def refused(pace, chat_id, urgency) -> float:
    """The seconds that a write is asked to wait."""
    with pytest.raises(RateLimitedError) as asked:
        pace.spend(chat_id, urgency)
    return asked.value.retry_after


def spend_all(pace, clock, chat_id, urgency) -> int:
    """Write until refused, slowly enough for all chats together; how often that went well."""
    for count in itertools.count():
        try:
            pace.spend(chat_id, urgency)
        except RateLimitedError:
            return count
        clock.pass_(STEP)
    raise AssertionError


def fill(pace, clock, chat_id, writes):
    for _ in range(writes):
        pace.spend(chat_id, None)
        clock.pass_(STEP)


async def answered():
    return "sent"


async def called(pace, endpoint, data, urgency=None, callback=answered):
    return await pace.process_request(callback, (), {}, endpoint, data, urgency)


def window_of(*writes) -> Window:
    window = Window(limit=4, span=10.0, kept=1)
    window.writes.extend(writes)
    return window


@pytest.mark.parametrize(
    ("writes", "urgency", "wait"),
    [
        ((), ANSWER, 0.0),
        ((100, 101, 102), ANSWER, 0.0),
        ((100, 101, 102, 103), ANSWER, 6.0),
        ((100, 101, 102, 103, 104), ANSWER, 7.0),
        ((94, 101, 102, 103), ANSWER, 0.0),
        ((100, 101), PLACEHOLDER, 0.0),
        ((100, 101, 102), PLACEHOLDER, 6.0),
        ((100, 101, 102, 103), PLACEHOLDER, 7.0),
    ],
)
def test_a_refused_write_is_told_when_there_will_be_a_place(writes, urgency, wait):
    assert window_of(*writes).delay(104.0, Write(urgency)) == wait


@pytest.mark.parametrize(("urgency", "allowed"), [(ANSWER, 4), (PLACEHOLDER, 3)])
def test_refused_writes_do_not_all_come_back_for_one_place(urgency, allowed):
    window = window_of(100, 100, 100, 100)
    waits = [window.promise(100.0, Write(urgency)) for _ in range(3)]
    assert waits == pytest.approx([10.0 + number * 10.0 / allowed for number in range(3)])


@pytest.mark.parametrize(("chat_id", "window"), [(PERSON, PRIVATE), (FAMILY, GROUP)])
def test_so_many_writes_pass_into_a_chat_within_any_span(pace, clock, chat_id, window):
    limit, span, _ = window
    assert spend_all(pace, clock, chat_id, ANSWER) == limit
    clock.pass_(span)
    assert spend_all(pace, clock, chat_id, ANSWER) == limit


def test_so_many_writes_pass_into_all_chats_at_once(pace):
    limit, span, _ = OVERALL
    for chat_id in range(limit):
        pace.spend(chat_id, ANSWER)
    assert refused(pace, PERSON, ANSWER) == pytest.approx(span)


def test_what_telegram_allows_is_not_exceeded_for_long():
    """Bots FAQ: about 30 a second overall, one a second in a chat, 20 a minute in a group."""
    overall, private, group = (limit / span for limit, span, _ in (OVERALL, PRIVATE, GROUP))
    assert overall <= 30
    assert private <= 1
    assert group <= 20 / 60


@pytest.mark.parametrize(("chat_id", "window"), [(PERSON, PRIVATE), (FAMILY, GROUP)])
def test_placeholders_leave_the_last_writes_of_a_chat_to_answers(pace, clock, chat_id, window):
    limit, _, kept = window
    assert spend_all(pace, clock, chat_id, PLACEHOLDER) == limit - kept
    assert spend_all(pace, clock, chat_id, ANSWER) == kept


def test_placeholders_leave_the_last_writes_of_all_chats_to_answers(pace):
    limit, _, kept = OVERALL
    for chat_id in range(limit - kept):
        pace.spend(chat_id, PLACEHOLDER)
    refused(pace, PERSON, PLACEHOLDER)
    for chat_id in range(kept):
        pace.spend(chat_id, ANSWER)
    refused(pace, PERSON, ANSWER)


def test_a_refused_write_does_not_count(pace, clock):
    spend_all(pace, clock, PERSON, PLACEHOLDER)
    for _ in range(50):
        refused(pace, PERSON, PLACEHOLDER)
    assert spend_all(pace, clock, PERSON, ANSWER) == PRIVATE[2]


def test_looking_ahead_counts_nothing(pace, clock):
    limit, _, kept = PRIVATE
    for _ in range(2 * limit):
        pace.check(PERSON, PLACEHOLDER)
    fill(pace, clock, PERSON, limit - kept)
    pace.check(PERSON, ANSWER)
    with pytest.raises(RateLimitedError):
        pace.check(PERSON, PLACEHOLDER)


def test_a_write_without_urgency_is_never_refused_but_counts(pace, clock):
    limit, span, _ = PRIVATE
    fill(pace, clock, PERSON, limit + 5)
    assert refused(pace, PERSON, ANSWER) == pytest.approx(span - STEP * limit)


def test_writes_of_long_ago_do_not_count(pace, clock):
    spend_all(pace, clock, PERSON, ANSWER)
    clock.pass_(3600)
    assert spend_all(pace, clock, PERSON, ANSWER) == PRIVATE[0]


@settings(max_examples=40)
@given(st.lists(st.tuples(st.floats(0, 3), st.sampled_from([PERSON, FAMILY]), st.sampled_from(Urgency)), max_size=120))
def test_after_the_wait_that_was_asked_for_the_write_goes(writes):
    clock = Clock()
    pace = Pace(clock)
    for gap, chat_id, urgency in writes:
        clock.pass_(gap)
        try:
            pace.spend(chat_id, urgency)
        except RateLimitedError as error:
            clock.pass_(error.retry_after + 1e-5)
            pace.spend(chat_id, urgency)


async def test_a_request_for_patience_blocks_its_own_chat_only(pace, clock):
    async def overheard():
        raise RetryAfter(dt.timedelta(seconds=40))

    with pytest.raises(RetryAfter):
        await called(pace, "sendMessage", {"chat_id": PERSON}, ANSWER, overheard)
    assert refused(pace, PERSON, ANSWER) == pytest.approx(40)
    assert await called(pace, "sendMessage", {"chat_id": OTHER}, ANSWER) == "sent"
    assert await called(pace, "sendMessage", {"chat_id": PERSON}) == "sent"
    clock.pass_(40)
    assert await called(pace, "editMessageText", {"chat_id": PERSON}, ANSWER) == "sent"


async def test_other_failures_pass_through_and_block_nobody(pace):
    async def slow():
        raise TimedOut

    with pytest.raises(TimedOut):
        await called(pace, "sendMessage", {"chat_id": PERSON}, ANSWER, slow)
    assert await called(pace, "sendMessage", {"chat_id": PERSON}, ANSWER) == "sent"


@pytest.mark.parametrize(
    ("endpoint", "data"),
    [
        ("getFile", {"file_id": "x"}),
        ("getChatMember", {"chat_id": PERSON}),
        ("sendChatAction", {"chat_id": PERSON}),
        ("deleteMessage", {"chat_id": PERSON}),
        ("answerCallbackQuery", {}),
        ("somethingNew", {"chat_id": PERSON}),
        ("sendMessage", {"chat_id": "@channel"}),
        ("sendMessage", {}),
    ],
)
async def test_what_is_no_write_into_a_chat_passes_and_counts_nothing(pace, clock, endpoint, data):
    fill(pace, clock, PERSON, PRIVATE[0] - 1)
    assert await called(pace, endpoint, data, ANSWER) == "sent"
    assert spend_all(pace, clock, PERSON, ANSWER) == 1
    assert await called(pace, endpoint, data, ANSWER) == "sent"


@pytest.mark.parametrize("endpoint", ["sendMessage", "editMessageText", "editMessageMedia", "sendDocument"])
async def test_messages_and_edits_count(pace, clock, endpoint):
    for _ in range(PRIVATE[0]):
        await called(pace, endpoint, {"chat_id": PERSON}, "answer")
        clock.pass_(STEP)
    with pytest.raises(RateLimitedError):
        await called(pace, endpoint, {"chat_id": PERSON}, "placeholder")


def test_idle_chats_are_forgotten_and_busy_ones_are_not(pace, clock):
    for chat_id in range(1, MANY):
        pace.spend(chat_id, None)
    clock.pass_(max(PRIVATE[1], GROUP[1]))
    pace.spend(FAMILY, None)
    pace.block(FAMILY, 1000.0)
    pace.block(PERSON, -1.0)
    clock.pass_(OVERALL[1])
    pace.spend(OTHER, ANSWER)
    assert set(pace._chats) == {FAMILY, OTHER}
    assert set(pace._blocked) == {FAMILY}
    assert refused(pace, FAMILY, ANSWER) == pytest.approx(1000 - OVERALL[1])


def busy_chats(pace, clock, number):
    """So many chats that have written more than a little lately, though nothing in the last second."""
    chats = range(2000, 2000 + number)
    for chat_id in chats:
        fill(pace, clock, chat_id, LITTLE + 1)
    clock.pass_(OVERALL[1])
    return chats


@pytest.mark.parametrize(("urgency", "kept"), [(PLACEHOLDER, OVERALL[2]), (ANSWER, 0)])
def test_chats_that_write_much_leave_places_to_those_that_do_not(pace, clock, urgency, kept):
    chats = iter(busy_chats(pace, clock, OVERALL[0]))
    for _ in range(OVERALL[0] - kept - KEPT_FOR_THE_QUIET):
        pace.spend(next(chats), urgency)
    refused(pace, next(chats), urgency)
    for chat_id in range(1, 1 + KEPT_FOR_THE_QUIET):
        pace.spend(chat_id, urgency)
    refused(pace, PERSON, urgency)


def test_a_quiet_chat_does_not_stand_behind_all_that_busy_chats_were_refused(pace, clock):
    chats = busy_chats(pace, clock, OVERALL[0])
    for chat_id in range(1, 1 + OVERALL[0]):
        pace.spend(chat_id, ANSWER)
    for chat_id in chats:
        for _ in range(50):
            with pytest.raises(RateLimitedError):
                pace.check(chat_id, PLACEHOLDER)
    assert refused(pace, PERSON, PLACEHOLDER) <= 2 * OVERALL[1]


def test_what_a_chat_is_refused_for_its_own_writes_costs_nobody_else(pace, clock):
    spend_all(pace, clock, PERSON, ANSWER)
    for _ in range(1000):
        refused(pace, PERSON, ANSWER)
    clock.pass_(OVERALL[1])
    for chat_id in range(OVERALL[0]):
        pace.spend(2000 + chat_id, ANSWER)
    assert refused(pace, OTHER, ANSWER) == pytest.approx(OVERALL[1])


def test_a_clock_that_is_put_back_keeps_nobody_waiting(pace, clock):
    pace.block(OTHER, 60.0)
    spend_all(pace, clock, PERSON, ANSWER)
    clock.pass_(-3 * 3600)
    pace.spend(PERSON, ANSWER)
    pace.spend(OTHER, ANSWER)


async def test_there_is_nothing_to_open_or_close(pace):
    await pace.initialize()
    await pace.shutdown()


@pytest.mark.parametrize("asked", [7, dt.timedelta(seconds=7)])
def test_patience_is_read_in_either_form_of_the_library(asked):
    error = RetryAfter(7)
    error._retry_after = asked if isinstance(asked, dt.timedelta) else dt.timedelta(seconds=asked)
    assert seconds(error) == 7.0
