import asyncio
import datetime as dt
import itertools
from functools import partial

import pytest
from telegram.error import BadRequest, RetryAfter, TimedOut

from bot.errors import ChatRefusesError
from bot.telegram.pace import KEPT_EDITS, MANY, Urgency, seconds
from bot.telegram.pacing.chat import BURST, GROUP, LITTLE, MESSAGES, PRIVATE
from bot.telegram.pacing.line import EACH, QUIET
from bot.telegram.pacing.together import MOST, NARROW_FOR, SEVERAL, SOON, SPAN
from bot.telegram.pacing.windows import LONGEST_WAIT
from bot.telegram.refusing import WAITS
from tests.pacing import EDIT, MESSAGE, Writers, turns

ANSWER, PLACEHOLDER = Urgency.ANSWER, Urgency.PLACEHOLDER
PERSON, OTHER, FAMILY = 1001, 1002, -5001
STEP = 2 * SPAN / EACH  # seconds between writes that are slow enough for all chats together


@pytest.fixture
async def writers():
    writers = Writers()
    yield writers
    await writers.end()


async def at_once(writers, chat_id, urgency=ANSWER, endpoint=MESSAGE) -> bool:
    """Whether a write goes without a wait; one that does not is given up."""
    written = await writers.write(chat_id, urgency, endpoint)
    if written.went is None and written.told is None:
        await writers.give_up(written)
    return written.went is not None


async def all_at_once(writers, chat_id, urgency=ANSWER) -> int:
    """Write, slowly enough for all chats together, until a write does not go at once; how often that went well."""
    count = 0
    while await at_once(writers, chat_id, urgency):
        count += 1
        await writers.pass_(STEP)
    return count


async def fill(writers, chat_id, writes):
    for _ in range(writes):
        await writers.write(chat_id, None)
        await writers.pass_(STEP)


async def fill_all_chats(writers, urgency=ANSWER, endpoint=MESSAGE, first=3000) -> int:
    """Let quiet chats write until one of them has to wait."""
    count = 0
    while await at_once(writers, first + count, urgency, endpoint):
        count += 1
    return count


async def refusing(retry_after):
    raise RetryAfter(dt.timedelta(seconds=retry_after))


async def refuse(writers, chat_id, retry_after=1, endpoint=MESSAGE):
    """A write that Telegram answers with 429."""

    written = await writers.write(chat_id, ANSWER, endpoint, partial(refusing, retry_after))
    assert written.went is not None


@pytest.mark.parametrize(("chat_id", "window"), [(PERSON, PRIVATE), (FAMILY, MESSAGES)])
async def test_so_many_writes_pass_into_a_chat_within_any_span(writers, chat_id, window):
    limit, span, _ = window
    assert await all_at_once(writers, chat_id) == limit
    await writers.pass_(span)
    assert await all_at_once(writers, chat_id) == limit


@pytest.mark.parametrize("endpoint", [MESSAGE, EDIT])
async def test_so_many_writes_of_a_kind_pass_into_all_chats_at_once(writers, endpoint):
    assert await fill_all_chats(writers, endpoint=endpoint) == EACH
    waits = await writers.write(PERSON, ANSWER, endpoint)
    await writers.pass_(SPAN)
    assert waits.went - waits.came == pytest.approx(SPAN)


async def test_edits_and_messages_take_no_room_from_one_another(writers):
    assert await fill_all_chats(writers, endpoint=MESSAGE) == EACH
    assert await fill_all_chats(writers, endpoint=EDIT) == EACH


def test_what_telegram_allows_is_not_exceeded_for_long():
    """Bots FAQ: about 30 messages a second overall, one a second in a chat, 20 a minute in a group."""
    assert EACH / SPAN <= 30
    assert MOST == 2 * EACH
    assert PRIVATE[0] / PRIVATE[1] <= 1
    assert GROUP[0] / GROUP[1] <= 1
    assert MESSAGES[0] / MESSAGES[1] <= 20 / 60


@pytest.mark.parametrize(("chat_id", "window"), [(PERSON, PRIVATE), (FAMILY, MESSAGES)])
async def test_placeholders_leave_the_last_writes_of_a_chat_to_answers(writers, chat_id, window):
    limit, _, kept = window
    assert await all_at_once(writers, chat_id, PLACEHOLDER) == limit - kept
    assert await all_at_once(writers, chat_id, ANSWER) == kept


async def test_notices_leave_the_last_edits_of_all_chats_to_answers(writers):
    assert await fill_all_chats(writers, PLACEHOLDER, EDIT) == EACH - KEPT_EDITS
    assert await fill_all_chats(writers, ANSWER, EDIT, first=4000) == KEPT_EDITS


async def test_few_messages_are_answers_so_that_placeholders_may_use_all_of_them(writers):
    assert await fill_all_chats(writers, PLACEHOLDER) == EACH


async def test_who_has_waited_for_a_second_gets_the_last_places_too(writers):
    await fill_all_chats(writers, PLACEHOLDER, EDIT)
    for number in range(2 * EACH):
        await writers.write(5000 + number, PLACEHOLDER, EDIT)
    await writers.pass_(2 * SPAN)
    assert sum(written.went - written.came > SPAN for written in writers.all if written.went) >= EACH - 1


async def test_those_who_wait_go_one_after_the_other(writers):
    for number in range(3 * EACH):
        await writers.write(5000 + number, PLACEHOLDER)
    await writers.pass_(4 * SPAN)
    waited = [written.went for written in writers.all if written.went > written.came]
    assert waited == sorted(waited)
    gaps = [later - earlier for earlier, later in itertools.pairwise(waited)]
    assert min(gaps) >= SPAN / EACH - 1e-6


async def test_those_behind_one_that_went_late_make_up_for_it(writers):
    """On a busy machine each wait ends a little late, which must not add up."""
    for number in range(3 * EACH):
        await writers.write(5000 + number, PLACEHOLDER)
    began = writers.clock()
    while any(written.went is None for written in writers.all):
        writers.clock.pass_(0.02)
        await turns()
    assert max(written.went for written in writers.all) - began <= 3 * SPAN + 0.02


async def test_an_answer_goes_before_the_placeholders_that_wait(writers):
    waiting = [await writers.write(5000 + number, PLACEHOLDER) for number in range(5 * EACH)]
    await fill_all_chats(writers)
    answer = await writers.write(PERSON, ANSWER)
    await writers.pass_(2 * SPAN)
    assert answer.went - answer.came <= SPAN
    assert not [each for each in waiting if each.went is not None and answer.came < each.went < answer.went]


async def test_a_placeholder_that_has_waited_for_long_goes_before_new_answers(writers):
    """Otherwise many answers could keep it waiting for ever."""
    placeholder = None
    for second in range(int(LONGEST_WAIT) + 3):
        for number in range(2 * EACH if second == 0 else EACH):
            await writers.write(10_000 + 100 * second + number, ANSWER)
        placeholder = placeholder or await writers.write(PERSON, PLACEHOLDER)
        await writers.pass_(SPAN)
    assert placeholder.went is not None


async def test_a_wait_that_would_be_long_is_refused_and_those_who_come_back_come_one_after_the_other(writers):
    waiting = [await writers.write(5000 + number, PLACEHOLDER) for number in range(int(LONGEST_WAIT + 2) * EACH)]
    told = [written.told for written in waiting if written.told is not None]
    assert told
    assert min(told) > LONGEST_WAIT
    assert len(set(told)) == len(told)
    await writers.pass_(LONGEST_WAIT + SPAN)
    assert all(written.went for written in waiting if written.told is None)


async def test_a_group_that_has_to_wait_for_long_is_refused(writers):
    await fill(writers, FAMILY, MESSAGES[0])
    refused = await writers.write(FAMILY)
    assert refused.told == pytest.approx(MESSAGES[1] - STEP * MESSAGES[0])


async def test_a_write_that_has_to_wait_for_its_chat_goes_in_the_first_moment_that_it_may(writers):
    await fill(writers, FAMILY, MESSAGES[0])
    await writers.pass_(MESSAGES[1] - STEP * MESSAGES[0] - 10)
    waits = [await writers.write(FAMILY) for _ in range(2)]
    await writers.pass_(11)
    assert [each.went - each.came for each in waits] == pytest.approx([10, 10 + STEP])


async def test_one_that_waits_for_its_chat_keeps_no_other_waiting(writers):
    writers.pace.block(PERSON, 5)
    waits = await writers.write(PERSON)
    assert await at_once(writers, OTHER)
    assert waits.went is None


@pytest.mark.parametrize("urgency", [ANSWER, PLACEHOLDER])
async def test_a_wait_that_is_given_up_gives_its_place_back(writers, urgency):
    await fill_all_chats(writers)
    for number in range(3 * EACH):
        await writers.give_up(await writers.write(5000 + number, urgency))
    waits = await writers.write(PERSON, ANSWER)
    await writers.pass_(SPAN)
    assert waits.went - waits.came == pytest.approx(SPAN)


async def test_a_wait_for_a_chat_that_is_given_up_gives_its_place_back(writers):
    await fill(writers, FAMILY, MESSAGES[0] - 1)
    writers.pace.block(FAMILY, 5)
    for _ in range(3):
        await writers.give_up(await writers.write(FAMILY))
    await writers.pass_(5)
    assert await at_once(writers, FAMILY)


async def test_a_refused_write_does_not_count(writers):
    await all_at_once(writers, FAMILY, PLACEHOLDER)
    for _ in range(50):
        assert not await at_once(writers, FAMILY, PLACEHOLDER)
    assert await all_at_once(writers, FAMILY, ANSWER) == MESSAGES[2]


async def test_a_write_without_urgency_never_waits_but_counts(writers):
    await fill(writers, FAMILY, MESSAGES[0] + 5)
    assert (await writers.write(FAMILY)).told == pytest.approx(MESSAGES[1] - STEP * MESSAGES[0])


async def test_a_write_counts_from_its_answer(writers):
    """When Telegram counted it is not known, but it was not later."""
    answered = asyncio.Event()
    for number in range(EACH):
        await writers.write(3000 + number, answer=answered.wait)
    await writers.pass_(0.4)
    answered.set()
    await writers.pass_(0.0)
    waits = await writers.write(PERSON)
    await writers.pass_(2 * SPAN)
    assert waits.went - waits.came == pytest.approx(SPAN)


async def test_a_call_that_hangs_keeps_its_place_for_no_longer_than_others(writers):
    hangs = asyncio.Event()
    for number in range(EACH):
        await writers.write(3000 + number, answer=hangs.wait)
    await writers.pass_(SPAN)
    assert await at_once(writers, PERSON)


async def test_a_place_that_is_reserved_is_there_for_the_placeholder_that_follows(writers):
    await fill_all_chats(writers, PLACEHOLDER)
    reserving = asyncio.create_task(writers.pace.reserve(PERSON))
    await writers.pass_(SPAN)
    await reserving
    assert await fill_all_chats(writers, first=4000) == EACH - 1
    assert not writers.pace.reserve_at_once(OTHER)
    assert await at_once(writers, PERSON, PLACEHOLDER)
    assert not await at_once(writers, PERSON, PLACEHOLDER)


async def test_a_place_that_is_reserved_is_there_for_a_second(writers):
    assert writers.pace.reserve_at_once(PERSON)
    await writers.pass_(SPAN)
    assert await fill_all_chats(writers) == EACH
    assert not await at_once(writers, PERSON)


async def test_a_place_is_not_used_in_a_chat_that_was_blocked_since(writers):
    assert writers.pace.reserve_at_once(PERSON)
    writers.pace.block(PERSON, 0.5)
    assert not await at_once(writers, PERSON, PLACEHOLDER)


async def test_a_chat_that_is_asked_again_costs_one_place_however_many_wait_for_its_answer(writers):
    answered, asked = asyncio.Event(), []

    async def shut():
        asked.append(writers.clock())
        await answered.wait()
        raise BadRequest("CHAT_RESTRICTED")

    async def place():
        with pytest.raises(ChatRefusesError):
            await writers.pace.paced(MESSAGE, FAMILY, None, PLACEHOLDER, shut)

    answered.set()
    await place()
    answered.clear()
    await writers.pass_(WAITS[0])
    waiting = asyncio.gather(*(place() for _ in range(MESSAGES[0])))
    await turns()
    answered.set()
    await waiting
    assert len(asked) == 2
    writers.pace.refusing.come_back(FAMILY)
    assert await all_at_once(writers, FAMILY, PLACEHOLDER) == MESSAGES[0] - MESSAGES[2] - 2


@pytest.mark.parametrize("retry_after", [5, 40])
async def test_a_request_for_patience_blocks_its_own_chat_only(writers, retry_after):
    await refuse(writers, PERSON, retry_after)
    waits = await writers.write(PERSON)
    assert await at_once(writers, OTHER)
    assert await at_once(writers, PERSON, None)
    assert waits.told == (pytest.approx(retry_after) if retry_after > LONGEST_WAIT else None)
    await writers.pass_(retry_after)
    assert waits.told or waits.went - waits.came == pytest.approx(retry_after)
    assert await at_once(writers, PERSON)


@pytest.mark.parametrize("retry_after", [5, 40])
async def test_those_who_wait_in_line_do_not_run_into_a_chat_that_was_blocked_meanwhile(writers, retry_after):
    await fill_all_chats(writers)
    waiting = [await writers.write(PERSON) for _ in range(3)]
    writers.pace.block(PERSON, retry_after)
    await writers.pass_(4.9)
    assert [each.went for each in waiting] == [None] * 3
    await writers.pass_(0.3)
    if retry_after > LONGEST_WAIT:
        assert all(each.told > 30 for each in waiting)
    else:
        assert all(each.went - each.came >= 5 for each in waiting)


async def test_other_failures_pass_through_and_block_nobody(writers):
    async def slow():
        raise TimedOut

    with pytest.raises(TimedOut):
        await writers.pace.process_request(slow, (), {}, MESSAGE, {"chat_id": PERSON}, ANSWER)
    assert await at_once(writers, PERSON)


@pytest.mark.parametrize(
    ("endpoint", "data"),
    [
        ("getFile", {"file_id": "x"}),
        ("getChatMember", {"chat_id": FAMILY}),
        ("sendChatAction", {"chat_id": FAMILY}),
        ("deleteMessage", {"chat_id": FAMILY}),
        ("answerCallbackQuery", {}),
        ("somethingNew", {"chat_id": FAMILY}),
        ("sendMessage", {"chat_id": "@channel"}),
        ("sendMessage", {}),
    ],
)
async def test_what_is_no_write_into_a_chat_passes_and_counts_nothing(writers, endpoint, data):
    async def answered():
        return "sent"

    await fill(writers, FAMILY, MESSAGES[0] - 1)
    assert await writers.pace.process_request(answered, (), {}, endpoint, data, ANSWER) == "sent"
    assert await all_at_once(writers, FAMILY) == 1
    assert await writers.pace.process_request(answered, (), {}, endpoint, data, ANSWER) == "sent"


@pytest.mark.parametrize(("chat_id", "window"), [(PERSON, PRIVATE), (FAMILY, GROUP)])
@pytest.mark.parametrize("endpoint", ["editMessageText", "editMessageMedia"])
async def test_edits_count_in_their_chat(writers, chat_id, window, endpoint):
    for _ in range(window[0]):
        assert await at_once(writers, chat_id, ANSWER, endpoint)
        await writers.pass_(STEP)
    assert not await at_once(writers, chat_id, ANSWER, endpoint)
    assert not await at_once(writers, chat_id, ANSWER, MESSAGE)


@pytest.mark.parametrize("endpoint", ["sendMessage", "sendDocument"])
async def test_the_limit_of_a_group_counts_new_messages(writers, endpoint):
    for _ in range(MESSAGES[0]):
        assert await at_once(writers, FAMILY, ANSWER, EDIT)
        assert await at_once(writers, FAMILY, ANSWER, endpoint)
        await writers.pass_(2.5)
    assert not await at_once(writers, FAMILY, ANSWER, MESSAGE)
    assert await at_once(writers, FAMILY, ANSWER, EDIT)


async def test_idle_chats_are_forgotten_and_busy_ones_are_not(writers):
    for chat_id in range(1, MANY):
        writers.pace._chat(chat_id)
    await fill(writers, 7, 1)
    await writers.pass_(PRIVATE[1])
    writers.pace.block(FAMILY, 1000.0)
    await writers.write(OTHER)
    assert set(writers.pace._chats) == {FAMILY, OTHER}
    for chat_id in range(1, MANY + 3):
        await writers.write(chat_id, None)
    assert {FAMILY, OTHER} <= set(writers.pace._chats)


async def busy_chats(writers, number):
    """So many chats that have written more than a little lately, though nothing in the last second."""
    chats = range(2000, 2000 + number)
    for chat_id in chats:
        await fill(writers, chat_id, LITTLE + 1)
    await writers.pass_(SPAN)
    return chats


@pytest.mark.parametrize(
    ("urgency", "endpoint", "kept"),
    [(PLACEHOLDER, MESSAGE, 0), (ANSWER, MESSAGE, 0), (PLACEHOLDER, EDIT, KEPT_EDITS), (ANSWER, EDIT, 0)],
)
async def test_chats_that_write_much_leave_places_to_those_that_do_not(writers, urgency, endpoint, kept):
    chats = iter(await busy_chats(writers, EACH))
    for _ in range(EACH - kept - QUIET):
        assert await at_once(writers, next(chats), urgency, endpoint)
    assert not await at_once(writers, next(chats), urgency, endpoint)
    assert await fill_all_chats(writers, urgency, endpoint) == QUIET


async def test_a_quiet_chat_does_not_stand_behind_all_that_busy_chats_wait_for(writers):
    chats = await busy_chats(writers, EACH)
    for number in range(5 * EACH):
        await writers.write(chats[number % len(chats)], PLACEHOLDER)
    await writers.pass_(2.5 * SPAN)
    quiet = await writers.write(PERSON, PLACEHOLDER)
    await writers.pass_(SPAN)
    assert quiet.went - quiet.came <= 2 * SPAN / EACH


async def test_what_a_chat_is_refused_for_its_own_writes_costs_nobody_else(writers):
    await all_at_once(writers, FAMILY)
    for _ in range(1000):
        await at_once(writers, FAMILY)
    await writers.pass_(SPAN)
    assert await fill_all_chats(writers) == EACH


async def narrow(writers, endpoint=MESSAGE):
    for number in range(SEVERAL):
        await refuse(writers, 7000 + number, endpoint=endpoint)


async def fill_with_both(writers) -> int:
    return sum([await fill_all_chats(writers, endpoint=each, first=8000) for each in (MESSAGE, EDIT)])


@pytest.mark.parametrize("endpoint", [MESSAGE, EDIT])
async def test_several_slow_chats_that_are_refused_let_messages_and_edits_share_one_window(writers, endpoint):
    await narrow(writers, endpoint)
    await writers.pass_(SPAN)
    assert await fill_with_both(writers) == MOST // 2


async def test_each_while_without_a_refusal_doubles_what_goes(writers):
    await narrow(writers)
    await writers.pass_(SPAN)
    await narrow(writers)
    await writers.pass_(NARROW_FOR - 0.5)
    assert await fill_with_both(writers) == MOST // 4
    await writers.pass_(NARROW_FOR - 0.5)
    assert await fill_with_both(writers) == MOST // 2
    await writers.pass_(NARROW_FOR)
    assert await fill_with_both(writers) == MOST


async def test_refusals_never_stop_all_writes(writers):
    for _ in range(9):
        await narrow(writers)
        await writers.pass_(2 * SPAN)
    assert await fill_with_both(writers) > 0


async def test_refusals_of_writes_that_were_on_their_way_narrow_once(writers):
    refused = asyncio.Event()

    async def later():
        await refused.wait()
        await refusing(1)

    for number in range(3 * SEVERAL):
        await writers.write(7000 + number, answer=later)
    await writers.pass_(0.1)
    refused.set()
    await writers.pass_(0.0)
    await writers.pass_(2 * SPAN)
    assert await fill_with_both(writers) == MOST // 2


async def few(writers):
    for number in range(SEVERAL - 1):
        await refuse(writers, 7000 + number)


async def rare(writers):
    for number in range(2 * SEVERAL):
        await refuse(writers, 7000 + number)
        await writers.pass_(SOON / (SEVERAL - 1))


async def of_groups(writers):
    for number in range(SEVERAL):
        await refuse(writers, -7000 - number)


async def of_fast_chats(writers):
    for number in range(SEVERAL):
        await fill(writers, 7000 + number, BURST)
        await refuse(writers, 7000 + number)


@pytest.mark.parametrize("refusals", [few, rare, of_groups, of_fast_chats])
async def test_other_refusals_narrow_nothing_but_their_chats(writers, refusals):
    await refusals(writers)
    await writers.pass_(SPAN)
    assert await fill_with_both(writers) == MOST


async def test_where_both_share_a_window_neither_messages_nor_edits_wait_for_all_of_the_others(writers):
    await narrow(writers)
    for number in range(5 * EACH):
        await writers.write(20_000 + number, PLACEHOLDER, MESSAGE)
        await writers.write(30_000 + number, ANSWER, EDIT)
    await writers.pass_(4 * SPAN)
    gone = [sum(each.went is not None and each.endpoint == kind for each in writers.all) for kind in (MESSAGE, EDIT)]
    assert min(gone) > 1.5 * EACH
    assert max(gone) < 2.8 * EACH


async def test_what_one_kind_does_not_need_the_other_one_gets(writers):
    await narrow(writers)
    for number in range(3 * EACH):
        await writers.write(30_000 + number, ANSWER, EDIT)
    await writers.pass_(4 * SPAN)
    assert all(each.went for each in writers.all)


async def test_a_clock_that_is_put_back_keeps_nobody_waiting(writers):
    await narrow(writers)
    writers.pace.block(OTHER, 60.0)
    await all_at_once(writers, PERSON)
    writers.clock.pass_(-3 * 3600)
    assert await at_once(writers, PERSON)
    assert await at_once(writers, OTHER)


async def test_there_is_nothing_to_open_or_close(writers):
    await writers.pace.initialize()
    await writers.pace.shutdown()


@pytest.mark.parametrize("asked", [7, dt.timedelta(seconds=7)])
def test_patience_is_read_in_either_form_of_the_library(asked):
    error = RetryAfter(7)
    error._retry_after = asked if isinstance(asked, dt.timedelta) else dt.timedelta(seconds=asked)
    assert seconds(error) == 7.0
